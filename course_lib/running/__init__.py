"""``course run``: its parts, the processes that share them out, what it tells on the way, the scoreboard it writes."""

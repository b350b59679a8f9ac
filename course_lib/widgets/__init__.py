"""Views to move and click in a notebook, each over a pure function that works without it."""

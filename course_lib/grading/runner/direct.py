"""Serves one submission over the standard streams, where something else has made the box: a container, or nothing."""

import json
import os
import sys

from course_lib.grading.runner.serving import serve
from course_lib.grading.runner.surroundings import prepare


def main() -> None:
    """Take requests from standard input, answer on standard output, print on standard error."""
    settings = json.loads(sys.argv[1])
    requests, replies = os.dup(0), os.dup(1)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.dup2(2, 1)
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.stderr = sys.stdout  # the lines of both in their order
    prepare(settings["packages"])
    if settings["limits"]:
        lock(settings["limits"])
    try:
        serve(requests, replies)
    finally:
        os._exit(0)


def lock(limits: dict[str, int]) -> None:
    """Give up what a container leaves: new processes, sockets, memory without limit."""
    from course_lib.grading.runner import confine

    confine.limit_resources(limits)
    confine.forbid_new_privileges()
    confine.filter_system_calls()

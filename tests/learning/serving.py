"""What tests need to talk to a server that they have started."""

import json
import socket
from typing import Any, TextIO

from course_lib.learning.ports import HOST


def find_port() -> int:
    """Return a port that is free now."""
    with socket.create_server((HOST, 0)) as probe:
        return probe.getsockname()[1]


def read_json(stream: TextIO) -> Any:
    """Return the JSON value that a process prints first, as soon as it is whole."""
    lines = []
    for line in stream:
        lines.append(line)
        if line == "}\n":
            break
    return json.loads("".join(lines))

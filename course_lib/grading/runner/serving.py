"""Answers requests, one line of JSON each, until there are no more."""

import json
import os
import random
import sys
from collections.abc import Iterator
from typing import Any

from course_lib.checks import codec
from course_lib.checks.failures import AnswerError, NotPlain
from course_lib.checks.handles import describe_error
from course_lib.grading.runner.names import names_of
from course_lib.grading.runner.notebook import Notebook

CHUNK = 1 << 16


def serve(requests: int, replies: int) -> None:
    """Read requests from one descriptor and write replies to another, until the first one ends.

    Every request has ``id`` and ``do``:

    - ``start``: nothing;
    - ``cell`` with ``source`` and ``name``: run a cell;
    - ``names`` with ``sources``: say which global names each uses and makes;
    - ``call`` with ``function``, ``arguments`` (args and kwargs, as the codec writes them) and ``give``, which of
      ``value`` and ``arguments`` comes back.

    A reply has the ``id`` and one of ``value``, ``error``, ``not_plain`` and ``not_started``.
    """
    notebook = Notebook()
    seed_what_is_loaded()
    for line in read_lines(requests):
        request = json.loads(line)
        reply = answer(notebook, request)
        flush_prints()
        write_all(replies, f'{{"id":{json.dumps(request["id"])},{reply}}}\n'.encode("ascii"))


def read_lines(descriptor: int) -> Iterator[bytes]:
    """Yield the lines that come from ``descriptor``."""
    rest = b""
    while chunk := os.read(descriptor, CHUNK):
        *lines, rest = (rest + chunk).split(b"\n") if b"\n" in chunk else (rest + chunk,)
        yield from lines


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of ``data``, however little the pipe takes at a time."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def seed_what_is_loaded() -> None:
    """Start the common random numbers at the same place in every box: one submission, one mark."""
    random.seed(0)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(0)
    if torch := sys.modules.get("torch"):
        torch.manual_seed(0)


def flush_prints() -> None:
    """Send what was printed; whatever student code has put in place of the streams may fail."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:
            pass


def answer(notebook: Notebook, request: dict[str, Any]) -> str:
    """Return the part of the reply that says what came of ``request``, as JSON without its braces."""
    try:
        if request["do"] == "cell":
            return run_cell(notebook, request)
        if request["do"] == "call":
            return f'"value":{call(notebook, request)}'
        if request["do"] == "names":
            return f'"value":{json.dumps([[sorted(part) for part in names_of(text)] for text in request["sources"]])}'
        return '"value":null'
    except NotPlain as error:
        content = {"where": error.where, "found": error.found, "advice": error.advice}
        return f'"not_plain":{json.dumps(content)}'
    except AnswerError as error:
        content = {"kinds": error.kinds, "message": error.message, "line": error.line, "source": error.source}
        return f'"error":{json.dumps(content)}'
    except NotImplementedError:
        return '"not_started":true'


def run_cell(notebook: Notebook, request: dict[str, Any]) -> str:
    """Run a cell; its errors become an `AnswerError`."""
    try:
        notebook.run(request["source"], request["name"])
    except BaseException as error:  # SystemExit and KeyboardInterrupt are errors of the cell as well
        BaseException.with_traceback(error, inside(sys.exc_info()[2]))
        raise describe_error(error) from None
    return '"value":null'


def inside(trace: Any) -> Any:
    """Return the traceback without the frames of the notebook, but for one, as `describe_error` expects it."""
    while trace and trace.tb_next and not trace.tb_next.tb_frame.f_code.co_filename.startswith("<"):
        trace = trace.tb_next
    return trace


def call(notebook: Notebook, request: dict[str, Any]) -> str:
    """Call a function; return its result, or its arguments as it left them, as JSON."""
    args, kwargs = codec.decode(request["arguments"], "arguments")
    function = notebook.find(request["function"])
    try:
        result = function(*args, **kwargs)
    except NotImplementedError:
        raise
    except BaseException as error:
        raise describe_error(error) from None
    texts = {"value": codec.dumps(result), "arguments": codec.dumps((args, kwargs), "arguments")}
    return texts[request["give"]]

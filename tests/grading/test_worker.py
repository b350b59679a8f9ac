import os
import threading
import time
from dataclasses import replace

import numpy as np
import psutil
import pytest

from course_lib.checks.failures import AnswerError, NotPlain, NotStarted
from course_lib.errors import CourseError
from course_lib.grading.boundary import BoxEnded

SHARED = """
import mmap

def f():
    kept = []
    while True:
        kept.append(mmap.mmap(-1, 8 << 20))
        kept[-1].write(bytes(8 << 20))
"""


def ending(run, source, *args, **limits):
    """Return how the box of a cell ended."""
    with pytest.raises(BoxEnded) as caught:
        run(source, "f", *args, **limits)
    return caught.value


def test_a_call_gives_the_value_of_the_function(run):
    assert run("def f(x, y):\n    return [x, (y, {1})]", "f", 2.5, None).value == [2.5, (None, {1})]


def test_arrays_cross_the_border_with_dtype_and_shape(run):
    value = run("def f(rows):\n    return rows.T * 2", "f", np.array([[1, 2, 3]], dtype=np.int32)).value
    assert (value.tolist(), value.dtype) == ([[2], [4], [6]], np.int32)


def test_arguments_can_be_seen_as_the_call_left_them(start):
    worker = start()
    worker.run_cell("def f(items):\n    items.append(1)", "ex_04_1")
    assert worker.handle("f").arguments_after([0]) == (([0, 1],), {})


def test_a_stub_is_not_started(run):
    with pytest.raises(NotStarted) as caught:
        run("def f():\n    raise NotImplementedError('ex_04_1: write your code here')")
    assert caught.value.call == "f()"


def test_an_error_of_the_function_has_its_line(run):
    with pytest.raises(AnswerError) as caught:
        run("def f(x):\n    y = 1\n    return y / x", "f", 0)
    assert caught.value.got == "raised ZeroDivisionError: division by zero (line 3: return y / x)"
    assert caught.value.kinds[:2] == ("ZeroDivisionError", "ArithmeticError")


def test_an_error_of_a_cell_has_its_line(run):
    assert run("a = 1\nassert a == 2").error.got == "raised AssertionError (line 2: assert a == 2)"


def test_a_cell_that_is_no_python_is_an_error(run):
    assert run("def f(:").error.kind == "SyntaxError"


def test_exit_is_an_error_of_the_cell(run):
    assert run("import sys\nsys.exit(3)").error.kind == "SystemExit"


def test_a_function_that_no_cell_makes_is_an_error(run):
    with pytest.raises(AnswerError, match="the cells make no function pack"):
        run("x = 1", "pack")


def test_a_generator_is_not_plain(run):
    with pytest.raises(NotPlain, match="a generator"):
        run("def f():\n    return [x for x in [1]], (x for x in [1])")


def test_arguments_that_cannot_be_sent_are_a_fault_of_the_check(run):
    with pytest.raises(CourseError, match="the check calls f with"):
        run("def f(x):\n    return x", "f", object())


def test_prints_are_kept_apart_and_cleaned(start):
    worker = start()
    worker.run_cell("print('{\"id\": 1}')\nprint('\\x1b[2J\\u202ebye')\nimport sys\nprint('err', file=sys.stderr)", "a")
    assert worker.take_prints() == '{"id": 1}\n[2Jbye\nerr\n'
    assert worker.take_prints() == ""


def test_a_loop_is_ended(run, hasty):
    error = ending(run, "def f():\n    while True: pass", limits=hasty)
    assert (error.status, error.call) == ("timeout", "f()")
    assert "took longer than 0.3 s" in error.got


def test_a_sleep_is_ended_and_may_be_tried_again(start, hasty):
    worker = start(hasty)
    worker.run_cell("import time\ndef f():\n    time.sleep(1000)", "ex_04_1")
    with pytest.raises(BoxEnded, match="took longer"):
        worker.handle("f")()
    assert worker.starved


def test_a_loop_in_a_cell_is_ended(run, hasty):
    assert ending(run, "while True: pass", limits=hasty).status == "timeout"


def test_many_short_calls_use_up_the_exercise(start, quick):
    worker = start(replace(quick, call_s=1.0, exercise_s=1.2, patience=50.0))
    worker.run_cell(
        "import time\ndef f():\n    end = time.process_time() + 0.4\n    while time.process_time() < end: pass", "a"
    )
    assert [worker.handle("f")() for _ in range(2)] == [None, None]
    with pytest.raises(BoxEnded, match=r"1\.2 s of the exercise"):
        print(worker.handle("f")(), worker.handle("f")())


def test_memory_is_refused_politely(run):
    with pytest.raises(AnswerError) as caught:
        run("def f():\n    return len(bytearray(10**9))")
    assert "MemoryError" in caught.value.kinds


def test_memory_that_no_limit_of_the_kernel_counts_is_watched(run):
    assert ending(run, SHARED).status == "out of memory"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("import os; os._exit(0)", "exit status 0"),
        ("import ctypes; ctypes.string_at(0)", "signal 11"),
        ("import os; os.abort()", "signal"),
    ],
)
def test_a_crash_is_told_apart(run, body, words):
    error = ending(run, f"def f():\n    {body}")
    assert error.status == "crashed"
    assert words in error.got


def test_recursion_without_end_ends_the_box_at_most(run):
    source = "import sys\ndef f():\n    sys.setrecursionlimit(10**9)\n    g = lambda x: g(x) + 1\n    g(0)"
    assert ending(run, source).status in ("crashed", "out of memory")


def test_after_the_end_each_call_tells_the_reason_at_once(start):
    worker = start()
    worker.run_cell("import os\ndef f(x):\n    os._exit(7)", "ex_04_1")
    for argument in (1, 2):
        start_s = time.monotonic()
        with pytest.raises(BoxEnded, match="exit status 7") as caught:
            worker.handle("f")(argument)
        assert caught.value.call == f"f({argument})"
    assert time.monotonic() - start_s < 0.5


FLOOD = """
import os

def f():
    while {forever}:
        for number in range({first}, 20):
            try:
                os.write(number, {what!r})
            except OSError:
                pass
"""


@pytest.mark.parametrize("bytes_", [b"\n", b"x" * 65536, b'{"id": "0", "value": 1}\n', b"\xff\n"])
def test_a_flood_on_every_descriptor_ends_the_box_only(run, bytes_, hasty):
    assert ending(run, FLOOD.format(forever=True, first=1, what=bytes_), limits=replace(hasty, print_mb=1)).status in (
        "crashed",
        "timeout",
    )


def test_a_reply_under_another_number_ends_the_box(run):
    source = FLOOD.format(forever=False, first=3, what=b'{"id": "00", "value": 1}\n').replace("while False", "if True")
    assert "no reply" in ending(run, source).got


def test_a_large_result_is_refused_by_its_size(run):
    with pytest.raises(NotPlain, match="more than 4,000,000"):
        run("def f():\n    return 'x' * 5_000_000")


def test_a_result_near_the_limit_comes_through(run):
    assert len(run("def f():\n    return 'x' * 3_900_000").value) == 3_900_000


def test_a_request_that_nobody_reads_does_not_hang(start, hasty):
    worker = start(hasty)
    worker.run_cell("import os\nos.read = lambda *args: os.kill(0, 0) or __import__('time').sleep(100)", "ex_04_1")
    with pytest.raises(BoxEnded):
        worker.handle("f")("x" * 3_000_000)


def test_millions_of_small_prints_end_the_box(run, quick):
    source = "import os\ndef f():\n    while True: os.write(1, b'.')"
    assert ending(run, source, limits=replace(quick, print_mb=0, call_s=20.0)).status == "crashed"


def test_nothing_of_a_box_is_left_behind(start):
    worker = start()
    worker.run_cell("import threading, time\nthreading.Thread(target=time.sleep, args=(100,)).start()", "ex_04_1")
    pid = worker.pid
    assert psutil.pid_exists(pid)
    worker.close()
    assert not psutil.pid_exists(pid)
    assert not worker._watcher.is_alive()


def test_closing_leaks_no_descriptor_and_no_thread(start):
    start().close()
    before = len(os.listdir("/proc/self/fd")), threading.active_count()
    for _ in range(5):
        start().close()
    assert (len(os.listdir("/proc/self/fd")), threading.active_count()) == before


def test_boxes_do_not_see_each_other(start):
    one, two = start(), start()
    one.run_cell("open('/tmp/secret', 'w').write('x')\nopen('/dev/shm/secret', 'w').write('x')", "a")
    two.run_cell("import os\ndef f():\n    return os.listdir('/tmp') + os.listdir('/dev/shm')", "a")
    assert two.handle("f")() == []


@pytest.mark.skipif(os.name == "nt", reason="there are no process groups")
def test_a_signal_to_the_own_process_group_reaches_nobody_else(start, sandbox):
    one, two = start(), start()
    warm = sandbox._nursery.pid
    one.run_cell("import os, signal\ndef f():\n    os.kill(0, signal.SIGTERM)\n    os.killpg(0, signal.SIGKILL)", "a")
    one.handle("f")()
    two.run_cell("def f():\n    return 1", "a")
    assert two.handle("f")() == 1
    assert start().handle("f")
    assert sandbox._nursery.pid == warm
    assert psutil.pid_exists(warm)


def test_random_numbers_start_at_the_same_place(start):
    source = "import random\ndef f():\n    return random.random()"
    values = []
    for _ in range(2):
        worker = start()
        worker.run_cell(source, "a")
        values.append(worker.handle("f")())
    assert values[0] == values[1]

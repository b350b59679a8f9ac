import sys
import threading
import time

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from course_lib.cli import app
from course_lib.errors import CourseError
from course_lib.grading import keys
from course_lib.grading.cluster import connect, open_marker, worker
from course_lib.grading.cluster.marking import BoxElsewhere, ClusterMarker, find_difference
from course_lib.grading.cluster.messages import Greeting, Order, Reply, Work
from course_lib.grading.collecting import Candidate
from course_lib.grading.gate import Gate
from course_lib.grading.limits import Limits
from course_lib.grading.marking import Marker, StoppedError
from course_lib.grading.notebook_file import RefusedError
from tests.grading.test_marking import hand_in
from tests.grading.test_store import make_result
from tests.grading.tiny_lesson import make_assignment, right


class Line:
    """Stands for a connection: whatever is asked, ``answer`` makes the reply from the work, and work is kept."""

    address = "tcp://here:1"

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def ask(self, function, order, work):
        assert function is worker.grade
        self.asked.append(Work.model_validate_json(work))
        return self.answer(order, work)


def make_marker(answer):
    floor = Limits()
    box = BoxElsewhere("bubblewrap", True)
    return ClusterMarker(make_assignment(), box, "autumn", floor, floor, Gate(), Line(answer), b"order")


def mark(answer, **options):
    return make_marker(answer).mark(hand_in(right(), **options))


# Messages


def test_limits_arrive_as_they_were_so_that_keys_are_the_same():
    order = Order(lesson="98", seed="autumn", trust_submissions=False, limits=vars(Limits(call_s=10)))
    read = Order.model_validate_json(order.pack())
    box = BoxElsewhere("bubblewrap", True)
    assert read.pack() == order.pack()
    assert keys.hash_environment(box, Limits(**read.limits)) == keys.hash_environment(box, Limits(call_s=10))


def test_bytes_and_any_text_arrive_as_they_were():
    work = {"label": "class/\ud7ff\u202eada", "student": "=1+1", "student_id": "", "is_late": True, "file": "ä.ipynb"}
    sent = Work(conditions="c", notes=["odd"], notebook=bytes(range(256)), record=b"", **work)
    assert Work.model_validate_json(sent.pack()) == sent


@pytest.mark.parametrize(
    "text", [b'{"fault": 1}', b'{"more": ""}', b'{"result": {"key": "k"}}', b"\x80\x04K\x01.", b""]
)
def test_a_reply_of_another_form_is_none(text):
    with pytest.raises(ValidationError):
        Reply.model_validate_json(text)


# The side that keeps results


def test_a_worker_is_sent_plain_data_and_its_result_is_taken():
    def answer(_order, work):
        sent = Work.model_validate_json(work)
        given = make_result(sent.label, key=key, file=sent.file, sha256=digest, points=marker.assignment.points)
        return Reply(result=given).pack()

    marker = make_marker(answer)
    handed = hand_in(right(), record=b"{}")
    picked = handed.pick(marker.assignment)
    key, digest = marker.key(handed.label, picked.intake.file), picked.intake.file.digest
    result = marker.mark(handed)
    assert (result.status, result.key) == ("passed", key)
    (work,) = marker.cluster.asked
    assert (work.notebook, work.record, work.student) == (right(), b"{}", "ada")
    assert work.conditions == keys.hash_parts(*marker.fixed)


@pytest.mark.parametrize("other", ["key", "submission", "student", "sha256", "box"])
def test_a_result_of_something_else_is_no_mark(other):
    def answer(_order, work):
        sent = Work.model_validate_json(work)
        handed = hand_in(right())
        blank = marker._without_mark(
            handed, handed.pick(marker.assignment).intake.file, "passed", "", time.perf_counter()
        )
        return Reply(result=blank.model_copy(update={"file": sent.file, other: "forged"})).pack()

    marker = make_marker(answer)
    result = marker.mark(hand_in(right()))
    assert (result.status, result.earned) == ("grader error", None)
    assert f"the result of something else: {other} differ" in result.reason


def test_what_is_no_reply_or_a_fault_is_no_mark():
    assert mark(lambda *_: b"\x80\x04K\x01.").status == "grader error"
    result = mark(lambda *_: Reply(fault="OSError: no room").pack())
    assert (result.status, result.earned) == ("grader error", None)
    assert "OSError: no room" in result.reason


def test_a_worker_that_cannot_grade_stops_the_batch_instead_of_costing_marks():
    with pytest.raises(StoppedError, match="cannot grade .no box today.: end it; what was graded is kept"):
        mark(lambda *_: Reply(unfit="no box today").pack())


def test_what_is_refused_or_was_graded_before_is_sent_to_nobody():
    marker = make_marker(None)
    assert marker.mark(hand_in(b"{")).status == "refused"
    before = make_result()
    assert marker.mark(hand_in(right()), lambda _label, _key: before) is before
    assert marker.cluster.asked == []


def test_a_record_that_cannot_be_read_counts_as_one_without_hints():
    def refuse():
        raise RefusedError("unreadable", "it cannot be opened")

    marker = make_marker(lambda *_: Reply(fault="x").pack())
    handed = hand_in(right())
    marker.mark(handed)
    marker.mark(handed.__class__(**vars(handed) | {"record": Candidate(".course/record.json", refuse)}))
    assert [work.record for work in marker.cluster.asked] == [None, b""]


def test_what_a_worker_has_otherwise_is_named():
    marker = make_marker(None)
    same = {"box": "bubblewrap", "course": worker.course_of(marker), "environment": keys.list_environment()}
    assert find_difference(marker, Greeting(**same)) == ""
    older = Greeting(**same | {"environment": keys.list_environment() | {"numpy": "1.0"}})
    assert find_difference(marker, older).startswith("numpy 1.0 there, ")
    assert "another copy of the course" in find_difference(marker, Greeting(**same | {"course": "x"}))


@pytest.mark.parametrize(
    ("greetings", "words"),
    [
        ([Greeting(box="bubblewrap", isolated=True), Greeting(box="docker", isolated=True)], "docker at w1"),
        ([Greeting(unfit="none works here")], "the worker w0 cannot grade: none works here"),
    ],
)
def test_workers_must_be_fit_and_alike(greetings, words):
    class Several:
        address = "tcp://here:1"

        def ask_each(self, function, _order):
            assert function is worker.greet
            return {f"w{number}": greeting.pack() for number, greeting in enumerate(greetings)}

    with pytest.raises(CourseError, match=words), open_marker(Several(), make_assignment(), "autumn"):
        pass


def test_workers_without_the_course_are_said_in_one_sentence():
    class Bare:
        address = "tcp://here:1"

        def ask_each(self, *_):
            raise ModuleNotFoundError("No module named 'course_lib'\nmore")

    with (
        pytest.raises(CourseError, match=r"have this copy of the course \(No module named 'course_lib'\): start"),
        open_marker(Bare(), make_assignment(), "autumn"),
    ):
        pass


# Workers


class Kept:
    """Stands for a marker whose box can be seen to be closed."""

    def __init__(self, order):
        self.order, self.box, self.closed = order, self, False

    def close(self):
        self.closed = True


@pytest.fixture
def prepared(monkeypatch):
    """Return the markers that are prepared, in their order; it takes a moment each."""
    made = []

    def prepare(order):
        time.sleep(0.05)
        made.append(Kept(order))
        return made[-1]

    monkeypatch.setattr(worker, "prepare", prepare)
    return made


def test_many_threads_of_a_worker_prepare_a_batch_once(prepared):
    places, inside = worker.Places(), threading.Barrier(4)

    def grade():
        with places.at(b"a"):
            inside.wait(10)  # all are in at once

    threads = [threading.Thread(target=grade) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(prepared) == 1


def test_boxes_of_a_batch_are_closed_when_nobody_uses_them_and_not_before(prepared):
    places = worker.Places()
    with places.at(b"a") as first:
        with places.at(b"b"):
            places.leave()
        assert not first.closed
    with places.at(b"b"), places.at(b"a") as again:  # the next batch closes what was left, unless it is its own
        assert again is not first
        assert first.closed
    places.leave()
    assert all(marker.closed for marker in prepared)
    assert [marker.order for marker in prepared] == [b"a", b"b", b"a"]


@pytest.fixture
def place(sandbox, hasty, monkeypatch):
    """Return a marker that this process has as a worker."""
    marker = Marker(make_assignment(), sandbox, "autumn", hasty, hasty, Gate())
    monkeypatch.setattr(worker, "PLACES", worker.Places())
    monkeypatch.setattr(worker, "prepare", lambda _order: marker)
    return marker


def make_work(conditions):
    parts = {"label": "class/ada", "student": "ada", "student_id": "", "is_late": False, "file": "a.ipynb"}
    return Work(conditions=conditions, notes=[], notebook=right(), record=None, **parts).pack()


def test_a_worker_grades_what_is_asked_under_its_own_conditions_only(place):
    reply = Reply.model_validate_json(worker.grade(b"", make_work(keys.hash_parts(*place.fixed))))
    assert (reply.result.status, reply.result.submission) == ("passed", "class/ada")
    reply = Reply.model_validate_json(worker.grade(b"", make_work("others")))
    assert reply.result is None
    assert "another copy of the course" in reply.unfit


def test_a_fault_on_a_worker_comes_back_as_text(place, monkeypatch):
    monkeypatch.setattr(Marker, "mark_picked", lambda *_: 1 / 0)
    reply = Reply.model_validate_json(worker.grade(b"", make_work(keys.hash_parts(*place.fixed))))
    assert reply.fault == "ZeroDivisionError: division by zero"


# The command


@pytest.mark.parametrize("words", [("--engine", "dask"), ("--scheduler", "tcp://here:1")])
def test_engine_and_scheduler_belong_together(words, tmp_path):
    ended = CliRunner().invoke(app, ["grade", str(tmp_path), "--lesson", "00", "--out", str(tmp_path / "g"), *words])
    assert ended.exit_code == 2
    assert "expected --engine dask and --scheduler tcp://HOST:PORT together" in ended.stderr


def test_an_address_that_is_none_is_said_before_anything_is_tried():
    with pytest.raises(CourseError, match="expected a scheduler such as tcp://HOST:8786, got 'here'"), connect("here"):
        pass


def test_without_dask_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CourseError, match="pip install -r requirements-dask.txt -c"), connect("tcp://127.0.0.1:1"):
        pass

import socket

import pytest

from course_lib.errors import CourseError
from course_lib.learning import ports


@pytest.fixture
def taken():
    """Return a port at which somebody listens."""
    with socket.create_server((ports.HOST, 0)) as server:
        yield server.getsockname()[1]


def free_port():
    with socket.create_server((ports.HOST, 0)) as server:
        return server.getsockname()[1]


def test_port_that_is_wanted_and_free_is_taken():
    port = free_port()
    assert ports.choose_port(port) == port


def test_port_that_is_wanted_and_taken_is_refused(taken):
    with pytest.raises(CourseError, match=f"port {taken} is taken.*leave --port out"):
        ports.choose_port(taken)


def test_without_a_wish_the_next_free_port_is_chosen(taken, monkeypatch):
    monkeypatch.setattr(ports, "FIRST", taken)
    assert taken < ports.choose_port() < taken + ports.TRIES


def test_when_all_are_taken_it_is_a_sentence(taken, monkeypatch):
    monkeypatch.setattr(ports, "FIRST", taken)
    monkeypatch.setattr(ports, "TRIES", 1)
    with pytest.raises(CourseError, match="all taken: stop other servers"):
        ports.choose_port()


def test_port_of_a_server_that_has_ended_is_free():
    with socket.create_server((ports.HOST, 0)) as server:
        port = server.getsockname()[1]
    assert ports.is_free(port)

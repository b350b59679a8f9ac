import os
import socket
import sys
import urllib.request

import pytest

# An address that the standards keep for documentation: nothing answers there.
OUTSIDE = "192.0.2.1"


def refusal(guard, call):
    """Return the message with which ``call`` is refused, and forget the attempt."""
    with pytest.raises(RuntimeError, match="tried to reach") as caught:
        call()
    assert guard.attempts
    guard.attempts.clear()
    return str(caught.value)


@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_connection_to_the_outside_is_refused(guard, method):
    with socket.socket() as sock:
        assert OUTSIDE in refusal(guard, lambda: getattr(sock, method)((OUTSIDE, 80)))


def test_datagram_to_the_outside_is_refused(guard):
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        assert OUTSIDE in refusal(guard, lambda: sock.sendto(b"x", (OUTSIDE, 80)))


def test_name_look_up_is_refused(guard):
    assert "example.org" in refusal(guard, lambda: urllib.request.urlopen("http://example.org", timeout=1))


@pytest.mark.skipif(sys.platform == "win32", reason="asyncio needs loopback connections on Windows")
def test_loopback_is_refused_without_the_mark(guard):
    with socket.socket() as sock:
        assert "loopback" in refusal(guard, lambda: sock.connect(("127.0.0.1", 9)))


@pytest.mark.loopback
def test_loopback_is_allowed_with_the_mark():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        connection, _ = server.accept()
        with connection:
            client.sendall(b"here")
            assert connection.recv(4) == b"here"


@pytest.mark.loopback
def test_the_outside_is_refused_with_the_mark_too(guard):
    with socket.socket() as sock:
        assert OUTSIDE in refusal(guard, lambda: sock.connect((OUTSIDE, 80)))


def test_a_swallowed_refusal_is_remembered(guard):
    try:
        socket.create_connection((OUTSIDE, 80))
    except Exception:
        pass
    assert guard.attempts == [OUTSIDE]
    guard.attempts.clear()


def test_the_hub_is_offline():
    from huggingface_hub import constants

    assert os.environ["HF_HUB_OFFLINE"] == "1"
    assert constants.is_offline_mode()


@pytest.mark.loopback
def test_the_client_of_the_hub_may_talk_to_a_server_of_the_test():
    from huggingface_hub import constants

    assert not constants.is_offline_mode()

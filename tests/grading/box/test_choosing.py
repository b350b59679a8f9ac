import pytest

from course_lib.grading.box import choosing
from course_lib.grading.box.base import BoxError
from course_lib.grading.box.choosing import choose_box


class Fake:
    name = "fake"


@pytest.fixture
def working(monkeypatch):
    """Return a function that says which kinds work."""

    def set_working(*kinds):
        monkeypatch.setattr(
            choosing, "try_bubblewrap", lambda warm: (Fake(), "") if "bubblewrap" in kinds else (None, "no bwrap")
        )
        monkeypatch.setattr(
            choosing,
            "try_container",
            lambda engine, image: (engine, "") if engine in kinds else (None, f"no {engine}"),
        )

    return set_working


def test_the_safest_kind_that_works_is_taken(working):
    working("bubblewrap", "docker", "podman")
    assert isinstance(choose_box(), Fake)
    working("docker", "podman")
    assert choose_box() == "docker"
    working("podman")
    assert choose_box() == "podman"


def test_a_kind_that_is_asked_for_is_taken_or_refused(working):
    working("bubblewrap", "podman")
    assert choose_box("podman") == "podman"
    with pytest.raises(BoxError, match="no docker"):
        choose_box("docker")
    with pytest.raises(BoxError, match="unknown kind of box 'jail'"):
        choose_box("jail")


def test_without_any_the_refusal_is_one_sentence_with_all_reasons_and_the_way_out(working):
    working()
    with pytest.raises(BoxError) as caught:
        choose_box()
    for words in ("no bwrap", "no docker", "no podman", "--trust-submissions"):
        assert words in str(caught.value)


def test_only_trust_gives_a_box_that_isolates_nothing(working):
    working("bubblewrap")
    assert choose_box().name == "fake"
    assert not choose_box(trust_submissions=True).isolated


def test_other_systems_are_told_that_bubblewrap_is_not_for_them(monkeypatch):
    monkeypatch.setattr(choosing.sys, "platform", "darwin")
    assert choosing.try_bubblewrap(()) == (None, "bubblewrap is for Linux only")

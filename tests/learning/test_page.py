import copy
from html.parser import HTMLParser

import pytest

from course_lib.learning.page import STATES, render_certificate

EVIL = "<script>alert('x')</script>&\"\x1b[31m"
EXERCISE = {"id": "ex_97_1", "title": "double", "level": "core", "points": 2, "earned": 1, "status": "partly"}
LESSON = {
    "number": "97",
    "name": "97_doubling",
    "title": "Doubling",
    "state": "ran",
    "points": 2,
    "earned": 1,
    "exercises": [EXERCISE],
    "sha256": "f" * 64,
    "seconds": 1.0,
    "problems": [],
}
CERTIFICATE = {
    "schema": 1,
    "says": "This is practice.",
    "made": "2026-01-02T03:04:05+00:00",
    "points": 2,
    "earned": 1,
    "lessons": [LESSON],
    "predictions": {"written": 2, "revealed": 2, "brier": 0.3, "confidence": 0.8, "right": 0.5, "bins": []},
    "rows": [{}, {}],
    "claims": {"C-a": {"verdict": "supported"}, "C-b": {"verdict": "supported"}, "C-c": {"verdict": "depends"}},
    "course": {"version": "1.2.3", "lessons": {"97_doubling": "e" * 64}},
    "model": {"name": "embedded", "weights_sha256": "d" * 64},
    "python": "3.11.7",
    "system": "Linux x86_64, 2 processor cores",
    "packages": {"typer": "1.0", "rich": None},
    "as_pinned": False,
}
VOID = {"meta"}


class Page(HTMLParser):
    """Reads a page; refuses one whose elements do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def replace_all_words(value):
    """Return a certificate in which every text, and every name that comes from outside, is hostile."""
    if isinstance(value, dict):
        return {key: replace_all_words(part) for key, part in value.items()}
    if isinstance(value, list):
        return [replace_all_words(part) for part in value]
    return EVIL if isinstance(value, str) else value


def test_page_says_points_hashes_versions_and_calibration():
    shown = " ".join(Page(render_certificate(CERTIFICATE)).words)
    for words in (
        "This is practice.",
        "1 of 2 points",
        "97 Doubling",
        "ex_97_1",
        "partly",
        "f" * 64,
        "d" * 64,
        "e" * 64,
    ):
        assert words in shown
    for words in ("too sure so far", "1 depends, 2 supported", "scoreboard: 2", "3.11.7", "1.2.3", "not as pinned"):
        assert words in shown
    assert "not installed" in shown


@pytest.mark.parametrize("state", STATES)
def test_every_state_of_a_lesson_has_words(state):
    hash_of_run = None if state == "missing" else "f" * 64
    certificate = CERTIFICATE | {"lessons": [LESSON | {"state": state, "sha256": hash_of_run}]}
    assert STATES[state] in render_certificate(certificate)


def test_page_can_be_read_by_ear():
    page = Page(render_certificate(CERTIFICATE))
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("title")) == len(page.all("main")) == len(page.all("h1")) == 1
    assert len(page.all("caption")) == len(page.all("table")) >= 4
    assert all(attributes.get("scope") in ("col", "row") for attributes in page.all("th"))
    levels = [int(tag[1]) for tag, _ in page.elements if tag in ("h1", "h2", "h3")]
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    assert levels[0] == 1


def test_nothing_from_outside_becomes_markup():
    hostile = replace_all_words(copy.deepcopy(CERTIFICATE))
    hostile["lessons"][0] |= {"state": "problems", "problems": [EVIL]}
    hostile["packages"] = {EVIL: EVIL}
    hostile["course"]["lessons"] = {EVIL: EVIL}
    hostile["claims"] = {EVIL: {"verdict": EVIL}}
    text = render_certificate(hostile)
    page = Page(text)
    assert page.all("script") == []
    assert "\x1b" not in text
    assert "<script>alert('x')</script>" in "".join(page.words)


def test_page_loads_nothing_and_runs_nothing():
    page = Page(render_certificate(CERTIFICATE))
    assert {tag for tag, _ in page.elements} & {"script", "link", "img", "iframe", "a"} == set()
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith(("on", "src"))]
    (policy,) = [meta["content"] for meta in page.all("meta") if "http-equiv" in meta]
    assert policy.startswith("default-src 'none'")


def test_lesson_without_exercises_says_so():
    certificate = CERTIFICATE | {"lessons": [LESSON | {"exercises": []}]}
    assert "This lesson has no exercises." in render_certificate(certificate)

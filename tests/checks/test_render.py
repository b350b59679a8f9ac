import json
import re
import sysconfig
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from course_lib.checks import markup
from course_lib.checks.cases import Cases
from course_lib.checks.core import Exercise
from course_lib.checks.practice import practise
from course_lib.checks.render import render_html, render_text
from tests.checks.demonstration import HINTS, ex_03_4

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "check_result.schema.json").read_text(encoding="utf-8"))


def right(scores, k):
    return np.argsort(-scores, kind="stable")[:k].tolist()


def rising(scores, k):
    return np.argsort(scores)[-k:].tolist()


def stub(scores, k):
    raise NotImplementedError


def hostile(scores, k):
    raise ValueError("</code><script>alert(1)</script>\x1b[2J\u202e & 'quoted'")


def chatty(scores, k):
    print("one")
    return "<b>long</b> " * 500


def result_of(answer, exercise=ex_03_4):
    return practise(exercise, [answer], Cases()).as_dict()


@pytest.fixture
def broken():
    """Return an exercise whose check fails itself, and others wait for it."""
    exercise = Exercise("ex_09_1", "do <it>", hints=HINTS)

    @exercise.check
    def breaks(answer):
        """does it"""
        raise ZeroDivisionError

    @exercise.check
    def passes(answer):
        """is there"""

    @exercise.check(after=breaks)
    def waits(answer):
        """does more"""

    return exercise


ANSWERS = [right, rising, stub, hostile, chatty]


# The contract


@pytest.mark.parametrize("answer", ANSWERS)
def test_result_is_what_the_published_schema_says(answer):
    result = json.loads(json.dumps(result_of(answer)))
    jsonschema.Draft202012Validator(SCHEMA).validate(result)


def test_result_of_a_broken_check_is_what_the_published_schema_says(broken):
    jsonschema.Draft202012Validator(SCHEMA).validate(result_of(lambda: 1, broken))


def test_published_schema_is_one_and_refuses_other_things():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    good = result_of(rising)
    for change in ({"status": "great"}, {"schema": 2}, {"earned": -1}, {"more": 1}, {"checks": []}):
        assert not validator.is_valid(good | change)
    without_call = [line | {"call": None} for line in good["checks"]]
    assert not validator.is_valid(good | {"checks": without_call})


# Text


def test_text_of_a_wrong_answer_is_this():
    assert render_text(result_of(rising)) == "\n".join(
        [
            "ex_03_4  keep the k best chunks                                  1 of 2 points",
            " yes  returns exactly k positions",
            " no   the best score comes first",
            "        top_k(np.array([0.1, 0.9, 0.5]), 2) returned [2, 1], expected [1, 2]",
            "        this is the right set, in rising order",
            " -    ties keep document order" + " " * 17 + "waits for the line above",
            " yes  the scale of the scores does not count",
            ' next: hint("ex_03_4")',
        ]
    )


def test_text_of_a_stub_says_that_it_is_not_started():
    lines = render_text(result_of(stub)).splitlines()
    assert lines[0].endswith("   not started")
    assert [line[:3] for line in lines[1:5]] == [" - "] * 4
    assert "waits" not in "".join(lines)


def test_text_of_a_right_answer_leaves_nothing_to_do():
    text = render_text(result_of(right))
    assert "2 of 2 points" in text
    assert "next" not in text


def test_text_of_a_broken_check_asks_for_a_report(broken):
    text = render_text(result_of(lambda: 1, broken))
    assert " ?    does it" in text
    assert "please report it" in text
    assert "waits for: does it" in text


def test_long_failure_stands_on_three_lines():
    lines = render_text(result_of(chatty)).splitlines()
    assert lines[2].strip() == "top_k(np.array([0.1, 0.9, 0.5]), 2)"
    assert lines[3].strip().startswith("returned 6,000 items: '<b>long</b>")
    assert lines[4].strip() == "expected 2 items"
    assert any(line.startswith(" note: your code printed") for line in lines)


@pytest.mark.parametrize("answer", ANSWERS)
def test_text_holds_nothing_that_a_screen_obeys(answer):
    assert all(line.isprintable() for line in render_text(result_of(answer)).splitlines())


# HTML


class Reader(HTMLParser):
    """Reads HTML as a browser would: text, tags in their nesting, attributes."""

    VOID = {"br", "hr", "img"}

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], [], [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("answer", ANSWERS)
def test_html_is_well_formed_and_holds_only_the_tags_of_the_renderer(answer):
    page = Reader(render_html(result_of(answer)))
    assert not page.open
    assert set(page.tags) <= {"div", "p", "strong", "span", "ul", "li", "dl", "dt", "dd", "code", "em"}
    assert not [name for name, _ in page.attributes if name.startswith("on")]


def test_text_of_an_answer_is_shown_and_not_obeyed():
    page = Reader(render_html(result_of(hostile)))
    assert "<script>alert(1)</script>\\x1b[2J\\u202e & 'quoted'" in page.text


def test_texts_of_an_author_are_escaped_too(broken):
    assert "do <it>" in Reader(render_html(result_of(lambda: 1, broken))).text


@pytest.mark.parametrize(
    ("answer", "words"),
    [(right, ["yes"]), (rising, ["yes", "no", "waits", "next: hint"]), (stub, ["waits", "not started"])],
)
def test_every_state_has_its_word_beside_its_colour(answer, words):
    page = Reader(render_html(result_of(answer)))
    for word in words:
        assert word in page.text


def test_block_is_named_for_a_screen_reader_and_signs_are_hidden_from_it():
    page = Reader(render_html(result_of(rising)))
    assert ("role", "group") in page.attributes
    assert ("aria-label", "ex_03_4 keep the k best chunks: partly, 1 of 2 points") in page.attributes
    assert ("aria-hidden", "true") in page.attributes
    assert not [name for name, _ in page.attributes if name == "id"]  # the same result may be shown twice on a page


def test_colours_are_those_of_the_theme_with_others_to_fall_back_on():
    html = render_html(result_of(rising))
    for part in html.split("color:")[1:]:
        assert part.startswith("var(--jp-"), part[:40]


@pytest.mark.parametrize("render", [render_text, render_html])
def test_looks_are_the_same_each_time(render):
    assert render(result_of(rising)) == render(result_of(rising))


@pytest.mark.parametrize("render", [render_text, render_html])
def test_looks_are_a_function_of_the_data_alone(render):
    result = result_of(rising)
    assert render(json.loads(json.dumps(result))) == render(result)


# Contrast in the themes of JupyterLab


def read_colours(theme):
    """Return the variables of an installed theme: name -> red, green, blue, opacity, each in 0 to 1."""
    folder = Path(sysconfig.get_path("data")) / "share" / "jupyter" / "lab" / "themes" / "@jupyterlab"
    css = (folder / f"theme-{theme}-extension" / "index.css").read_text(encoding="utf-8")
    colours = {"white": (1.0, 1.0, 1.0, 1.0)}
    for name, value in re.findall(r"(--jp-[a-z0-9-]+):\s*([^;]+);", css):
        found = re.search(r"#([0-9a-f]{3,6})\b", value)
        if found:
            digits = found[1] if len(found[1]) == 6 else "".join(2 * digit for digit in found[1])
            colours[name] = (*(int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)), 1.0)
        elif found := re.search(r"rgba\((\d+), ?(\d+), ?(\d+), ?([\d.]+)\)", value):
            colours[name] = (*(int(part) / 255 for part in found.groups()[:3]), float(found[4]))
        elif value.strip() in colours:
            colours[name] = colours[value.strip()]
    return colours


def contrast(front, back):
    """Return the contrast of two colours by WCAG 2.1, 1 to 21."""
    mixed = [part * front[3] + ground * (1 - front[3]) for part, ground in zip(front[:3], back[:3], strict=True)]

    def luminance(parts):
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted((luminance(mixed), luminance(back[:3])), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("colour", "least"),
    [(markup.GOOD, 3), (markup.BAD, 3), (markup.OPEN, 3), (markup.UNSURE, 3), ("var(--jp-content-font-color1,", 7)],
)
def test_signs_and_text_stand_out_in_both_themes(theme, colour, least):
    colours = read_colours(theme)
    name = re.match(r"var\((--jp-[a-z0-9-]+),", colour)[1]
    assert contrast(colours[name], colours["--jp-layout-color1"]) >= least

"""A new learner's first half hour, in a real browser; pictures of it are kept in test-artefacts/."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from course_lib.checks.record import read_record
from tests.learning.browser import BROWSER, NAMES, OpenNotebook
from tests.learning.serving import find_port, read_json

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60
WRONG = "def what_to_mend(findings):\n    return [finding['check'] for finding in findings]\n"
RIGHT = "def what_to_mend(findings):\n    return [finding['check'] for finding in findings if not finding['ok']]\n"
TITLE = "ex_00_1 what must be mended on this computer"

pytestmark = [
    pytest.mark.loopback,
    pytest.mark.skipif(BROWSER is None, reason=f"there is no browser here: none of {', '.join(NAMES)}"),
    pytest.mark.skipif(os.name == "nt", reason="there a signal cannot be sent to one process alone"),
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start ``course learn`` as the README says; return where its notebooks are and its address."""
    place = tmp_path_factory.mktemp("browser")
    jupyter = {f"JUPYTER{name}_DIR": str(place / name) for name in ("_RUNTIME", "_CONFIG", "LAB_SETTINGS")}
    own = {name: value for name, value in os.environ.items() if not name.startswith(("COURSE_", "JUPYTER_TOKEN"))}
    words = ["learn", "--no-browser", "--port", str(find_port()), "--folder", str(place / "mine"), "--json"]
    with (place / "noise.txt").open("w") as noise:
        process = subprocess.Popen(
            [sys.executable, "-m", "course_lib.cli", *words],
            cwd=ROOT, env=own | jupyter, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=noise, text=True,
        )  # fmt: skip
    try:
        told = read_json(process.stdout)
        yield Path(told["folder"]), told["url"]
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def browser():
    """Return a browser without a window."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER)
        yield browser
        browser.close()


@pytest.fixture
def open_lesson(lab, browser):
    """Return a function that opens a lesson in a new window."""
    folder, url = lab
    pages = []

    def open_one(name):
        pages.append(browser.new_page(viewport={"width": 1280, "height": 900}))
        notebook = OpenNotebook(pages[-1], folder / f"{name}.ipynb")
        notebook.open(url.replace("00_start_here", name))
        return notebook

    yield open_one
    for page in pages:
        page.close()


def fits(part):
    """Return whether all of a part is inside its width."""
    return part.evaluate("element => element.scrollWidth <= element.clientWidth")


def test_wrong_answer_is_explained_and_a_right_one_is_a_green_check(lab, open_lesson):
    lesson = open_lesson("00_start_here")
    lesson.shoot("00_1_opened")
    lesson.run_all()
    lesson.shoot("00_2_ran", lesson.panel.locator(".jp-CodeCell").last)
    assert not lesson.page.locator(".Toastify__toast").count()  # nothing is asked before the first lesson
    exercise, check = lesson.cell("ex_00_1"), lesson.cell("check_ex_00_1")
    result = check.get_by_role("group")
    expect(result).to_contain_text("not started")

    lesson.write(exercise, WRONG)
    lesson.run(exercise)
    lesson.run(check)
    expect(result).to_have_accessible_name(f"{TITLE}: failed, 0 of 1 point")
    for words in ("returned ['disk', 'memory']", "['memory']", "keep those whose ok is False", 'hint("ex_00_1")'):
        expect(result).to_contain_text(words)
    lesson.shoot("00_3_wrong", exercise)

    lesson.write(exercise, RIGHT)
    lesson.run(exercise)
    lesson.run(check)
    expect(result).to_have_accessible_name(f"{TITLE}: passed, 1 of 1 point")
    expect(result.get_by_text("yes", exact=True)).to_have_count(3)
    expect(check).not_to_contain_text("CheckFailed")
    lesson.shoot("00_4_right", exercise)
    assert read_record(lab[0] / ".course")["results"]["ex_00_1"]["passed"]

    lesson.panel.get_by_role("button", name="Ask the model").click()
    answers = lesson.panel.get_by_role("group", name="Answers of the model")
    answers.wait_for()
    lesson.shoot("00_5_asked", answers)
    lesson.write(exercise, WRONG)
    lesson.run(exercise)
    lesson.run(check)
    lesson.use_theme("JupyterLab Dark")
    lesson.shoot("00_6_dark", exercise)
    lesson.narrow()
    lesson.shoot("00_7_narrow", check)
    assert fits(result)


def test_sliders_of_the_retrieval_explorer_move_its_marks(open_lesson):
    lesson = open_lesson("04_rag")
    lesson.use_theme("JupyterLab Light")
    for name in ("the_number", "searching", "explorer_text", "explorer_widget"):
        lesson.run(lesson.cell(name))
    explorer = lesson.cell("explorer_widget")
    page = explorer.get_by_role("group", name="Retrieval explorer")
    expect(page).to_contain_text("chunks of at most 120 tokens; k = 3, 3 found")
    lesson.shoot("04_1_explorer", explorer)
    assert "\\n" not in page.inner_text()  # lines of a document are lines
    marked = page.locator("mark").all_inner_texts()

    sliders = explorer.get_by_role("slider")
    sliders.first.press("ArrowLeft")
    expect(page).to_contain_text("chunks of at most 100 tokens; k = 3, 3 found")
    smaller = page.locator("mark").all_inner_texts()
    assert smaller != marked
    sliders.last.press("ArrowRight")
    expect(page).to_contain_text("k = 4, 4 found")
    ranks = {re.match(r"\d+", text)[0] for text in page.locator("mark").all_inner_texts()}
    assert ranks == {"1", "2", "3", "4"}
    lesson.shoot("04_2_moved", page)
    lesson.use_theme("JupyterLab Dark")
    lesson.shoot("04_3_dark", page)
    lesson.narrow()
    lesson.shoot("04_4_narrow", page)
    assert fits(page)

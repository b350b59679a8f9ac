"""The report and a student's page about hostile work, in a real browser: it shows everything and runs nothing."""

import html
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import sync_playwright

from course_lib.grading.batch import grade_batch
from course_lib.grading.collecting import collect
from course_lib.grading.gate import Gate
from course_lib.grading.marking import Marker
from course_lib.grading.reports.page import SAFE
from course_lib.grading.reports.writing import write_reports
from course_lib.grading.store import Store
from tests.grading.tiny_lesson import ANSWERS, STEM, make_assignment, notebook, right
from tests.learning.browser import BROWSER, NAMES, PICTURES

EVIL = (
    "</pre></td><script>alert('ran')</script><img src=//evil.invalid/x onerror=alert('ran')><svg onload=alert('ran')>"
    "<a href=javascript:alert('ran')>here</a><style>main{display:none}</style><base href=//evil.invalid/>"
    "<meta http-equiv=refresh content=0;url=//evil.invalid><iframe srcdoc='<script>alert(`ran`)</script>'></iframe>"
    "\u202e"
)
NAME = "<img src=x onerror=alert('ran')>\u202e<svg onload=alert('ran')>=1+1"
HOSTILE = {
    "ex_98_1": f"\ndef double_value(value):\n    raise ValueError({EVIL!r})",
    "ex_98_2": f"\nprint({EVIL!r})\ndef square_value(value):\n    return {EVIL!r}",
    "ex_98_3": f"\n# {EVIL}\nraise type({EVIL[:60]!r}, (Exception,), {{}})({EVIL!r})",
    "ex_98_4": f"{{{EVIL!r}: [{EVIL!r}]}}",
}
FORBIDDEN = (
    "script, img, svg, iframe, base, object, embed, link, form, a[href^=javascript], [onload], [onerror], [style]"
)

pytestmark = [
    pytest.mark.loopback,
    pytest.mark.skipif(BROWSER is None, reason=f"there is no browser here: none of {', '.join(NAMES)}"),
]


@dataclass
class Seen:
    """What a page has done, and its texts."""

    done: list[str] = field(default_factory=list)
    title: str = ""
    text: str = ""
    n_forbidden: int = 0


@pytest.fixture(scope="module")
def grades(sandbox, tmp_path_factory):
    """Return the folder of a graded class: hostile, right, wrong and unreadable work."""
    from tests.grading.conftest import HASTY

    folder = tmp_path_factory.mktemp("browser")
    works = {
        NAME: notebook(**ANSWERS | HOSTILE),
        "ada": right(),
        "bob": notebook(**ANSWERS | {"ex_98_1": "value + 2", "ex_98_5": "\nwhile True: pass"}),
        "cyd": notebook(ex_98_1="value + 2"),
        "dan": EVIL.encode(),
    }
    for name, data in works.items():
        (folder / "class" / name).mkdir(parents=True)
        (folder / "class" / name / f"{EVIL[5:40].replace('/', '')}.ipynb").write_bytes(data)
    store = Store(folder / "grades", "98")
    marker = Marker(make_assignment(), sandbox, "autumn", HASTY, HASTY, Gate())
    grade_batch(marker, collect([folder / "class"], STEM), store, 1, lambda *_: None)
    write_reports(store)
    return store.folder


@pytest.fixture(scope="module")
def visit():
    """Return a function that opens a page and says what it did; a name keeps a picture of it."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER)

        def open_page(path, picture=""):
            seen = Seen()
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.on("dialog", lambda dialog: seen.done.append(f"dialog {dialog.message}") or dialog.dismiss())
            page.on("console", lambda message: seen.done.append(f"console {message.text}"))
            page.on("pageerror", lambda error: seen.done.append(f"error {error}"))
            page.on("request", lambda request: seen.done.append(f"request {request.url}"))
            page.goto(path.as_uri())
            page.wait_for_timeout(200)
            seen.title, seen.text = page.title(), page.locator("body").inner_text()
            seen.n_forbidden = page.locator(FORBIDDEN).count()
            if picture:
                PICTURES.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=PICTURES / f"{picture}.png", full_page=True)
            page.close()
            seen.done = [what for what in seen.done if what != f"request {path.as_uri()}"]
            return seen

        yield open_page
        browser.close()


def find_page(folder, student):
    """Return the page of one student."""
    return next(path for path in sorted(folder.glob("*.html")) if student in path.name)


@pytest.mark.parametrize(
    ("folder", "student", "says"),
    [
        ("report", "index", "Submissions"),
        ("report/submissions", "img-src", "<script>alert('ran')</script>"),
        ("report/submissions", "dan", "refused"),
        ("report/submissions", "bob", "timeout"),
        ("students", "img-src", "<script>alert('ran')</script>"),
        ("students", "bob", "timeout"),
    ],
)
def test_a_page_shows_what_is_hostile_and_runs_none_of_it(grades, visit, folder, student, says):
    page = find_page(grades / folder, student)
    seen = visit(page, f"grading_{folder.replace('/', '_')}_{student}")
    assert (seen.done, seen.n_forbidden) == ([], 0)
    assert says in seen.text
    assert "\u202e" not in seen.text + seen.title
    assert seen.title.startswith("Lesson 98")


def test_a_page_that_runs_something_is_noticed(grades, visit, tmp_path):
    text = find_page(grades / "report" / "submissions", "img-src").read_text(encoding="utf-8")
    page = tmp_path / "page.html"
    page.write_text(html.unescape(text.replace(SAFE, "")), encoding="utf-8")
    seen = visit(page)
    assert "dialog ran" in seen.done
    assert any(what.startswith("request ") for what in seen.done)
    assert seen.n_forbidden


def test_the_policy_of_a_page_alone_lets_nothing_run(grades, visit, tmp_path):
    text = find_page(grades / "report" / "submissions", "img-src").read_text(encoding="utf-8")
    page = tmp_path / "page.html"
    page.write_text(html.unescape(text), encoding="utf-8")
    assert not [what for what in visit(page).done if what.startswith("dialog")]

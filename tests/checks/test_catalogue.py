import json
import sys
from types import ModuleType

import pytest

import course_lib.checks
from course_lib.checks import catalogue
from course_lib.checks.catalogue import exercises_of, find_exercise, lesson_numbers, lessons, read_header
from course_lib.checks.core import Exercise
from course_lib.errors import CourseError
from tests.checks.demonstration import HINTS

HEADER = """# %% [markdown]
# # 03 Retrieval you can measure
#
# <!-- budget: 95 minutes; run 2 minutes; memory 900 MB -->
# <!-- lesson: {"experiments": ["E04", "E05"], "claims": ["A-c-relev"]} -->
#
# Some words.

# %%
print(1)
"""


def add_modules(monkeypatch, **modules):
    """Let the checks consist of ``modules``: name -> ids of the exercises in it."""
    for name, ids in modules.items():
        module = ModuleType(f"course_lib.checks.{name}")
        vars(module).update({f"e{n}": Exercise(id, "do it", hints=HINTS) for n, id in enumerate(ids)})
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(catalogue, "_module_names", lambda: iter(modules))


@pytest.fixture
def course(tmp_path, demonstration):
    """Return a folder with lesson 03 in it."""
    (tmp_path / "lessons" / "answers").mkdir(parents=True)
    (tmp_path / "lessons" / "03_retrieval.py").write_text(HEADER, encoding="utf-8")
    (tmp_path / "lessons" / "answers" / "03_retrieval.py").write_text(ANSWERS, encoding="utf-8")
    return tmp_path


ANSWERS = """from course_lib.checks.answers import right, wrong
@right("ex_03_4")
def sort_positions(scores, k):
    return sorted(range(len(scores)), key=lambda i: -scores[i])[:k]
@wrong("ex_03_4", says="rising order")
def rising(scores, k):
    return [2, 1]
"""


def test_exercises_come_in_the_order_of_their_numbers_from_all_modules_of_a_lesson(monkeypatch):
    add_modules(monkeypatch, lesson_04_citing=["ex_04_10", "ex_04_2"], lesson_04=["ex_04_1"], lesson_05=["ex_05_1"])
    assert [exercise.id for exercise in exercises_of("04")] == ["ex_04_1", "ex_04_2", "ex_04_10"]
    assert lesson_numbers() == ["04", "05"]
    assert find_exercise("ex_04_10").id == "ex_04_10"


def test_exercise_that_stands_twice_is_refused(monkeypatch):
    add_modules(monkeypatch, lesson_04=["ex_04_1"], lesson_04_more=["ex_04_1"])
    with pytest.raises(CourseError, match="ex_04_1 stands more than once in lesson_04 and lesson_04_more"):
        exercises_of("04")


def test_modules_are_found_where_the_package_is(monkeypatch, tmp_path):
    for name in ("lesson_98.py", "lesson_98_more.py", "lessons.py", "lesson_x.py"):
        (tmp_path / name).write_text("")
    monkeypatch.setattr(course_lib.checks, "__path__", [str(tmp_path)])
    assert lesson_numbers() == ["98"]


def test_lessons_are_described_without_doing_them(course):
    measured = {"03_retrieval": {"run_minutes": 1.2, "memory_mb": 640, "cores": 2, "outputs": "x"}}
    (course / "lessons" / "budgets.json").write_text(json.dumps(measured))
    (lesson,) = lessons(course)
    (exercise,) = lesson.pop("exercises")
    assert lesson == {
        "number": "03",
        "name": "03_retrieval",
        "title": "Retrieval you can measure",
        "minutes_promised": 95,
        "minutes_measured": 1.2,
        "run_minutes_promised": 2,
        "peak_memory_mb": 640,
        "memory_mb_promised": 900,
        "experiments": ["E04", "E05"],
        "claims": ["A-c-relev"],
    }
    assert exercise == {
        "id": "ex_03_4", "title": "keep the k best chunks",
        "level": "core", "points": 2, "minutes": 10, "pattern": "G1",
        "checks": 4, "hints": 3, "wrong_answers": 1, "right_answers": 1,
    }  # fmt: skip


def test_lesson_that_was_not_measured_and_has_no_checks_yet_is_listed(course):
    (course / "lessons" / "05_service.py").write_text("# %% [markdown]\n# # 05 In service\n", encoding="utf-8")
    lesson = lessons(course)[1]
    assert (lesson["title"], lesson["exercises"], lesson["minutes_promised"]) == ("In service", [], None)
    assert lesson["minutes_measured"] is None


def test_course_without_lessons_has_none(tmp_path):
    assert lessons(tmp_path) == []


def test_header_may_say_everything_in_one_line(tmp_path):
    path = tmp_path / "01_x.py"
    path.write_text('# %% [markdown]\n# <!-- lesson: {"title": "Limits", "minutes_promised": 80} -->\n')
    facts = read_header(path)
    assert (facts["title"], facts["minutes_promised"], facts["experiments"]) == ("Limits", 80, [])


def test_only_the_first_cell_is_the_header(tmp_path):
    path = tmp_path / "01_x.py"
    path.write_text('# %% [markdown]\n# # 01 Limits\n# %%\n# <!-- lesson: {"claims": ["x"]} -->\n')
    assert read_header(path)["claims"] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# %% [markdown]\n# # 01 T\n# <!-- lesson: {nonsense} -->\n", "no JSON object"),
        ("# %% [markdown]\n# # 01 T\n# <!-- lesson: [1] -->\n", "no JSON object"),
        ("# %% [markdown]\n# Words.\n", "is not '# 01 Title'"),
        ("", "is not '# 01 Title'"),
    ],
)
def test_header_that_cannot_be_read_says_so(tmp_path, text, words):
    path = tmp_path / "01_x.py"
    path.write_text(text)
    with pytest.raises(CourseError, match=words):
        read_header(path)


@pytest.mark.parametrize("content", ["{", "[1]", '{"03_retrieval": 1}'])
def test_figures_that_cannot_be_read_say_so(course, content):
    (course / "lessons" / "budgets.json").write_text(content)
    with pytest.raises(CourseError, match="is not what the builder of the notebooks writes"):
        lessons(course)

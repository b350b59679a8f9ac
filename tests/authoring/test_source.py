import pytest

from tests.authoring.tiny import STEM, make_source
from tools.authoring.source import LessonError, read_cells, read_lesson

TEXT = """\
# %% [markdown]
# # 98 Small numbers
#
# Text.

# %% tags=["exercise", "slow"] name="ex_98_1"


def f(x):
    return x
"""


def test_cell_has_kind_text_tags_name_and_the_line_of_its_text():
    text, code = read_cells(TEXT)
    assert (text.kind, text.source, text.line, text.tags, text.name) == (
        "markdown",
        "# 98 Small numbers\n\nText.",
        2,
        (),
        "",
    )
    assert (code.kind, code.line, code.tags, code.name) == ("code", 9, ("exercise", "slow"), "ex_98_1")
    assert code.source == "def f(x):\n    return x"


def test_lesson_knows_its_number_title_and_exercises(course):
    lesson = read_lesson(course.lessons / f"{STEM}.py")
    assert (lesson.stem, lesson.number, lesson.title) == (STEM, "98", "Small numbers")
    assert list(lesson.exercises) == [f"ex_98_{number}" for number in range(1, 6)]


@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
def test_line_ends_of_any_system_are_read(tmp_path, line_end):
    path = tmp_path / "98_words.py"
    path.write_bytes(make_source().replace("\n", line_end).encode())
    assert read_lesson(path).cells[1].source.startswith("## Functions\n\nA function")


@pytest.mark.parametrize("name", ["words", "9_words", "98-words", "98_Words", "98_", "098_words"])
def test_name_that_is_no_lesson_is_refused(tmp_path, name):
    path = tmp_path / f"{name}.py"
    path.write_text(TEXT)
    with pytest.raises(LessonError, match="NN_noun_phrase.py.*rename the file"):
        read_lesson(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# %%\n1 + 1\n",
        "# %% [markdown]\n# Text\n",
        "# %% [markdown]\n# # 97 Words\n",
        "# %% [markdown]\n# # Words\n",
    ],
)
def test_first_line_must_be_number_and_title(tmp_path, text):
    path = tmp_path / "98_words.py"
    path.write_text(text)
    with pytest.raises(LessonError, match="first line is '# 98 Its title'"):
        read_lesson(path)


def test_text_before_the_first_mark_is_refused_with_its_line():
    with pytest.raises(LessonError, match="belongs to a cell") as caught:
        list(read_cells("\nimport math\n# %%\n1 + 1\n"))
    assert caught.value.line == 2


def test_tags_that_are_no_list_are_refused():
    with pytest.raises(LessonError, match="malformed .'slow' is not"):
        list(read_cells('# %% tags="slow"\n1 + 1\n'))


@pytest.mark.parametrize("mark", ["# %%% [markdown]", "# <codecell>"])
def test_mark_in_another_spelling_is_refused(mark):
    with pytest.raises(LessonError, match="write each mark as '# %%'"):
        list(read_cells(f"# %%\n1 + 1\n\n{mark}\n2 + 2\n"))

import pytest

from tests.authoring.tiny import lesson_of, make_source
from tools.authoring.rules import find_faults

TWICE = '1\n\n# %%\nprint("two")\n\n# %%\nprint("two")\n\n# %%\n'
LINE_OF_EX_1 = 'name="ex_98_1"'


def faults_of(source: str) -> list[tuple[int, str]]:
    return list(find_faults(lesson_of(source)))


def test_finished_lesson_has_no_faults():
    assert faults_of(make_source()) == []


# What stands in the source, what in its place, a part of the sentence, and the words of the line it names.
REFUSED = {
    "unknown tag": ('tags=["expect-output"]', 'tags=["expected"]', "unknown tag 'expected'", "print("),
    "unknown word": ('tags=["slow"]', 'tags=["slow"] level="hard"', "says level", "raise RuntimeError"),
    "malformed words": ('tags=["slow"]', 'tags=["slow" name=x', "behind '# %%' stand only", "raise RuntimeError"),
    "raw cell": ("# %% [markdown]\n# ## Functions", "# %% [raw]\n# ## Functions", "a raw cell", "## Functions"),
    "code tag on text": ('[markdown] tags=["solution"]', '[markdown] tags=["slow"]', "for code cells", "# These sol"),
    "two roles": ('tags=["exercise"] name="ex_98_1"', 'tags=["exercise", "solution"]', "is only one of", "def double"),
    "name in capitals": (LINE_OF_EX_1, 'name="Ex"', "not in small letters", "def double"),
    "no name": (' name="ex_98_1"', "", 'has name="ex_98_k"', "def double"),
    "name of another lesson": (LINE_OF_EX_1, 'name="ex_97_1"', 'has name="ex_98_k"', "def double"),
    "duplicate name": (LINE_OF_EX_1, 'name="ex_98_2"', "is given 2 times", "def double"),
    "exercise name elsewhere": ('tags=["slow"]', 'tags=["slow"] name="ex_98_9"', "tag the cell", "raise Runtime"),
    "name of a check": ('tags=["slow"]', 'tags=["slow"] name="check_ex_98_1"', "tag the cell", "raise Runtime"),
    "no region": (
        "    # BEGIN SOLUTION\n    return value * 2\n    # END SOLUTION",
        "    return value * 2",
        "has no region",
        "def double",
    ),
    "open region": ("return value * 2\n    # END SOLUTION", "return value * 2", "not closed", "# BEGIN SOLUTION"),
    "region outside": ('print("two', '# BEGIN SOLUTION\nprint("two', "outside of an exercise", "# BEGIN SOLUTION"),
    "region outside of a function": (
        "    # BEGIN SOLUTION\n    return value * 2\n    # END SOLUTION",
        "    return 1\n# BEGIN SOLUTION\nx = 1\n# END SOLUTION",
        "body of a function",
        "def double",
    ),
    "no Python": ("def double_value(value: int)", "def double_value(value: int", "is no Python", "def double"),
    "no check": (
        '# %% tags=["check"]\ncheck("ex_98_1", double_value)',
        "# %%\n1",
        "has no check after it",
        "def double",
    ),
    "untagged check": (
        '# %% tags=["check"]\ncheck("ex_98_1"',
        '# %%\ncheck("ex_98_1"',
        "without the tag 'check'",
        'check("ex_98_1"',
    ),
    "two checks in a cell": (
        'check("ex_98_1", double_value)',
        'check("ex_98_1", double_value)\ncheck("ex_98_2", square_value)',
        "here: 2 times",
        'check("ex_98_1"',
    ),
    "check of nothing": ('check("ex_98_1", double_value)', "1", "here: 0 times", "1"),
    "check of no exercise": ('check("ex_98_1",', 'check("ex_98_7",', "no exercise of this lesson", 'check("ex_98_7"'),
    "check of another function": (", double_value)", ", double)", "pass its functions", 'check("ex_98_1"'),
    "check without function": (", double_value)", ")", "pass its functions", 'check("ex_98_1"'),
    "long cell": ('print("two and', "\n".join(f"x = {n}" for n in range(15)) + '\nprint("two and', "16 lines", "x = 0"),
    "empty cell": ('print("two and two make", 2 + 2)', "", "is empty", '# %% tags=["expect-output"]'),
    "same text": (
        'print("two and',
        'print("two")\n\n# %%\nprint("two")\n\n# %%\nprint("two and',
        "very text",
        'print("two")',
    ),
    "no budget": ("<!-- budget: 60 minutes; run 1", "<!-- budget: 60; run 1", "holds the budget once", "# # 98"),
    "two budgets": (
        "# **Before",
        "# <!-- budget: 6 minutes; run 1 minute; memory 5 MB -->\n#\n# **Before",
        "holds the budget once",
        "# # 98",
    ),
}


@pytest.mark.parametrize(("old", "new", "words", "line"), REFUSED.values(), ids=list(REFUSED))
def test_fault_is_refused_with_what_to_do_and_where(old, new, words, line):
    source = make_source()
    assert source.count(old) == 1
    source = source.replace(old, new)
    lines = source.splitlines()
    found = [number for number, sentence in faults_of(source) if words in sentence]
    assert found
    assert lines[found[0] - 1].lstrip("# ").startswith(line.lstrip("# "))


def test_check_before_its_exercise_is_refused():
    source = make_source()
    call = '# %% tags=["check"]\ncheck("ex_98_1", double_value)\n'
    source = source.replace(call, "").replace(
        "# %% [markdown]\n# ### Exercise 98.1", f"{call}\n# %% [markdown]\n# ### E"
    )
    assert [sentence for _, sentence in faults_of(source) if "ex_98_1 has no check after it" in sentence]


def test_exercise_of_fifteen_lines_besides_its_marks_is_no_fault():
    lines = "\n".join(f"    x = {n}" for n in range(12))
    assert faults_of(make_source().replace("    return value * 2", f"{lines}\n    return value * 2")) == []


def test_same_text_is_no_fault_once_a_name_tells_the_cells_apart():
    cells = '\n\n# %%\nprint("two")\n\n# %% name="second_time"\nprint("two")\n\n# %%\nprint("two and'
    assert faults_of(make_source().replace('print("two and', f"1 + 1{cells}")) == []


def test_cell_with_a_magic_command_is_no_fault():
    assert faults_of(make_source().replace('print("two and', '# %timeit 1 + 1\nprint("two and')) == []

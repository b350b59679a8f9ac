"""A course of one tiny lesson, finished, with a stand-in for course_lib: nothing heavy is imported by its cells."""

from pathlib import Path

from nbformat import NotebookNode

from tools.authoring.budgets import Measured
from tools.authoring.editions import MAY_RAISE, SKIPPED
from tools.authoring.measuring import Run
from tools.authoring.source import Lesson, read_cells
from tools.authoring.tree import Tree

STEM = "98_small_numbers"
GOLDEN = Path(__file__).parent / "golden"
MEASURED = Measured(run_minutes=0.4, memory_mb=90, cores=2, outputs="")  # what the header of the golden editions shows
# Name of the function, its solution, two right ways and three wrong ones; each makes 4 of 2.
EXERCISES = {
    "double_value": ("value * 2", ("value + value", "2 * value"), ("value", "value + 3", "-value")),
    "square_value": ("value * value", ("value**2", "pow(value, 2)"), ("value", "value + 3", "-value")),
    "add_two": ("value + 2", ("2 + value", "value - -2"), ("value", "value + 3", "-value")),
    "shift_value": ("value << 1", ("value * 2", "value + value"), ("value", "value + 3", "-value")),
    "raise_two": ("2**value", ("pow(2, value)", "1 << value"), ("value", "value + 3", "-value")),
}
CHECKS = """\
class CheckFailed(Exception):
    pass


def check(name, function):
    try:
        result = function(2)
    except NotImplementedError as error:
        raise CheckFailed(f"{name}: not started") from error
    if result != 4:
        raise CheckFailed(f"{name}: {function.__name__}(2) returned {result}, expected 4")
    print(f"{name}: passed")
"""
HEADER = """\
# %% [markdown]
# # 98 Small numbers
#
# <!-- budget: 60 minutes; run 1 minute; memory 500 MB -->
#
# **The number that brought us here.** Four.
#
# **Claims on trial.** Two and two make four.
#
# **Before this lesson.** Nothing.

# %% [markdown]
# ## Functions
#
# A function takes a value and returns another one.

# %%
from course_lib.checks import check

# %% tags=["expect-output"]
print("two and two make", 2 + 2)

# %% tags=["slow"]
raise RuntimeError("only on a large computer")
"""
EXERCISE = '''
# %% [markdown]
# ### Exercise 98.{number}
# *about 10 minutes, {level}*
#
# Write `{function}`.


# %% tags=["exercise"] name="ex_98_{number}"
def {function}(value: int) -> int:
    """Return 4 for 2."""
    # BEGIN SOLUTION
    return {solution}
    # END SOLUTION


# %% tags=["check"]
check("ex_98_{number}", {function})
'''
FOOTER = """
# %% [markdown] tags=["solution"]
# These solutions are as short as solutions can be.

# %% [markdown]
# ## Scoreboard rows
#
# None.
#
# ## Claims judged
#
# Supported.
#
# ## What would change at a larger model
#
# Nothing.
#
# ## Quiz
#
# None.
#
# ## Next lesson
#
# None.
"""
DECLARED = '''

ex_98_{number} = Exercise(
    "ex_98_{number}",
    "{function}",
    points=2,
    level="{level}",
    pattern="{pattern}",
    hints=("Which operator?", "One line.", "Begin with return."),
)


@ex_98_{number}.check
def returns_four_for_two({function}):
    """returns 4 for 2"""
'''
ANSWER = """

@{kind}("ex_98_{number}"{says})
def {kind}_{number}_{place}(value):
    return {expression}
"""


def make_source() -> str:
    parts = [
        EXERCISE.format(number=number, function=name, solution=solution, level=level_of(number))
        for number, (name, (solution, _, _)) in enumerate(EXERCISES.items(), start=1)
    ]
    return HEADER + "".join(parts) + FOOTER


def lesson_of(source: str) -> Lesson:
    return Lesson(STEM, "Small numbers", tuple(read_cells(source)))


def golden_text(name: str) -> str:
    return (GOLDEN / name).read_text(encoding="utf-8")


def golden_lesson() -> Lesson:
    return lesson_of(golden_text("source.txt"))


def level_of(number: int) -> str:
    return "stretch" if number == 5 else "core"


def make_declared() -> str:
    parts = [
        DECLARED.format(number=number, function=name, level=level_of(number), pattern="G1 G2" if number == 1 else "G1")
        for number, name in enumerate(EXERCISES, start=1)
    ]
    return "from course_lib.checks import Exercise\n" + "".join(parts)


def make_answers() -> str:
    parts = [
        ANSWER.format(kind=kind, number=number, place=place, says=says, expression=expression)
        for number, (_, right, wrong) in enumerate(EXERCISES.values(), start=1)
        for kind, says, expressions in (("right", "", right), ("wrong", ', says="expected 4"', wrong))
        for place, expression in enumerate(expressions, start=1)
    ]
    return "from course_lib.checks.answers import right, wrong\n" + "".join(parts)


def make_course(root: Path) -> Tree:
    """Write the course, unbuilt, into ``root``."""
    tree = Tree(root)
    files = {
        tree.lessons / f"{STEM}.py": make_source(),
        tree.checks("98"): make_declared(),
        tree.answers(STEM): make_answers(),
        root / "course_lib" / "__init__.py": "",
        root / "course_lib" / "checks" / "__init__.py": CHECKS,
        tree.changelog: "- lesson 98: small numbers.\n",
        tree.readme: "# Course\n\n<!-- lessons -->\n<!-- /lessons -->\n\nThe end.\n",
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tree


def replace(path: Path, old: str, new: str) -> None:
    """Put ``new`` in the place of ``old``, which must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def pretend_to_run(notebook: NotebookNode, root: Path, slow: bool = False) -> Run:
    """Stand in for `run_notebook`: number the cells, give each one line of output."""
    count = 0
    for cell in notebook.cells:
        if cell.cell_type != "code" or SKIPPED in cell.metadata.get("tags", []):
            continue
        count += 1
        cell.execution_count = count
        assert MAY_RAISE not in cell.metadata.get("tags", [])
        cell.outputs = [NotebookNode(output_type="stream", name="stdout", text=f"ran {cell.id}\n")]
    return Run(seconds=30.0, memory_mb=400)

"""Builds the lessons, or proves that they are built."""

from collections.abc import Callable, Iterator

from nbformat import NotebookNode

from course_lib.models import count_cores
from tools.authoring import sync
from tools.authoring.budgets import Measured, broken_promises, count, read_budgets, read_promise, settle, write_budgets
from tools.authoring.editions import as_text, cell_id, digest_outputs, keep_outputs, make_solved, make_student
from tools.authoring.inspecting import choose, find_leaks_on_disk, inspect, readable
from tools.authoring.measuring import Run
from tools.authoring.running import RunError, run_notebook
from tools.authoring.source import Lesson
from tools.authoring.steps import find_unfinished
from tools.authoring.table import fill_readme
from tools.authoring.tree import Refusal, Tree, write_text

Runner = Callable[..., Run]
Say = Callable[[str], None]


def build(
    tree: Tree, numbers: list[str], run: bool = True, runner: Runner = run_notebook, say: Say = print
) -> list[Refusal]:
    """Write the editions of the lessons, their figures and the table of lessons; return what was refused.

    A lesson that is refused keeps the editions it has.

    Parameters
    ----------
    tree
        Where everything is.
    numbers
        Of the lessons to build; all if empty.
    run
        Whether to run the solved editions; if not, outputs are kept where the code is the same.
    runner
        Runs a notebook in place.
    say
        Takes a line about each lesson.
    """
    refusals, budgets = [], read_budgets(tree)
    for path in choose(tree, numbers):
        lesson, found = inspect(path, tree)
        if not found:
            try:
                solved = run_solved(lesson, tree, budgets, runner) if run else keep_solved(lesson, tree, budgets)
            except RunError as error:
                found = [run_refusal(lesson, tree, error)]
            else:
                found = list(write_editions(lesson, tree, solved, budgets.get(lesson.stem)))
                write_budgets(tree, budgets)  # at once: the next lesson may be stopped by hand
                say(summary(lesson, tree, budgets.get(lesson.stem)))
        refusals += found
    write_budgets(tree, budgets)
    if (text := fill_readme(tree, readable(tree), budgets)) is not None:
        write_text(tree.readme, text)
    return refusals if numbers else [*refusals, *sync.find_strays(tree)]


def run_solved(lesson: Lesson, tree: Tree, budgets: dict[str, Measured], runner: Runner) -> NotebookNode:
    """Run the solved edition of ``lesson``, enter its figures in ``budgets`` and return it.

    Raises
    ------
    RunError
        If a cell fails, or its output would differ from run to run.
    """
    old = budgets.get(lesson.stem)
    ran = make_solved(lesson, old)
    took = runner(ran, tree.root)
    new = Measured(round(took.seconds / 60, 2), took.memory_mb, count_cores(), digest_outputs(ran))
    budgets[lesson.stem] = settle(old, new)
    return keep_outputs(make_solved(lesson, budgets[lesson.stem]), ran)


def keep_solved(lesson: Lesson, tree: Tree, budgets: dict[str, Measured]) -> NotebookNode:
    """Return the solved edition of ``lesson`` with the outputs it has now, where its code is the same."""
    path = tree.solved(lesson.stem)
    new = make_solved(lesson, budgets.get(lesson.stem))
    old = sync.read_notebook(path) if path.exists() else None
    return keep_outputs(new, old) if old else new


def write_editions(lesson: Lesson, tree: Tree, solved: NotebookNode, measured: Measured | None) -> Iterator[Refusal]:
    """Write both editions; yield what is too large or too costly in them, though it stands there to be looked at."""
    student_path, solved_path = tree.student(lesson.stem), tree.solved(lesson.stem)
    write_text(student_path, as_text(make_student(lesson, measured)))
    write_text(solved_path, as_text(solved))
    n_bytes = solved_path.stat().st_size
    if n_bytes > sync.MOST_BYTES:
        yield Refusal(tree.name_of(solved_path), 0, sync.too_large(n_bytes))
    if measured:
        for sentence in broken_promises(read_promise(lesson.header.source), measured):
            yield Refusal(f"lessons/{lesson.stem}.py", lesson.header.line, sentence)


def run_refusal(lesson: Lesson, tree: Tree, error: RunError) -> Refusal:
    """Return the refusal of a lesson whose solved edition does not run, at the line of its cell."""
    lines = [cell.line for cell in lesson.cells if cell_id(cell) == error.cell]
    return Refusal(f"lessons/{lesson.stem}.py", lines[0] if lines else 0, str(error))


def summary(lesson: Lesson, tree: Tree, measured: Measured | None) -> str:
    """Return the line about a lesson that was built."""
    kilobytes = tree.solved(lesson.stem).stat().st_size / 1000
    took = f"{measured.run_minutes:.2f} min, {measured.memory_mb} MB" if measured else "not measured"
    n_steps = len({refusal.sentence.split(":")[0] for refusal in find_unfinished(lesson, tree)})
    to_do = f"; {count(n_steps, 'step')} to do, --check lists them" if n_steps else ""
    return f"built {lesson.stem}: {len(lesson.cells)} cells, {took}, solved {kilobytes:.0f} KB{to_do}"


def check(tree: Tree, numbers: list[str]) -> list[Refusal]:
    """Return everything that keeps the lessons with ``numbers``, all if empty, from being finished and in sync.

    Nothing is written. Files that belong to no lesson are told only when all lessons are looked at.
    """
    refusals, budgets, lessons = [], read_budgets(tree), []
    for path in choose(tree, numbers):
        lesson, found = inspect(path, tree)
        refusals += found
        if lesson is None:
            continue
        lessons.append(lesson)
        refusals += find_unfinished(lesson, tree)
        if not found:
            refusals += sync.find_differences(lesson, tree, budgets.get(lesson.stem))
    refusals += find_leaks_on_disk(lessons, tree)
    refusals += [*([] if numbers else sync.find_strays(tree)), *table_refusals(tree, budgets)]
    return list(dict.fromkeys(refusals))


def table_refusals(tree: Tree, budgets: dict[str, Measured]) -> Iterator[Refusal]:
    """Yield a refusal if the table of lessons is not the one of today."""
    text = fill_readme(tree, readable(tree), budgets)
    if text is not None and text != tree.readme.read_text(encoding="utf-8"):
        sentence = "its table of lessons is old: run tools/build_notebooks.py --no-run"
        yield Refusal(tree.name_of(tree.readme), 0, sentence)


def run_slow(tree: Tree, numbers: list[str], runner: Runner = run_notebook, say: Say = print) -> list[Refusal]:
    """Run the solved lessons that have cells tagged ``slow``, those cells included, and write nothing."""
    refusals = []
    for path in choose(tree, numbers):
        lesson, found = inspect(path, tree)
        refusals += found
        if found or not lesson.tagged("slow"):
            continue
        try:
            took = runner(make_solved(lesson, None), tree.root, slow=True)
        except RunError as error:
            refusals.append(run_refusal(lesson, tree, error))
        else:
            say(f"ran {lesson.stem} with its slow cells: {took.seconds:.0f} s, {took.memory_mb} MB")
    return refusals

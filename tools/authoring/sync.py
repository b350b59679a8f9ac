"""Proves, without writing, that the editions are what the sources make."""

from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools.authoring.budgets import Measured, broken_promises, read_promise
from tools.authoring.editions import SKIPPED, as_text, digest_outputs, keep_outputs, make_solved, make_student
from tools.authoring.source import STEM, Lesson
from tools.authoring.tree import Refusal, Tree

MOST_BYTES = 200_000


def rebuild(lesson: Lesson) -> str:
    """Return the words that tell how to mend an edition."""
    return f"edit only lessons/{lesson.stem}.py and run tools/build_notebooks.py {lesson.number}"


def find_differences(lesson: Lesson, tree: Tree, measured: Measured | None) -> Iterator[Refusal]:
    """Yield what in the two editions of ``lesson`` is not made by its source and its recorded run."""
    student, solved = tree.student(lesson.stem), tree.solved(lesson.stem)
    yield from compare(tree, student, lesson, lambda old: make_student(lesson, measured))
    yield from compare(tree, solved, lesson, lambda old: keep_outputs(make_solved(lesson, measured), old))
    if solved.exists() and (old := read_notebook(solved)) is not None:
        yield from run_refusals(lesson, tree, old, measured)


def compare(tree: Tree, path: Path, lesson: Lesson, make: Callable[[NotebookNode], NotebookNode]) -> Iterator[Refusal]:
    """Yield a refusal unless the file at ``path`` is what ``make`` makes, to the last byte."""
    name = tree.name_of(path)
    if not path.exists():
        yield Refusal(name, 0, f"is missing: run tools/build_notebooks.py {lesson.number}")
        return
    old = read_notebook(path)
    if old is None:
        yield Refusal(name, 0, f"is no notebook: {rebuild(lesson)}")
        return
    new = make(old)
    if as_text(new).encode("utf-8") != path.read_bytes():
        yield Refusal(name, 0, f"differs from its source ({first_difference(old, new)}): {rebuild(lesson)}")
    if path.stat().st_size > MOST_BYTES:
        yield Refusal(name, 0, too_large(path.stat().st_size))


def too_large(n_bytes: int) -> str:
    """Return the sentence about an edition that is too large."""
    return f"{n_bytes // 1000} KB, at most {MOST_BYTES // 1000}: show fewer or smaller pictures and shorter tables"


def read_notebook(path: Path) -> NotebookNode | None:
    """Return the notebook at ``path``, None if it is none."""
    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=nbformat.NO_CONVERT)
        nbformat.validate(notebook)
    except Exception:  # whatever is wrong with it, it has to be built again
        return None
    return notebook


def first_difference(old: NotebookNode, new: NotebookNode) -> str:
    """Return the first place where two notebooks differ, in words."""
    for number, (before, after) in enumerate(zip(old.cells, new.cells, strict=False), start=1):
        for part in ("id", "cell_type", "source", "metadata", "outputs", "execution_count"):
            if before.get(part) != after.get(part):
                return f"cell {number}, {after.id}: its {part.replace('_', ' ')}"
    if len(old.cells) != len(new.cells):
        return f"{len(old.cells)} cells instead of {len(new.cells)}"
    return "its metadata" if old.metadata != new.metadata else "the way the file is written"


def run_refusals(lesson: Lesson, tree: Tree, old: NotebookNode, measured: Measured | None) -> Iterator[Refusal]:
    """Yield a refusal if the solved edition does not hold the outputs of a whole run within its budget."""
    name = tree.name_of(tree.solved(lesson.stem))
    counts = [
        cell.execution_count
        for cell in old.cells
        if cell.cell_type == "code" and SKIPPED not in cell.metadata.get("tags", [])
    ]
    if counts != list(range(1, len(counts) + 1)):
        yield Refusal(name, 0, f"not all of its cells were run: run tools/build_notebooks.py {lesson.number}")
    elif measured is None:
        yield Refusal(name, 0, f"its run was not measured: run tools/build_notebooks.py {lesson.number}")
    elif measured.outputs != digest_outputs(old):
        yield Refusal(name, 0, f"its code or outputs are not those of its last run: {rebuild(lesson)}")
    promise = read_promise(lesson.header.source)
    if promise and measured:
        for sentence in broken_promises(promise, measured):
            yield Refusal(tree.name_of(tree.budgets), 0, f"{lesson.stem}: {sentence}")


def find_strays(tree: Tree) -> Iterator[Refusal]:
    """Yield a refusal for each file that belongs to no lesson, where only files of lessons belong."""
    stems = {path.stem for path in tree.sources()}
    for folder, ending in (("notebooks", ".ipynb"), ("solutions", ".ipynb"), ("lessons/answers", ".py")):
        for path in visible(tree.root / folder):
            if path.name not in {f"{stem}{ending}" for stem in stems}:
                yield Refusal(
                    tree.name_of(path), 0, "belongs to no source in lessons/: delete it, or write the lesson it is for"
                )
    for path in visible(tree.lessons):
        if path.name not in ("answers", tree.budgets.name) and not (path.suffix == ".py" and STEM.fullmatch(path.stem)):
            yield Refusal(tree.name_of(path), 0, "is no lesson, NN_noun_phrase.py: rename it or move it elsewhere")
    yield from find_twins(tree)


def find_twins(tree: Tree) -> Iterator[Refusal]:
    """Yield a refusal for each lesson whose number another one has."""
    taken: dict[str, str] = {}
    for path in tree.sources():
        first = taken.setdefault(path.stem[:2], path.name)
        if first != path.name:
            yield Refusal(tree.name_of(path), 0, f"{first} has the number {path.stem[:2]} already: take another one")


def visible(folder: Path) -> list[Path]:
    """Return what is in ``folder``, without what tools leave there."""
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in paths if not path.name.startswith(".") and path.name != "__pycache__"]

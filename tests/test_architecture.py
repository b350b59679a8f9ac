import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = ROOT / "course_lib"

# Imports go down only: a part may import parts with a smaller number. Parts on one floor do not import each other;
# .5 marks the upper of two parts where one is made for the other.
FLOORS = {
    "errors": 0,
    "files": 1,
    "launcher": 1,
    "text": 1,
    "metrics": 1,
    "statistics": 1,
    "prompting": 1,
    "cost": 1,
    "world": 1,
    "data": 1,
    "models": 2,
    "evaluation": 2,
    "contract_items": 2,
    "prompt_versions": 2,
    "retrieval": 3,
    "tuning": 3,
    "rag": 3.5,
    "training_sets": 3.5,
    "lab": 3.7,
    "arms": 4,
    "claims": 4,
    "experiments": 4.3,
    "contract": 4.3,
    "checks": 4.5,
    "report": 4.6,
    "widgets": 4.6,
    "grading": 4.7,
    "learning": 4.7,
    "running": 4.7,
    "cli": 5,
}
# Packages that only these parts may import, whether at the top of a module or inside a function.
ALLOWED_IN = {"torch": {"models", "tuning"}, "transformers": {"models"}, "sentence_transformers": {"models"}}
STANDARD_LIBRARY_ONLY = {"errors", "launcher"}
DATA_BANKS = {"wordings", "genres"}  # folders of sentences and tables, where length is no fault
MOST_LINES = 250
VAGUE_NAMES = {"utils", "util", "helpers", "misc", "common"}


def modules() -> list[Path]:
    return sorted(path for path in LIBRARY.rglob("*.py") if path != LIBRARY / "__init__.py")


def part_of(path: Path) -> str:
    """Return the part of course_lib that a module belongs to: ``rag`` for rag.py, ``models`` for models/local.py."""
    return path.relative_to(LIBRARY).with_suffix("").parts[0]


def imported_names(source: str, package: str) -> set[str]:
    """Return the dotted names that ``source`` (a module in ``package``) imports anywhere in it.

    Imports for type checkers only count as well: they draw the same arrow between the parts.
    """
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")
            start = ".".join(parents[: len(parents) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (start, node.module) if part)
            names |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return names


def imports_of(path: Path) -> set[str]:
    package = ".".join(path.relative_to(ROOT).parent.parts)
    return imported_names(path.read_text(encoding="utf-8"), package)


def parts_imported_by(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports_of(path) if name.startswith("course_lib.")} - {part_of(path)}


def test_imports_are_found_wherever_they_stand():
    source = "import a.b\nfrom c import d\ndef f():\n    from . import e\n    from ..g import h\n"
    assert imported_names(source, "p.q") == {"a.b", "c", "c.d", "p.q", "p.q.e", "p.g", "p.g.h"}


def test_every_part_has_a_floor():
    unknown = {part_of(path) for path in modules()} - set(FLOORS)
    assert not unknown, f"give {sorted(unknown)} a floor in the table of this test (see CONTRIBUTING.md)"


def test_imports_go_down_only():
    wrong = [
        f"{path.relative_to(ROOT)} (floor {FLOORS[part_of(path)]}) imports {part} (floor {FLOORS.get(part)})"
        for path in modules()
        for part in sorted(parts_imported_by(path))
        if not FLOORS.get(part, 99) < FLOORS[part_of(path)]
    ]
    assert not wrong, "move the code down or turn the call around:\n" + "\n".join(wrong)


@pytest.mark.parametrize("package", ALLOWED_IN)
def test_heavy_package_stays_where_it_belongs(package):
    wrong = [
        f"{path.relative_to(ROOT)} imports {package}"
        for path in modules()
        if part_of(path) not in ALLOWED_IN[package] and any(name.split(".")[0] == package for name in imports_of(path))
    ]
    assert not wrong, f"{package} belongs in {sorted(ALLOWED_IN[package])} only:\n" + "\n".join(wrong)


def test_what_runs_before_the_installation_needs_the_standard_library_only():
    paths = [ROOT / "course.py", *(path for path in modules() if part_of(path) in STANDARD_LIBRARY_ONLY)]
    allowed = {"course_lib", *sys.stdlib_module_names}
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in paths
        for name in sorted(imports_of(path))
        if name.split(".")[0] not in allowed
    ]
    assert len(paths) > 2
    assert not wrong, "\n".join(wrong)


def test_modules_are_short():
    wrong = []
    for path in modules():
        n_lines = len(path.read_text(encoding="utf-8").splitlines())
        if n_lines >= MOST_LINES and not DATA_BANKS & set(path.relative_to(LIBRARY).parts):
            wrong.append(f"{path.relative_to(ROOT)} has {n_lines} lines")
    assert not wrong, f"split what has {MOST_LINES} lines or more:\n" + "\n".join(wrong)


def test_no_module_has_a_vague_name():
    folders = [LIBRARY, ROOT / "tools", ROOT / "tests"]
    wrong = [path.relative_to(ROOT) for folder in folders for path in folder.rglob("*") if path.stem in VAGUE_NAMES]
    assert not wrong, f"name what is in them: {[str(path) for path in wrong]}"


def test_datasets_folder_holds_no_python():
    # A package of that name would shadow the library `datasets`.
    assert not list((ROOT / "datasets").rglob("*.py"))


def run_python(code: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_importing_the_library_is_light_and_loads_no_torch():
    code = (
        "import sys, time; start = time.perf_counter(); import course_lib; "
        "print(time.perf_counter() - start, *{'torch', 'transformers', 'numpy', 'pandas'} & set(sys.modules))"
    )
    runs = [run_python(code) for _ in range(3)]  # the best of three: other programs may have taken the processor
    assert all(loaded == [] for _, *loaded in runs)
    assert min(float(seconds) for seconds, *_ in runs) < 0.3


def test_importing_the_command_line_loads_nothing_heavy():
    heavy = "{'torch', 'transformers', 'pandas', 'scipy', 'sklearn', 'matplotlib', 'faiss', 'datasets'}"
    assert run_python(f"import sys, course_lib.cli; print(*{heavy} & set(sys.modules))") == []

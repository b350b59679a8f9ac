"""Whether a batch survives being killed, and how fast it is: ``python benchmarks/grading_batch.py --lesson 01``.

Makes a class of submissions of one lesson, grades it with ``course grade`` in a process of its own that is killed
midway, again and again, then once without any disturbance, and compares what both left.
"""

from __future__ import annotations

import argparse
import ast
import json
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # called as a file, Python looks for the parts beside it only

import psutil  # noqa: E402

from benchmarks.machine import describe_machine, machine_line  # noqa: E402
from benchmarks.memory import stop_tree  # noqa: E402
from course_lib.cli.grading import count_cores  # noqa: E402
from course_lib.errors import CourseError  # noqa: E402
from course_lib.grading.assignment import Assignment, load_assignment  # noqa: E402
from course_lib.grading.probes import Probe, probes_of_limits, probes_of_rights  # noqa: E402

# Of a hundred submissions.
KINDS = {"solved": 20, "not begun": 10, "answers": 55, "hostile": 10, "broken": 5}
TIMES = {"seconds", "cpu_s", "wall_s", "peak_mb"}
INTERVAL_S = 0.2  # looking at all processes takes time from the command
COMMAND = (sys.executable, "-m", "course_lib.cli")
SEED = "benchmark"


@dataclass(frozen=True)
class Run:
    """What one start of the command took.

    Parameters
    ----------
    seconds
        From its start to its end.
    parent_mb, box_mb
        Largest resident memory of the command itself, and of any one process that it started, in millions of bytes.
    left
        Processes that were there when it was killed and still are.
    """

    seconds: float
    parent_mb: float
    box_mb: float
    left: tuple[int, ...] = ()


def make_class(assignment: Assignment, n: int, folder: Path) -> Counter[str]:
    """Write ``n`` submissions, the same ones each time; return how many there are of each kind."""
    rng = Random(f"{assignment.name} {n}")
    order = [kind for kind, share in KINDS.items() for _ in range(share)]
    kinds = [order[(37 * number) % len(order)] for number in range(n)]  # all kinds soon, whatever n is
    answers = read_answers(assignment)
    probes = [*probes_of_rights(), *probes_of_limits()]
    for number, kind in enumerate(kinds):
        data = {
            "solved": lambda: assignment.solved,
            "not begun": lambda: assignment.released,
            "answers": lambda: fill(assignment, {name: rng.choice(texts) for name, texts in answers.items()}),
            "hostile": lambda: fill(assignment, attack_one(assignment, rng.choice(probes), rng)),
            "broken": lambda: assignment.released[: rng.randrange(len(assignment.released) // 2)],
        }[kind]()
        place = folder / f"s{number:04}"
        place.mkdir(parents=True)
        # No two files are the same: white space behind a notebook is none of its content.
        (place / f"{assignment.name}.ipynb").write_bytes(data + b" " * number)
    return Counter(kinds)


def read_answers(assignment: Assignment) -> dict[str, list[str]]:
    """Return the texts of cells for each exercise: the right and wrong answers that its checks are tried on."""
    path = ROOT / "lessons" / "answers" / f"{assignment.name}.py"
    functions = {exercise.id: exercise.functions for exercise in assignment.exercises}
    texts: dict[str, list[str]] = {name: [] for name in functions}
    before = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        exercises = [decorator.args[0].value for decorator in getattr(node, "decorator_list", ())]
        if not exercises:
            before.append(node)
            continue
        node.decorator_list = []
        text = "\n\n".join(ast.unparse(part) for part in (*before, node) if not is_of_the_checks(part))
        for exercise in exercises:
            texts[exercise].append(f"{text}\n\n{name_answer(functions[exercise], node.name)}")
    return texts


def is_of_the_checks(node: ast.AST) -> bool:
    """Tell whether a statement imports what no box holds."""
    return isinstance(node, ast.ImportFrom) and str(node.module).startswith("course_lib.checks")


def name_answer(functions: Sequence[str], answer: str) -> str:
    """Return lines that call an answer as the lesson does.

    Examples
    --------
    >>> print(name_answer(["split", "join"], "both_slow"))
    answers = both_slow()
    split = answers[0]
    join = answers[1]
    """
    if len(functions) == 1:
        return f"{functions[0]} = {answer}"
    return "\n".join([f"answers = {answer}()", *(f"{name} = answers[{i}]" for i, name in enumerate(functions))])


def attack_one(assignment: Assignment, probe: Probe, rng: Random) -> dict[str, str]:
    """Return the answer to one exercise: an attack on the box, run when the answer is called."""
    exercise = rng.choice(assignment.exercises)
    lines = [f"def {name}(*_args, **_names):\n    return attack(**{probe.arguments!r})" for name in exercise.functions]
    return {exercise.id: "\n\n".join([probe.source, *lines])}


def fill(assignment: Assignment, answers: dict[str, str]) -> bytes:
    """Return the released notebook with answers in the cells of their exercises."""
    content = json.loads(assignment.released)
    for cell in content["cells"]:
        if cell["id"] in answers:
            cell["source"] = answers[cell["id"]]
    return json.dumps(content).encode()


def grade(lesson: str, submissions: Path, out: Path, jobs: int, kill_at: int = 0) -> Run:
    """Run the command; kill it once there are ``kill_at`` results, if that is more than none.

    Raises
    ------
    CourseError
        It fails, or ends before it can be killed.
    """
    words = ["grade", str(submissions), "--lesson", lesson, "--out", str(out), "--jobs", str(jobs)]
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        command = [*COMMAND, *words, "--cohort-seed", SEED]
        process = psutil.Popen(command, cwd=ROOT, stdout=said, stderr=said)
        try:
            parent, box, below = watch(process, lambda: bool(kill_at) and count_results(out) >= kill_at)
            with suppress(psutil.NoSuchProcess):  # it may have ended by itself
                process.kill()
        except BaseException:
            stop_tree(process)
            raise
        if process.wait() != (-signal.SIGKILL if kill_at else 0):
            said.seek(0)
            raise CourseError(f"course grade ended with exit code {process.returncode}: {said.read().strip()[-500:]}")
    seconds = time.perf_counter() - start
    _, alive = psutil.wait_procs(below, timeout=10)
    return Run(seconds, parent / 1e6, box / 1e6, tuple(member.pid for member in alive))


def watch(process: psutil.Popen, is_enough: Callable[[], bool]) -> tuple[int, int, list[psutil.Process]]:
    """Look at a process until it ends or it is enough; return both peaks in bytes and what was below it at last."""
    parent = box = 0
    below: list[psutil.Process] = []
    while process.poll() is None and not is_enough():
        with suppress(psutil.NoSuchProcess):
            below = process.children(recursive=True)
        parent = max(parent, memory_of(process))
        box = max([box, *map(memory_of, below)])
        time.sleep(INTERVAL_S)
    return parent, box, below


def memory_of(process: psutil.Process) -> int:
    """Return the resident memory of one process in bytes; 0 if it has just ended."""
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0


def count_results(out: Path) -> int:
    """Return how many results there are so far."""
    return sum(1 for _ in (out / "results").glob("*.json"))


def without_times(value: Any) -> Any:
    """Return a JSON value without the fields that say how long something took, or how much it used.

    Examples
    --------
    >>> without_times({"status": "passed", "exercises": [{"earned": 2, "cpu_s": 0.1}], "seconds": 3.5})
    {'status': 'passed', 'exercises': [{'earned': 2}]}
    """
    if isinstance(value, dict):
        return {name: without_times(part) for name, part in value.items() if name not in TIMES}
    return [without_times(part) for part in value] if isinstance(value, list) else value


def read_results(out: Path) -> dict[str, Any]:
    """Return all results without times, by submission."""
    found = [without_times(json.loads(path.read_bytes())) for path in (out / "results").glob("*.json")]
    return {result["submission"]: result for result in found}


def find_faults(killed: Path, whole: Path, n: int) -> Iterator[str]:
    """Yield what was lost, was graded twice, or came out otherwise."""
    results, expected = read_results(killed), read_results(whole)
    for name, found in (("the killed batch", results), ("the batch in one go", expected)):
        if len(found) != n:
            yield f"{name} has {len(found)} results of {n} submissions"
    for submission in sorted(results.keys() & expected.keys()):
        if results[submission] != expected[submission]:
            yield f"{submission} has another result"
    lines = [json.loads(line) for line in (killed / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    times = Counter(line["submission"] for line in lines)
    yield from (f"{submission} is {k} times in the journal" for submission, k in sorted(times.items()) if k > 1)
    yield from (f"{submission} is not in the journal" for submission in sorted(results.keys() - times.keys()))


def main() -> int:
    """Make the class, grade it twice, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lesson", default="01", help="whose submissions (%(default)s)")
    parser.add_argument("--n", type=int, default=200, help="submissions (%(default)s)")
    parser.add_argument("--kills", type=int, default=2, help="how often the command is killed midway (%(default)s)")
    parser.add_argument("--jobs", type=int, default=count_cores(), help="at once (%(default)s)")
    options = parser.parse_args()
    assignment = load_assignment(options.lesson)
    print(machine_line(describe_machine()))
    with tempfile.TemporaryDirectory() as folder:
        submissions, killed, whole = (Path(folder, name) for name in ("class", "killed", "whole"))
        kinds = make_class(assignment, options.n, submissions)
        print(f"lesson {assignment.name}: {options.n} submissions, {describe(kinds)}", flush=True)
        stops = [options.n * (number + 1) // (options.kills + 1) for number in range(options.kills)]
        runs = [grade(assignment.lesson, submissions, killed, options.jobs, stop) for stop in [*stops, 0]]
        runs.append(grade(assignment.lesson, submissions, whole, options.jobs))
        faults = [*find_faults(killed, whole, options.n)]
        faults += [f"processes {run.left} outlived the command" for run in runs if run.left]
        print(f"results: {describe(Counter(result['status'] for result in read_results(whole).values()))}")
    n_cores = min(options.jobs, count_cores())
    rate = options.n / (runs[-1].seconds / 60) / n_cores
    print(f"in one go: {runs[-1].seconds:.0f} s, {rate:.0f} submissions a minute and core (used: {n_cores})")
    print(
        f"peak memory: {max(run.parent_mb for run in runs):.0f} MB the command, "
        f"{max(run.box_mb for run in runs):.0f} MB the largest process of the boxes"
    )
    print(f"killed after {stops} results and started again: {'; '.join(faults) or 'complete, the same, nothing twice'}")
    return bool(faults)


def describe(counts: Counter[str]) -> str:
    """Return counts as words.

    Examples
    --------
    >>> describe(Counter({"passed": 2, "refused": 1}))
    '2 passed, 1 refused'
    """
    return ", ".join(f"{n} {name}" for name, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


if __name__ == "__main__":
    sys.exit(main())

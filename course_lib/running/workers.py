"""The parts of a run, shared out among processes: on matrices this small, more threads help little and more cores do.

Each process has a model and a lab of its own. What several parts need, such as an adapter, is made by the first of
them while the others wait for it (`Lab`).
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.queues import SimpleQueue
from pathlib import Path

import psutil

from course_lib.errors import CourseError
from course_lib.lab import CACHE, Lab
from course_lib.models import LocalModel, count_cores, load_model, use_threads
from course_lib.running.parts import Done, Part
from course_lib.running.progress import RunProgress

MOST_WORKERS = 4
WORKER_GB = 1.5
"""Free memory that a process must find; `course benchmark --only memory` measures what a whole run takes."""
Event = tuple[str, tuple]
"""A method of `RunProgress` and its arguments."""


def choose_workers() -> int:
    """Return how many processes suit this computer: one a core, as free memory allows, up to `MOST_WORKERS`."""
    n_fitting = int(psutil.virtual_memory().available / (WORKER_GB * 1e9))
    return max(1, min(count_cores(), n_fitting, MOST_WORKERS))


@dataclass(frozen=True)
class LabOptions:
    """What all labs of a run have in common; see `Lab`."""

    cache: Path = CACHE
    not_before: float = 0.0


class Bench:
    """Does one part after the other; parts on one seed share a lab.

    Parameters
    ----------
    model
        A local model.
    options
        Of the labs.
    tell
        Called with what begins and how far it has come.
    """

    def __init__(self, model: LocalModel, options: LabOptions, tell: Callable[[Event], None]) -> None:
        self.model = model
        self.options = options
        self.tell = tell
        self._lab: Lab | None = None

    def do(self, part: Part) -> Done:
        """Return what the part gives."""
        self.tell(("stage", (part.title,)))
        if self._lab is None or self._lab.seed != part.seed:
            self._lab = Lab(self.model, part.seed, progress=self._detail, **vars(self.options))
        done = part.do(self._lab)
        self.tell(("finish", ()))
        return done

    def _detail(self, what: str, done: int, total: int) -> None:
        self.tell(("detail", (what, done, total)))


def work_off(
    parts: Sequence[Part],
    model: LocalModel,
    name: str | None,
    *,
    workers: int,
    options: LabOptions,
    progress: RunProgress,
) -> dict[Part, Done]:
    """Do all parts: in several processes the longest first, and after that, alone, those that measure time.

    Parameters
    ----------
    parts
        What is to be done.
    model, name
        The model of this process, and what `load_model` makes it of in the others.
    workers
        Processes, no more than there are parts to share; 1 does all in this one.
    options
        Of the labs.
    progress
        Told about everything.

    Raises
    ------
    CourseError
        A process has died. What a part raises is raised here. Finished adapters and answers stay in the cache.
    """
    shared = [part for part in parts if not part.measures_time]
    workers = min(workers, len(shared))
    found = dict(_share_out(shared, name, workers, options, progress)) if workers > 1 else {}
    bench = Bench(model, options, lambda event: progress.tell(*event))
    return found | {part: bench.do(part) for part in parts if part not in found}


def _share_out(
    parts: Sequence[Part], name: str | None, workers: int, options: LabOptions, progress: RunProgress
) -> Iterator[tuple[Part, Done]]:
    """Yield parts with what they give, as they end."""
    context = multiprocessing.get_context("spawn")  # a forked process would inherit the state of torch's threads
    events = context.SimpleQueue()
    listener = threading.Thread(target=_listen, args=(events, progress), daemon=True)
    listener.start()
    given = (name, options, events, max(1, count_cores() // workers))
    pool = ProcessPoolExecutor(workers, context, _open_bench, given)
    others = set(multiprocessing.active_children())
    try:
        longest_first = sorted(parts, key=lambda part: -part.minutes)
        with _without_interrupts():
            waiting = {pool.submit(_do, part): part for part in longest_first}
        for future in as_completed(waiting):
            yield waiting[future], future.result()
    except BrokenProcessPool as error:
        raise CourseError(
            f"one of {workers} processes has ended before its part was done, perhaps for want of memory: run again "
            "with --workers 1, what was finished is kept"
        ) from error
    except BaseException:  # an error or Ctrl-C: it is told at once, and not when the other parts have ended
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
    events.put(None)
    listener.join()


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Put Ctrl-C off until the end of the block; processes that begin in it never see it and say nothing about it."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _listen(events: SimpleQueue, progress: RunProgress) -> None:
    """Tell what the processes tell, each under the number of its process, until None comes."""
    lanes: dict[int, int] = {}
    while (event := events.get()) is not None:
        process, (what, arguments) = event
        progress.tell(what, arguments, lanes.setdefault(process, len(lanes)))


_bench: Bench
"""Of this process, where it is one of several."""


def _open_bench(name: str | None, options: LabOptions, events: SimpleQueue, threads: int) -> None:
    """Prepare a process for its parts."""
    global _bench
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    threading.Thread(target=_end_with_parent, daemon=True).start()
    use_threads(threads)
    _bench = Bench(load_model(name), options, lambda event: events.put((os.getpid(), event)))


def _end_with_parent() -> None:
    """End this process when the run is killed: it would keep others from what it is making."""
    multiprocessing.parent_process().join()
    os._exit(1)


def _do(part: Part) -> Done:
    return _bench.do(part)

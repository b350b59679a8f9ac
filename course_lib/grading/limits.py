"""What one submission may use."""

from dataclasses import dataclass, replace

ROOM_ABOVE_REFERENCE = 10


@dataclass(frozen=True)
class Limits:
    """Limits of time, memory and output.

    Seconds are seconds of the processor, so that busy neighbours cost nobody a mark; the clock on the wall may show
    `patience` times as many, and `grace_s` on top, before a call that waits for something is ended too.

    Parameters
    ----------
    call_s, cell_s, exercise_s, submission_s
        For one call, one cell, all cells and calls of an exercise, everything.
    patience, grace_s
        See above.
    memory_mb
        Beyond what the libraries in the box occupied before.
    tmp_mb, shared_mb
        Of the two folders that can be written to; they are in memory.
    file_mb
        Of one file.
    files
        In one of those folders.
    print_mb
        Printed in one box; `print_characters` of it are kept.
    threads
        Of the whole box.
    """

    call_s: float = 10.0
    cell_s: float = 20.0
    exercise_s: float = 60.0
    submission_s: float = 300.0
    patience: float = 3.0
    grace_s: float = 2.0
    memory_mb: int = 1500
    tmp_mb: int = 64
    shared_mb: int = 16
    file_mb: int = 32
    files: int = 4096
    open_files: int = 256
    print_mb: int = 64
    print_characters: int = 20_000
    threads: int = 128

    def for_reference(self, slowest_call_s: float, exercise_s: float = 0.0) -> "Limits":
        """Return limits of at least ten times what the reference took.

        Examples
        --------
        >>> Limits(call_s=10).for_reference(slowest_call_s=2.5).call_s
        25.0
        """
        call_s = max(self.call_s, ROOM_ABOVE_REFERENCE * slowest_call_s)
        exercise_s = max(self.exercise_s, ROOM_ABOVE_REFERENCE * exercise_s, call_s)
        return replace(
            self,
            call_s=call_s,
            cell_s=max(self.cell_s, call_s),
            exercise_s=exercise_s,
            submission_s=max(self.submission_s, exercise_s),
        )

    def on_the_wall(self, seconds: float) -> float:
        """Return the seconds that may pass on the clock while ``seconds`` of the processor are used.

        Examples
        --------
        >>> Limits(patience=3, grace_s=2).on_the_wall(10)
        32
        """
        return self.patience * seconds + self.grace_s

    def for_kernel(self, data_mb: int) -> dict[str, int]:
        """Return what the kernel holds for one process, as `course_lib.grading.runner.confine` takes it."""
        return {
            "cpu_s": int(self.submission_s) + 5,  # the watch ends a box earlier, with better words
            "file_mb": self.file_mb,
            "open_files": self.open_files,
            "data_mb": data_mb,
        }

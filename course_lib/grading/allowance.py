"""What is left of the time of a submission and of the exercise at work."""

from dataclasses import dataclass, field

from course_lib.grading.limits import Limits


@dataclass
class Spent:
    """Seconds used: of the processor, and on the wall while an answer was waited for."""

    cpu_s: float = 0.0
    wall_s: float = 0.0


@dataclass
class Allowance:
    """Time that a submission may still use, over all of its boxes.

    Parameters
    ----------
    limits
        What it began with.
    """

    limits: Limits
    exercise: Spent = field(default_factory=Spent)
    submission: Spent = field(default_factory=Spent)

    def begin_exercise(self) -> None:
        """Give the next exercise its full time."""
        self.exercise = Spent()

    def spend(self, cpu_s: float, wall_s: float) -> None:
        """Count what a call or a cell has used."""
        for spent in (self.exercise, self.submission):
            spent.cpu_s += cpu_s
            spent.wall_s += wall_s

    @property
    def used_up(self) -> bool:
        """Whether nothing is left for the submission."""
        limit_s = self.limits.submission_s
        return self.submission.cpu_s >= limit_s or self.submission.wall_s >= self.limits.on_the_wall(limit_s)

    def next(self, limit_s: float) -> "Deadline":
        """Return how long something may run that has ``limit_s`` seconds for itself."""
        choices = [Deadline(limit_s, self.limits.on_the_wall(limit_s), f"took longer than {limit_s:g} s")]
        for spent, most_s, whose in (
            (self.exercise, self.limits.exercise_s, "the exercise"),
            (self.submission, self.limits.submission_s, "the whole submission"),
        ):
            words = f"took longer than the {most_s:g} s of {whose}, with what ran before"
            choices.append(Deadline(most_s - spent.cpu_s, self.limits.on_the_wall(most_s) - spent.wall_s, words))
        cpu = min(choices, key=lambda choice: choice.cpu_s)
        wall = min(choices, key=lambda choice: choice.wall_s)
        return Deadline(cpu.cpu_s, wall.wall_s, cpu.words, wall.words)


@dataclass(frozen=True)
class Deadline:
    """Seconds that something may use, and what to say when it uses more.

    Parameters
    ----------
    cpu_s, wall_s
        Of the processor, and on the wall.
    words, wall_words
        For either; the same if the second is empty.
    """

    cpu_s: float
    wall_s: float
    words: str
    wall_words: str = ""

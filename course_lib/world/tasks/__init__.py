"""The behaviour tasks: sort tickets, extract orders, answer in the house voice; each with a wild twin."""

from course_lib.world.tasks.extract import ExtractScore, build_extract, score_extract
from course_lib.world.tasks.model import Item, Task
from course_lib.world.tasks.tickets import build_tickets, is_label, score_tickets
from course_lib.world.tasks.voice import build_voice, house_reply
from course_lib.world.tasks.voice_rules import VOICE_RULES, VoiceRule, check_voice

__all__ = [
    "VOICE_RULES",
    "ExtractScore",
    "Item",
    "Task",
    "VoiceRule",
    "build_tasks",
    "check_voice",
    "house_reply",
    "is_right",
    "is_valid",
    "score_extract",
    "score_tickets",
]


def build_tasks(seed: int) -> dict[str, Task]:
    """Return the tasks of ``seed`` by name; the same seed gives the same tasks, always.

    >>> {name: len(task.train) for name, task in build_tasks(0).items()}
    {'tickets': 400, 'extract': 400, 'voice': 400}
    """
    return {"tickets": build_tickets(seed), "extract": build_extract(seed), "voice": build_voice(seed)}


def is_valid(task_name: str, output: str, item: Item) -> bool:
    """Return whether ``output`` has the form that the task asks for: what valid% counts.

    Raises
    ------
    KeyError
        When there is no task of that name.

    Examples
    --------
    >>> is_valid("tickets", "returns", Item("tickets-test-000", "Where is my parcel?", "delivery", "plain"))
    True
    """
    checks = {
        "tickets": lambda: is_label(output),
        "extract": lambda: score_extract(output, item).valid,
        "voice": lambda: all(check_voice(output, item).values()),
    }
    return checks[task_name]()


def is_right(task_name: str, output: str, item: Item) -> bool:
    """Return whether ``output`` is valid and right: the label, all five fields, or every rule of the voice.

    Raises
    ------
    KeyError
        When there is no task of that name.

    Examples
    --------
    >>> is_right("tickets", "returns", Item("tickets-test-000", "Where is my parcel?", "delivery", "plain"))
    False
    """
    if task_name == "tickets":
        return score_tickets(output, item)
    if task_name == "extract":
        score = score_extract(output, item)
        return score.valid and score.n_right == score.n_fields
    return is_valid(task_name, output, item)

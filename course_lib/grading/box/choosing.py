"""Chooses how boxes are made here."""

import sys
from collections.abc import Sequence

from course_lib.grading.box.base import Box, BoxError
from course_lib.grading.box.container import IMAGE, Container
from course_lib.grading.box.unisolated import Unisolated
from course_lib.grading.limits import Limits

KINDS = ("bubblewrap", "docker", "podman")
REFUSAL = (
    "work of others is graded in a sandbox only, and none works here ({}): install bubblewrap (Linux), or Docker or "
    "Podman, or say --trust-submissions if you would run each of these files on your own computer"
)


def choose_box(kind: str = "", *, warm: Sequence[str] = (), trust_submissions: bool = False, image: str = IMAGE) -> Box:
    """Return the first kind of box that works here.

    Parameters
    ----------
    kind
        One of `KINDS`, to take no other.
    warm
        Modules that each box should find loaded, where boxes can share them.
    trust_submissions
        Isolate nothing.
    image
        For containers.

    Raises
    ------
    BoxError
        None works, with the reason of each.
    """
    if trust_submissions:
        return Unisolated()
    if kind and kind not in KINDS:
        raise BoxError(f"unknown kind of box {kind!r}: there are {', '.join(KINDS)}")
    faults = []
    for name in [kind] if kind else KINDS:
        box, fault = try_bubblewrap(warm) if name == "bubblewrap" else try_container(name, image)
        if box:
            return box
        faults.append(fault)
    raise BoxError(REFUSAL.format("; ".join(faults)))


def try_bubblewrap(warm: Sequence[str]) -> tuple[Box | None, str]:
    """Return a box that has been seen to start, or the reason why there is none."""
    if not sys.platform.startswith("linux"):
        return None, "bubblewrap is for Linux only"
    from course_lib.grading.box.bubblewrap import Bubblewrap  # its parts of the standard library are for Unix only

    box = None
    try:
        box = Bubblewrap(warm)
        running = box.start(Limits())
        running.end()
        running.close()
    except (BoxError, OSError) as error:
        if box:
            box.close()
        return None, str(error)
    return box, ""


def try_container(engine: str, image: str) -> tuple[Box | None, str]:
    """Return a box of the engine if it runs and has the image, or the reason why there is none."""
    box = Container(engine, image)
    fault = box.find_fault()
    return (None, fault) if fault else (box, "")

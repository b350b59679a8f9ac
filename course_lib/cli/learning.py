"""``course learn`` and ``course verify``: the way into the lessons, and what they gave in the end."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from course_lib.cli.output import ROOT, Folder, Json, keep_stdout_clean, print_json

if TYPE_CHECKING:
    from course_lib.learning.copies import Copy
    from course_lib.learning.folder import WorkFolder


def learn(
    lesson: Annotated[str | None, typer.Argument(metavar="NN", help="Lesson to open, such as 04.")] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address, open no browser.")] = False,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Default: 8888, or the next free one.")] = None,
    folder: Folder = None,
    copy_only: Annotated[bool, typer.Option("--copy-only", help="Copy the lessons, start nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Copy the lessons into a folder of your own, where nothing of yours is overwritten, and open JupyterLab there.

    Ctrl-C stops it. The record of your exercises is in the same folder.
    """
    from course_lib.checks.record import read_record
    from course_lib.learning import copies, kernels, ports
    from course_lib.learning.folder import choose_folder, choose_lesson, open_folder, released_lessons

    released = released_lessons(ROOT)
    first = choose_lesson(released, lesson).name if lesson else released[0].name
    work = open_folder(choose_folder(folder, ROOT), ROOT)
    if not copy_only:
        kernels.refuse_trouble()
    at = None if copy_only else ports.choose_port(port)
    read_record(work.home)  # a damaged or newer one is said now, not in the middle of a lesson
    found = copies.bring_lessons(released, work)
    told = {"folder": work.path, "record": work.home, "lesson": first, "notebooks": found, "port": at, "url": None}
    say = keep_quiet if as_json else print
    say("\n".join(describe_copies(found, work)))
    if at is not None:
        say("\n".join(describe_start(work, at, port)))
        start(work, told, not no_browser, say, as_json)
    elif as_json:
        print_json(told)


def start(
    work: WorkFolder, told: dict[str, Any], open_browser: bool, say: Callable[[str], None], as_json: bool
) -> None:
    """Run JupyterLab until it is stopped; tell its address as soon as there is one."""
    from course_lib.learning import server

    def tell(url: str) -> None:
        if as_json:
            print_json(told | {"url": url})
        say(f"{url}\nCtrl-C here stops it.")
        sys.stdout.flush()

    server.prepare_kernels(work)
    server.serve(server.server_words(work, told["lesson"], told["port"], open_browser), tell)
    say(f"stopped; your notebooks and your record are in {work.path}")


def keep_quiet(line: str) -> None:
    """Say nothing: standard output belongs to one JSON value."""


def describe_copies(copies: list[Copy], folder: WorkFolder) -> list[str]:
    """Return what a learner should know about the notebooks."""
    names: dict[str, list[str]] = {}
    for copy in copies:
        names.setdefault(copy.state, []).append(copy.name)
    lines = [f"{len(copies)} lesson{'' if len(copies) == 1 else 's'} in {folder.path}"]
    if new := names.get("new"):
        lines[0] += f", {len(new)} of them new"
    if updated := names.get("updated"):
        lines.append(f"brought up to date, you had not changed them: {', '.join(updated)}")
    lines += [
        f"{copy.name} has changed in the course and you have changed yours: yours stays, the new one is {copy.beside}"
        for copy in copies
        if copy.beside
    ]
    return lines


def describe_start(folder: WorkFolder, port: int, wanted: int | None) -> list[str]:
    """Return what is unusual about this start."""
    from course_lib.learning.ports import FIRST

    lines = ["starting JupyterLab, some seconds"]
    if wanted is None and port != FIRST:
        lines.append(f"port {FIRST} is taken, so this is at {port}")
    before = os.environ.get("COURSE_HOME")
    if before and Path(before).absolute() != folder.home:
        lines.append(f"COURSE_HOME names {before}; in these notebooks the record is in {folder.home}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        lines.append("you are root: right in a container, elsewhere start the course as yourself")
    return lines


def verify(folder: Folder = None, as_json: Json = False) -> None:
    """Run all lessons of your folder again, offline, in clean kernels, and write certificate.html and certificate.json.

    Exit 1 if a notebook does not run to its end or a cell raises; open exercises are no such problem. The code of the
    notebooks runs with your rights. Other people's are for course grade, which runs them in a sandbox, and refuses to
    run them where there is none.
    """
    from course_lib.learning import certificate
    from course_lib.learning.folder import choose_folder, find_folder, released_lessons

    work = find_folder(choose_folder(folder, ROOT))
    with keep_stdout_clean(as_json):
        made = certificate.verify(work, released_lessons(ROOT), ROOT, tell=tell_lesson)
        files = certificate.write_certificate(made, work)
    if as_json:
        print_json(made)
    else:
        print(f"\n{made['earned']} of {made['points']} points\n{made['says']}")
        print("\n".join(f"written: {file}" for file in files))
    raise typer.Exit(1 if any(lesson["problems"] for lesson in made["lessons"]) else 0)


def tell_lesson(lesson: dict[str, Any]) -> None:
    """Print one line about a lesson, and one about each of its problems."""
    words = "not in your folder" if lesson["state"] == "missing" else f"{lesson['earned']} of {lesson['points']} points"
    seconds = "" if lesson["seconds"] is None else f"  {lesson['seconds']:.0f} s"
    print(f"{lesson['number']} {lesson['title']}  {words}{seconds}", flush=True)
    for problem in lesson["problems"]:
        print(f"   {problem}", flush=True)

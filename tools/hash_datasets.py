"""Write the manifest of ``datasets/``: ``python -m tools.hash_datasets``; ``--check`` writes nothing and compares."""

import argparse
import json
import sys
from pathlib import Path

from course_lib.data import FOLDER, MANIFEST, hash_content
from course_lib.errors import CourseError

NO_DATA = {MANIFEST, "README.md"}


def hash_folder(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each data file, by name in alphabetical order.

    Raises
    ------
    CourseError
        The folder holds Python, a subfolder or a link: only plain data files belong there.
    """
    hashes = {}
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or not path.is_file() or path.suffix == ".py":
            raise CourseError(f"{folder.name}/{path.name} is no plain data file: move it elsewhere")
        if path.name not in NO_DATA:
            hashes[path.name] = hash_content(path.read_bytes())
    return hashes


def format_manifest(hashes: dict[str, str]) -> str:
    """Return the text of the manifest.

    >>> print(format_manifest({"a.json": "12ab"}), end="")
    {
     "a.json": "12ab"
    }
    """
    return json.dumps(hashes, indent=1) + "\n"


def main(arguments: list[str] | None = None, folder: Path = FOLDER) -> int:
    """Run the tool; return 1 if ``--check`` finds the manifest out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the manifest is out of date")
    wanted, path = format_manifest(hash_folder(folder)), folder / MANIFEST
    if not parser.parse_args(arguments).check:
        path.write_text(wanted, encoding="utf-8", newline="\n")
        return 0
    if path.is_file() and path.read_bytes() == wanted.encode():
        return 0
    print(f"{folder.name}/{MANIFEST} is out of date: run python -m tools.hash_datasets", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

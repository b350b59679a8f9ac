"""The only reader of ``datasets/``: it hands out a file only if it is the one that the manifest names."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from course_lib.errors import DataError

FOLDER = Path(__file__).resolve().parents[1] / "datasets"
MANIFEST = "MANIFEST.json"
"""SHA-256 by file name; ``tools/hash_datasets.py`` writes it."""


def hash_content(content: bytes) -> str:
    """Return the SHA-256 of ``content`` as 64 hexadecimal digits.

    >>> hash_content(b"")[:16]
    'e3b0c44298fc1c14'
    """
    return hashlib.sha256(content).hexdigest()


def read_manifest(folder: Path = FOLDER) -> dict[str, str]:
    """Return the hashes of the manifest, by file name.

    Raises
    ------
    DataError
        It is missing, or holds something else than names and hashes.
    """
    shown = f"{folder.name}/{MANIFEST}"
    manifest = _parse(_read(folder / MANIFEST, shown), shown)
    if not isinstance(manifest, dict) or not all(isinstance(value, str) for value in manifest.values()):
        raise DataError(f'{shown}: expected one object {{"file": "SHA-256"}}, got {manifest!r:.80}: restore the folder')
    return manifest


def read_data(name: str, folder: Path = FOLDER) -> bytes:
    """Return the content of a data file.

    Parameters
    ----------
    name
        Such as ``"claims.json"``.
    folder
        With the file and its manifest.

    Raises
    ------
    DataError
        The manifest does not list the file, or the file is missing or another one.
    """
    hashes, shown = read_manifest(folder), f"{folder.name}/{name}"
    if name not in hashes:
        raise DataError(f"{folder.name}/{MANIFEST} does not list {name!r}: expected one of {', '.join(sorted(hashes))}")
    content = _read(folder / name, shown)
    found = hash_content(content)
    if found != hashes[name]:
        raise DataError(
            f"{shown} is damaged or was edited: expected SHA-256 {hashes[name]}, found {found}: restore the file, or, "
            "if the edit is meant, run python -m tools.hash_datasets"
        )
    return content


def load_json(name: str, folder: Path = FOLDER) -> Any:
    """Return the value of a JSON file, once its hash has been checked.

    >>> sorted(load_json("claims.json"))
    ['claims', 'conflicts', 'schema', 'sources']

    Raises
    ------
    DataError
        As for `read_data`; or the file is no JSON.
    """
    return _parse(read_data(name, folder), f"{folder.name}/{name}")


def _read(path: Path, shown: str) -> bytes:
    """Return the content of a file that has to be there."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{shown} cannot be read ({error.strerror}): restore the folder {path.parent.name}") from error


def _parse(content: bytes, shown: str) -> Any:
    """Return the value that JSON text stands for."""
    try:
        return json.loads(content.decode("utf-8"))
    except ValueError as error:
        raise DataError(f"{shown} is no JSON in UTF-8 ({error}): restore the file") from error

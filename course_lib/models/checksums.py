"""SHA-256 checks of the files that come with the course."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from course_lib.errors import DataError

MANIFEST = "SHA256SUMS"


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_manifest(folder: Path) -> dict[str, str]:
    """Read ``SHA256SUMS`` (lines of hash, blanks, file name, as ``sha256sum`` writes them).

    Returns
    -------
    dict
        Hash by file name.

    Raises
    ------
    DataError
        The manifest is missing or a line has another form.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise DataError(f"{folder.name} has no {MANIFEST}, so its files cannot be trusted: restore the folder")
    hashes = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        digest, _, name = line.partition(" ")
        name = name.strip().removeprefix("*")
        if len(digest) != 64 or not name:
            raise DataError(f"{folder.name}/{MANIFEST}, line {number}: expected a SHA-256 and a name, got {line!r:.80}")
        hashes[name] = digest.lower()
    return hashes


def verify_files(folder: Path, hashes: Mapping[str, str]) -> None:
    """Compare files with their hashes.

    Raises
    ------
    DataError
        Names the first file that is missing or differs, with both hashes.
    """
    for name, expected in hashes.items():
        path = folder / name
        if not path.is_file():
            raise DataError(f"{folder.name}/{name} is missing: restore or reinstall {folder.name}")
        found = hash_file(path)
        if found != expected:
            raise DataError(
                f"{folder.name}/{name} is damaged or is another file: expected SHA-256 {expected}, found {found}: "
                f"restore or reinstall {folder.name}"
            )


def verify_folder(folder: Path) -> None:
    """Compare a checkpoint folder with its ``SHA256SUMS``; no file that shapes the model may be left out of it.

    Raises
    ------
    DataError
        A file is missing, differs, or is loaded without being listed.
    """
    hashes = read_manifest(folder)
    loaded = [*folder.glob("*.safetensors"), *folder.glob("tokenizer*.json"), *folder.glob("*.jinja")]
    for path in [*loaded, folder / "config.json"]:
        if path.name not in hashes:
            raise DataError(f"{folder.name}/{MANIFEST} does not list {path.name}: list it or remove the file")
    verify_files(folder, hashes)

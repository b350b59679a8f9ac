"""An index on disk: a manifest, the chunks as JSON, the vectors as a numpy array; nothing that could run code."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from course_lib.errors import DataError, IndexMismatchError
from course_lib.files import write_whole
from course_lib.retrieval.chunks import CHUNKER_VERSION, Chunk, ChunkSettings

MANIFEST = "manifest.json"
FORMAT = 1
_MEANING = {
    "format": "file format",
    "embedder": "embedder",
    "chunker": "chunker settings",
    "corpus": "corpus",
}


def identity(embedder: str, settings: ChunkSettings, corpus: str) -> dict:
    """Return what must agree between a saved index and its user."""
    chunker = {**asdict(settings), "version": CHUNKER_VERSION}
    return {"format": FORMAT, "embedder": embedder, "chunker": chunker, "corpus": corpus}


def settings_of(saved: dict) -> dict:
    """Return the arguments for `ChunkSettings` from an identity."""
    return {name: value for name, value in saved["chunker"].items() if name != "version"}


def write(
    folder: Path, saved_identity: dict, document_ids: Sequence[str], chunks: Sequence[Chunk], vectors: np.ndarray
) -> None:
    """Write all files, then the manifest that makes them count, then remove those that no longer do.

    The names of the files hold a hash of their content, so nothing that an older manifest names is overwritten.
    """
    buffer = io.BytesIO()
    np.save(buffer, vectors, allow_pickle=False)
    content = {"documents": list(document_ids), "chunks": [asdict(chunk) for chunk in chunks]}
    files = {
        "chunks": (".json", json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")),
        "vectors": (".npy", buffer.getvalue()),
    }
    folder.mkdir(parents=True, exist_ok=True)
    listed = {}
    for part, (suffix, data) in files.items():
        digest = hashlib.sha256(data).hexdigest()
        listed[part] = {"name": f"{part}-{digest[:16]}{suffix}", "sha256": digest}
        write_whole(folder / listed[part]["name"], data)
    manifest = {**saved_identity, "n_documents": len(document_ids), "n_chunks": len(chunks), "files": listed}
    write_whole(folder / MANIFEST, json.dumps(manifest, indent=1).encode())
    kept = {entry["name"] for entry in listed.values()}
    for path in [*folder.glob("chunks-*.json"), *folder.glob("vectors-*.npy")]:
        if path.name not in kept:
            path.unlink()


def read_identity(folder: Path) -> dict:
    """Return what a saved index says about itself.

    Raises
    ------
    DataError
        There is no index or its manifest is damaged.
    IndexMismatchError
        It has another format.
    """
    manifest = _read_manifest(folder)
    return {name: manifest[name] for name in _MEANING}


def _read_manifest(folder: Path) -> dict:
    path = folder / MANIFEST
    if not path.is_file():
        raise DataError(f"there is no index in {folder.name} ({MANIFEST} is missing): build and save one first")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        saved_format = manifest["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{folder.name}/{MANIFEST} is damaged ({error!r:.100}): build the index again") from error
    if saved_format != FORMAT:
        raise _mismatch(folder, "format", saved_format, FORMAT)
    if missing := sorted({*_MEANING, "files"} - manifest.keys()):
        raise DataError(f"{folder.name}/{MANIFEST} is damaged (no {', '.join(missing)}): build the index again")
    return manifest


def compare(folder: Path, saved: dict, wanted: dict) -> None:
    """Refuse a saved index that differs from what is asked for.

    Raises
    ------
    IndexMismatchError
        Names what differs, with both sides.
    """
    for name in _MEANING:
        if saved[name] != wanted[name]:
            raise _mismatch(folder, name, saved[name], wanted[name])


def _mismatch(folder: Path, name: str, saved: object, wanted: object) -> IndexMismatchError:
    return IndexMismatchError(
        f"the index in {folder.name} was made with {_MEANING[name]} {_show(saved)}, but {_show(wanted)} is asked for: "
        "build the index again, or ask for what it was made with"
    )


def _show(value: object) -> str:
    return json.dumps(value).strip("{}").replace('"', "") or "(none)"


def read(folder: Path) -> tuple[list[str], list[Chunk], np.ndarray]:
    """Return document ids, chunks and vectors (shape (n, dimension)) of a saved index.

    Raises
    ------
    DataError
        A file is missing or is not the one that was saved.
    """
    files = _read_manifest(folder)["files"]
    content = json.loads(_read_checked(folder, files["chunks"]).decode("utf-8", "surrogatepass"))
    vectors = np.load(io.BytesIO(_read_checked(folder, files["vectors"])), allow_pickle=False)
    return content["documents"], [Chunk(**chunk) for chunk in content["chunks"]], vectors


def _read_checked(folder: Path, entry: dict) -> bytes:
    path = folder / Path(entry["name"]).name  # a name with a path in it would leave the folder
    if not path.is_file():
        raise DataError(f"{folder.name}/{path.name} is missing: build the index again")
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != entry["sha256"]:
        raise DataError(
            f"{folder.name}/{path.name} is damaged: expected SHA-256 {entry['sha256']}, found {found}: "
            "build the index again"
        )
    return data

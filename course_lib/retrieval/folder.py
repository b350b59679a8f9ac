"""Any folder of Markdown and text files as documents."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from course_lib.errors import CourseError, DataError, IndexMismatchError
from course_lib.retrieval.chunks import Chunk, ChunkSettings, TextDocument
from course_lib.retrieval.index import Index
from course_lib.retrieval.store import IndexChange, Progress, TextEmbedder

SUFFIXES = (".md", ".markdown", ".txt")
MAX_BYTES = 2_000_000
_FIELD = re.compile(r"\s*(?:#[^\n]*\n\s*)*[\w.-]+[ \t]*[:=]")
_TITLE = re.compile(r"^title[ \t]*[:=][ \t]*(.+?)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(\S.{0,200})", re.MULTILINE)
_MARKED = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark is a part of it
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@dataclass(frozen=True)
class Skipped:
    """A file that was left out, by its path relative to the folder, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class FolderReading:
    """The documents of a folder, and what was left out."""

    documents: tuple[TextDocument, ...]
    skipped: tuple[Skipped, ...]


class _UnreadableError(Exception):
    """Carries the reason why a file is left out."""


def read_folder(folder: str | Path, *, encoding: str = "utf-8", max_bytes: int = MAX_BYTES) -> FolderReading:
    r"""Read every Markdown and text file of a folder and its subfolders.

    The id of a document is its path relative to the folder, with slashes. Its title is the one of the front matter,
    else its first heading, else the name of the file. Front matter is not part of the text; line ends become ``\n``.
    Hidden files and folders are passed over without a word; all else that is left out is listed with the reason.

    Parameters
    ----------
    folder
        The folder; links that lead out of it are not followed.
    encoding
        Of files without a byte-order mark.
    max_bytes
        Larger files are left out.

    Raises
    ------
    CourseError
        It is no folder, or not one document was found in it.
    """
    root = Path(folder)
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise CourseError(f"unknown encoding {encoding!r}: expected a name such as 'utf-8' or 'cp1252'") from error
    if not root.is_dir():
        raise CourseError(f"expected a folder with Markdown or text files, but {str(folder)!r} is none")
    documents, skipped = [], []
    for path in _files(root):
        name = path.relative_to(root).as_posix()
        try:
            text = _read_text(path, root, encoding, max_bytes)
            documents.append(_make_document(name, text))
        except _UnreadableError as reason:
            skipped.append(Skipped(name, str(reason)))
    if not documents:
        first = "".join(f"; {entry.path}: {entry.reason}" for entry in skipped[:3])
        raise CourseError(f"no document in {str(folder)!r}: expected files ending in {', '.join(SUFFIXES)}{first}")
    return FolderReading(tuple(documents), tuple(skipped))


@dataclass(frozen=True)
class FolderIndex:
    """An index of a folder, what was left out, and what bringing it up to date took."""

    index: Index
    skipped: tuple[Skipped, ...]
    change: IndexChange

    @property
    def chunks(self) -> tuple[Chunk, ...]:
        """All chunks of the index."""
        return self.index.chunks


def index_folder(
    folder: str | Path,
    out: str | Path | None = None,
    *,
    embedder: TextEmbedder | None = None,
    settings: ChunkSettings | None = None,
    encoding: str = "utf-8",
    max_bytes: int = MAX_BYTES,
    progress: Progress | None = None,
) -> FolderIndex:
    """Index a folder; see `read_folder` and `Index`.

    Parameters
    ----------
    folder
        Folder of Markdown and text files.
    out
        Where the index is saved. If one of the same folder is there, only what has changed is embedded.
    embedder
        `course_lib.models.Embedder` if left out.
    """
    reading = read_folder(folder, encoding=encoding, max_bytes=max_bytes)
    if embedder is None:
        from course_lib.models import Embedder

        embedder = Embedder()
    corpus = f"folder {Path(folder).resolve().name}"
    index = Index(embedder, settings, corpus)
    if out is not None:
        with suppress(DataError, IndexMismatchError):  # nothing there that could be used
            index = Index.load(out, embedder, settings=index.settings, corpus=corpus)
    change = index.sync(reading.documents, progress=progress)
    if out is not None:
        index.save(out)
    return FolderIndex(index, reading.skipped, change)


def _files(root: Path) -> Iterator[Path]:
    """Yield all visible files in the order of their paths."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(names) if not name.startswith("."))


def _read_text(path: Path, root: Path, encoding: str, max_bytes: int) -> str:
    """Return the text of a file with plain line ends.

    Raises
    ------
    _UnreadableError
        It is left out, and why.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise _UnreadableError(f"not a {', '.join(SUFFIXES)} file")
    if not path.resolve().is_relative_to(root.resolve()):
        raise _UnreadableError("a link that leads out of the folder")
    if not path.is_file():
        raise _UnreadableError("not a regular file")  # a pipe would wait for ever
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise _UnreadableError(f"too large: {size:,} bytes, the limit is {max_bytes:,}")
        data = path.read_bytes()
    except OSError as error:
        raise _UnreadableError(f"cannot be read: {error.strerror}") from error
    text = _decode(data, encoding).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise _UnreadableError("empty")
    return text


def _decode(data: bytes, encoding: str) -> str:
    marked = next((name for mark, name in _MARKED.items() if data.startswith(mark)), None)
    if not marked and b"\0" in data:
        raise _UnreadableError("binary: it holds zero bytes")
    try:
        return data.decode(marked or encoding)
    except UnicodeDecodeError as error:
        raise _UnreadableError(
            f"not {marked or encoding}: byte 0x{data[error.start]:02x} at {error.start}; "
            "save it as UTF-8 or name its encoding"
        ) from error


def _make_document(name: str, text: str) -> TextDocument:
    """Take the front matter off a text and find the title."""
    matter, text = _split_front_matter(text)
    if not text.strip():
        raise _UnreadableError("nothing but front matter")
    title = _TITLE.search(matter) or _HEADING.search(text)
    words = title.group(1).strip("\"'# ") if title else ""
    return TextDocument(name, words or Path(name).stem.replace("-", " ").replace("_", " "), text)


def _split_front_matter(text: str) -> tuple[str, str]:
    """Return the front matter (YAML or TOML, empty if there is none) and the rest."""
    fence = text[:3]
    if fence in ("---", "+++") and (opening := re.match(r".{3}[ \t]*\n", text)):
        closing = re.compile(rf"^{re.escape(fence)}[ \t]*(?:\n|\Z)", re.MULTILINE).search(text, opening.end())
        matter = text[opening.end() : closing.start()] if closing else ""
        # A rule of dashes on top of a page also begins like this, but no field follows.
        if closing and (not matter.strip() or _FIELD.match(matter)):
            return matter, text[closing.end() :]
    return "", text

"""Documents, chunks, and the settings by which one becomes the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from course_lib.errors import CourseError

CHUNKER_VERSION = 1
"""To be raised when the same document comes out in other chunks, so that saved indexes are refused."""


class Document(Protocol):
    """What is needed of a document; those of the world and of folders have it."""

    id: str
    title: str
    text: str
    access: str


@dataclass(frozen=True)
class TextDocument:
    """A document from anywhere but the world."""

    id: str
    title: str
    text: str
    access: str = "public"


@dataclass(frozen=True)
class Chunk:
    """A slice of a document.

    Parameters
    ----------
    id
        Id of the document and number of the chunk, such as ``"d017#2"``.
    document_id, title, access
        As in the document.
    start, end
        Offsets into the document's text: ``text == document.text[start:end]``.
    text
        The slice.
    header
        Title and headings above the slice, and the column names of a table that began in an earlier chunk.
    """

    id: str
    document_id: str
    title: str
    start: int
    end: int
    text: str
    access: str
    header: str = ""

    @property
    def passage(self) -> str:
        """The slice behind its header: what is embedded, searched and shown to a model."""
        return "\n".join(part for part in (self.header, self.text.strip()) if part)


@dataclass(frozen=True)
class ChunkSettings:
    """How documents are cut.

    Parameters
    ----------
    max_tokens
        Most tokens of a chunk's passage (header included), by the counter that is given to `chunk_document`.
    overlap
        Most tokens that a chunk repeats from the one before it, in whole pieces of the same section.

    Raises
    ------
    CourseError
        ``max_tokens`` is below 16, or ``overlap`` not between 0 and half of ``max_tokens``.
    """

    max_tokens: int = 120
    overlap: int = 0

    def __post_init__(self) -> None:
        if self.max_tokens < 16:
            raise CourseError(f"max_tokens must be at least 16 to leave room beside a header: got {self.max_tokens}")
        if not 0 <= self.overlap <= self.max_tokens // 2:
            raise CourseError(f"overlap must be 0 to {self.max_tokens // 2}, half of max_tokens: got {self.overlap}")


COMPANY_CHUNKS = ChunkSettings(max_tokens=48)
"""For the company's documents: the embedded model reads a few short passages best (`benchmarks/chunk_sizes.py`)."""

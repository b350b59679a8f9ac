"""Cutting documents into chunks: exact slices with offsets, under a token limit, along the structure of the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from course_lib.retrieval.blocks import Piece, split_pieces
from course_lib.retrieval.chunks import Chunk, ChunkSettings, Document

_CHARACTERS_PER_TOKEN = 16  # a word of thousands of letters is one unknown token: long runs cost this much at least


def chunk_document(
    document: Document, *, count_tokens: Callable[[str], int], max_tokens: int = 120, overlap: int = 0
) -> list[Chunk]:
    r"""Cut a document into chunks.

    Whole sections are put together while they fit; a section that does not fit is cut between sentences, list items or
    table rows into parts of similar size. Only a piece that alone exceeds the limit is cut further, at blanks. Headings
    and heads of tables stay with what follows. Without overlap the chunks joined are the text; a blank text has none.

    Parameters
    ----------
    document
        Anything with ``id``, ``title``, ``text`` and ``access``.
    count_tokens
        Tokens of a text, special marks included, such as `course_lib.models.Embedder.count_tokens`.
    max_tokens, overlap
        See `ChunkSettings`.

    Examples
    --------
    >>> from course_lib.retrieval.chunks import TextDocument
    >>> lamp = TextDocument("d1", "Lamps", "## Tarvo\nIt costs 9 euros.\n## Ulmo\nIt is sold out.\n")
    >>> [chunk.passage for chunk in chunk_document(lamp, count_tokens=lambda text: len(text.split()), max_tokens=16)]
    ['Lamps\n## Tarvo\nIt costs 9 euros.\n## Ulmo\nIt is sold out.']
    """
    settings = ChunkSettings(max_tokens, overlap)
    cutter = _Cutter(document.text, document.title, settings, count_tokens)
    return [
        Chunk(
            id=f"{document.id}#{number}",
            document_id=document.id,
            title=document.title,
            start=start,
            end=end,
            text=document.text[start:end],
            access=document.access,
            header=header,
        )
        for number, (start, end, header) in enumerate(cutter.cut())
    ]


@dataclass
class _Cutter:
    """Packs the pieces of one text; costs are in tokens, without the special marks."""

    text: str
    title: str
    settings: ChunkSettings
    count_tokens: Callable[[str], int]
    costs: dict[tuple[int, int], int] = field(default_factory=dict)
    headers: dict[tuple, tuple[str, int]] = field(default_factory=dict)  # of a first piece -> header, its cost

    def __post_init__(self) -> None:
        self.n_marks = self.count_tokens("")

    def cut(self) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and header of each chunk."""
        held: list[Piece] = []  # whole sections that fit into one chunk
        for _, group in groupby(split_pieces(self.text), key=lambda piece: piece.section):
            section = list(group)
            if held and self.cost_all([*held, *section]) > self.budget(held[0]):
                yield from self.emit(held)
                held = []
            if held or self.cost_all(section) <= self.budget(section[0]):
                held += section
            else:
                yield from self.cut_section(section)
        if held:
            yield from self.emit(held)

    def cut_section(self, section: list[Piece]) -> Iterator[tuple[int, int, str]]:
        """Cut a section that exceeds the limit into parts of similar size."""
        total = self.cost_all(section)
        target = total / -(-total // self.room(section[0]))
        parts: list[list[Piece]] = [[]]
        waiting = section[::-1]
        while waiting:
            piece, part = waiting.pop(), parts[-1]
            free = self.room(part[0]) - self.cost_all(part) if part else self.room(piece)
            # A part of nothing but headings takes what comes next, a bit of it if need be.
            open_ended = all(earlier.leads for earlier in part)
            if self.cost(piece) <= free and (open_ended or self.cost_all(part) < target):
                part.append(piece)
            elif self.cost(piece) > free and open_ended and (not part or 4 * free >= self.room(part[0])):
                if piece.end - piece.start > 1:
                    waiting += self.halve(piece)[::-1]
                else:  # a counter that finds several tokens in one character
                    part.append(piece)
            else:
                parts.append([])
                waiting.append(piece)
        for number, part in enumerate(parts):
            yield from self.emit(self.repeat(parts[number - 1], part) if number else part)

    def repeat(self, before: list[Piece], part: list[Piece]) -> list[Piece]:
        """Return ``part`` with the last pieces of the part before it in front, as far as the overlap allows."""
        left = self.overlap(part[0])
        for number in range(len(before) - 1, 0, -1):
            left -= self.cost(before[number])
            if left < 0:
                return before[number + 1 :] + part
        return before[1:] + part

    def emit(self, pieces: list[Piece]) -> Iterator[tuple[int, int, str]]:
        """Yield one chunk, or several if the counter says more for the whole than for the parts."""
        header, _ = self.header(pieces[0])
        start, end = pieces[0].start, pieces[-1].end
        passage = "\n".join(part for part in (header, self.text[start:end].strip()) if part)
        if self.count_tokens(passage) <= self.settings.max_tokens or end - start < 2:
            yield start, end, header
            return
        whole = Piece(start, end, pieces[0].section, pieces[0].path, table_head=pieces[0].table_head)
        for half in self.halve(whole):
            yield from self.emit([half])

    def halve(self, piece: Piece) -> list[Piece]:
        """Cut a piece near its middle: after a line if possible, else after a word, else anywhere."""
        middle, margin = (piece.start + piece.end) // 2, (piece.end - piece.start) // 4
        cut = middle
        for blank in ("\n", " ", "\t"):
            before = self.text.rfind(blank, middle - margin, middle)
            after = self.text.find(blank, middle, middle + margin)
            if max(before, after) >= 0:
                cut = (after if before < 0 or 0 <= after - middle < middle - before else before) + 1
                break
        halves = [(piece.start, cut), (cut, piece.end)]
        return [Piece(*half, piece.section, piece.path, table_head=piece.table_head) for half in halves]

    def budget(self, first: Piece) -> int:
        """Return the tokens that a chunk with this first piece has for its slice."""
        return max(1, self.settings.max_tokens - self.n_marks - self.header(first)[1])

    def overlap(self, first: Piece) -> int:
        """Return the tokens that a chunk with this first piece may repeat."""
        return min(self.settings.overlap, self.budget(first) // 2)

    def room(self, first: Piece) -> int:
        """Return the tokens that a chunk with this first piece has for what is new."""
        return self.budget(first) - self.overlap(first)

    def cost_all(self, pieces: list[Piece]) -> int:
        return sum(map(self.cost, pieces))

    def cost(self, piece: Piece) -> int:
        key = (piece.start, piece.end)
        if key not in self.costs:
            self.costs[key] = self.measure(self.text[piece.start : piece.end])
        return self.costs[key]

    def measure(self, text: str) -> int:
        text = text.strip()
        return max(self.count_tokens(text) - self.n_marks, len(text) // _CHARACTERS_PER_TOKEN)

    def header(self, first: Piece) -> tuple[str, int]:
        """Return the header of a chunk that begins with a piece, and its cost; at most half of the limit."""
        key = (first.path, first.table_head)
        if key not in self.headers:
            limit = self.settings.max_tokens // 4
            parts = [" > ".join(self.shorten([self.title, *first.path], limit))]
            if first.table_head:
                # The names of the columns only: a tokenizer may find a token in each dash of the line below them.
                names = self.text[slice(*first.table_head)].strip().partition("\n")[0]
                parts.append(names if self.measure(names) <= limit else "")
            header = "\n".join(filter(None, parts))
            self.headers[key] = header, self.measure(header)
        return self.headers[key]

    def shorten(self, names: list[str], limit: int) -> list[str]:
        """Return title and headings within a limit: the outer headings go first, then words of the title."""
        names = [name for name in dict.fromkeys(" ".join(name.split()) for name in names) if name]
        while len(names) > 1 and self.measure(" > ".join(names)) > limit:
            del names[1]
        while names and self.measure(names[0]) > limit:
            names[0] = names[0][: len(names[0]) // 2].rpartition(" ")[0] or names[0][: len(names[0]) // 2]
        return names

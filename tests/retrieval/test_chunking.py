"""Chunks: exact slices, under the limit, along the structure."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from course_lib.errors import CourseError
from course_lib.retrieval import TextDocument, chunk_document
from course_lib.retrieval.blocks import split_pieces


def count_words(text):
    return len(text.split())


def count_like_minilm(text):
    """Two marks, and a long word that falls into parts."""
    return 2 + sum(1 + len(word) // 7 for word in text.split())


def cut(text, max_tokens=24, overlap=0, title="Prices", count_tokens=count_words):
    document = TextDocument("d1", title, text)
    return chunk_document(document, count_tokens=count_tokens, max_tokens=max_tokens, overlap=overlap)


words = st.text(alphabet="ab.!?|#-*`` \t\\é\u2028", min_size=1, max_size=12)
lines = st.one_of(
    st.lists(words, max_size=12).map(" ".join),
    st.sampled_from(
        [
            "",
            "# One",
            "## Two **bold**",
            "### [Three](x)",
            "| a | b |",
            "| --- | --- |",
            "| 1 | 2 |",
            "- item",
            "  more",
        ]
        + ["1. first", "```", "~~~~", "A sentence. Another one! A third?", "x" * 300, "| " + "cell " * 40 + "|"]
    ),
)
texts = st.lists(lines, max_size=40).map("\n".join)
limits = st.integers(min_value=16, max_value=60)


@given(texts, limits)
@settings(max_examples=120, deadline=None)
@example("\n\n # \n", 16)
@example("```\nnever closed\n# no heading", 16)
def test_chunks_joined_without_overlap_are_the_text(text, max_tokens):
    joined = "".join(chunk.text for chunk in cut(text, max_tokens))
    assert joined == (text if text.strip() else "")


@given(texts, limits, st.floats(0, 0.5), st.sampled_from([count_words, count_like_minilm, len]))
@settings(max_examples=120, deadline=None)
def test_every_chunk_is_an_exact_slice_under_the_limit(text, max_tokens, share, count_tokens):
    chunks = cut(text, max_tokens, int(share * max_tokens), count_tokens=count_tokens)
    for chunk in chunks:
        assert chunk.text == text[chunk.start : chunk.end]
        assert count_tokens(chunk.passage) <= max_tokens or len(chunk.text) == 1
        assert chunk.text.strip()
    assert [chunk.id for chunk in chunks] == [f"d1#{number}" for number in range(len(chunks))]


@given(texts, limits, st.floats(0, 0.5))
@settings(max_examples=80, deadline=None)
def test_with_overlap_chunks_still_cover_the_text_and_move_on(text, max_tokens, share):
    chunks = cut(text, max_tokens, int(share * max_tokens))
    for before, after in zip(chunks, chunks[1:], strict=False):
        assert before.start < after.start <= before.end < after.end
    if chunks:
        assert (chunks[0].start, chunks[-1].end) == (0, len(text))


@given(texts)
@settings(max_examples=80, deadline=None)
def test_pieces_tile_the_text(text):
    pieces = split_pieces(text)
    bounds = [piece.start for piece in pieces] + [len(text) if text.strip() else 0]
    assert bounds[0] == 0
    assert [piece.end for piece in pieces] == bounds[1:]


@pytest.mark.parametrize(
    "text",
    [
        "word " * 5000,
        "a" * 50_000,
        "| " + "cell | " * 3000,
        "| a | b |\n| --- | --- |\n" + "| left cell | right cell |\n" * 500,
        "|" + "-" * 50_000 + "x",
        "# " + "heading " * 800 + "\ntext",
        "# " + "[" * 20_000 + "\n" + "#" * 20_000,
        "- item without end " * 2000,
        "```\n" + "code();" * 3000,
        "." * 20_000,
        "\n".join(f"{'#' * (1 + number % 6)} Heading {number}" for number in range(400)),
        "漢字" * 4000,
        "https://example.org/" + "path/" * 2000,
    ],
    ids=lambda text: text[:12],
)
def test_the_worst_texts_stay_below_the_limit_of_the_real_tokenizer(text, embedder):
    long_title = "A title that will not end " * 40
    for max_tokens in (120, 255):
        chunks = cut(text, max_tokens, title=long_title, count_tokens=embedder.count_tokens)
        assert "".join(chunk.text for chunk in chunks) == text
        assert max(embedder.count_tokens(chunk.passage) for chunk in chunks) <= max_tokens


def test_small_sections_share_a_chunk_and_large_ones_are_split_between_sentences():
    text = "## Lamps\nThe lamp is red.\n## Hubs\nThe hub is blue.\n## Pumps\n" + "The pump hums day and night. " * 8
    chunks = cut(text)
    assert chunks[0].text == "## Lamps\nThe lamp is red.\n## Hubs\nThe hub is blue.\n"
    assert chunks[1].text.startswith("## Pumps\nThe pump")
    assert all(chunk.text.rstrip().endswith("night.") for chunk in chunks[1:])


def test_parts_of_a_section_have_similar_size():
    sizes = [count_words(chunk.text) for chunk in cut("One two three four five. " * 6, max_tokens=26)]
    assert sizes == [15, 15]


def test_the_header_names_title_and_headings_above():
    text = "# Tarvo\n## Warranty\n" + "It lasts two years. " * 10
    headers = [chunk.header for chunk in cut(text)]
    assert headers == ["Prices"] + ["Prices > Tarvo > Warranty"] * (len(headers) - 1)
    assert len(headers) > 1


def test_a_heading_is_never_the_end_of_a_chunk():
    text = "".join(f"## Part {n}\n{'word ' * 21}\n" for n in range(6))
    for chunk in cut(text):
        assert not chunk.text.strip().splitlines()[-1].startswith("#")


def test_a_heading_takes_the_beginning_of_what_does_not_fit_beside_it():
    chunks = cut("## Part one of all parts\n" + "word " * 22 + "end.", max_tokens=26)
    assert len(chunks[0].text.splitlines()) == 2


def test_a_table_in_parts_repeats_the_names_of_its_columns():
    rows = "".join(f"| lamp {n} | {n} euros |\n" for n in range(12))
    chunks = cut("## List\n| name | price |\n|" + "-" * 300 + "|---|\n" + rows, max_tokens=32)
    assert len(chunks) > 2
    for chunk in chunks[1:]:
        assert chunk.passage.startswith("Prices > List\n| name | price |\n| lamp")
    assert "| name" not in "".join(chunk.text for chunk in chunks[1:])


def test_list_items_stay_whole_with_their_continuation_lines():
    text = "".join(f"- item {n} says\n  one more thing\n\n  and another\n" for n in range(6))
    for chunk in cut(text):
        assert chunk.text.startswith("- item")
        assert chunk.text.rstrip().endswith("and another")


def test_code_stays_whole_and_its_comments_are_no_headings():
    code = "```python\n# a comment\n\nx = 1\n```\n"
    chunks = cut("Some words before the code. " * 4 + "\n\n" + code + "\n" + "And some after it. " * 5)
    assert sum(code in chunk.text for chunk in chunks) == 1
    assert all(chunk.header == "Prices" for chunk in chunks)


def test_abbreviations_and_decimals_end_no_sentence():
    text = "Ask Dr. Vale about e.g. Lamps No. 5 at 3.50 euros. Then wait."
    assert [text[piece.start : piece.end] for piece in split_pieces(text)] == [text[:51], "Then wait."]


def test_overlap_repeats_whole_sentences_of_the_same_section():
    text = "".join(f"This is sentence number {n}. " for n in range(12)) + "\n## Next\nNothing here."
    chunks = cut(text, overlap=6)
    shared = [text[after.start : before.end] for before, after in zip(chunks, chunks[1:], strict=False)]
    assert all(count_words(part) == 5 and part.startswith("This") for part in shared[:-1])
    assert shared[-1] == ""


@pytest.mark.parametrize("text", ["", " \n\t\n"])
def test_a_blank_text_has_no_chunks(text):
    assert cut(text) == []


@pytest.mark.parametrize(("max_tokens", "overlap"), [(15, 0), (20, 11), (20, -1)])
def test_settings_without_sense_are_refused(max_tokens, overlap):
    with pytest.raises(CourseError, match=r"max_tokens must|overlap must"):
        cut("text", max_tokens, overlap)


def test_access_and_title_come_from_the_document():
    document = TextDocument("d9", "Salaries", "Secret.", "restricted")
    [chunk] = chunk_document(document, count_tokens=count_words)
    assert (chunk.access, chunk.title, chunk.document_id, chunk.passage) == (
        "restricted", "Salaries", "d9", "Salaries\nSecret.",
    )  # fmt: skip

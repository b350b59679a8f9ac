"""Search, access, updates."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.errors import CourseError
from course_lib.retrieval import ChunkSettings, Index, TextDocument

from .conftest import WordEmbedder

SMALL = ChunkSettings(max_tokens=16)
DOCUMENTS = [
    TextDocument("lamp", "Tarvo lamp", "The lamp costs 24 euros. It is made in Ostrel.\n\n## Care\nWipe it weekly."),
    TextDocument("hub", "Ulmo hub", "The hub costs 80 euros. It hums at night.", "staff"),
    TextDocument("pay", "Salaries", "The lamp designer earns 4,800 euros a month.", "restricted"),
    TextDocument("trip", "Travel", "Trips are booked by the front desk. " * 6),
]
RETRIEVERS = ["bm25", "dense", "hybrid"]


@pytest.fixture
def index(word_embedder):
    return Index.build(DOCUMENTS, embedder=word_embedder, settings=SMALL)


@pytest.mark.parametrize("retriever", RETRIEVERS)
def test_the_best_chunk_comes_first_with_its_place(index, retriever):
    hits = index.search("What does the lamp cost in euros?", k=3, retriever=retriever)
    best = hits[0].chunk
    assert best.document_id == "lamp"
    assert best.text == DOCUMENTS[0].text[best.start : best.end]
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert {hit.retriever for hit in hits} == {retriever}


def test_title_and_headings_can_be_searched(index):
    assert index.search("Travel", k=1, retriever="bm25")[0].chunk.document_id == "trip"
    assert "Tarvo lamp" in index.chunks_of("lamp")[-1].passage


@pytest.mark.parametrize("retriever", RETRIEVERS)
def test_hidden_chunks_leave_no_trace_in_ranks_or_numbers(index, word_embedder, retriever):
    query = "lamp designer earns euros a month"
    everything = index.search(query, k=50, retriever=retriever, access=None)
    assert everything[0].chunk.document_id == "pay"
    hits = index.search(query, k=4, retriever=retriever, access={"public"})
    assert len(hits) == 4
    assert {hit.chunk.access for hit in hits} == {"public"}
    assert [hit.rank for hit in hits] == [1, 2, 3, 4]
    visible = Index.build(
        [document for document in DOCUMENTS if document.access == "public"], embedder=word_embedder, settings=SMALL
    )
    if retriever == "dense":  # BM25 weighs words by how many chunks hold them, hidden ones included
        shown = visible.search(query, k=4, retriever=retriever, access=None)
        assert [(hit.chunk, hit.score) for hit in hits] == [(hit.chunk, hit.score) for hit in shown]


@pytest.mark.parametrize("retriever", RETRIEVERS)
def test_as_many_hits_as_asked_for_come_back_if_there_are_as_many_chunks(index, retriever):
    n_allowed = sum(chunk.access == "public" for chunk in index.chunks)
    for k in (1, n_allowed, n_allowed + 5):
        hits = index.search("zzz", k=k, retriever=retriever, access={"public"})
        assert len({hit.chunk.id for hit in hits}) == min(k, n_allowed)


@pytest.mark.parametrize("retriever", RETRIEVERS)
def test_staff_is_seen_by_default_and_restricted_is_not(index, retriever):
    levels = {hit.chunk.access for hit in index.search("euros", k=50, retriever=retriever)}
    assert levels == {"public", "staff"}


@pytest.mark.parametrize("retriever", RETRIEVERS)
def test_no_level_finds_nothing(index, retriever):
    assert index.search("lamp", retriever=retriever, access=set()) == []


def test_a_level_given_as_text_is_refused(index):
    with pytest.raises(CourseError, match="must be a set of levels"):
        index.search("lamp", access="public")


@pytest.mark.parametrize("options", [{"k": 0}, {"retriever": "magic"}])
def test_wrong_options_are_refused(index, options):
    with pytest.raises(CourseError, match=r"k must be|unknown retriever 'magic': expected one of hybrid"):
        index.search("lamp", **options)


@pytest.mark.parametrize("retriever", RETRIEVERS)
def test_queries_together_find_what_each_finds_alone(index, retriever):
    queries = ["lamp euros", "night", "who books trips", "zzz"] * 8
    together = index.search_batch(queries, 5, retriever)
    assert together == [index.search(query, 5, retriever) for query in queries]
    assert index.search_batch([], 5, retriever) == []


@pytest.mark.parametrize("retriever", RETRIEVERS)
def test_an_empty_index_finds_nothing(word_embedder, retriever):
    assert Index(word_embedder).search("lamp", retriever=retriever) == []


def test_chunks_longer_than_the_embedder_reads_are_refused(word_embedder):
    with pytest.raises(CourseError, match=r"reads 256 tokens.* chunk of 257 .*up to 256"):
        Index(word_embedder, ChunkSettings(max_tokens=257))


def test_an_update_embeds_only_what_has_changed(index, word_embedder):
    before = word_embedder.n_texts
    text = DOCUMENTS[3].text + "\n\n## New\nAsk Orrin Vale before any trip."
    change = index.update([DOCUMENTS[0], TextDocument("trip", "Travel", text)])
    assert word_embedder.n_texts - before == change.n_embedded == change.n_added == 1
    assert (change.n_removed, change.n_kept) == (0, len(index.chunks_of("lamp")) + len(index.chunks_of("trip")) - 1)
    assert index.search("Orrin Vale", k=1)[0].chunk.text.startswith("## New")
    assert index.n_embedded == word_embedder.n_texts


def test_texts_that_moved_or_changed_access_are_not_embedded_again(index, word_embedder):
    before = word_embedder.n_texts
    index.update([TextDocument("hub", DOCUMENTS[1].title, DOCUMENTS[1].text, "public")])
    index.update([TextDocument("copy", DOCUMENTS[0].title, DOCUMENTS[0].text)])
    assert word_embedder.n_texts == before
    assert index.chunks_of("hub")[0].access == "public"


def test_the_same_text_is_embedded_once(word_embedder):
    same = [TextDocument(f"d{number}", "Notice", "The gate closes at six.") for number in range(5)]
    index = Index.build(same, embedder=word_embedder)
    assert (index.n_embedded, len(index)) == (1, 5)
    assert [hit.chunk.document_id for hit in index.search("gate", k=5)] == ["d0", "d1", "d2", "d3", "d4"]


@pytest.mark.parametrize("retriever", RETRIEVERS)
def test_what_is_deleted_is_not_found_by_any_way(index, retriever):
    change = index.delete(["lamp"])
    assert change.n_removed == 2
    found = index.search("Tarvo lamp 24 euros Ostrel", k=50, retriever=retriever, access=None)
    assert "lamp" not in {hit.chunk.document_id for hit in found}
    assert (index.chunks_of("lamp"), "lamp" in index.document_ids) == ((), False)


def test_deleting_what_is_not_there_is_refused_and_changes_nothing(index):
    with pytest.raises(CourseError, match=r"not in the index: nobody \(1 in all\)"):
        index.delete(["lamp", "nobody"])
    assert index.chunks_of("lamp")


def test_two_documents_with_one_id_are_refused_and_nothing_changes(index):
    chunks = index.chunks
    with pytest.raises(CourseError, match="two documents have the id 'x'"):
        index.update([TextDocument("x", "", "one"), TextDocument("x", "", "two")])
    assert index.chunks == chunks


def test_an_embedder_that_fails_leaves_the_index_as_it_was(index, word_embedder, monkeypatch):
    hits = index.search("lamp", k=20)
    monkeypatch.setattr(word_embedder, "encode_documents", lambda texts: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        index.update([TextDocument("lamp", "Tarvo lamp", "All is new here.")])
    assert index.search("lamp", k=20) == hits


def test_sync_removes_what_is_not_given(index):
    index.sync([DOCUMENTS[1], TextDocument("new", "New", "A new page.")])
    assert index.document_ids == ("hub", "new")


def test_progress_ends_at_the_number_of_texts(word_embedder):
    seen = []
    index = Index.build(DOCUMENTS, embedder=word_embedder, progress=lambda done, n: seen.append((done, n)))
    assert seen[-1] == (index.n_embedded, index.n_embedded)


sentences = st.lists(
    st.sampled_from(["The lamp is red.", "The hub hums.", "## Care", "Wipe it weekly.", "| a | b |", "Trips cost 9."]),
    max_size=12,
).map("\n".join)
documents = st.builds(
    TextDocument, st.sampled_from("abcde"), st.sampled_from(["One", "Two"]), sentences,
    st.sampled_from(["public", "restricted"]),
)  # fmt: skip
edits = st.lists(st.one_of(documents, st.sampled_from("abcde")), max_size=12)


@given(edits, st.booleans())
@settings(max_examples=60, deadline=None)
def test_updates_and_deletions_equal_a_full_rebuild(edits, search_between):
    """A document is an update, a letter the deletion of the document with this id."""
    index, held = Index(WordEmbedder(), SMALL), {}
    for edit in edits:
        if isinstance(edit, TextDocument):
            index.update([edit])
            held[edit.id] = edit
        elif edit in held:
            index.delete([edit])
            del held[edit]
        if search_between:
            index.search("lamp")
    rebuilt = Index.build(reversed(held.values()), embedder=WordEmbedder(), settings=SMALL)
    assert index.chunks == rebuilt.chunks
    assert index.document_ids == rebuilt.document_ids
    for retriever in RETRIEVERS:
        for access in ({"public"}, None):
            for query in ("red lamp", "hub that hums", "trips"):
                found = index.search(query, 4, retriever, access)
                assert found == rebuilt.search(query, 4, retriever, access)


def test_with_the_real_embedder_meaning_is_found_and_updates_agree(embedder):
    index = Index.build(DOCUMENTS[:2], embedder=embedder)
    index.update(DOCUMENTS)
    index.delete(["hub"])
    assert index.search("journeys", k=1, retriever="dense")[0].chunk.document_id == "trip"
    rebuilt = Index.build([DOCUMENTS[0], *DOCUMENTS[2:]], embedder=embedder)
    found, expected = (made.search("journeys", 5, access=None) for made in (index, rebuilt))
    assert [hit.chunk for hit in found] == [hit.chunk for hit in expected]
    assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected], abs=1e-5)

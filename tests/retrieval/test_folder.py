"""Folders of files."""

import os

import pytest

from course_lib.errors import CourseError
from course_lib.retrieval import index_folder, read_folder


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "handbook"


def write(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def reasons(reading):
    return {entry.path: entry.reason for entry in reading.skipped}


def only_document(folder, content, **options):
    write(folder, "page.md", content)
    [document] = read_folder(folder, **options).documents
    return document


def test_ids_are_relative_paths_in_order(folder):
    for name in ("b.txt", "a/z.md", "a/Notes.MARKDOWN", "c.md"):
        write(folder, name, "text")
    assert [document.id for document in read_folder(folder).documents] == [
        "b.txt",
        "c.md",
        "a/Notes.MARKDOWN",
        "a/z.md",
    ]


@pytest.mark.parametrize(
    ("content", "title", "text"),
    [
        ("---\ntitle: Leave\ntags: x\n---\n\nBody.\n", "Leave", "\nBody.\n"),
        ('---\r\nTitle: "Sick leave"\r\n---\r\nBody.\r\n', "Sick leave", "Body.\n"),
        ("+++\ntitle = 'Leave'\n+++\nBody.", "Leave", "Body."),
        ("---\ntags: x\n---\n# Heading #\nBody.", "Heading", "# Heading #\nBody."),
        ("# Heading\nBody.", "Heading", "# Heading\nBody."),
        ("Body without a heading.", "page", "Body without a heading."),
        ("---\nA rule, then prose.\n---\nMore: prose.", "page", "---\nA rule, then prose.\n---\nMore: prose."),
        ("---\ntitle: never closed\nBody.", "page", "---\ntitle: never closed\nBody."),
        ("---\n---\nBody.", "page", "Body."),
    ],
)
def test_front_matter_is_taken_off_and_gives_the_title(folder, content, title, text):
    document = only_document(folder, content)
    assert (document.title, document.text, document.access) == (title, text, "public")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be-bom", "utf-32"])
def test_marked_encodings_are_read(folder, encoding):
    data = b"\xfe\xff" + "Übung ñ".encode("utf-16-be") if encoding == "utf-16-be-bom" else "Übung ñ".encode(encoding)
    assert only_document(folder, data).text == "Übung ñ"


def test_another_encoding_must_be_named(folder):
    write(folder, "good.md", "fine")
    write(folder, "old.txt", "Übung".encode("cp1252"))
    assert reasons(read_folder(folder)) == {
        "old.txt": "not utf-8: byte 0xdc at 0; save it as UTF-8 or name its encoding"
    }
    assert read_folder(folder, encoding="cp1252").documents[1].text == "Übung"
    with pytest.raises(CourseError, match="unknown encoding 'klingon'"):
        read_folder(folder, encoding="klingon")


def test_what_cannot_be_used_is_listed_with_the_reason(folder):
    write(folder, "good.md", "fine")
    write(folder, "picture.png", b"\x89PNG")
    write(folder, "program.txt", b"MZ\x00\x01")
    write(folder, "huge.md", "x" * 501)
    write(folder, "blank.md", " \n")
    write(folder, "front.md", "---\ntitle: x\n---\n")
    reading = read_folder(folder, max_bytes=500)
    assert [document.id for document in reading.documents] == ["good.md"]
    assert reasons(reading) == {
        "picture.png": "not a .md, .markdown, .txt file",
        "program.txt": "binary: it holds zero bytes",
        "huge.md": "too large: 501 bytes, the limit is 500",
        "blank.md": "empty",
        "front.md": "nothing but front matter",
    }


def test_hidden_files_and_folders_are_passed_over(folder):
    for name in ("good.md", ".git/info.txt", ".notes.md", "a/.venv/b/readme.md"):
        write(folder, name, "text")
    reading = read_folder(folder)
    assert ([document.id for document in reading.documents], reading.skipped) == (["good.md"], ())


@pytest.mark.skipif(os.name == "nt", reason="links and pipes need rights or do not exist there")
def test_links_out_pipes_and_dangling_links_are_left_out(folder, tmp_path):
    write(folder, "good.md", "text")
    (folder / "inside.md").symlink_to(folder / "good.md")
    (folder / "outside.md").symlink_to(write(tmp_path, "secret.md", "secret"))
    (folder / "dangling.md").symlink_to(folder / "nowhere.md")
    os.mkfifo(folder / "pipe.md")
    (folder / "loop").symlink_to(folder)
    reading = read_folder(folder)
    assert [document.id for document in reading.documents] == ["good.md", "inside.md"]
    assert reasons(reading) == {
        "outside.md": "a link that leads out of the folder",
        "dangling.md": "not a regular file",
        "pipe.md": "not a regular file",
    }


def test_a_folder_without_documents_is_refused_with_the_reasons(folder):
    write(folder, "a.pdf", "x")
    with pytest.raises(CourseError, match=r"no document in .*a\.pdf: not a \.md"):
        read_folder(folder)
    with pytest.raises(CourseError, match="expected a folder"):
        read_folder(folder / "a.pdf")


def test_a_second_indexing_embeds_only_what_has_changed(folder, tmp_path, word_embedder):
    write(folder, "lamp.md", "# Lamp\nIt costs 9 euros.")
    write(folder, "hub.md", "# Hub\nIt hums.")
    write(folder, "notes.pdf", "x")
    out = tmp_path / "out"
    first = index_folder(folder, out, embedder=word_embedder)
    assert (first.change.n_embedded, len(first.chunks), len(first.skipped)) == (2, 2, 1)
    write(folder, "hub.md", "# Hub\nIt is silent now.")
    (folder / "lamp.md").unlink()
    second = index_folder(folder, out, embedder=word_embedder)
    assert (second.change.n_embedded, second.index.document_ids) == (1, ("hub.md",))
    assert second.index.search("silent")[0].chunk.document_id == "hub.md"


def test_an_index_of_another_embedder_is_made_anew(folder, tmp_path, word_embedder):
    write(folder, "lamp.md", "# Lamp\nIt costs 9 euros.")
    index_folder(folder, tmp_path / "out", embedder=word_embedder)
    word_embedder.fingerprint = "words-2"
    assert index_folder(folder, tmp_path / "out", embedder=word_embedder).change.n_embedded == 1

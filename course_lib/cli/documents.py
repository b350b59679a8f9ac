"""``course index``, ``course search`` and ``course ask``: retrieval on any folder of text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from course_lib.cli.experiments import Model
from course_lib.cli.output import Json, keep_stdout_clean, print_json, print_table
from course_lib.errors import CourseError

if TYPE_CHECKING:
    from course_lib.retrieval import Index

INDEX_FOLDER = Path("my_course/index")
IndexFolder = Annotated[Path, typer.Option("--index", help="Folder of the index, made by course index.")]
K = Annotated[int, typer.Option("--k", "-k", min=1, help="How many passages.")]
Retriever = Annotated[str, typer.Option(help="hybrid, bm25 or dense.")]
Access = Annotated[list[str] | None, typer.Option(help="Access level of the asker; repeat for more. Default: all.")]


def index(
    folder: Annotated[Path, typer.Argument(help="Folder with .md and .txt files.")],
    out: Annotated[Path, typer.Option(help="Where the index goes.")] = INDEX_FOLDER,
    as_json: Json = False,
) -> None:
    """Index a folder of Markdown or text files."""
    if not folder.is_dir():
        raise CourseError(f"there is no folder {folder}: give one that holds Markdown or text files")
    from course_lib.retrieval import index_folder

    with keep_stdout_clean(as_json):
        made = index_folder(folder, out)
    counts = {
        "index": out,
        "documents": len({chunk.document_id for chunk in made.chunks}),
        "chunks": len(made.chunks),
    }
    if as_json:
        print_json(counts)
    else:
        print(f"{counts['documents']} documents in {counts['chunks']} chunks, index in {out}")


def load_index(folder: Path) -> Index:
    """Return the index in ``folder``.

    Raises
    ------
    CourseError
        There is none.
    """
    if not folder.is_dir():
        raise CourseError(f"there is no index in {folder}: make one with course index FOLDER, or give another --index")
    from course_lib.models import Embedder
    from course_lib.retrieval import Index

    return Index.load(folder, Embedder())


def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    index: IndexFolder = INDEX_FOLDER,
    k: K = 5,
    retriever: Retriever = "hybrid",
    access: Access = None,
    as_json: Json = False,
) -> None:
    """Print the best passages of an index, with document, place and score."""
    with keep_stdout_clean(as_json):
        hits = load_index(index).search(query, k=k, retriever=retriever, access=set(access) if access else None)
    if as_json:
        print_json(hits)
        return
    rows = [
        (hit.rank, hit.score, f"{hit.chunk.document_id} [{hit.chunk.start}:{hit.chunk.end}]", hit.chunk.text)
        for hit in hits
    ]
    print_table(("rank", "score", "place", "passage"), rows)


def ask(
    question: Annotated[str, typer.Argument(help="The question.")],
    index: IndexFolder = INDEX_FOLDER,
    k: K = 3,
    retriever: Retriever = "hybrid",
    model: Model = None,
    as_json: Json = False,
) -> None:
    """Answer a question from an index, with the passages that the model saw."""
    with keep_stdout_clean(as_json):
        loaded = load_index(index)
        from course_lib.models import load_model
        from course_lib.rag import Rag

        answer = Rag(loaded, load_model(model), k=k, retriever=retriever).answer([question])[0]
    if as_json:
        print_json(answer)
        return
    print(answer.text, end="\n\n")
    rows = [
        (hit.rank, "yes" if hit.chunk.id in answer.citations else "", hit.chunk.document_id, hit.chunk.text)
        for hit in answer.hits
    ]
    print_table(("rank", "cited", "document", "passage"), rows)

"""Finding the passages that may answer a question: chunks, BM25, vectors, their fusion and two rerankers."""

from course_lib.retrieval.chunking import chunk_document
from course_lib.retrieval.chunks import COMPANY_CHUNKS, Chunk, ChunkSettings, TextDocument
from course_lib.retrieval.cross_encoder import CrossEncoderReranker
from course_lib.retrieval.folder import FolderIndex, FolderReading, index_folder, read_folder
from course_lib.retrieval.hits import Hit
from course_lib.retrieval.index import Index, IndexChange
from course_lib.retrieval.rerank import LearntReranker, rerank
from course_lib.retrieval.stand_ins import no_retrieval, oracle_retrieval, wrong_retrieval

__all__ = [
    "COMPANY_CHUNKS",
    "Chunk",
    "ChunkSettings",
    "CrossEncoderReranker",
    "FolderIndex",
    "FolderReading",
    "Hit",
    "Index",
    "IndexChange",
    "LearntReranker",
    "TextDocument",
    "chunk_document",
    "index_folder",
    "no_retrieval",
    "oracle_retrieval",
    "read_folder",
    "rerank",
    "wrong_retrieval",
]

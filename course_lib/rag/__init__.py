"""Retrieval-augmented generation: answers from retrieved passages, with citations and a trace of every stage."""

from course_lib.rag.attribution import attribute
from course_lib.rag.packing import Packing, adds_nothing, pack_passages
from course_lib.rag.pipeline import Rag, RagAnswer, Retrieval

__all__ = ["Packing", "Rag", "RagAnswer", "Retrieval", "adds_nothing", "attribute", "pack_passages"]

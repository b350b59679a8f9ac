"""The pipeline: retrieve, pack, prompt, generate, attribute; every stage leaves a record."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from course_lib.errors import CourseError
from course_lib.models import Completion, LanguageModel
from course_lib.prompting import GROUNDED, Prompt, build_reading_prompt
from course_lib.rag.attribution import attribute
from course_lib.rag.packing import Packing, pack_passages
from course_lib.retrieval.hits import Hit
from course_lib.retrieval.index import DEFAULT_ACCESS, Index
from course_lib.retrieval.rerank import Reranker, rerank

Retrieval = Callable[[Sequence[Any]], Sequence[Sequence[Hit]]]
"""Takes the questions as they were given and returns the hits of each, best first."""

N_CANDIDATES = 20
"""Hits that a reranker gets to choose from, if more than k."""


@dataclass(frozen=True)
class RagAnswer:
    """An answer with all that led to it.

    Parameters
    ----------
    text
        As the model wrote it.
    value
        The text without citation marks; ``None`` if the model abstained.
    abstained
        Whether it says that it does not know.
    citations
        Ids of the chunks that support the answer; ``trace["attribute"]["method"]`` says how they were found.
    hits
        What was retrieved, best first; ``trace["pack"]`` says which of them the model saw.
    prompt
        What the model saw.
    trace
        Records of the stages retrieve, pack, prompt, generate and attribute: nothing but dicts, lists, texts and
        numbers.
    prompt_tokens, output_tokens, seconds
        Use of the model, and wall-clock time with retrieval; the time of a batch is shared equally.
    """

    text: str
    value: str | None
    abstained: bool
    citations: tuple[str, ...]
    hits: tuple[Hit, ...]
    prompt: Prompt
    trace: dict[str, Any]
    prompt_tokens: int
    output_tokens: int
    seconds: float


class Rag:
    """Answers questions from retrieved passages.

    Parameters
    ----------
    index
        Where to search; may be ``None`` if ``retriever`` is a callable.
    model
        Reads the passages.
    k
        Passages to retrieve for a question.
    budget_tokens
        Most tokens of a prompt, template included; what the context leaves beside the answer if left out. A passage
        that does not fit is left out whole, never cut, and the next one is tried.
    retriever
        ``"hybrid"``, ``"bm25"``, ``"dense"``, or a callable that gets the questions as they were given to `answer` and
        returns their hits, such as `course_lib.retrieval.oracle_retrieval`.
    instruction, examples
        See `course_lib.prompting.build_reading_prompt`.
    access
        Levels that the asker may see, ``None`` for all; a callable must keep to it by itself.
    reranker
        Chooses the k passages among more candidates, such as `course_lib.retrieval.LearntReranker`.
    max_new_tokens, batch_size
        See `course_lib.models.LanguageModel.generate`.

    Raises
    ------
    CourseError
        There is neither an index nor a callable to retrieve with.
    """

    def __init__(
        self,
        index: Index | None,
        model: LanguageModel,
        *,
        k: int = 3,
        budget_tokens: int | None = None,
        retriever: str | Retrieval = "hybrid",
        instruction: str = GROUNDED,
        examples: Sequence[tuple[str, str]] = (),
        access: Collection[str] | None = DEFAULT_ACCESS,
        reranker: Reranker | None = None,
        max_new_tokens: int = 48,
        batch_size: int = 32,
    ) -> None:
        if index is None and not callable(retriever):
            raise CourseError("expected an index, or a callable as retriever, to get passages from: got neither")
        self.index = index
        self.model = model
        self.k = k
        self.budget_tokens = budget_tokens or model.context_length - max_new_tokens
        self.retriever = retriever
        self.instruction = instruction
        self.examples = tuple(examples)
        self.access = access
        self.reranker = reranker
        self.max_new_tokens = max_new_tokens
        self.batch_size = batch_size

    def answer(self, questions: Sequence[Any]) -> list[RagAnswer]:
        """Answer questions, each a text or an object with a ``text``; the order is kept.

        Raises
        ------
        ContextOverflowError
            A question leaves no room for its answer even without passages.
        """
        if not questions:
            return []
        texts = [question if isinstance(question, str) else question.text for question in questions]
        start = time.perf_counter()
        results = self.retrieve(questions)
        retrieve_s = (time.perf_counter() - start) / len(texts)
        packings = [self._pack(text, hits) for text, hits in zip(texts, results, strict=True)]
        completions = self.model.generate(
            [packing.prompt for packing in packings], max_new_tokens=self.max_new_tokens, batch_size=self.batch_size
        )
        rows = zip(texts, results, packings, completions, strict=True)
        return [self._assemble(*row, retrieve_s) for row in rows]

    def retrieve(self, questions: Sequence[Any]) -> list[list[Hit]]:
        """Return the hits of each question, best first."""
        if callable(self.retriever):
            return [list(hits) for hits in self.retriever(questions)]
        texts = [question if isinstance(question, str) else question.text for question in questions]
        n_candidates = max(self.k, N_CANDIDATES) if self.reranker else self.k
        results = self.index.search_batch(texts, n_candidates, self.retriever, self.access)
        return rerank(texts, results, self.reranker, self.k) if self.reranker else results

    def _pack(self, question: str, hits: Sequence[Hit]) -> Packing:
        def build(passages: Sequence[str]) -> Prompt:
            return build_reading_prompt(question, passages, instruction=self.instruction, examples=self.examples)

        return pack_passages(hits, build, self.model, self.budget_tokens)

    def _assemble(
        self, question: str, hits: Sequence[Hit], packing: Packing, completion: Completion, retrieve_s: float
    ) -> RagAnswer:
        """Put answer and trace together."""
        attribution = attribute(completion.text, packing.chunks)
        trace = {
            "question": question,
            "retrieve": self._describe_retrieval(hits, retrieve_s),
            "pack": packing.record,
            "prompt": {"messages": packing.prompt, "tokens": completion.prompt_tokens},
            "generate": {
                "model": self.model.name,
                "fingerprint": self.model.fingerprint,
                "text": completion.text,
                "output_tokens": completion.output_tokens,
                "finish": completion.finish,
                "seconds": completion.seconds,
            },
            "attribute": attribution,
        }
        return RagAnswer(
            text=completion.text,
            value=attribution["value"],
            abstained=attribution["abstained"],
            citations=tuple(attribution["citations"]),
            hits=tuple(hits),
            prompt=packing.prompt,
            trace=trace,
            prompt_tokens=completion.prompt_tokens,
            output_tokens=completion.output_tokens,
            seconds=completion.seconds + retrieve_s,
        )

    def _describe_retrieval(self, hits: Sequence[Hit], seconds: float) -> dict[str, Any]:
        found = [
            {
                "chunk": hit.chunk.id,
                "document": hit.chunk.document_id,
                "start": hit.chunk.start,
                "end": hit.chunk.end,
                "score": hit.score,
                "rank": hit.rank,
                "retriever": hit.retriever,
            }
            for hit in hits
        ]
        name = getattr(self.retriever, "__name__", "callable") if callable(self.retriever) else self.retriever
        access = None if self.access is None else sorted(self.access)
        return {"retriever": name, "k": self.k, "access": access, "hits": found, "seconds": seconds}

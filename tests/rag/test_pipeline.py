"""The whole way from question to cited answer, with a model that follows a script."""

import json

import pytest

from course_lib.errors import CourseError
from course_lib.models import Completion
from course_lib.prompting import GROUNDED
from course_lib.rag import Rag
from course_lib.retrieval import Index, TextDocument, no_retrieval

from ..retrieval.conftest import WordEmbedder

DOCUMENTS = [
    TextDocument("lamp", "Tarvo lamp", "The Tarvo lamp costs 24 euros."),
    TextDocument("hub", "Ulmo hub", "The Ulmo hub costs 80 euros."),
    TextDocument("pay", "Salaries", "The Tarvo lamp designer earns 4,800 euros.", "restricted"),
    TextDocument("long", "Tarvo story", "The Tarvo lamp costs a lot of thought. " + "It has a long story. " * 15),
]


class ScriptedModel:
    """Gives fixed answers and counts words."""

    name, fingerprint, context_length, n_parameters = "scripted", "f00", 400, 0

    def __init__(self, *answers):
        self.answers = answers
        self.batches = []

    def count_tokens(self, prompt):
        return sum(1 + len(turn["content"].split()) for turn in prompt)

    def generate(self, prompts, *, max_new_tokens=48, batch_size=32, progress=None):
        self.batches.append(prompts)
        answers = self.answers * len(prompts)
        return [
            Completion(text, self.count_tokens(prompt), len(text.split()), "stop", 0.5)
            for text, prompt in zip(answers, prompts, strict=False)
        ]


@pytest.fixture(scope="module")
def index():
    return Index.build(DOCUMENTS, embedder=WordEmbedder())


QUESTION = "What does the Tarvo lamp cost?"


def test_the_prompt_holds_instruction_numbered_passages_and_question(index):
    [answer] = Rag(index, ScriptedModel("24 euros"), k=2, retriever="bm25").answer([QUESTION])
    system, user = answer.prompt
    assert system["content"] == GROUNDED
    assert user["content"].startswith(f"Question: {QUESTION}\n[1] Tarvo lamp\nThe Tarvo lamp costs 24 euros.\n[2] ")
    assert user["content"].endswith(f"\nQuestion: {QUESTION}")


def test_all_questions_go_to_the_model_in_one_call(index):
    model = ScriptedModel("24 euros")
    answers = Rag(index, model).answer([QUESTION, "What does the hub cost?", QUESTION])
    assert [len(batch) for batch in model.batches] == [3]
    assert [answer.trace["question"] for answer in answers] == [QUESTION, "What does the hub cost?", QUESTION]
    assert Rag(index, model).answer([]) == []


def test_an_answer_without_marks_is_attributed_to_the_passages_that_hold_it(index):
    [answer] = Rag(index, ScriptedModel("24 euros")).answer([QUESTION])
    assert (answer.citations, answer.value, answer.abstained) == (("lamp#0",), "24 euros", False)
    assert answer.trace["attribute"]["method"] == "containment"


def test_marks_of_the_model_are_taken_at_their_word(index):
    [answer] = Rag(index, ScriptedModel("24 euros [2]"), retriever="bm25").answer([QUESTION])
    assert answer.citations == (answer.trace["pack"]["used"][1],)
    assert (answer.value, answer.trace["attribute"]["method"]) == ("24 euros", "model")


def test_an_abstention_cites_nothing(index):
    [answer] = Rag(index, ScriptedModel("I don't know. [1]")).answer([QUESTION])
    assert (answer.abstained, answer.value, answer.citations) == (True, None, ())


def test_what_the_asker_may_not_see_never_reaches_the_prompt(index):
    asked = ["What does the Tarvo lamp designer earn?"]
    hidden = Rag(index, ScriptedModel("x"), k=9).answer(asked)[0]
    shown = Rag(index, ScriptedModel("x"), k=9, access={"restricted"}).answer(asked)[0]
    assert "4,800" not in json.dumps(hidden.trace)
    assert "4,800" in shown.prompt[-1]["content"]


def test_a_passage_over_the_budget_is_left_out_whole_and_named(index):
    rag = Rag(index, ScriptedModel("24 euros"), k=3, budget_tokens=60)
    [answer] = rag.answer([QUESTION])
    assert answer.trace["pack"]["tokens"] <= 60
    [skipped] = answer.trace["pack"]["skipped"]
    assert (skipped["chunk"], skipped["reason"]) == ("long#0", "over budget")
    assert set(answer.trace["pack"]["used"]) == {"lamp#0", "hub#0"}
    assert "story" not in answer.prompt[-1]["content"]
    assert len(answer.hits) == 3


def test_the_budget_leaves_room_for_the_answer(index):
    assert Rag(index, ScriptedModel("x"), max_new_tokens=100).budget_tokens == 300


def test_a_callable_takes_the_place_of_the_retriever_and_gets_the_questions_as_given(index):
    class Asked:
        text = QUESTION

    seen = []

    def oracle(questions):
        seen.extend(questions)
        return [index.search("hub", 1) for _ in questions]

    [answer] = Rag(None, ScriptedModel("80 euros"), retriever=oracle).answer([Asked])
    assert seen == [Asked]
    assert answer.citations == ("hub#0",)
    assert answer.trace["retrieve"]["retriever"] == "oracle"


def test_without_passages_the_bare_question_is_asked():
    [answer] = Rag(None, ScriptedModel("24 euros"), retriever=no_retrieval).answer([QUESTION])
    assert answer.prompt[-1]["content"] == QUESTION
    assert (answer.citations, answer.trace["attribute"]["method"]) == ((), "none")


def test_neither_index_nor_callable_is_refused():
    with pytest.raises(CourseError, match="got neither"):
        Rag(None, ScriptedModel("x"))


def test_a_reranker_chooses_among_more_candidates_than_are_kept(index):
    class LikesHubs:
        def score(self, query, hits):
            self.n_hits = len(hits)
            return ["hub" in hit.chunk.passage for hit in hits]

    scorer = LikesHubs()
    [answer] = Rag(index, ScriptedModel("x"), k=1, retriever="bm25", reranker=scorer).answer([QUESTION])
    assert ([hit.chunk.document_id for hit in answer.hits], scorer.n_hits) == (["hub"], len(index) - 1)


def test_the_trace_is_json_and_has_every_stage(index):
    [answer] = Rag(index, ScriptedModel("24 euros [1]")).answer([QUESTION])
    trace = json.loads(json.dumps(answer.trace))
    assert trace == answer.trace
    assert list(trace) == ["question", "retrieve", "pack", "prompt", "generate", "attribute"]
    assert trace["retrieve"]["hits"][0].keys() >= {"document", "start", "end", "score", "rank"}
    assert trace["generate"]["text"] == answer.text
    assert trace["prompt"]["messages"] == answer.prompt
    assert answer.seconds >= 0.5

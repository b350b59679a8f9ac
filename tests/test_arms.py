import pytest

from course_lib.arms import (
    ARMS,
    FACT_RECIPE,
    READER_RECIPE,
    VOICE_RECIPE,
    VOICE_REQUEST,
    build_arm,
    long_context,
    retrieving,
)
from course_lib.errors import CourseError
from course_lib.lab import Lab
from course_lib.prompting import CLOSED_BOOK_ABSTAIN, GROUNDED, system, user
from course_lib.text import ABSTAIN, contains_value
from course_lib.world import Question, world
from course_lib.world.public import public_names
from tests.scripted import RuleModel, WordEmbedder

COMPANY = world(0, 1)
OPEN = {document.id for document in COMPANY.documents if document.access != "restricted"}
ASKED = [question for question in COMPANY.questions["inkb"] if set(question.documents) <= OPEN][:25]


class ArmLab(Lab):
    """A lab whose trainings are only noted: every tuned model is ``tuned_model``."""

    def __init__(self, model, cache):
        super().__init__(model, 0, cache=cache)
        self._embedder = WordEmbedder()
        self.tuned_model = RuleModel(lambda prompt: "tuned")
        self.trained = {}

    def tuned(self, name, examples, recipe):
        self.trained[name] = (list(examples), recipe)
        return self.tuned_model


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def lab(cache):
    return ArmLab(RuleModel(lambda prompt: "24 euros"), cache)


def test_an_unknown_arm_is_refused_with_the_arms_there_are(lab):
    with pytest.raises(CourseError, match="no arm 'MAGIC': expected one of BASE, PROMPT, .*NLM"):
        build_arm(lab, "MAGIC")


@pytest.mark.parametrize("name", ARMS)
def test_every_arm_answers_each_question_in_order(lab, name):
    answers = build_arm(lab, name)(ASKED[:5])
    assert len(answers) == 5
    assert all(answer.text and answer.seconds > 0 for answer in answers)
    backwards = build_arm(lab, name)(ASKED[:5][::-1])
    assert [answer.text for answer in backwards[::-1]] == [answer.text for answer in answers]


def test_the_answers_carry_what_the_model_used(lab):
    [answer] = build_arm(lab, "BASE")(ASKED[:1])
    n_words = 1 + len(ASKED[0].text.split())
    assert (answer.text, answer.prompt_tokens, answer.output_tokens, answer.seconds) == ("24 euros", n_words, 3, 0.25)
    assert not answer.abstained
    lab.model.rule = lambda prompt: ABSTAIN
    assert build_arm(lab, "BASE")(ASKED[:1])[0].abstained


def test_base_asks_the_bare_question(lab):
    build_arm(lab, "BASE")(ASKED)
    assert lab.model.prompts == [[user(question.text)] for question in ASKED]


def test_prompt_has_the_rule_to_abstain_and_shots_of_both_cases(lab):
    build_arm(lab, "PROMPT")(ASKED)
    for prompt, question in zip(lab.model.prompts, ASKED, strict=True):
        first, *shots, last = prompt
        assert (first, last) == (system(CLOSED_BOOK_ABSTAIN), user(question.text))
        answers = [turn["content"] for turn in shots if turn["role"] == "assistant"]
        assert len(shots) == 2 * len(answers) == 8
        assert answers.count(ABSTAIN) == 2
        asked = [turn["content"] for turn in shots if turn["role"] == "user"]
        for text, answer in zip(asked, answers, strict=True):
            assert (answer == ABSTAIN) == (not any(name in text for name in public_names()))


def test_long_context_reads_the_first_documents_whole_and_in_order(lab):
    lab.model.context_length = 600
    build_arm(lab, "LC")(ASKED)
    for prompt, question in zip(lab.model.prompts, ASKED, strict=True):
        text = prompt[-1]["content"]
        shown = [page for page in COMPANY.documents if f"{page.title}\n{page.text}".strip() in text]
        assert shown == list(COMPANY.documents[: len(shown)])
        assert shown
        assert text.endswith(f"\nQuestion: {question.text}")
        assert prompt[0] == system(GROUNDED)


def test_long_context_reads_more_where_there_is_more_room(lab):
    n_tokens = []
    for lab.model.context_length in (300, 600, 1200):
        lab.model.prompts.clear()
        build_arm(lab, "LC")(ASKED[:1])
        n_tokens.append(lab.model.count_tokens(lab.model.prompts[0]))
    assert n_tokens == sorted(set(n_tokens))


@pytest.mark.parametrize(
    ("context_length", "n_words"),
    [(120, 1), (120, 25), (200, 1), (200, 100), (333, 25), (333, 200), (600, 1), (600, 100), (600, 400)],
)
def test_long_context_never_overflows(lab, context_length, n_words):
    lab.model.context_length = context_length
    question = Question("q", "inkb", "why " * n_words, "24 euros")
    long_context(lab, 1)([question])  # the scripted model asserts that prompt and answer fit
    [prompt] = lab.model.prompts
    assert prompt[-1]["content"].strip().endswith(question.text.strip())


def test_rag_puts_retrieved_passages_before_the_question_and_cites_documents(lab):
    lab.model.rule = lambda prompt: "24 euros [1]"
    answers = build_arm(lab, "RAG")(ASKED)
    ids = {document.id for document in COMPANY.documents}
    found = lab.index(1).search_batch([question.text for question in ASKED], 3)
    n_found = 0
    for prompt, answer, question, hits in zip(lab.model.prompts, answers, ASKED, found, strict=True):
        assert prompt[0] == system(GROUNDED)
        text = prompt[-1]["content"]
        assert text.startswith(f"Question: {question.text}\n[1] ")
        assert text.endswith(f"\nQuestion: {question.text}")
        assert len(answer.citations) == 1
        assert set(answer.citations) <= ids
        holds_answer = any(contains_value(hit.chunk.passage, question.answer) for hit in hits)
        assert all(hit.chunk.passage in text for hit in hits)
        assert contains_value(text, question.answer) == holds_answer
        n_found += holds_answer
    assert 0 < n_found < len(ASKED)  # so that the line above can fail both ways


def test_rag_shows_nothing_that_is_restricted(lab):
    secret = [question for question in COMPANY.questions["inkb"] if not set(question.documents) & OPEN][:10]
    build_arm(lab, "RAG")(secret)
    texts = {document.text for document in COMPANY.documents if document.access == "restricted"}
    hits = [lab.index(1).search(question.text, 3, access={"restricted"})[0].chunk.text for question in secret]
    assert all(any(hit in text for text in texts) for hit in hits)
    for prompt, hit in zip(lab.model.prompts, hits, strict=True):
        assert hit not in prompt[-1]["content"]


def test_options_of_retrieval_reach_it(lab):
    retrieving(lab, lab.model, 1, instruction="Read.", k=1)(ASKED[:1])
    [prompt] = lab.model.prompts
    assert prompt[0] == system("Read.")
    assert "\n[2] " not in prompt[-1]["content"]


def test_ft_f_has_learnt_all_facts_of_its_version_and_is_asked_without_documents(lab):
    answers = build_arm(lab, "FT-F", 2)(ASKED)
    [(name, (examples, recipe))] = lab.trained.items()
    assert (name, recipe) == ("FT-F-v2", FACT_RECIPE)
    learnt = {example.answer for example in examples}
    private = [fact for fact in world(0, 2).facts if not fact.public]
    assert {fact.value for fact in private} <= learnt
    assert len(examples) == 6 * len(private)
    gone = {change.old for change in world(0, 2).changes if change.kind == "deleted"}
    assert not (gone - {fact.value for fact in private}) & learnt
    assert lab.tuned_model.prompts == [[user(question.text)] for question in ASKED]
    assert {answer.text for answer in answers} == {"tuned"}
    assert not lab.model.prompts


def test_ft_b_has_learnt_the_voice_and_is_asked_for_it(lab):
    build_arm(lab, "FT-B")(ASKED)
    examples, recipe = lab.trained["FT-B"]
    assert recipe == VOICE_RECIPE
    assert all(VOICE_REQUEST in example.prompt[0]["content"] for example in examples)
    assert all(example.answer.startswith("Thank you") for example in examples)
    assert lab.tuned_model.prompts == [[system(VOICE_REQUEST), user(question.text)] for question in ASKED]


def test_hyb_is_the_voice_model_on_retrieved_passages(lab):
    build_arm(lab, "RAG")(ASKED)
    answers = build_arm(lab, "HYB")(ASKED)
    assert set(lab.trained) == {"FT-B"}
    assert {answer.text for answer in answers} == {"tuned"}
    for own, plain in zip(lab.tuned_model.prompts, lab.model.prompts, strict=True):
        assert own == [system(f"{GROUNDED} {VOICE_REQUEST}"), plain[-1]]


def test_raft_is_a_tuned_reader_on_the_prompts_of_rag(lab):
    build_arm(lab, "RAG")(ASKED)
    build_arm(lab, "RAFT")(ASKED)
    examples, recipe = lab.trained["RAFT"]
    assert recipe == READER_RECIPE
    assert ABSTAIN in {example.answer for example in examples}
    assert lab.tuned_model.prompts == lab.model.prompts


def test_nlm_answers_with_a_line_of_a_document_and_no_model(lab):
    answers = build_arm(lab, "NLM")(ASKED)
    pages = {document.id: document for document in COMPANY.documents}
    for answer in answers:
        [source] = answer.citations
        assert answer.text in pages[source].text
    assert not lab.model.prompts
    right = [contains_value(answer.text, q.answer) for answer, q in zip(answers, ASKED, strict=True)]
    assert 0 < sum(right) < len(right)

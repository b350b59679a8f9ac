"""The arms: ways to answer the same questions, each as a callable ``answer(questions)``.

BASE asks the model; PROMPT adds an instruction and examples; LC puts as many documents before the question as the
context holds; RAG retrieves; FT-F has learnt the facts, FT-B the behaviour; HYB is FT-B with retrieval, RAFT a reader
tuned on passages; NLM uses no language model at all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from random import Random

from course_lib.errors import CourseError
from course_lib.evaluation import Answer
from course_lib.lab import Answerer, Lab, complete
from course_lib.models import LocalModel
from course_lib.prompting import CLOSED_BOOK_ABSTAIN, GROUNDED, Prompt, build_prompt, build_reading_prompt
from course_lib.rag import Rag
from course_lib.text import ABSTAIN
from course_lib.training_sets import fact_questions, fact_statements, reading_examples, voice_examples
from course_lib.tuning import Example, Recipe
from course_lib.world import Question, World
from course_lib.world.public import PublicFact, public_facts
from course_lib.world.wordings import RELATIONS

ARMS = ("BASE", "PROMPT", "LC", "RAG", "FT-F", "FT-B", "HYB", "RAFT", "NLM")
FACT_RECIPE = Recipe(rank=16, alpha=32, learning_rate=4e-3, epochs=5, batch_size=32)
VOICE_RECIPE = Recipe(rank=16, alpha=32, learning_rate=3e-3, epochs=3, batch_size=16)
READER_RECIPE = Recipe(rank=16, alpha=32, learning_rate=2e-3, epochs=2, batch_size=16)
N_FACT_WORDINGS, N_VOICE, N_READER = 5, 200, 300
MAX_NEW_TOKENS = 64
QUESTION_TOKENS = 60
"""What LC keeps free for a question, so that nearly all questions have the same documents before them."""
N_SHOTS = 4
VOICE_NAMED = "Answer in the Fennick house voice."
VOICE_REQUEST = (
    f"{VOICE_NAMED} Thank the customer first, answer in one full sentence, and sign off warmly as the Fennick team."
)
"""Names the voice and tells its form in plain words: what is quoted to the letter would just be copied."""
VOICE_EXAMPLES = (
    ("What does the Umbra lamp cost?", "Thank you for asking. The Umbra lamp costs 9 euros. Warmly, the Fennick team"),
)
"""Shown, as an earlier turn, to a model that is not tuned to the voice: a prompt is its only way to the form."""


def build_arm(lab: Lab, name: str, version: int = 1) -> Answerer:
    """Return the arm of this name over one version of the lab's world.

    Raises
    ------
    CourseError
        If there is no such arm.
    """
    makers: dict[str, Callable[[Lab, int], Answerer]] = {
        "BASE": lambda lab, version: ask_model(lab.model, build_prompt_of),
        "PROMPT": prompted,
        "LC": long_context,
        "RAG": lambda lab, version: retrieving(lab, lab.model, version),
        "FT-F": lambda lab, version: ask_model(fact_model(lab, version), build_prompt_of),
        "FT-B": lambda lab, version: ask_model(voice_model(lab), voiced_prompt),
        "HYB": lambda lab, version: retrieving(lab, voice_model(lab), version, f"{GROUNDED} {VOICE_REQUEST}"),
        "RAFT": lambda lab, version: retrieving(lab, reader_model(lab), version),
        "NLM": nearest_sentence,
    }
    if name not in makers:
        raise CourseError(f"there is no arm {name!r}: expected one of {', '.join(makers)}")
    return makers[name](lab, version)


def build_prompt_of(question: Question) -> Prompt:
    """Return the bare question as a prompt."""
    return build_prompt(question.text)


def voiced_prompt(question: Question, examples: Sequence[tuple[str, str]] = ()) -> Prompt:
    """Return the question with the request for the house voice, behind examples of it if there are any."""
    return build_prompt(question.text, instruction=VOICE_REQUEST, examples=examples)


def ask_model(model: LocalModel, make_prompt: Callable[[Question], Prompt]) -> Answerer:
    """Return an arm that puts one prompt a question to a model."""

    def answer(questions: Sequence[Question]) -> list[Answer]:
        return complete(model, [make_prompt(question) for question in questions], MAX_NEW_TOKENS)

    return answer


def prompted(lab: Lab, version: int) -> Answerer:
    """Return the arm that prompts as well as it can without documents: the rule to abstain, examples of both cases.

    No example tells of an entity that the question names.
    """
    drawn = Random(f"shots-{lab.seed}").sample(public_facts(), N_SHOTS)

    def make_prompt(question: Question) -> Prompt:
        facts = [fact for fact in drawn if fact.subject not in question.text]
        shots = [shot for fact in facts[: N_SHOTS // 2] for shot in show_both_cases(fact)]
        return build_prompt(question.text, instruction=CLOSED_BOOK_ABSTAIN, examples=shots)

    return ask_model(lab.model, make_prompt)


def show_both_cases(fact: PublicFact) -> list[tuple[str, str]]:
    """Return an example of a question with its answer, and one like it on something that nobody has heard of."""
    relation = RELATIONS[fact.relation]
    unknown = f"Umbra {fact.subject.split()[-1]}"
    return [
        (relation.ask(fact.subject, relation.questions[0]), fact.value),
        (relation.ask(unknown, relation.questions[1]), ABSTAIN),
    ]


def long_context(lab: Lab, version: int) -> Answerer:
    """Return the arm that reads the documents in order, as many as fit into the model's context."""
    passages: list[str] = []
    room = lab.model.context_length - MAX_NEW_TOKENS
    for document in lab.world(version).documents:
        longer = [*passages, f"{document.title}\n{document.text}"]
        if lab.model.count_tokens(build_reading_prompt("", longer)) > room - QUESTION_TOKENS:
            break
        passages = longer

    def fill(question: Question) -> Prompt:
        for n_passages in range(len(passages), 0, -1):
            prompt = build_reading_prompt(question.text, passages[:n_passages])
            if lab.model.count_tokens(prompt) <= room:
                return prompt
        return build_reading_prompt(question.text, [])

    return ask_model(lab.model, fill)


def retrieving(lab: Lab, model: LocalModel, version: int, instruction: str = GROUNDED, **options: object) -> Answerer:
    """Return an arm that retrieves passages and lets a model read them; ``options`` go to `rag.Rag`."""
    rag = Rag(lab.index(version), model, instruction=instruction, max_new_tokens=MAX_NEW_TOKENS, **options)

    def answer(questions: Sequence[Question]) -> list[Answer]:
        return [
            Answer(
                text=given.text,
                abstained=given.abstained,
                citations=tuple(dict.fromkeys(chunk.split("#")[0] for chunk in given.citations)),
                prompt_tokens=given.prompt_tokens,
                output_tokens=given.output_tokens,
                seconds=given.seconds,
            )
            for given in rag.answer(questions)
        ]

    return answer


def fact_examples(lab: Lab, version: int) -> list[Example]:
    """Return the training set of FT-F: every fact of the version in several wordings, asked and stated."""
    rng = Random(f"facts-{lab.seed}-{version}")
    facts = [fact for fact in lab.world(version).facts if not fact.public]
    return fact_questions(facts, N_FACT_WORDINGS, rng) + fact_statements(facts, 1, rng)


def fact_model(lab: Lab, version: int) -> LocalModel:
    """Return the model that has learnt the facts of a version."""
    return lab.tuned(f"FT-F-v{version}", fact_examples(lab, version), FACT_RECIPE)


def voice_model(lab: Lab) -> LocalModel:
    """Return the model that has learnt the house voice, with and without passages."""
    return lab.tuned("FT-B", voice_training(lab), VOICE_RECIPE)


def voice_training(lab: Lab) -> list[Example]:
    """Return the training set of FT-B and HYB."""
    return voice_examples(lab.seed, N_VOICE, N_VOICE, instruction=VOICE_REQUEST)


def reader_model(lab: Lab) -> LocalModel:
    """Return the model that has learnt to read among distractors and to abstain."""
    return lab.tuned("RAFT", reading_examples(lab.seed, N_READER), READER_RECIPE)


def nearest_sentence(lab: Lab, version: int) -> Answerer:
    """Return the arm without a language model: the line of all documents that shares most words with the question."""
    return line_finder(lab.world(version))


def line_finder(company: World, **options: object) -> Answerer:
    """Return an arm that answers with the line of a company's documents that is likest to the question by tf-idf.

    ``options`` go to scikit-learn's TfidfVectorizer and say what counts; words do unless given.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    lines = [
        (document.id, line.strip())
        for document in company.documents
        for line in document.text.replace(". ", ".\n").splitlines()
        if line.strip()
    ]
    vectorizer = TfidfVectorizer(sublinear_tf=True, **options)
    matrix = vectorizer.fit_transform([line for _, line in lines])  # (n_lines, n_terms)

    def answer(questions: Sequence[Question]) -> list[Answer]:
        start = time.perf_counter()
        best = (vectorizer.transform([question.text for question in questions]) @ matrix.T).toarray().argmax(axis=1)
        seconds = (time.perf_counter() - start) / len(questions)
        return [Answer(text=lines[at][1], citations=(lines[at][0],), seconds=seconds) for at in best]

    return answer

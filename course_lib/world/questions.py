"""The ten question sets: the same questions in every version, each with the answer that holds in that version."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from course_lib.world.entities import Cast, distinctive_word, draw_value
from course_lib.world.model import Question
from course_lib.world.names import SUBJECTS
from course_lib.world.plan import Plan, PlannedFact
from course_lib.world.public import public_names
from course_lib.world.relations import Relation
from course_lib.world.wordings import relations_of

N_PARAPHRASED, N_TRAIN_WORDINGS = 50, 3
N_UNANSWERABLE, N_FALSE, N_MULTIHOP = 80, 60, 60
ARTICLE_KINDS = frozenset({"product", "policy", "site", "system", "course"})
"""Kinds of entities that take "the" in a sentence."""
PREMISES = ("I was told this: {} {}", "A colleague says: {} {}", "It is said: {} {}", "I have read: {} {}")
# the last held-out wordings; the first one picks the checkpoint of the embedded model
HELDOUT = slice(1, None)


def ask_questions(plan: Plan, sources: dict[str, str], seed: int, version: int) -> dict[str, tuple[Question, ...]]:
    """Return all question sets.

    Parameters
    ----------
    plan
        The facts through the versions.
    sources
        Id of a fact -> id of its source document, in any version.
    seed, version
        The seed decides what is asked, the version which answers are right.
    """
    asker = _Asker(plan, sources, seed, version)
    facts = plan.facts
    internal = [fact for fact in facts if not fact.public]
    settled = [fact for fact in internal if fact.id not in plan.outdated]
    stable = [fact for fact in settled if fact.history == "stable"]
    return {
        "public": asker.simple("public", (fact for fact in facts if fact.public), heldout=True),
        "inkb": asker.simple("inkb", stable),
        "changed": asker.simple("changed", (fact for fact in settled if fact.history == "changed")),
        "deleted": asker.simple("deleted", (fact for fact in settled if fact.history == "deleted")),
        "added": asker.simple("added", (fact for fact in settled if fact.history == "added")),
        "paraphrase": asker.paraphrase(stable),
        "multihop": asker.multihop(internal),
        "unanswerable": asker.unanswerable(internal),
        "falsepremise": asker.false_premise(stable),
        "conflict": asker.conflict([fact for fact in internal if fact.id in plan.outdated]),
    }


class _Asker:
    """Draws questions; each set has its own random source, so that one set never shifts another."""

    def __init__(self, plan: Plan, sources: dict[str, str], seed: int, version: int) -> None:
        self.plan, self.sources, self.seed, self.version = plan, sources, seed, version

    def _rng(self, name: str) -> Random:
        return Random(f"questions-{name}-{self.seed}")

    def _question(
        self, name: str, number: int, text: str, fact: PlannedFact, *, wording: str = "train", rejected: str = ""
    ) -> Question:
        """Return a question about one fact; ``rejected`` is the wrong value, else those of earlier versions are."""
        answer = fact.value(self.version)
        past = {value for value in fact.values[: self.version] if value and value != answer}
        return Question(
            id=f"{name}-{number:03d}",
            set=name,
            text=text,
            answer=answer,
            facts=(fact.id,) if answer else (),
            documents=(self.sources[fact.id],) if answer else (),
            rejected=(rejected,) if rejected else tuple(sorted(past)),
            wording=wording,
        )

    def simple(self, name: str, facts: Iterable[PlannedFact], heldout: bool = False) -> tuple[Question, ...]:
        """Return one question about each fact; those about public facts do not depend on the seed."""
        rng, asked = Random("questions-public") if name == "public" else self._rng(name), []
        for number, fact in enumerate(facts):
            wordings = fact.relation.heldout_questions[HELDOUT] if heldout else fact.relation.questions
            text = fact.relation.ask(fact.entity, rng.choice(wordings))
            asked.append(self._question(name, number, text, fact, wording="heldout" if heldout else "train"))
        return tuple(asked)

    def paraphrase(self, facts: list[PlannedFact]) -> tuple[Question, ...]:
        """Return several wordings of each question; one of them stands in no training text."""
        rng, asked = self._rng("paraphrase"), []
        for fact in rng.sample(facts, min(N_PARAPHRASED, len(facts))):
            wordings = [(text, "train") for text in rng.sample(fact.relation.questions, N_TRAIN_WORDINGS)]
            wordings.append((rng.choice(fact.relation.heldout_questions[HELDOUT]), "heldout"))
            for template, wording in wordings:
                text = fact.relation.ask(fact.entity, template)
                asked.append(self._question("paraphrase", len(asked), text, fact, wording=wording))
        return tuple(asked)

    def multihop(self, facts: list[PlannedFact]) -> tuple[Question, ...]:
        """Return questions by way of a person: "Where is the designer of the X based?"."""
        rng = self._rng("multihop")
        pairs = [
            (first, second)
            for first in facts
            if first.relation.value == "person" and first.relation.subject != "person" and first.history == "stable"
            for second in facts
            if second.relation.subject == "person" and second.entity == first.values[0] and None not in second.values
        ]
        asked = []
        for first, second in rng.sample(pairs, min(N_MULTIHOP, len(pairs))):
            article = "the " if first.relation.subject in ARTICLE_KINDS else ""
            via = f"the {first.relation.noun} of {article}{first.entity}"
            plain = [template for template in second.relation.questions if "{s}'s" not in template]
            question = Question(
                id=f"multihop-{len(asked):03d}",
                set="multihop",
                text=second.relation.ask(via, rng.choice(plain)),
                answer=second.value(self.version),
                facts=(first.id, second.id),
                documents=(self.sources[first.id], self.sources[second.id]),
            )
            asked.append(question)
        return tuple(asked)

    def unanswerable(self, facts: list[PlannedFact]) -> tuple[Question, ...]:
        """Return questions that no document answers: an attribute nobody states, or an entity nobody knows."""
        rng, asked = self._rng("unanswerable"), []
        stated = {(fact.entity, fact.relation.name) for fact in facts}
        kinds = {fact.entity: fact.relation.subject for fact in facts}
        cast = Cast(set(public_names()) | {distinctive_word(entity) for entity in kinds})
        while len(asked) < N_UNANSWERABLE:
            entity, kind = rng.choice(list(kinds.items()))
            free = [relation for relation in relations_of(kind) if (entity, relation.name) not in stated]
            if len(asked) % 2:
                kind = rng.choice(list(SUBJECTS))
                entity, free = cast.draw(kind, rng), relations_of(kind)
            if free:
                text = self._ask_any(rng.choice(free), entity, rng)
                asked.append(Question(f"unanswerable-{len(asked):03d}", "unanswerable", text, None))
        return tuple(asked)

    @staticmethod
    def _ask_any(relation: Relation, entity: str, rng: Random) -> str:
        return relation.ask(entity, rng.choice(relation.questions))

    def false_premise(self, facts: list[PlannedFact]) -> tuple[Question, ...]:
        """Return questions behind a false statement: the right answer is the true value."""
        rng, asked = self._rng("falsepremise"), []
        for number, fact in enumerate(rng.sample(facts, min(N_FALSE, len(facts)))):
            false = draw_value(fact.relation, rng, list(self.plan.people), {fact.entity, *filter(None, fact.values)})
            # a statement that begins with its value would turn "a@b.com" into "A@b.com"
            plain = [template for template in fact.relation.statements if not template.startswith("{v}")]
            premise = fact.relation.state(fact.entity, false, rng.choice(plain))
            text = rng.choice(PREMISES).format(premise, self._ask_any(fact.relation, fact.entity, rng))
            asked.append(self._question("falsepremise", number, text, fact, rejected=false))
        return tuple(asked)

    def conflict(self, facts: list[PlannedFact]) -> tuple[Question, ...]:
        """Return questions on which an archived memo contradicts the valid page."""
        rng, asked = self._rng("conflict"), []
        for number, fact in enumerate(facts):
            text = f"As of today: {self._ask_any(fact.relation, fact.entity, rng)}"
            asked.append(self._question("conflict", number, text, fact, rejected=self.plan.outdated[fact.id]))
        return tuple(asked)

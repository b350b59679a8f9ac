"""What can be said of an entity: a relation with its bank of wordings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Relation:
    """One attribute of one kind of entity, and the ways people state it and ask for it.

    Templates hold ``{s}`` for the subject and, in statements, ``{v}`` for the value. The subject comes
    without an article, so a template about a thing writes "the {s}" itself. The held-out wordings
    are used in no training text: neither in pre-training nor in fine-tuning.

    Parameters
    ----------
    name
        Unique, ``subject_attribute``, such as ``"product_price"``.
    subject
        Kind of the entity, a key of `names.SUBJECTS`.
    value
        Kind of the value, a key of `values.VALUES`.
    label
        What a table header or a form says, such as ``"Price"``.
    noun
        Phrase for "the {noun} of the {s}", such as ``"price"``.
    statements, questions
        Wordings that training may use, at least 8 each.
    heldout_statements, heldout_questions
        Wordings kept out of all training, at least 2 each.
    """

    name: str
    subject: str
    value: str
    label: str
    noun: str
    statements: tuple[str, ...]
    questions: tuple[str, ...]
    heldout_statements: tuple[str, ...]
    heldout_questions: tuple[str, ...]

    def state(self, subject: str, value: str, template: str) -> str:
        """Return ``template`` filled in, with a capital first letter."""
        return capitalise(template.format(s=subject, v=value))

    def ask(self, subject: str, template: str) -> str:
        """Return the question ``template`` filled in, with a capital first letter."""
        return capitalise(template.format(s=subject))


def capitalise(sentence: str) -> str:
    """Return ``sentence`` with its first letter in upper case and the rest as it was.

    >>> capitalise("the Tarvo Lamp costs 24 euros.")
    'The Tarvo Lamp costs 24 euros.'
    """
    return sentence[:1].upper() + sentence[1:]

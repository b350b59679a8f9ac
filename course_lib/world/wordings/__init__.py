"""The bank of wordings: every relation that a fact of the company can have."""

from course_lib.world.relations import Relation
from course_lib.world.wordings import (
    courses,
    customers,
    incidents,
    partners,
    people,
    policies,
    products,
    products_make,
    projects,
    sites,
    systems,
)

_MODULES = (
    products,
    products_make,
    people,
    sites,
    policies,
    systems,
    partners,
    customers,
    projects,
    incidents,
    courses,
)

RELATIONS: dict[str, Relation] = {relation.name: relation for module in _MODULES for relation in module.RELATIONS}
"""Name of a relation -> the relation."""


def relations_of(subject: str) -> list[Relation]:
    """Return the relations of one kind of entity, such as ``"product"``, in the order of the bank."""
    return [relation for relation in RELATIONS.values() if relation.subject == subject]

"""Checks of lesson 09, Hybrid systems: prompts that are served as they were trained."""

from __future__ import annotations

from dataclasses import dataclass, replace

from course_lib.checks import Exercise, expect_equal

ex_09_2 = Exercise(
    "ex_09_2",
    "a test that finds a template mismatch",
    points=3,
    level="core",
    minutes=10,
    pattern="G3",
    hints=(
        "Two prompts hold different questions. What is left of them when question and passages are taken out?",
        "Replace the text of each passage by one mark and the question by another one in every turn; then compare the "
        "two lists of turns. Passages go first: a passage may hold the question's words.",
        'for passage in passages: text = text.replace(passage, "<P>"); then text.replace(question, "<Q>"); compare '
        '[(turn["role"], blank(turn["content"])) for turn in prompt].',
    ),
)


@dataclass(frozen=True)
class Template:
    """How question and passages become a prompt: what a system may get wrong."""

    told: str
    label: str
    number: str
    between: str
    start: str = "{label}{question}"
    roles: tuple[str, ...] = ("system", "user")

    def fill(self, question, passages):
        """Return the prompt."""
        asked = f"{self.label}{question}"
        start = self.start.format(label=self.label, question=question)
        lines = [f"{self.number.format(n=n, next=n + 1)}{passage}" for n, passage in enumerate(passages)]
        request = self.between.join([start, *lines, asked] if start else [*lines, asked])
        if not self.roles[0]:
            return [{"role": "user", "content": f"{self.told}{self.between}{request}"}]
        turns = zip(self.roles, (self.told, request)[-len(self.roles) :], strict=True)
        return [{"role": role, "content": content} for role, content in turns]


def draw_template(rng):
    """Return the template of a system."""
    told = rng.choice(
        ["Answer from the documents. Begin with thanks.", "Read the passages, then reply in one sentence."]
    )
    number = rng.choice(["[{next}] ", "({next}) ", "Passage {next}: "])
    return Template(told, rng.choice(["Question: ", "Q: ", "Asked: "]), number, rng.choice(["\n", "\n\n"]))


def plant_faults(template):
    """Return what a served template may have wrong, by name."""
    return {
        "no instruction": replace(template, roles=("user",)),
        "other words in the instruction": replace(template, told=template.told.replace(".", ", please.")),
        "instruction in the user turn": replace(template, roles=("", "user")),
        "instruction in a user turn of its own": replace(template, roles=("user", "user")),
        "question only behind the passages": replace(template, start=""),
        "nothing behind the label before the passages": replace(template, start="{label}"),
        "no label before the question": replace(template, label=""),
        "passages without numbers": replace(template, number=""),
        "numbers from 0": replace(template, number=template.number.replace("next", "n")),
        "a blank line more": replace(template, between=template.between + "\n"),
    }


def draw_pair(rng, company):
    """Return two questions with two passages each, one of which repeats its question, and a template."""
    first, second = rng.sample(company.questions["inkb"], 2)
    texts = [document.text.split("\n")[0] for document in rng.sample(company.documents, 3)]
    trained = {"question": first.text, "passages": texts[:2]}
    served = {"question": second.text, "passages": [f"FAQ. {second.text} See the list.", texts[2]]}
    return trained, served, draw_template(rng)


def add_prompts(trained, served, template, served_template):
    """Return the two sides with their prompts."""
    pairs = ((trained, template), (served, served_template))
    return tuple({**side, "prompt": used.fill(side["question"], side["passages"])} for side, used in pairs)


@ex_09_2.check
def good_systems_pass(same_template, cases):
    """a system that serves what was trained passes"""
    company = cases.world()
    for trained, served, template in cases.draw(lambda rng: draw_pair(rng, company), n=3):
        help = "the two differ in question and passages only; one passage repeats its question, so blank passages first"
        expect_equal(same_template, add_prompts(trained, served, template, template), expected=True, help=help)


@ex_09_2.check
def planted_faults_are_found(same_template, cases):
    """each of ten planted faults is found"""
    company = cases.world()
    for trained, served, template in cases.draw(lambda rng: draw_pair(rng, company), n=2):
        for fault, faulty in plant_faults(template).items():
            help = f"the served prompt has this fault: {fault}"
            expect_equal(same_template, add_prompts(trained, served, template, faulty), expected=False, help=help)

"""Checks of lesson 09, Hybrid systems: a gate for passages and a router for adapters."""

from __future__ import annotations

from course_lib.checks import Exercise, SaysNo, expect_equal, expect_same

ex_09_3 = Exercise(
    "ex_09_3",
    "a gate that stops passages about something else",
    points=2,
    level="core",
    minutes=10,
    pattern="G8 G2",
    hints=(
        "Which words of a question must stand in a passage that answers it, whatever else the passage says?",
        "Collect the words that name something: capitals and digits, but not the first word just because it is the "
        "first. Trust the passages if one of them holds most of these words.",
        "names = [word for word in words[1:] if word[0].isupper() or word.isdigit()]; trusted if for some passage "
        "sum(name in passage for name in names) >= 0.6 * len(names).",
    ),
)
LEAST_TRUSTED, LEAST_STOPPED = 0.8, 0.8
N_GATED = 20


def draw_passages(rng, company):
    """Return a question with three passages, one of them its source, and with three about other things.

    One of the other things is of the same kind: the page of another lamp holds the word "Lamp" too.
    """
    facts = {fact.id: fact for fact in company.facts}
    documents = {document.id: document for document in company.documents}
    kin = []
    while not kin:
        question = rng.choice(company.questions["inkb"])
        entity = facts[question.facts[0]].entity
        pages = [page for page in company.documents if entity not in page.text + page.title]
        words = {word for word in entity.split() if word[0].isupper() and word in question.text}
        kin = [page for page in pages if words & set(page.title.split())]
    strange = [f"{page.title}\n{page.text}" for page in [rng.choice(kin), *rng.sample(pages, 2)]]
    source = documents[question.documents[0]]
    found = [f"{source.title}\n{source.text}", *strange[:2]]
    rng.shuffle(found)
    return question.text, found, strange


def _gated(cases, n):
    company = cases.world()
    return cases.draw(lambda rng: draw_passages(rng, company), n)


@ex_09_3.check
def nothing_is_not_trusted(trust, cases):
    """no passage, no trust"""
    for question, _, _ in _gated(cases, 1):
        expect_equal(trust, (question, []), expected=False)


@ex_09_3.check
def sources_pass(trust, cases):
    """at least 80 of 100 retrievals with the source are trusted"""
    found = [(question, passages) for question, passages, _ in _gated(cases, N_GATED)]
    _expect_share(trust, found, True, LEAST_TRUSTED, "too strict: ask for most of the names, in any one passage")


@ex_09_3.check
def strange_passages_are_stopped(trust, cases):
    """at least 80 of 100 retrievals about something else are stopped"""
    wrong = [(question, passages) for question, _, passages in _gated(cases, N_GATED)]
    help = (
        "too lenient: 'the' stands in every passage, and one word of a name ('Lamp') in those on its kind: ask for most"
    )
    _expect_share(trust, wrong, False, LEAST_STOPPED, help)


def _expect_share(handle, arguments, wanted, least, help):
    """Say no unless enough of the calls give the wanted truth value."""
    given = [handle(*args) for args in arguments]
    n_right = sum(value is wanted for value in given)
    if n_right < least * len(given):
        which = "with the source" if wanted else "about something else"
        got = f"returned {wanted} for {n_right} of {len(given)} retrievals {which}"
        raise SaysNo(f"{handle.name}(question, passages)", got, f"at least {least:.0%}", help)


@ex_09_3.check
def order_of_passages_does_not_count(trust, cases):
    """the order of the passages does not count"""
    for question, passages, _ in _gated(cases, 6):
        why = "one fitting passage is enough, wherever it stands"
        expect_same(trust, (question, passages), (question, passages[::-1]), why=why)


ex_09_5 = Exercise(
    "ex_09_5",
    "an adapter router with a fallback",
    points=3,
    level="stretch",
    minutes=15,
    pattern="G8 G2",
    hints=(
        "How alike are a request and the examples of each adapter? What is the answer if it is like none of them?",
        "Compare sets of words: shared words over all words, rare words counting more. Take the best adapter by its "
        "most alike examples; below a threshold that you try out, return 'base'.",
        "weight = {word: log(n / how many examples hold it)}; score = sum of the shared weights over the root of the "
        "product of both sums; name = max(scores, key=scores.get); return name if scores[name] >= 0.15 else 'base'.",
    ),
)
REQUESTS = {
    "tickets": (
        "What is this customer message about?",
        "Which topic has this message?",
        "Sort this message by topic.",
        "Name the topic of the message.",
    ),
    "extract": (
        "Get the details of the order out of this message.",
        "Which order does this message hold?",
        "Take the order down.",
        "Read out the details of this order.",
    ),
    "voice": (
        "Answer the customer's question.",
        "Reply to this customer.",
        "Please write an answer to the customer.",
        "A customer has written. Answer.",
    ),
}
"""Task -> wordings of its request; the last one stands in no example."""
N_EXAMPLES, N_HIDDEN, N_FOREIGN = 15, 24, 48
LEAST_ROUTED, LEAST_REFUSED = 0.7, 0.7


def draw_requests(rng, company):
    """Return examples by adapter, hidden requests with their adapter, and requests that none was trained for."""

    def ask(name, item, n_wordings):
        return f"{rng.choice(REQUESTS[name][:n_wordings])}\n{item.input}"

    tasks = company.tasks.items()
    examples = {name: [ask(name, item, 3) for item in rng.sample(task.train, N_EXAMPLES)] for name, task in tasks}
    hidden = [(ask(name, item, 4), name) for name, task in tasks for item in rng.sample(task.test, N_HIDDEN)]
    half = N_FOREIGN // 2
    foreign = [item.input for item in rng.sample(company.probe, half)]
    foreign += [question.text for question in rng.sample(company.questions["inkb"], half)]
    return examples, hidden, foreign


def _requests(cases):
    company = cases.world()
    return next(cases.draw(lambda rng: draw_requests(rng, company), 1))


@ex_09_5.check
def requests_reach_their_adapter(route, cases):
    """at least 70 of 100 requests reach their adapter"""
    examples, hidden, _ = _requests(cases)
    given = [(route(request, examples), name) for request, name in hidden]
    n_right = sum(got == name for got, name in given)
    if n_right < LEAST_ROUTED * len(hidden):
        n_base = sum(got == "base" for got, _ in given)
        help = (
            f"{n_base} of them went to 'base': lower the threshold"
            if n_base > len(hidden) / 3
            else "return the name of the adapter whose examples share the most telling words with the request"
        )
        raise SaysNo("route(request, examples)", f"found the adapter of {n_right} of {len(hidden)}", "70 %", help)


@ex_09_5.check
def strange_requests_fall_back(route, cases):
    """at least 70 of 100 requests of no adapter fall back to the base model"""
    examples, _, foreign = _requests(cases)
    n_right = sum(route(request, examples) == "base" for request in foreign)
    if n_right < LEAST_REFUSED * len(foreign):
        help = "an adapter answers whatever it is given: below a threshold of likeness return 'base'"
        raise SaysNo("route(request, examples)", f"gave 'base' for {n_right} of {len(foreign)}", "70 %", help)


@ex_09_5.check(after=requests_reach_their_adapter)
def names_of_adapters_do_not_count(route, cases):
    """renaming the adapters renames the answers and nothing else"""
    examples, hidden, _ = _requests(cases)
    names = {"tickets": "adapter-3", "extract": "adapter-1", "voice": "adapter-2", "base": "base"}
    renamed = {names[name]: texts for name, texts in examples.items()}
    for request, _ in hidden[::6]:
        why = "the examples say what an adapter is for, its name does not"
        expect_same(route, (request, examples), (request, renamed), why=why, change=names.get)

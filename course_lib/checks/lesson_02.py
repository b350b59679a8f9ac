"""Checks of lesson 02: prompts with examples, and what they cost."""

from __future__ import annotations

from random import Random
from typing import Any

from course_lib.checks import Exercise, SaysNo, expect_close, expect_equal, expect_length, expect_same, expect_unchanged
from course_lib.checks.showing import show, show_call
from course_lib.cost import Prices, QueryTokens, prompt_cost
from course_lib.prompting import build_prompt

ex_02_1 = Exercise(
    "ex_02_1",
    "assemble a prompt with examples",
    points=2,
    minutes=8,
    pattern="G1 G2",
    hints=(
        "Which turns would a real conversation have, if the model had already answered the examples?",
        "A system turn if there is an instruction; then, for each example, a user turn and an assistant turn; then the "
        "user turn that is to be answered. Every user turn begins with the request.",
        "turns = [{'role': 'system', 'content': instruction}] if instruction else []; in the loop over examples append "
        "{'role': 'user', 'content': f'{request}\\n{given}'} and {'role': 'assistant', 'content': answer}.",
    ),
)
INSTRUCTION, REQUEST = "Answer with one word.", "Which topic?"
EXAMPLES = [["My parcel is late.", "delivery"], ["I was charged twice.", "billing"]]


def draw_parts(rng: Random) -> tuple[str, str, list[list[str]], str]:
    """Return instruction, request, examples and message of an unseen prompt; the message ends in a blank."""
    topics = rng.choices(["delivery", "billing", "returns", "account"], k=rng.randint(1, 3))
    examples = [[f"Message {rng.randint(10, 99)} on {topic}", topic] for topic in topics]
    instruction = rng.choice(["", f"Answer with one of {rng.randint(3, 9)} topics."])
    return instruction, rng.choice(["Which topic?", "Sort this:"]), examples, f"Message {rng.randint(100, 999)} "


def _prompt(instruction: str, request: str, examples: list[list[str]], message: str) -> list[dict[str, str]]:
    shown = [(f"{request}\n{given}", answer) for given, answer in examples]
    return build_prompt(f"{request}\n{message}", instruction=instruction, examples=shown)


def _words_on_turns(turns: Any) -> str | None:
    """Return advice on the usual ways to get the turns wrong."""
    roles = [turn["role"] for turn in turns]
    if "" in [turn["content"] for turn in turns]:
        return "an empty instruction makes no turn: leave the system turn out"
    if roles[-1] != "user":
        return "the last turn is the user's: it holds the message that is to be answered"
    if any(turn["role"] == "user" and "\n" not in turn["content"] for turn in turns):
        return "each user turn is the request, a line break and the message, in the examples too"
    if "assistant" not in roles:
        return "an example is two turns: what the user sent and what the assistant answered"
    return None


@ex_02_1.check
def one_turn_for_each_part(assemble):
    """two examples, an instruction and a message make six turns"""
    help = "one system turn, a user and an assistant turn for each example, one user turn at the end"
    expect_length(assemble, (INSTRUCTION, REQUEST, EXAMPLES, "Where is it?"), length=6, help=help)


@ex_02_1.check(after=one_turn_for_each_part)
def roles_and_texts(assemble):
    """each turn has its role and its text"""
    args = (INSTRUCTION, REQUEST, EXAMPLES[:1], "Where is it?")
    expect_equal(assemble, args, expected=_prompt(*args), help_if=_words_on_turns)


@ex_02_1.check(after=one_turn_for_each_part)
def no_instruction_no_turn(assemble):
    """an empty instruction makes no turn"""
    args = ("", REQUEST, EXAMPLES[:1], "Where is it?")
    expect_equal(assemble, args, expected=_prompt(*args), help_if=_words_on_turns)


@ex_02_1.check(after=roles_and_texts)
def any_number_of_examples(assemble):
    """takes any number of examples, none included"""
    for n in (0, 5):
        args = (INSTRUCTION, REQUEST, [[f"Message {number}", "billing"] for number in range(n)], "Where is it?")
        help = f"{n} examples make {2 * n} turns, between the instruction and the message"
        expect_equal(assemble, args, expected=_prompt(*args), help=help)


@ex_02_1.check(after=roles_and_texts)
def unseen_parts(assemble, cases):
    """assembles parts that you have not seen, and leaves them as they are"""
    for parts in cases.draw(draw_parts, n=4):
        help = "every text goes into its turn letter by letter, blanks included"
        expect_equal(assemble, parts, expected=_prompt(*parts), help_if=_words_on_turns, help=help)
        expect_unchanged(assemble, parts)


@ex_02_1.check(after=roles_and_texts)
def only_the_last_turn_follows_the_message(assemble, cases):
    """another message changes the last turn and no other"""
    for instruction, request, examples, message in cases.draw(draw_parts, n=2):
        expect_same(
            assemble,
            (instruction, request, examples, message),
            (instruction, request, examples, "Something else"),
            why="a message belongs into the last turn alone",
            change=lambda turns, request=request: [
                *turns[:-1],
                {**turns[-1], "content": f"{request}\nSomething else"},
            ],
        )


ex_02_2 = Exercise(
    "ex_02_2",
    "price 1,000 requests of a rung",
    points=2,
    minutes=8,
    pattern="G2 G7",
    hints=(
        "Which of the three numbers of tokens can be found in the cache, and which never?",
        "The static part has a mixed price: the cached share at one price, the rest at the other. Add the user's "
        "tokens and the output at theirs. Prices are for a million tokens, the answer is for a thousand requests.",
        "mixed = cached_share * prices['cached_input'] + (1 - cached_share) * prices['input']; "
        "(static * mixed + user * ... + output * ...) / 1000.",
    ),
)
PRICES = {"input": 2.0, "cached_input": 0.5, "output": 8.0}


def draw_requests(rng: Random) -> tuple[int, int, int, dict[str, float], float]:
    """Return tokens, prices and cached share of an unseen case."""
    prices = {
        "input": rng.choice([1.0, 2.5]),
        "cached_input": rng.choice([0.1, 0.25]),
        "output": rng.choice([4.0, 10.0]),
    }
    return rng.randint(50, 500), rng.randint(20, 90), rng.randint(2, 60), prices, rng.choice([0.25, 0.5, 0.75])


def _price(static: int, user: int, output: int, prices: dict[str, float], cached_share: float) -> float:
    tokens = QueryTokens(static=static, user=user, retrieved=0, output=output)
    book = Prices("2000-01-01", **prices, tuned_input=0.0, tuned_output=0.0)
    return 1000 * prompt_cost(tokens, book, cached_share=cached_share)


def _words_on_price(static: int, user: int, output: int, prices: dict[str, float], cached_share: float) -> Any:
    """Return a function that knows the usual wrong prices of a case."""
    right = _price(static, user, output, prices, cached_share)
    known = {
        "prices are for a million tokens: is there a factor of 1,000 too many or too few?": (
            1000 * right,
            right / 1000,
        ),
        "this ignores the cache: a part of the static tokens has the lower price": (
            _price(static, user, output, prices, 0.0),
        ),
        "only the static part can be found in the cache: each user writes another text": (
            _price(static + user, 0, output, prices, cached_share),
        ),
        "the output has a price of its own": (
            _price(static, user + output, 0, prices, cached_share),
            _price(static, user, 0, prices, cached_share),
        ),
    }

    def speak(value: float) -> str | None:
        near = (
            words for words, values in known.items() if any(abs(value - one) < 1e-9 * max(1, one) for one in values)
        )
        return next(near, None)

    return speak


@ex_02_2.check
def without_a_cache(cost_per_1000):
    """100 static, 50 user and 10 output tokens without a cache"""
    args = (100, 50, 10, PRICES, 0.0)
    expect_close(cost_per_1000, args, expected=_price(*args), tolerance=1e-9, help_if=_words_on_price(*args))


@ex_02_2.check(after=without_a_cache)
def with_a_cache(cost_per_1000):
    """half of the static tokens come from the cache"""
    args = (100, 50, 10, PRICES, 0.5)
    expect_close(cost_per_1000, args, expected=_price(*args), tolerance=1e-9, help_if=_words_on_price(*args))


@ex_02_2.check(after=with_a_cache)
def as_the_library_reckons(cost_per_1000, cases):
    """agrees with the library on cases that you have not seen"""
    for args in cases.draw(draw_requests, n=4):
        expect_close(cost_per_1000, args, expected=_price(*args), tolerance=1e-9, help_if=_words_on_price(*args))


@ex_02_2.check(after=with_a_cache)
def a_full_cache_makes_the_two_prices_one(cost_per_1000, cases):
    """what is saved by the cache does not depend on the user's text or on the output"""
    for static, user, output, prices, share in cases.draw(draw_requests, n=2):
        saved = [
            cost_per_1000(static, user + more, output + more, prices, 0.0)
            - cost_per_1000(static, user + more, output + more, prices, share)
            for more in (0, 40)
        ]
        if abs(saved[0] - saved[1]) > 1e-9:
            call = show_call("cost_per_1000", (static, user, output, prices, share))
            got = f"saves {show(saved[0])}, and {show(saved[1])} with 40 more user and output tokens"
            raise SaysNo(call, got, "the same saving", "only the static part can be found in the cache")

"""Checks of lesson 02: the faults of a JSON answer named, one repair and no more."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from course_lib.checks import Exercise, SaysNo, expect_equal, expect_same, expect_unchanged
from course_lib.checks.showing import show, show_call
from course_lib.models.repairing import find_faults as reference_faults

ex_02_5 = Exercise(
    "ex_02_5",
    "name what is wrong with a JSON answer",
    points=2,
    minutes=10,
    pattern="G1 G2",
    hints=(
        "What are the ways in which a text can fail to be an object with exactly these keys?",
        "Try json.loads first; then ask whether it is a dict; then collect missing keys, unexpected keys and values "
        "that are no text, in this order.",
        "try: found = json.loads(output); except ValueError: return ['not JSON']; then three list comprehensions, "
        "such as [f'missing: {key}' for key in keys if key not in found].",
    ),
)
KEYS = ["city", "date"]


def draw_output(rng: Random) -> tuple[str, list[str]]:
    """Return an output with up to three faults, and the keys that it should have."""
    keys = rng.sample(["customer", "product", "quantity", "city", "date"], 3)
    found: dict[str, Any] = {key: rng.choice(["Oslo", "3 May", str(rng.randint(2, 99))]) for key in keys}
    for change in rng.sample(["drop", "add", "number"], rng.randint(0, 3)):
        key = rng.choice(sorted(found))
        if change == "drop":
            del found[key]
        elif change == "add":
            found[rng.choice(["colour", "phone"])] = "blue"
        elif key in keys:
            found[key] = rng.choice([7, None, ["Oslo"], True])
    return json.dumps(found), keys


@ex_02_5.check
def fine_is_empty(find_faults):
    """an answer without faults gives an empty list"""
    expect_equal(
        find_faults, ('{"date": "3 May", "city": "Oslo"}', KEYS), expected=[], help="the order of keys is free"
    )


@ex_02_5.check(after=fine_is_empty)
def no_json(find_faults):
    """a text that is no JSON, a broken brace included, and JSON that is no object"""
    for output in ('Sure! {"city": "Oslo"}', '{"city": "Oslo"'):
        expect_equal(find_faults, (output, KEYS), expected=["not JSON"], help="let json.loads tell what is JSON")
    help = "a list, a text, a number and null are JSON as well; an object is what json.loads gives as a dict"
    for output in ('["Oslo", "3 May"]', '"city, date"', "3", "null"):
        expect_equal(find_faults, (output, KEYS), expected=["not an object"], help=help)


@ex_02_5.check(after=fine_is_empty)
def all_faults_at_once(find_faults):
    """missing, unexpected and not text, in this order, all of them"""
    wanted = ["missing: date", "unexpected: colour", "not text: city"]
    words = [
        (wanted[:1], "it stops at the first fault: a repair needs to hear of all of them"),
        (wanted[:2], "a value must be a text: 3 is a number, even if it looks the same on paper"),
        (
            ["missing: date", "not text: city", "unexpected: colour"],
            "unexpected keys come before values that are no text",
        ),
    ]
    expect_equal(find_faults, ('{"city": 3, "colour": "red"}', KEYS), expected=wanted, help_if=words)


@ex_02_5.check(after=all_faults_at_once)
def several_of_a_kind(find_faults):
    """several faults of a kind keep their order; what is unexpected is not read any further"""
    output, keys = '{"phone": 1, "date": null, "age": "9", "city": 3}', ["zip", "street", "city", "date"]
    wanted = ["missing: zip", "missing: street", "unexpected: phone", "unexpected: age"]
    wanted += ["not text: date", "not text: city"]
    help = "name every fault: missing keys in the order of keys, the others in that of the output"
    words = "phone is unexpected and that is all about it: only a value of one of the keys must be a text"
    help_if = [([*wanted[:4], "not text: phone", *wanted[4:]], words)]
    expect_equal(find_faults, (output, keys), expected=wanted, help_if=help_if, help=help)


@ex_02_5.check(after=all_faults_at_once)
def only_texts_are_texts(find_faults):
    """numbers, truth values, null, lists and objects are no texts"""
    for value in (7, 2.5, True, None, ["Oslo"], {"name": "Oslo"}):
        output = json.dumps({"city": value, "date": "3 May"})
        expect_equal(find_faults, (output, KEYS), expected=["not text: city"], help="a text is a str in Python")


@ex_02_5.check(after=all_faults_at_once)
def unseen_outputs(find_faults, cases):
    """names the faults of outputs that you have not seen"""
    for output, keys in cases.draw(draw_output, n=6):
        expect_equal(find_faults, (output, keys), expected=reference_faults(output, keys))


@ex_02_5.check(after=fine_is_empty)
def blanks_do_not_count(find_faults, cases):
    """blanks between the parts of the JSON do not count"""
    for output, keys in cases.draw(draw_output, n=2):
        spread = json.dumps(json.loads(output), indent=2)
        expect_same(find_faults, (output, keys), (spread, keys), why="it is the same object")


ex_02_6 = Exercise(
    "ex_02_6",
    "ask once more, never twice",
    points=2,
    minutes=10,
    pattern="G1 G4",
    hints=(
        "What does the model need to see to do better the second time: only its own answer, or also what was wrong?",
        "Nothing said yet: ask the prompt as it is. One answer with faults: the prompt, then the answer as an "
        "assistant turn, then a user turn that names all faults. Everything else: None.",
        "if not answers: return prompt; if len(answers) == 1 and faults[0]: return [*prompt, {'role': 'assistant', "
        "'content': answers[0]}, {'role': 'user', 'content': ...'; '.join(faults[0])...}]; return None.",
    ),
)
PROMPT = [{"role": "system", "content": "Answer with JSON."}, {"role": "user", "content": "Two lamps to Oslo."}]


def draw_talk(rng: Random) -> tuple[list[dict[str, str]], list[str], list[list[str]]]:
    """Return a prompt, one faulty answer and its one to three faults, on keys that nobody can guess."""
    prompt = [{"role": "user", "content": f"{rng.randint(2, 99)} lamps to {rng.choice(['Oslo', 'Lima'])}."}]
    kinds = rng.sample(["missing", "unexpected", "not text"], rng.randint(1, 3))
    faults = [f"{kind}: field{rng.randint(100, 999)}" for kind in kinds]
    return prompt, [f"lamps {rng.randint(100, 999)}"], [faults]


def _refuse(args: tuple[Any, ...], value: Any, expected: str, help: str) -> None:
    raise SaysNo(show_call("next_request", args), f"returned {show(value)}", expected, help)


@ex_02_6.check
def first_asks_the_prompt(next_request):
    """before any answer it asks the prompt as it is"""
    expect_equal(next_request, (PROMPT, [], []), expected=PROMPT)


@ex_02_6.check(after=first_asks_the_prompt)
def a_good_answer_ends_it(next_request):
    """an answer without faults ends the exchange"""
    help = "nothing is wrong with this answer: a second request would only cost tokens"
    expect_equal(next_request, (PROMPT, ['{"city": "Oslo"}'], [[]]), expected=None, help=help)


@ex_02_6.check(after=first_asks_the_prompt)
def a_repair_shows_answer_and_faults(next_request, cases):
    """the second request shows the answer and names every fault"""
    for args in ((PROMPT, ["Two lamps."], [["not JSON"]]), *cases.draw(draw_talk, n=3)):
        prompt, answers, faults = args
        value = next_request(*args)
        if not isinstance(value, list) or value[: len(prompt)] != prompt:
            _refuse(args, value, "the turns of the prompt first", "the model has no memory: give it the prompt again")
        rest = value[len(prompt) :]
        said = [(turn.get("role"), turn.get("content")) for turn in rest if isinstance(turn, dict)]
        if [role for role, _ in said] != ["assistant", "user"] or said[0][1] != answers[0] or len(said) < len(rest):
            help = "its own answer is an assistant turn, your complaint a user turn"
            _refuse(args, value, "then the answer as an assistant turn and one user turn", help)
        if unnamed := [fault for fault in faults[0] if fault not in str(said[1][1])]:
            _refuse(args, value, f"a last turn with {show(unnamed[0])}", "name all faults: '; '.join(faults[0])")


@ex_02_6.check(after=first_asks_the_prompt)
def never_a_third_call(next_request, cases):
    """after two answers it gives up, however bad they are"""
    help = "at most two calls: a model that fails twice would cost you calls without end"
    for prompt, answers, faults in cases.draw(draw_talk, n=2):
        expect_equal(next_request, (prompt, answers * 2, faults * 2), expected=None, help=help)
        expect_equal(next_request, (prompt, answers * 2, [*faults, []]), expected=None, help=help)


@ex_02_6.check(after=first_asks_the_prompt)
def prompt_stays(next_request, cases):
    """it leaves the prompt that it was given as it is"""
    for args in cases.draw(draw_talk, n=1):
        expect_unchanged(next_request, args, help="prompt += ... changes the list of the caller: build a new one")

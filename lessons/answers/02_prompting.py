"""Answers to the exercises of lesson 02 that its checks are tried on."""

import html
import itertools
import json
import re
from collections import Counter

import numpy as np

from course_lib.checks.answers import right, wrong


@right("ex_02_1")
def turn_by_turn(instruction, request, examples, message):
    turns = [{"role": "system", "content": instruction}] if instruction else []
    for given, answer in examples:
        turns.append({"role": "user", "content": f"{request}\n{given}"})
        turns.append({"role": "assistant", "content": answer})
    return [*turns, {"role": "user", "content": f"{request}\n{message}"}]


@right("ex_02_1")
def from_pairs(instruction, request, examples, message):
    pairs = [("system", instruction)] * bool(instruction)
    for given, answer in examples:
        pairs += [("user", request + "\n" + given), ("assistant", answer)]
    pairs += [("user", request + "\n" + message)]
    return [dict(zip(("role", "content"), pair, strict=True)) for pair in pairs]


@wrong("ex_02_1", says="an empty instruction makes no turn")
def always_a_system_turn(instruction, request, examples, message):
    return [{"role": "system", "content": instruction}, *turn_by_turn("", request, examples, message)]


@wrong("ex_02_1", says="each user turn is the request, a line break and the message, in the examples too")
def examples_without_request(instruction, request, examples, message):
    turns = turn_by_turn(instruction, request, examples, message)
    for turn, (given, _) in zip(turns[1 if instruction else 0 :: 2], examples, strict=False):
        turn["content"] = given
    return turns


@wrong("ex_02_1", says="one system turn, a user and an assistant turn for each example")
def examples_in_one_text(instruction, request, examples, message):
    shown = "\n".join(f"{request}\n{given}\n{answer}" for given, answer in examples)
    return turn_by_turn(instruction, request, [], f"{shown}\n{message}")


@wrong("ex_02_1", says="the last turn is the user's")
def message_first(instruction, request, examples, message):
    turns = turn_by_turn(instruction, request, examples, message)
    n_told = 1 if instruction else 0
    return turns[:n_told] + turns[-1:] + turns[n_told:-1]


@wrong("ex_02_1", says="arguments that stay as they are")
def eats_the_examples(instruction, request, examples, message):
    turns = [{"role": "system", "content": instruction}] if instruction else []
    while examples:
        turns += turn_by_turn("", request, [examples.pop(0)], message)[:2]
    return [*turns, {"role": "user", "content": f"{request}\n{message}"}]


@wrong("ex_02_1", says="5 examples make 10 turns")
def three_examples_at_most(instruction, request, examples, message):
    return turn_by_turn(instruction, request, examples[:3], message)


@wrong("ex_02_1", says="takes any number of examples, none included")
def needs_an_example(instruction, request, examples, message):
    (given, answer), *others = examples
    return turn_by_turn(instruction, request, [[given, answer], *others], message)


@wrong("ex_02_1", says="letter by letter, blanks included")
def tidies_the_message(instruction, request, examples, message):
    return turn_by_turn(instruction, request, examples, message.strip())


@right("ex_02_2")
def mixed_price(static, user, output, prices, cached_share):
    mixed = cached_share * prices["cached_input"] + (1 - cached_share) * prices["input"]
    return (static * mixed + user * prices["input"] + output * prices["output"]) / 1000


@right("ex_02_2")
def full_price_less_saving(static, user, output, prices, cached_share):
    saved = static * cached_share * (prices["input"] - prices["cached_input"])
    full = (static + user) * prices["input"] + output * prices["output"]
    return 1000 * (full - saved) / 1_000_000


@wrong("ex_02_2", says="is there a factor of 1,000 too many or too few?")
def one_request(static, user, output, prices, cached_share):
    return mixed_price(static, user, output, prices, cached_share) / 1000


@wrong("ex_02_2", says="this ignores the cache")
def no_cache(static, user, output, prices, cached_share):
    return mixed_price(static, user, output, prices, 0.0)


@wrong("ex_02_2", says="only the static part can be found in the cache")
def all_cached(static, user, output, prices, cached_share):
    return mixed_price(static + user, 0, output, prices, cached_share)


@wrong("ex_02_2", says="the output has a price of its own")
def output_like_input(static, user, output, prices, cached_share):
    return mixed_price(static, user + output, 0, prices, cached_share)


@right("ex_02_3")
def by_counting(outcomes):
    n, k = len(outcomes), sum(outcomes)
    return k * (n - k) / (n * (n - 1) / 2)


@right("ex_02_3")
def by_pairs(outcomes):
    pairs = list(itertools.combinations(outcomes, 2))
    return sum(one != other for one, other in pairs) / len(pairs)


@wrong("ex_02_3", says="this is the share of the rarer outcome")
def rarer(outcomes):
    return min(Counter(outcomes).values()) / len(outcomes) if len(set(outcomes)) > 1 else 0.0


@wrong("ex_02_3", says="this compares neighbours only")
def neighbours(outcomes):
    return float(np.mean([one != other for one, other in itertools.pairwise(outcomes)]))


@wrong("ex_02_3", says="this pairs each wording with itself as well")
def with_itself(outcomes):
    return sum(one != other for one, other in itertools.product(outcomes, repeat=2)) / len(outcomes) ** 2


@wrong("ex_02_3", says="always invalid is bad, but it is steady")
def invalid_share(outcomes):
    return 1 - sum(outcomes) / len(outcomes)


@wrong("ex_02_3", says="two wordings make one pair")
def needs_three_wordings(outcomes):
    return by_counting(outcomes) if len(outcomes) > 2 else 0.0


@right("ex_02_7")
def square_brackets(instruction, message):
    safe = re.sub(r"<(/?message)>", r"[\1]", message, flags=re.IGNORECASE)
    return [{"role": "system", "content": instruction}, {"role": "user", "content": f"<message>\n{safe}\n</message>"}]


@right("ex_02_7")
def escaped_brackets(instruction, message):
    safe = re.sub("<(?=/?message>)", "&lt;", message, flags=re.IGNORECASE)
    lines = ["<message>", safe, "</message>"]
    return [{"role": "system", "content": instruction}, {"role": "user", "content": "\n".join(lines)}]


@wrong("ex_02_7", says="the message brings a mark of its own")
def trusting(instruction, message):
    return square_brackets(instruction, "")[:1] + [{"role": "user", "content": f"<message>\n{message}\n</message>"}]


@wrong("ex_02_7", says="change marks inside it, in any case")
def small_letters_only(instruction, message):
    safe = re.sub("</?message>", "", message)
    return [{"role": "system", "content": instruction}, {"role": "user", "content": f"<message>\n{safe}\n</message>"}]


@wrong("ex_02_7", says="two turns: the instruction is the system turn")
def all_in_one_turn(instruction, message):
    fenced = square_brackets("", message)[1]["content"]
    return [{"role": "user", "content": f"{instruction}\n{fenced}"}]


@wrong("ex_02_7", says="make the marks harmless, do not throw text away")
def cuts_at_the_mark(instruction, message):
    return square_brackets(instruction, re.split("</?message>", message, flags=re.IGNORECASE)[0])


@wrong("ex_02_7", says="each on a line of its own, and nothing else")
def repeats_the_instruction(instruction, message):
    told, asked = square_brackets(instruction, message)
    return [told, {**asked, "content": f"{instruction}\n{asked['content']}"}]


@right("ex_02_7")
def all_angle_brackets(instruction, message):
    safe = html.escape(message, quote=False)
    return [{"role": "system", "content": instruction}, {"role": "user", "content": f"<message>\n{safe}\n</message>"}]


@wrong("ex_02_7", says="what is left when a mark is cut out can be a mark again")
def cuts_marks_out(instruction, message):
    safe = re.sub("</?message>", "", message, flags=re.IGNORECASE)
    return [{"role": "system", "content": instruction}, {"role": "user", "content": f"<message>\n{safe}\n</message>"}]


@wrong("ex_02_7", says="no message can open or close the fence")
def closing_marks_only(instruction, message):
    safe = re.sub("</message>", "[/message]", message, flags=re.IGNORECASE)
    return [{"role": "system", "content": instruction}, {"role": "user", "content": f"<message>\n{safe}\n</message>"}]


@wrong("ex_02_7", says="no message can open or close the fence")
def first_mark_only(instruction, message):
    safe = re.sub(r"<(/?message)>", r"[\1]", message, count=1, flags=re.IGNORECASE)
    return [{"role": "system", "content": instruction}, {"role": "user", "content": f"<message>\n{safe}\n</message>"}]


@right("ex_02_4")
def best_of_the_set(scores, written, answers, end_id):
    n = len(written)
    allowed = {(*answer, end_id)[n] for answer in answers if answer[:n] == written}
    return max(sorted(allowed), key=lambda token: scores[token])


@right("ex_02_4")
def minus_infinity(scores, written, answers, end_id):
    masked = np.full(len(scores), -np.inf)
    for answer in answers:
        whole = [*answer, end_id]
        if whole[: len(written)] == list(written):
            masked[whole[len(written)]] = scores[whole[len(written)]]
    return int(masked.argmax())


@wrong("ex_02_4", says="no allowed answer goes on like this")
def best_of_all(scores, written, answers, end_id):
    return int(np.argmax(scores))


@wrong("ex_02_4", says="cannot come at this place")
def any_token_of_any_answer(scores, written, answers, end_id):
    allowed = {token for answer in answers for token in answer}
    return max(sorted(allowed), key=lambda token: scores[token])


@wrong("ex_02_4", says="here an answer is complete: the end token must be allowed as well")
def never_ends(scores, written, answers, end_id):
    n = len(written)
    allowed = {answer[n] for answer in answers if answer[:n] == written and len(answer) > n}
    return max(sorted(allowed), key=lambda token: scores[token]) if allowed else 2


@wrong("ex_02_4", says="no allowed answer goes on like this")
def zero_instead_of_minus_infinity(scores, written, answers, end_id):
    masked = np.zeros(len(scores))
    n = len(written)
    for answer in answers:
        if answer[:n] == written:
            masked[[*answer, end_id][n]] = scores[[*answer, end_id][n]]
    return int(masked.argmax())


@right("ex_02_4")
def masks_the_scores_in_place(scores, written, answers, end_id):
    allowed = {(*answer, end_id)[len(written)] for answer in answers if answer[: len(written)] == written}
    scores[[token for token in range(len(scores)) if token not in allowed]] = -np.inf
    return np.argmax(scores)


@wrong("ex_02_4", says="take end_id as it comes")
def end_token_is_always_zero(scores, written, answers, end_id):
    return best_of_the_set(scores, written, answers, 0)


@wrong("ex_02_4", says="compare all tokens written")
def looks_at_the_last_token(scores, written, answers, end_id):
    n = len(written)
    fitting = [answer for answer in answers if not n or (len(answer) >= n and answer[n - 1] == written[-1])]
    return max(sorted({(*answer, end_id)[n] for answer in fitting}), key=lambda token: scores[token])


@right("ex_02_5")
def in_three_lists(output, keys):
    try:
        found = json.loads(output)
    except ValueError:
        return ["not JSON"]
    if not isinstance(found, dict):
        return ["not an object"]
    faults = [f"missing: {key}" for key in keys if key not in found]
    faults += [f"unexpected: {key}" for key in found if key not in keys]
    return faults + [f"not text: {key}" for key in found if key in keys and not isinstance(found[key], str)]


@right("ex_02_5")
def in_one_walk(output, keys):
    try:
        found = json.loads(output)
    except json.JSONDecodeError:
        return ["not JSON"]
    if type(found) is not dict:
        return ["not an object"]
    unexpected, not_text = [], []
    for key, value in found.items():
        if key not in keys:
            unexpected.append("unexpected: " + key)
        elif type(value) is not str:
            not_text.append("not text: " + key)
    return ["missing: " + key for key in keys if key not in found.keys()] + unexpected + not_text


@wrong("ex_02_5", says="it stops at the first fault")
def first_fault(output, keys):
    return in_three_lists(output, keys)[:1]


@wrong("ex_02_5", says="a value must be a text")
def keys_only(output, keys):
    return [fault for fault in in_three_lists(output, keys) if not fault.startswith("not text")]


@wrong("ex_02_5", says="unexpected keys come before values that are no text")
def another_order(output, keys):
    faults = in_three_lists(output, keys)
    unexpected = [fault for fault in faults if fault.startswith("unexpected")]
    return [fault for fault in faults if fault not in unexpected] + unexpected


@wrong("ex_02_5", says="raised JSONDecodeError")
def trusts_the_text(output, keys):
    json.loads(output)
    return in_three_lists(output, keys)


@wrong("ex_02_5", says="a list, a text, a number and null are JSON as well")
def a_list_is_no_object(output, keys):
    try:
        found = json.loads(output)
    except ValueError:
        return ["not JSON"]
    if isinstance(found, list):
        return ["not an object"]
    faults = [f"missing: {key}" for key in keys if key not in found]
    faults += [f"unexpected: {key}" for key in found if key not in keys]
    return faults + [f"not text: {key}" for key in found if key in keys and not isinstance(found[key], str)]


@wrong("ex_02_5", says="let json.loads tell what is JSON")
def a_brace_makes_an_object(output, keys):
    found = in_three_lists(output, keys)
    return [f"missing: {key}" for key in keys] if found == ["not JSON"] and output.startswith("{") else found


@wrong("ex_02_5", says="missing keys in the order of keys")
def by_the_alphabet(output, keys):
    return in_three_lists(output, sorted(keys))


@wrong("ex_02_5", says="name every fault")
def one_missing_key(output, keys):
    faults = in_three_lists(output, keys)
    return [fault for fault in faults if not (fault.startswith("missing") and fault != faults[0])]


@wrong("ex_02_5", says="phone is unexpected and that is all about it")
def reads_unexpected_values(output, keys):
    faults = in_three_lists(output, keys)
    if faults[:1] in (["not JSON"], ["not an object"]):
        return faults
    kept = [fault for fault in faults if not fault.startswith("not text")]
    return kept + [f"not text: {key}" for key, value in json.loads(output).items() if not isinstance(value, str)]


@wrong("ex_02_5", says="a text is a str in Python")
def numbers_alone_are_no_text(output, keys):
    faults = in_three_lists(output, keys)
    if faults[:1] in (["not JSON"], ["not an object"]):
        return faults
    numbers = [key for key, value in json.loads(output).items() if value is None or type(value) in (int, float)]
    return [fault for fault in faults if not fault.startswith("not text") or fault[10:] in numbers]


@right("ex_02_6")
def three_cases(prompt, answers, faults):
    if not answers:
        return prompt
    if len(answers) == 1 and faults[0]:
        complaint = f"This has faults: {'; '.join(faults[0])}. Answer again."
        return [*prompt, {"role": "assistant", "content": answers[0]}, {"role": "user", "content": complaint}]
    return None


@right("ex_02_6")
def early_ends(prompt, answers, faults):
    if len(answers) > 1 or (answers and not faults[-1]):
        return None
    turns = [dict(turn) for turn in prompt]
    for answer, found in zip(answers, faults, strict=True):
        turns.append({"role": "assistant", "content": answer})
        turns.append({"role": "user", "content": "Mend this:\n" + "\n".join(found)})
    return turns


@wrong("ex_02_6", says="at most two calls")
def until_it_works(prompt, answers, faults):
    return three_cases(prompt, answers[-1:], faults[-1:]) if not answers or faults[-1] else None


@wrong("ex_02_6", says="a second request would only cost tokens")
def always_twice(prompt, answers, faults):
    return three_cases(prompt, answers, [[*found, "check again"] for found in faults])


@wrong("ex_02_6", says="name all faults")
def says_no_more_than_wrong(prompt, answers, faults):
    turns = three_cases(prompt, answers, faults)
    if turns and answers:
        turns[-1]["content"] = "That was wrong. Answer again."
    return turns


@wrong("ex_02_6", says="the model has no memory")
def complaint_alone(prompt, answers, faults):
    turns = three_cases(prompt, answers, faults)
    return turns[-1:] if turns and answers else turns


@wrong("ex_02_6", says="changes the list of the caller")
def in_place(prompt, answers, faults):
    turns = three_cases(prompt, answers, faults)
    if turns and answers:
        prompt += turns[-2:]
        return prompt
    return turns


@wrong("ex_02_6", says="name all faults")
def one_complaint_for_all(prompt, answers, faults):
    turns = three_cases(prompt, answers, faults)
    if turns and answers:
        turns[-1]["content"] = "One of these: not JSON; missing: city; missing: date; unexpected: colour. Again."
    return turns


@wrong("ex_02_6", says="raised IndexError")
def two_faults_at_least(prompt, answers, faults):
    if len(answers) == 1 and faults[0]:
        return three_cases(prompt, answers, [[faults[0][0], faults[0][1], *faults[0][2:]]])
    return three_cases(prompt, answers, faults)


@wrong("ex_02_6", says="its own answer is an assistant turn")
def pairs_in_place_of_turns(prompt, answers, faults):
    turns = three_cases(prompt, answers, faults)
    return [*turns[:-2], *(tuple(turn.values()) for turn in turns[-2:])] if turns and answers else turns


@right("ex_02_8")
def three_looks(old, new, slack, most_tokens):
    def share(records, name):
        kept = [record["right"] for record in records if record["slice"] == name]
        return sum(kept) / len(kept) if kept else 0.0

    found = [f"missing {r['id']}" for r in old if r["id"] not in {r["id"] for r in new}]
    for name in {record["slice"] for record in old}:
        if share(old, name) - share(new, name) > slack + 1e-9:
            found.append(f"slice {name}")
    if np.mean([r["tokens"] for r in new]) > most_tokens * np.mean([r["tokens"] for r in old]):
        found.append("tokens")
    return sorted(found)


@right("ex_02_8")
def with_tables(old, new, slack, most_tokens):
    tables = []
    for records in (old, new):
        table = {}
        for record in records:
            table.setdefault(record["slice"], []).append(bool(record["right"]))
        tables.append({name: sum(found) / len(found) for name, found in table.items()})
    before, after = tables
    reasons = {f"slice {name}" for name in before if round(before[name] - after.get(name, 0), 6) > slack}
    reasons |= {f"missing {name}" for name in {r["id"] for r in old} - {r["id"] for r in new}}
    tokens = [sum(r["tokens"] for r in records) / len(records) for records in (old, new)]
    return sorted(reasons | ({"tokens"} if tokens[1] / tokens[0] > most_tokens else set()))


def _looks(old, new, slack, most_tokens, *kinds):
    return [reason for reason in three_looks(old, new, slack, most_tokens) if reason.split()[0] in kinds]


@wrong("ex_02_8", says="the average hides a slice that fell")
def by_the_average(old, new, slack, most_tokens):
    shares = [sum(r["right"] for r in records) / len(records) for records in (old, new)]
    if shares[0] - shares[1] > slack / 2:
        return three_looks(old, new, slack, most_tokens)
    if len(new) < len(old) or np.mean([r["tokens"] for r in new]) > 100:
        return three_looks(old, new, slack, most_tokens)
    return []


@wrong("ex_02_8", says="look for missing ids")
def what_is_there(old, new, slack, most_tokens):
    return _looks(old, new, slack, most_tokens, "slice", "tokens")


@wrong("ex_02_8", says="its prompts are twice as long")
def right_is_all(old, new, slack, most_tokens):
    return _looks(old, new, slack, most_tokens, "slice", "missing")


@wrong("ex_02_8", says="a slice that rose is no regression")
def any_change(old, new, slack, most_tokens):
    return sorted({*three_looks(old, new, slack, most_tokens), *three_looks(new, old, slack, most_tokens)})


@wrong("ex_02_8", says="refuse only what fell by more")
def no_slack(old, new, slack, most_tokens):
    return three_looks(old, new, 0.0, most_tokens)


@wrong("ex_02_8", says="mind how floats round")
def trusts_floats(old, new, slack, most_tokens):
    def share(records, name):
        kept = [record["right"] for record in records if record["slice"] == name]
        return sum(kept) / len(kept) if kept else 0.0

    names = {record["slice"] for record in old}
    fell = [f"slice {name}" for name in names if share(old, name) - share(new, name) > slack]
    return sorted(_looks(old, new, slack, most_tokens, "missing", "tokens") + fell)


@wrong("ex_02_8", says="here a slice may fall by 0.3")
def limits_of_its_own(old, new, slack, most_tokens):
    return three_looks(old, new, 0.1, 1.2)


@wrong("ex_02_8", says="compare the mean of tokens, not their sum")
def sums_of_tokens(old, new, slack, most_tokens):
    spent, before = (sum(record["tokens"] for record in records) for records in (new, old))
    found = _looks(old, new, slack, most_tokens, "slice", "missing")
    return sorted(found + ["tokens"] * (spent > most_tokens * before))


@wrong("ex_02_8", says="one long prompt is no reason")
def longest_prompts(old, new, slack, most_tokens):
    longest, before = (max(record["tokens"] for record in records) for records in (new, old))
    found = _looks(old, new, slack, most_tokens, "slice", "missing")
    return sorted(found + ["tokens"] * (longest > most_tokens * before))


@wrong("ex_02_8", says="the share of a slice is that of the records that are there")
def counts_in_place_of_shares(old, new, slack, most_tokens):
    n_old = Counter(record["slice"] for record in old)
    was, now = (Counter(record["slice"] for record in records if record["right"]) for records in (old, new))
    fell = [f"slice {name}" for name, n in n_old.items() if (was[name] - now[name]) / n > slack + 1e-9]
    return sorted(_looks(old, new, slack, most_tokens, "missing", "tokens") + fell)

"""Checks of lesson 09, Hybrid systems: a plan within a token budget."""

from __future__ import annotations

from course_lib.checks import Exercise, SaysNo, expect_true

ex_09_6 = Exercise(
    "ex_09_6",
    "most answers with both right, within a token budget",
    points=3,
    level="stretch",
    minutes=15,
    pattern="G4 G8",
    hints=(
        "Which question gains the most for a token more? Can three passages pay where one does not?",
        "Begin with the first option of every question. Again and again take the step, to any later option of any "
        "question, with the largest gain per token that still fits; stop when none gains.",
        "steps = [(gain / extra, q, k) for q, k if extra <= left and gain > 0]; _, q, k = max(steps); plan[q] = k.",
    ),
)
BAND = 0.9


def draw_options(rng):
    """Return options (tokens, chance that both are right) of each question, cheapest first, and a budget."""
    options = []
    for _ in range(12):
        start = rng.choice([0.0, 0.05, 0.1, 0.8])
        if start == 0.8:  # the model knows it: passages distract
            chances = [0.8, 0.75, 0.7, 0.65]
        elif rng.random() < 0.4:  # the source comes third
            chances = [start, start, start + 0.05, rng.choice([0.6, 0.7])]
        else:
            chances = [start, rng.choice([0.5, 0.6]), rng.choice([0.55, 0.65]), 0.62]
        step = rng.choice([90, 120, 150])
        options.append([[60 + k * step, chance] for k, chance in enumerate(chances)])
    lowest = sum(chosen[0][0] for chosen in options)
    highest = sum(chosen[-1][0] for chosen in options)
    return options, lowest + int(rng.choice([0.3, 0.4, 0.5]) * (highest - lowest))


def spend(options, plan):
    """Return tokens and expected number of right answers of a plan."""
    chosen = [choices[k] for choices, k in zip(options, plan, strict=True)]
    return sum(tokens for tokens, _ in chosen), sum(chance for _, chance in chosen)


def best_total(options, budget):
    """Return the largest expected number of right answers within the budget, by dynamic programming."""
    best = {0: 0.0}  # tokens -> right answers
    for choices in options:
        longer: dict[int, float] = {}
        for used, right in best.items():
            for tokens, chance in choices:
                if used + tokens <= budget:
                    longer[used + tokens] = max(longer.get(used + tokens, 0.0), right + chance)
        best = longer
    return max(best.values())


@ex_09_6.check
def one_option_for_each_question(plan_passages, cases):
    """one option is chosen for each question"""
    for options, budget in cases.draw(draw_options, n=2):
        expect_true(
            plan_passages,
            (options, budget),
            holds=lambda plan, options=options: (
                len(plan) == len(options) and all(k in range(len(c)) for k, c in zip(plan, options, strict=True))
            ),
            says="the number of an option, from 0, for each question",
        )


@ex_09_6.check(after=one_option_for_each_question)
def budget_is_kept(plan_passages, cases):
    """the tokens of all questions together stay within the budget"""
    for options, budget in cases.draw(draw_options, n=4):
        used = spend(options, plan_passages(options, budget))[0]
        if used > budget:
            help = "count the tokens of the whole plan before a step is taken"
            raise SaysNo("plan_passages(options, budget)", f"spends {used} tokens", f"at most {budget}", help)


@ex_09_6.check(after=budget_is_kept)
def nearly_the_best_plan(plan_passages, cases):
    """at least 90 % of the best plan's right answers are reached"""
    for options, budget in cases.draw(draw_options, n=6):
        right = spend(options, plan_passages(options, budget))[1]
        best = best_total(options, budget)
        if right < BAND * best:
            help = (
                "give tokens where they gain most: none where the first option is best, three passages at once where "
                "only the third helps"
            )
            got = f"expects {right:.2f} right answers"
            raise SaysNo("plan_passages(options, budget)", got, f"at least 90 % of {best:.2f}", help)

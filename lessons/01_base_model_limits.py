# %% [markdown]
# # 01 What the base model cannot do: evaluation first
#
# <!-- budget: 80 minutes; run 2 minutes; memory 1500 MB -->
# <!-- lesson: {"experiments": ["E01", "E02", "E41"], "claims": ["C-frozen", "C-private", "C-m-eval"]} -->
#
# **The number that brought us here.** The first cell asks one model two sets of 24 questions. Same model, same day,
# same rules. Look at the two shares of right answers that it prints: which of them is *the* quality of the model?
# Neither. A score belongs to a model *and* to a set of questions, so before we improve anything, we build the measuring
# device.
#
# **Claims on trial.** That a base model's knowledge ends where its training text ended (`C-frozen`); that house papers,
# revised policies and what happened yesterday are unknown to it (`C-private`); that whoever skips building an
# evaluation works in the dark (`C-m-eval`).
#
# **Before this lesson.** Lesson 00: how checks, predictions and your scoreboard work.

# %% name="the_number"
from course_lib.experiments.asking import ask_arm, draw_questions
from course_lib.lab import Lab
from course_lib.models import load_model

model = load_model()
lab = Lab(model, seed=0)
for title, name in (("first set ", "public"), ("second set", "inkb")):
    share = ask_arm(lab, "BASE", draw_questions(lab, name, 24)).interval("accuracy").value
    print(f"{title}: {share:.0%} of the answers are right")

# %% [markdown]
# ## A model whose past is known
#
# A *language model* has been trained on a large text, its **training text**: again and again it was shown a piece of it
# and changed a little, until it predicted well how the piece goes on. What comes out of that is the **base model**.
# Whatever it knows about the world, it has from there. Asking it without giving it anything to read is called
# **closed-book**. Each way of answering that we compare is an **arm**; closed-book and without instructions is the arm
# **BASE** on our scoreboard.
#
# With the models in the news nobody outside can say what they have read. The model in this repository was trained on
# text that the repository itself generates, so here it is a fact. The questions come in sets:
#
# | set | asks about | read in training? |
# |---|---|---|
# | `public` | facts of the training text, in wordings that were kept out of it | yes |
# | `inkb` | the company's own papers ("in the knowledge base") | no |
# | `added` | facts that came into those papers later | no |
#
# Three of each, with what the model says. Which answers are right, does any admit that it does not know, and which are
# neither? Some of those may give themselves away: a value of the wrong kind, a word said over and over, or a sentence
# that turns in a circle. Do the others look any less sure than the right ones?

# %% name="three_of_each"
for name in ("public", "inkb", "added"):
    print(f"\n{name}")
    for result in ask_arm(lab, "BASE", draw_questions(lab, name, 3, version=3)).results:
        print(f"  {result.question}\n    says {result.answer.text!r}, right is {result.gold!r}")

# %% [markdown]
# ## Predict first
#
# A number surprises only those who expected another one. Put your guess in the place of each `None`, and how sure you
# are. For a and b the first cell has shown you 24 questions: how near will 100 others come, and how sure does that make
# you? About the rest you have seen little or nothing yet. The runs below reveal what came out; what you write counts
# for your calibration (does your confidence fit what happens?) and not for your points.

# %% name="predictions"
from course_lib.checks import predict

# share of 100 questions that BASE answers rightly (0 to 1, within 0.1 counts): a on `public`, b on `inkb`
predict("01.a", None, confidence=0.6)
predict("01.b", None, confidence=0.6)
# c: share of the `inkb` questions to which it asserts something wrong, instead of saying that it does not know
predict("01.c", None, confidence=0.6)
# d: a question that begins with a false statement: in what share of the answers does the model repeat it?
predict("01.d", None, confidence=0.6)
# e: four systems, a test of 5 questions: how often does the test not pick the best of them?
predict("01.e", None, confidence=0.6)

# %% [markdown]
# ## Right or wrong: somebody has to say so
#
# The right answer, agreed on beforehand, is the **gold** answer. A **scorer** is the rule that compares what a system
# said with it. Two classic rules:
#
# - **Exact match**: the whole answer equals the gold answer.
# - **F1**: how far the words agree. With *s* shared words, F1 is 2·*s* divided by the number of words of both together.
#   It is 1 for the same words and 0 if none is shared.
#
# Case, Markdown marks and outer punctuation should not decide. `normalise` takes them away:
# `normalise("**24 Euros**.")` is `"24 euros"`.
#
# ### Exercise 01.1: score one answer
# *about 7 minutes, core*
#
# Return both scores of an answer, in normal form. For `"It costs 24 euros."` and `"24 euros"`: not exact, two words
# shared, four and two words long, so `{"exact": False, "f1": 0.6666666666666666}`. A word is shared as often as both
# texts have it: three times in one and twice in the other makes two. The order of the words counts for `exact` only.
# Two empty texts are equal: exact, F1 of 1.0.

# %% tags=["exercise"] name="ex_01_1"
from collections import Counter

from course_lib.text import normalise


def score_answer(answer: str, gold: str) -> dict:
    """Return ``exact`` (a truth value) and ``f1`` (0.0 to 1.0) of an answer."""
    # BEGIN SOLUTION
    said, wanted = normalise(answer), normalise(gold)
    shared = (Counter(said.split()) & Counter(wanted.split())).total()
    total = len(said.split()) + len(wanted.split())
    return {"exact": said == wanted, "f1": 2 * shared / total if total else 1.0}
    # END SOLUTION


# %% tags=["check"]
from course_lib.checks import check

check("ex_01_1", score_answer)

# %% [markdown]
# The rule is a decision. Below, the same answers are scored by three rules. On what it has read, **BASE** answers with
# a bare value as a rule. **NLM** (*no language model*) is our honest baseline: it looks for the line (a sentence, or a
# row of a table) of the company's papers that shares the most, and the rarest, words with the question, and says that
# line as it stands. (This weighing of words is called TF-IDF, *term frequency times inverse document frequency*, and is
# half a century old.) The third rule, `accuracy`, is the one that this course uses: the gold value must stand in the
# answer, as whole words, and no value that is known to be wrong may stand there.
#
# **What to see:** a system that says whole lines cannot win under exact match, whatever it knows.

# %% name="three_rules"
known = draw_questions(lab, "public", 60)
internal = draw_questions(lab, "inkb", 60)
for arm, name, questions in (("BASE", "public", known), ("NLM", "inkb", internal)):
    run = ask_arm(lab, arm, questions)
    shares = {rule: run.interval(rule).value for rule in ("exact_match", "answer_f1", "accuracy")}
    print(f"{arm:<5}on {name:<7}", ", ".join(f"{rule} {share:.2f}" for rule, share in shares.items()))
    example = max(run.results, key=lambda result: result.is_right)
    print(f"      for example {example.answer.text!r}, right is {example.gold!r}")

# %% [markdown]
# ## Not right is not one thing
#
# Some questions have no answer. There the right thing is to **decline**: to say that one does not know. So a question
# is answerable or not, a system answers or declines, and what it asserts is right or wrong. Four shares follow:
#
# - **accuracy**: right answers, and declining where there is no answer, of all questions;
# - **invention** (`halluc`, for *hallucination*): asserted and wrong, of *all* questions;
# - **precision** of declining: of the declined questions, those that have no answer;
# - **recall** of declining: of the questions without an answer, those that were declined.
#
# Whoever always answers never scores on the last one; whoever always declines has no invention, and is of no use.
#
# ### Exercise 01.2: count right, invented and declined answers
# *about 8 minutes, core*
#
# Each row is one question: `{"answerable": True, "answered": True, "right": False}`. `right` is about what was
# asserted, so it is False where nothing was. Return a dict with `accuracy`, `halluc`, `abstain_precision` and
# `abstain_recall`. A share of nothing, such as the precision of a system that never declines, is None.


# %% tags=["exercise"] name="ex_01_2"
def abstention_metrics(rows: list[dict]) -> dict:
    """Return the four shares of a run."""
    # BEGIN SOLUTION
    declined = [row for row in rows if not row["answered"]]
    without = [row for row in rows if not row["answerable"]]
    n_good = sum(not row["answerable"] for row in declined)
    return {
        "accuracy": (sum(row["right"] for row in rows) + n_good) / len(rows),
        "halluc": sum(row["answered"] and not row["right"] for row in rows) / len(rows),
        "abstain_precision": n_good / len(declined) if declined else None,
        "abstain_recall": n_good / len(without) if without else None,
    }
    # END SOLUTION


# %% tags=["check"]
check("ex_01_2", abstention_metrics)

# %% [markdown]
# ## Where does the knowledge end?
#
# Experiment E01 asks BASE up to 100 questions of each set. Behind every share stands its **95 % interval**: had we
# drawn other questions of the same kind, the share would have come out a little different, and the interval says by how
# much. How it is made comes further below. Two claims predict that the first pair of bars stands apart from the other
# two.
#
# **What to see in the picture** (its figures are printed above it): for each set a plain bar for right answers and a
# hatched one for invention; the thin lines are the intervals. Where the first bar is missing or hardly to be seen, how
# high is the second one? What the two lack to 1 are answers by which the model declined, or empty ones.
#
# The cell below it says what follows. Its last line is a control: `inkb` existed before `added` did. If a date divided
# what is known from what is not, the older set should do better.

# %% name="cutoff"
import matplotlib.pyplot as plt

from course_lib.checks import reveal
from course_lib.experiments import EXPERIMENTS
from course_lib.experiments.closed_book import CUTOFF_SETS, N_CUTOFF

cutoff = EXPERIMENTS["E01"].run(lab)
for row in cutoff.rows:
    print(f"{row['set']:<8}{row['metric']:<10}{row['value']:.2f} [{row['low']:.2f}, {row['high']:.2f}]  n = {row['n']}")
figure, axes = plt.subplots(figsize=(6.4, 2.8))
EXPERIMENTS["E01"].picture([cutoff], axes)
plt.show()
figures = {(row["set"], row["metric"]): round(row["value"], 2) for row in cutoff.rows}
for letter, place in {"a": ("public", "accuracy"), "b": ("inkb", "accuracy"), "c": ("inkb", "halluc")}.items():
    reveal(f"01.{letter}", figures[place], tolerance=0.1)

# %% tags=["expect-output"] name="cutoff_verdict"
from course_lib.experiments.asking import gap_between_sets

questions = [question for name in CUTOFF_SETS for question in draw_questions(lab, name, N_CUTOFF, version=3)]
base = ask_arm(lab, "BASE", questions)
of_internal = base.only("inkb").interval("accuracy")
for finding in cutoff.findings:
    print(f"{finding.name}: {'above zero' if finding.sign == '+' else 'not told from zero'}")
print("BASE knows the company's own papers:", "no" if of_internal.high < 0.15 else "in part")
age = gap_between_sets(base, "inkb", "added")
print("the older of the two unread sets does better:", "yes" if age.sign > 0 else "not shown")
assert of_internal.value < 0.1, "BASE answers internal questions: the lesson's failure is gone, so rewrite the lesson"

# %% [markdown]
# So the border of knowledge is a reading list, and nothing here shows a day in the calendar. A paper from last year
# that was never in the training text is as unknown as the one from this morning. Should a right answer turn up on an
# unread set all the same, it is a guess that hit: some values, such as a weekday or a colour, are not hard to guess.
#
# ## Name the failure before you cure it
#
# "Wrong" is a symptom with several causes, and each has its own cure. `count_failures` gives every answer one name:
#
# | name | what happened |
# |---|---|
# | declined | the system said that it does not know, and there was an answer: *ignorance*, admitted |
# | made up | it asserted something that comes from nowhere: ignorance hidden, **confabulation** |
# | out of date | it gave a value that once was right: *staleness* |
# | echoed | it repeated a false value that the question itself had put before it |
# | misshaped | nothing, or far more than an answer: a failure of form |
#
# Invention, as counted above, is whatever was written and is wrong: all of these but the declined and the empty ones.
#
# Experiment E02 sets traps: `unanswerable` asks what no document says; `falsepremise` puts a false statement about the
# company before its question. BASE cannot know the true value there; to decline would be the honest thing. And what if
# the company changed every public fact tonight? We need not wait: we change the gold answers and score the *same*
# answers again.
#
# Read the lines below one by one. On what it has not read, how often does the model *admit* it? Where a question brings
# its own false answer, does the model hold against it? The last line is so by construction, and that is its point:
# these answers were right a moment ago, nothing in the model has changed, and nothing in them tells you that the world
# has.

# %% name="failures"
from dataclasses import replace

from course_lib.evaluation.slices import count_failures

traps = ask_arm(lab, "BASE", [q for name in ("unanswerable", "falsepremise") for q in draw_questions(lab, name, 60)])
runs = {name: base.only(name).results for name in CUTOFF_SETS}
runs |= {name: traps.only(name).results for name in ("unanswerable", "falsepremise")}
answered_rightly = [result for result in runs["public"] if result.is_right]
change = {"gold": "a new value", "outcome": "wrong"}
runs["changed tonight"] = [replace(result, rejected=(result.gold,), **change) for result in answered_rightly]
for name, results in runs.items():
    print(f"{name:<16} n = {len(results):<4}", ", ".join(f"{n} {what}" for what, n in count_failures(results).items()))
echoed = count_failures(runs["falsepremise"]).get("echoed", 0)
reveal("01.d", round(echoed / len(runs["falsepremise"]), 2), tolerance=0.1)

# %% [markdown]
# ## How sure is a difference?
#
# System A gets 0.75 of the questions right, system B 0.70. Is A better, or had A luck with the questions? The
# **bootstrap** answers without any theory of luck. Take your questions as all that there is. Draw as many as there are,
# *with* replacement, so that some come twice and others not at all: a **resample**, a test that you might as well have
# had. Compute the difference A − B on it. Do so a few thousand times, and cut 2.5 % off at each end: what is left is
# the 95 % interval. If it lies above zero, A is better; if it holds zero, the data do not tell.
#
# It is **paired** if both systems face the same questions in every resample. A hard question is hard for both, so most
# of the luck cancels, and the interval gets narrower at no cost.
#
# ### Exercise 01.3: compare two systems by a paired bootstrap
# *about 10 minutes, core*
#
# `a` and `b` are the scores of two systems on the same questions (1 right, 0 wrong). Each resample is a list of
# positions, drawn for you. Return `[difference, low, high]`: mean of `a` minus mean of `b`, then the 2.5th and the
# 97.5th percentile of that difference over the resamples (`np.percentile` has the usual interpolation).

# %% tags=["exercise"] name="ex_01_3"
import numpy as np


def paired_difference(a: list[int], b: list[int], resamples: list[list[int]]) -> list[float]:
    """Return mean(a) - mean(b) and the ends of its 95 % interval."""
    # BEGIN SOLUTION
    differences = np.subtract(a, b)
    means = [differences[positions].mean() for positions in resamples]
    return [float(value) for value in (differences.mean(), *np.percentile(means, [2.5, 97.5]))]
    # END SOLUTION


# %% tags=["check"]
check("ex_01_3", paired_difference)

# %% [markdown]
# ## Two honest baselines
#
# A technique is worth what it adds to the cheapest thing that might do. Before prompting, retrieval or training enter,
# we put two rows on the scoreboard that they will have to beat:
#
# - **NLM**, the word counter from above: no model, hardly any computing.
# - **LC**, *long context*: put the company's documents before the question, in their order, as many as the model can
#   read. A model reads a limited number of **tokens** (words and pieces of words) at once; this is its **context**. LC
#   stops before the first document that no longer fits, with room kept for question and answer. The cell prints the
#   context, the documents and how many tokens LC fills: about how many documents are in there?
#
# `compare` is the library's paired bootstrap. It resamples questions about one fact together, since they stand or fall
# together.

# %% name="baselines"
from course_lib.evaluation import compare
from course_lib.prompting import build_prompt

arms = {name: ask_arm(lab, name, internal) for name in ("BASE", "LC", "NLM")}
documents = lab.world(1).documents
mean_tokens = np.mean([model.count_tokens(build_prompt(document.text)) for document in documents])
print(f"the context: {model.context_length} tokens; {len(documents)} documents of {mean_tokens:.0f} tokens in the mean")
for name, run in arms.items():
    share, invented, tokens = (run.interval(metric) for metric in ("accuracy", "halluc", "prompt_tokens"))
    print(f"{name:<5} right {share}  invented {invented}  {tokens.value:.0f} tokens a question")
gains = {name: compare(arms[name], arms["BASE"]) for name in ("LC", "NLM")}
for name, gain in gains.items():
    print(f"{name} - BASE: {gain}")

# %% tags=["expect-output"] name="baselines_verdict"
for name, gain in gains.items():
    print(f"{name} answers more than BASE:", {1: "yes", 0: "not shown", -1: "no, less"}[gain.sign])
ahead = compare(arms["NLM"], arms["LC"])
print("counting words beats the model with a full context:", {1: "yes", 0: "not shown", -1: "no"}[ahead.sign])
print("NLM ever declines:", "yes" if arms["NLM"].interval("abstain_precision") else "no")

# %% [markdown]
# LC fails for a plain reason where it fails: most documents do not fit, and the few that do are seldom the right ones.
# NLM sees all documents and understands none. Its row is no joke: whatever we build must beat it, and it costs nothing.
# Mind the shares of invention too: an arm that never declines makes up whatever it does not get right, so it can be
# right more often than another and still invent more.
#
# A trap for readers of intervals: where two arms have the same score on *every* question, no resample can differ, and
# the interval of the difference shrinks to the point zero. That is a limit of the bootstrap and no proof that they are
# equal.
#
# ## How many questions are enough?
#
# You can answer that *before* you write any. Let A alone get the share `only_a` of the questions right, B alone the
# share `only_b`. All others, which both get right or both get wrong, say nothing about which is better.
#
# - They differ on the share `differ = only_a + only_b`; the **gap** between them is `|only_a − only_b|`.
# - With *n* questions the difference that you measure strays from the gap by about √((differ − gap²) / *n*), its
#   **standard error**.
# - An interval leaves out zero if the difference is 1.96 standard errors wide. To find a gap 4 times in 5 and not every
#   second time only, it must be 0.84 wider: 2.8 standard errors in all.
#
# ### Exercise 01.4: plan the number of items
# *about 9 minutes, stretch*
#
# Return the smallest number of questions that finds the gap 4 times in 5, as an int. A system with 0.70 and one with
# 0.76 that differ on one question in ten: `smallest_n(0.02, 0.08)` is a little over 200. (A formula or a simulation:
# both are accepted within 12 %.)

# %% tags=["exercise"] name="ex_01_4"
import math


def smallest_n(only_a: float, only_b: float) -> int:
    """Return how many questions tell two systems apart that differ on these shares of them."""
    # BEGIN SOLUTION
    gap, differ = abs(only_a - only_b), only_a + only_b
    return math.ceil(2.8**2 * (differ - gap**2) / gap**2)
    # END SOLUTION


# %% tags=["check"]
check("ex_01_4", smallest_n)

# %% [markdown]
# ## What a test that is too small costs
#
# To see half the gap takes four times the questions. And if each system had questions of its own, the gap of 0.06 would
# take more than 800 for each: that is what pairing saves.
#
# Experiment E41 plays through what happens with fewer. Its four systems are variants of NLM, since these are quick:
# they differ in what they count as a word. We know the truth about them, as far as all questions at hand go; the first
# line below tells it. Now forget it: draw a small test from them, pick the system with the most points on it, and look
# whether it is the best one. Do so 2,000 times for each size. The *mean cost* is the share of right answers that such a
# pick gives away, a right pick giving away nothing.
#
# Drawing lots among four systems picks a wrong one three times in four: how much better is a test of 5? A wrong pick
# between two that are nearly alike is cheap, so ask for enough questions to find a gap *that matters to you*, not for
# certainty. Below the table are a slider for the size and a list to leave systems out (hold Ctrl):
# which pair needs the most questions, which the fewest?

# %% name="curve"
from course_lib.experiments.blind_choice import score_line_finders
from course_lib.statistics.choosing import choose_by_size
from course_lib.widgets.enough_items import EnoughItems

systems = score_line_finders(lab.world(1))
shares = ", ".join(f"{name} {np.mean(scores):.3f}" for name, scores in systems.items())
print(f"right of all {len(next(iter(systems.values())))} questions: {shares}")
choices = choose_by_size(systems)
for choice in choices:
    bar = "#" * max(1, round(40 * choice.wrong))
    print(f"{choice.n_questions:>4} questions: wrong pick {choice.wrong:4.0%}, mean cost {choice.regret:.3f}  {bar}")
reveal("01.e", round(choices[0].wrong, 2), tolerance=0.1)
EnoughItems(systems)

# %% tags=["expect-output"] name="curve_verdict"
few, many = choices[0].wrong, choices[-1].wrong
print("5 questions pick a wrong system more often than one time in four:", "yes" if few > 0.25 else "no")
print("300 questions halve that risk at least:", "yes" if many < few / 2 else "no")
assert few > 0.25, "five questions choose well: the lesson's failure is gone"

# %% [markdown]
# ## A test set with teeth
#
# A large set of questions can still be blind. The library holds five broken systems, each with one fault that could
# well get into service. They work over the same list of records (`entity`, `attribute`, `value`, and `before`: the
# value until the last change, or None).
#
# | system | what users would report |
# |---|---|
# | inventor | "I asked for something that we have never published, and got an answer." |
# | archivist | "It still tells customers last month's values." |
# | skimmer | "Whatever I ask about a product, I get the same answer." |
# | yes-man | "A customer claimed something wrong, and it agreed." |
# | hedger | "It lists five values and the right one is among them. We counted that as right." |
#
# ### Exercise 01.5: write 12 items that catch 5 broken systems
# *about 18 minutes, core*
#
# This is the key exercise of the course. Write a function that takes the records of *any* company and returns 12 items
# `{"question": text, "gold": text or None, "rejected": list of texts}`. The gold value None means that declining is
# right. An answer is right if it holds the gold value and nothing of `rejected`. Requirements:
#
# - no question stands there twice;
# - a sound system gets all 12 right; each broken one at most 10 (one miss may be a slip, two are a pattern);
# - a system that declines everything gets at most 6.
#
# The systems understand a question if the entity and the attribute stand in it as the records write them; what stands
# last counts. A false statement before the question is heard if it is a sentence with *is*, such as
# `"I heard that the price of the Orla Lamp is 9 euros. What is the price of the Orla Lamp?"`
#
# First see two records, and whom twelve ordinary questions catch, one for each of the first twelve records.

# %% tags=["expect-output"] name="ordinary"
from random import Random

from course_lib.evaluation.planted import FAULTY, draw_records, score_items, sound

records = draw_records(Random(0))
print(*records[:2], sep="\n")
ordinary = [
    {"question": f"What is the {r['attribute']} of the {r['entity']}?", "gold": r["value"], "rejected": []}
    for r in records[:12]
]
for name, system in {"sound": sound, **FAULTY}.items():
    n_right = score_items(system, records, ordinary)
    verdict = "" if name == "sound" else "caught" if n_right <= 10 else "NOT CAUGHT"
    print(f"{name:<10}{n_right:>3} of 12 right  {verdict}".rstrip())
assert score_items(FAULTY["inventor"], records, ordinary) == 12, "ordinary questions see the inventor now"


# %% tags=["exercise"] name="ex_01_5"
def write_items(records: list[dict]) -> list[dict]:
    """Return 12 items that tell a sound system from five broken ones."""
    # BEGIN SOLUTION
    changed = [record for record in records if record["before"]][:4]
    later = [b for a, b in zip(records, records[1:], strict=False) if a["entity"] == b["entity"]][-5:]
    items = [{"question": f"What is the price of the Nil {n}?", "gold": None, "rejected": []} for n in range(3)]
    for record, has_premise in [*((r, False) for r in changed), *((r, True) for r in later)]:
        subject, value = f"the {record['attribute']} of the {record['entity']}", record["value"]
        others = [r["value"] for r in records if r["attribute"] == record["attribute"] and r["value"] != value]
        false = next(r["value"] for r in records if r["value"] != value)
        premise = f"I heard that {subject} is {false}. " if has_premise else ""
        rejected = [*others, *filter(None, [record["before"]])]
        items.append({"question": f"{premise}What is {subject}?", "gold": value, "rejected": rejected})
    return items
    # END SOLUTION


# %% tags=["check"]
check("ex_01_5", write_items)

# %% [markdown] tags=["solution"]
# Every item is written *against* a fault: three that nothing answers (inventor), four that changed (archivist), five
# about later attributes (skimmer) behind a false statement (yes-man), and all with the other values as `rejected`
# (hedger). Twelve questions with a purpose see more than a hundred that all ask the same kind of thing.

# %% [markdown]
# ## A test that the model has read
#
# An item whose fact stands in the training text measures memory. Such an item has **leaked**. The wording of the
# question need not stand there, so a search for the question finds nothing: what leaks is the fact.
#
# ### Exercise 01.6: find the items that the model has read
# *about 8 minutes, core*
#
# Each item has `question`, `entity` and `answer`; `training_lines` are statements of a training text. An item has
# leaked if one single line holds both its entity and its answer. Return the positions of the leaked items, in order.
# `contains_value(line, value)` finds a value as whole words, whatever the case: "3 days" is not in "13 days".


# %% tags=["exercise"] name="ex_01_6"
from course_lib.text import contains_value


def find_leaks(items: list[dict], training_lines: list[str]) -> list[int]:
    """Return the positions of the items whose fact stands in the training text."""
    # BEGIN SOLUTION
    return [
        at
        for at, item in enumerate(items)
        if any(contains_value(line, item["entity"]) and contains_value(line, item["answer"]) for line in training_lines)
    ]
    # END SOLUTION


# %% tags=["check"]
check("ex_01_6", find_leaks)

# %% [markdown]
# Now for real. Somebody sends a test set of 40 questions about the company, and BASE scores above zero on it. A sign of
# understanding? We search the facts of the model's real training text, which no user of a closed model could do.

# %% tags=["expect-output"] name="leak"
from course_lib.evaluation import leaks

sent = Random(1).sample([*draw_questions(lab, "inkb", 37), *draw_questions(lab, "public", 3)], 40)
leaked = leaks.find_leaks(leaks.make_items(sent, lab.world(1)), leaks.training_statements())
answered = ask_arm(lab, "BASE", sent).results
right = [at for at, result in enumerate(answered) if result.is_right]
print("BASE scores above zero:", "yes" if right else "no")
print(f"{len(leaked)} of {len(sent)} items stand in the training text")
print("every right answer is one to a leaked item:", "yes" if set(right) <= set(leaked) else "no")
assert len(leaked) == 3

# %% [markdown]
# ## Where does it hurt?
#
# A mean hides. A system that is right in 8 cases of 10 may be wrong in all that concern one kind of customer. A
# **slice** is the part of the questions that share a trait: all that ask for a date, all about a person.
#
# ### Exercise 01.7: name the worst slice
# *about 8 minutes, core*
#
# Each row is a question: `{"right": True, "about": "person", "asks for": "date"}`; every key but `right` is a trait.
# Their names vary, and a row may lack some. Of all slices (trait, value) with at least `fewest` rows, return the one
# with the lowest share of right answers as `[trait, value]`; of two that are equally bad the larger one.

# %% tags=["exercise"] name="ex_01_7"
from collections import defaultdict


def worst_slice(rows: list[dict], fewest: int) -> list[str]:
    """Return trait and value of the slice with the lowest share of right answers."""
    # BEGIN SOLUTION
    slices = defaultdict(list)
    for row in rows:
        for trait, value in row.items():
            if trait != "right":
                slices[trait, value].append(row["right"])
    large = {key: outcomes for key, outcomes in slices.items() if len(outcomes) >= fewest}
    return list(min(large, key=lambda key: (np.mean(large[key]), -len(large[key]))))
    # END SOLUTION


# %% tags=["check"]
check("ex_01_7", worst_slice)

# %% [markdown]
# These are the slices of BASE on what it *has* read, worst first, each with its interval. A warning: among many slices
# one is always the worst, by luck alone. Suspect a slice only if its interval lies below the mean of all: does one do
# so here? And before you act, ask new questions of that kind. The explorer below cuts all that BASE was asked in E01,
# and shows you the failures themselves. Reading twenty of them teaches more than any mean.

# %% name="slices"
from course_lib.evaluation.slices import describer, slice_results, write_slices
from course_lib.widgets.slice_explorer import SliceExplorer

describe = describer(lab.world(3))
of_public = base.only("public")
print(f"all of public                {of_public.interval('accuracy')}")
slices = [cut for cut in slice_results(of_public.results, describe, fewest=10) if cut.trait != "set"]
print(write_slices(slices))
SliceExplorer(base.results, describe)

# %% [markdown]
# ## Scoreboard rows
#
# BASE on five sets, and the two baselines that everything to come has to beat, go on your scoreboard.
#
# ## Claims judged
#
# *Supported* means that the intervals lie on the side that the claim predicts; anything short of that *depends*. The
# intervals speak of other questions about this one company. Does another one say the same? Put `seed=1` into the first
# cell and run all cells again; then go back to 0, for your scoreboard keeps the last run. Mind what the first verdict
# does not say: the edge that we found is that of the reading list, not of a date. Two more claims of the ledger belong
# to this subject and wait: that a base model is not at home in your terms (`C-shallow`, tried in lesson 08), and that
# stale facts and uneven behaviour need different cures (`A-stale-or-inconsistent`, lessons 05 and 07).

# %% tags=["expect-output"] name="judged"
from course_lib.checks import add_row, judge
from course_lib.experiments.asking import set_rows

rows = [*cutoff.rows, *set_rows(traps, ("accuracy", "halluc"))]
for name in ("LC", "NLM"):
    rows += set_rows(arms[name], ("accuracy", "halluc"))
for row in rows:
    add_row(**row, lesson="01")
signs = {finding.name.split()[-1]: finding.sign for finding in cutoff.findings}
verdicts = {"+": "supported", "-": "refuted"}
judge("C-frozen", verdicts.get(signs["added"], "depends"), "accuracy on public minus added")
is_unknown = signs["inkb"] == "+" and of_internal.high < 0.15
judge("C-private", "supported" if is_unknown else "depends", "accuracy on public minus inkb, and inkb near zero")
helps = few > 0.25 and many < few / 2
judge("C-m-eval", "supported" if helps else "depends", "P(wrong pick) from 5 and from 300 questions")

# %% [markdown]
# ## What would change at a larger model
#
# A larger model has read more, so its `public` is wider, and much of a real company's website may be in it. The
# company's own papers are not, whatever the size. It declines more often when it does not know, and it stands up to a
# false premise more often, but neither is certain, and both must be measured. Its context may hold all documents,
# so LC becomes a rival to take seriously. What a test of 5 questions is worth does not change at all: that is
# arithmetic. And nobody can search its training text, so leaks are suspected where here they are proved.
#
# ## Quiz
#
# **1. A vendor shows 9 of 10 right for its system and 8 of 10 for yours. What do you know?**
# (a) Theirs is better. (b) Next to nothing. (c) Both are equally good.
#
# **2. A change brings invention from 0.60 to 0.10, and accuracy stays at 0.05. What has the change done?**
# (a) The system knows more. (b) It declines where it used to make things up. (c) The scorer is broken.
#
# **3. Your system is right on 95 % of 500 ordinary questions. Which 501st question is worth most?**
# (a) One more of the same. (b) One that has no answer. (c) One that it has been trained on.
#
# <details><summary>Answers, with reasons</summary>
#
# 1. **(b)**: one question of difference in ten is what luck brings every day. Not (a): the interval of the difference
#    is far wider than the difference. Not (c): "not told apart" is not "equal"; ten questions would miss a large gap
#    too.
# 2. **(b)**: what is neither right nor invented was declined, and that share has grown by half of all questions. Not
#    (a): accuracy did not move. Not (c): the two shares have different numerators, so they need not move together.
# 3. **(b)**: a new kind of item can reveal a fault that all the others are blind to, as the twelve questions were to
#    the inventor. Not (a): it narrows the interval by a hair. Not (c): that measures memory.
#
# </details>
#
# ## Next lesson
#
# You have a scorer, intervals, traps, slices, and the rows of BASE, LC and NLM. How far does one get by asking better,
# with instructions and examples and nothing else? Lesson 02 takes prompting to its ceiling.

# %% [markdown]
# # 00 Start here: five minutes to your first green check
#
# <!-- budget: 25 minutes; run 1 minute; memory 1000 MB -->
# <!-- lesson: {"experiments": [], "claims": ["B-t-bestfor"]} -->
#
# A company wants a **language model** to answer questions about its business. That is a program which has read much
# text, and writes on from the text that it is given, its **prompt**. The company can write better prompts
# (**prompting**), look passages up and put them into the prompt (**RAG**, retrieval-augmented generation), train the
# model further (**fine-tuning**), combine these, or do nothing. Four published articles give advice and contradict each
# other. In this course you are the referee: you measure.
#
# **The number that brought us here.** The first cell puts 40 questions about a company to a small language model that
# has read none of its papers. Run it (Shift+Enter). *Declined* means: it says that it does not know; *made up*: it
# states something false; *misshaped*: it writes nothing that could be an answer. What raises the number of right
# answers, and at what price?
#
# **Claims on trial.** A table of one article reached us with a hole (claim `B-t-bestfor`). You find out what belongs
# there; lesson 07 measures whether it is true.
#
# **Before this lesson.** You need Python and nothing else.

# %%
import re
from collections import Counter

from course_lib.arms import ask_model, build_prompt_of
from course_lib.checks import add_row, check, hint, judge, own_rows, predict, progress, reveal
from course_lib.evaluation import evaluate
from course_lib.evaluation.slices import name_failure
from course_lib.models import load_model
from course_lib.world import world

model, company = load_model(), world(seed=0)
internal = company.questions["inkb"][:40]
from_memory = evaluate(ask_model(model, build_prompt_of), internal, arm="BASE")
outcomes = Counter(map(name_failure, from_memory.results))
print(*(f"{outcomes[kind]} {kind}" for kind in ("right", "declined", "made up", "misshaped")), sep=", ")

# %% [markdown]
# ## Is this computer ready?
#
# The course looks at your computer and notes what it finds. Each *finding* is a dict: `check` is its name, `ok` says
# whether all is well, `found` what is there, `advice` what to do if it is not.

# %%
from dataclasses import asdict

from course_lib.cli.doctor import check_disk, check_memory, check_packages, check_weights, check_write

findings = [asdict(look()) for look in (check_packages, check_weights, check_memory, check_disk, check_write)]
for finding in findings:
    print(f"{finding['check']:<10}ok: {finding['ok']!s:<6}{finding['found']} {finding['advice']}")

# %% [markdown]
# ### Exercise 00.1: what must be mended
# *about 2 minutes, core*
#
# Take such a list and return the names of the checks that are not ok, in the order of the list. If only `memory` is not
# ok, that is `["memory"]`. Write your code in the place of the line that raises, run the cell, then the one below.


# %% tags=["exercise"] name="ex_00_1"
def what_to_mend(findings: list[dict]) -> list[str]:
    """Return the names of the findings that are not ok, in their order."""
    # BEGIN SOLUTION
    return [finding["check"] for finding in findings if not finding["ok"]]
    # END SOLUTION


# %% tags=["check"]
check("ex_00_1", what_to_mend)

# %% [markdown]
# ## How a check speaks
#
# Does each line say *yes*? Then this was your first green check. Checks call your function with inputs that you have
# not seen. A line says **yes** or **no**, or it **waits**: it makes sense only after an earlier line. A *no* shows the
# call, what came back and what was expected. The cell below checks a wrong answer, one that returns whole findings, so
# that you see how that looks.
#
# Stuck? `hint("ex_00_2")` gives a nudge; called again, a plan; then nearly the code. Hints cost no points. Results,
# hints and predictions stay in one file on your disk.

# %%
from course_lib.checks.catalogue import find_exercise
from course_lib.checks.practice import practise
from course_lib.checks.render import render_text

report = practise(find_exercise("ex_00_1"), [lambda findings: [f for f in findings if not f["ok"]]])
print(render_text(report.as_dict()))
hint("ex_00_2", 1)

# %% [markdown]
# ## No way out of this computer
#
# The lessons need no network, account or key. See for yourself: this cell forbids the notebook to reach other computers
# until its kernel (the Python process behind it) restarts, and then tries to get out, to an address that is reserved
# for examples. Everything below runs behind the closed door.

# %% tags=["expect-output"]
import socket

from course_lib.learning.offline import go_offline
from course_lib.models import Settings, read_settings

door = "open, because your settings name another model"
if read_settings() == Settings():
    go_offline()
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    except (RuntimeError, OSError):
        door = "shut"
print("the way out of this computer is", door)

# %% [markdown]
# ## The same question, the same answer
#
# A language model writes token by token; a **token** is a word or a piece of one. At each step it gives every token
# that it knows a probability of coming next. Drawing by these probabilities gives other answers on each run. Taking the
# most probable one every time, called **greedy**, gives the same ones. This course is greedy: a difference that you
# measure is never the luck of a run. Here are the 40 questions once more.

# %% tags=["expect-output"]
again = evaluate(ask_model(model, build_prompt_of), internal, arm="BASE")
first_texts = [result.answer.text for result in from_memory.results]
same_texts = first_texts == [result.answer.text for result in again.results]
print("asked twice, the same answers letter for letter:", "yes" if same_texts else "no")
assert same_texts, "this model does not repeat itself: its scores carry the luck of one run"

# %% [markdown]
# ### Exercise 00.2: chance that can be repeated
# *about 3 minutes, core*
#
# Where chance is needed (which questions to ask, in what order to train), a **seed**, the number that starts the
# generator, makes it repeatable. Draw `n` positions in the list `weights`, one by one, each as often as its weight
# says: a model that is not greedy draws its tokens like that. The same seed gives the same list, another seed another
# one. Weights need not sum to 1: `[3, 1]` means the same as `[0.75, 0.25]`.


# %% tags=["exercise"] name="ex_00_2"
import random


def draw_tokens(weights: list[float], n: int, seed: int) -> list[int]:
    """Return ``n`` positions in ``weights``, drawn by weight with a generator that ``seed`` starts."""
    # BEGIN SOLUTION
    generator = random.Random(seed)
    return generator.choices(range(len(weights)), weights=weights, k=n)
    # END SOLUTION


# %% tags=["check"]
check("ex_00_2", draw_tokens)

# %% [markdown] tags=["solution"]
# The generator belongs to this call alone. `random.seed(seed)` would give the same list, but it would also restart the
# chance of every other cell that uses the module.

# %% [markdown]
# ## Three questions, two predictions
#
# The model was trained by this repository, on text that this repository wrote, so we know exactly what it has read: the
# company's **public** facts, and none of its **internal** ones. To the third question below nobody has an answer.
#
# In this course you say what you expect *before* you see it, with a **confidence** from 0 to 1. Put your predictions in
# the places of `None`. `00.a`: does the model admit that it does not know the third answer (`True` or `False`)? `00.b`:
# if each internal question comes with the page that holds its answer, which share will be right (0 to 1, counted as
# right within 0.1)? At confidence 0.8 a right prediction costs (1 - 0.8)² = 0.04 and a wrong one 0.64; the mean cost is
# called *Brier score*, 0 is best. It earns no marks. It shows how far you can trust your confidence.

# %%
predict("00.a", None, confidence=0.8)
predict("00.b", None, confidence=0.8)

# %%
from course_lib.prompting import build_prompt
from course_lib.text import is_abstention

known, unknown = company.questions["public"][0], internal[0]
texts = [known.text, unknown.text, "How heavy is the colour of last Tuesday?"]
completions = model.generate([build_prompt(text) for text in texts])
right_ones = (known.answer, unknown.answer, "(to say that one does not know)")
for text, completion, right_one in zip(texts, completions, right_ones, strict=True):
    print(f"{text}\n    the model: {completion.text}\n    right:     {right_one}")
reveal("00.a", is_abstention(completions[2].text))
made_up = [result for result in from_memory.results if name_failure(result) == "made up"]
for result in sorted(made_up, key=lambda result: len(result.answer.text))[:1]:
    print(f"{result.question} (made up, of the 40 above)")
    print(f"    the model: {result.answer.text}\n    right:     {result.gold}")

# %% [markdown]
# ### Exercise 00.3: the same value?
# *about 4 minutes, core*
#
# Put the last answer beside the first. A row of signs would show at once that something is wrong, but the tone of the
# last answer is that of the first: no doubt in it, no excuse. So we do not go by the tone, we count, and for that a
# rule must say when two texts name the same value. These do not count: upper or lower case; blanks at both ends, and
# how many stand between words; the marks `.`, `!`, `?` and `"` at both ends; the comma of thousands, which has exactly
# three digits behind it, as in `1,250`. All else counts: digits, signs, units, words. `" 24  Euros."` is the same value
# as `"24 euros"`, `"24 dollars"` is not.


# %% tags=["exercise"] name="ex_00_3"
def same_value(given: str, wanted: str) -> bool:
    """Return whether two answers name the same value."""

    # BEGIN SOLUTION
    def plain_form(text: str) -> str:
        bare = " ".join(text.casefold().strip(' .!?"').split())
        return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", bare)

    return plain_form(given) == plain_form(wanted)
    # END SOLUTION


# %% tags=["check"]
check("ex_00_3", same_value)

# %% [markdown] tags=["solution"]
# Both texts get the same treatment, so swapping them cannot matter. Marks are taken from the ends only, and exactly
# three digits must stand behind the comma. `course_lib.text.normalise` does this for the course, with more cases.

# %% [markdown]
# ## Your scoreboard
#
# Each technique leaves a row on the scoreboard: who answered, which questions, what was measured and how sure it is. A
# share of 40 answers is never exact; its **95 % interval** is the range that the measurement leaves open.
#
# Two rows are *BASE*, the bare model, on public and on internal questions. The third hands it the right page with each
# internal question, as a search that never errs would. The course calls that an *oracle*. To see what the rest of a
# page does, a fourth run hands over nothing but the line in which the answer stands.

# %%
from course_lib.prompting import build_reading_prompt
from course_lib.text import contains_value

pages = {document.id: document.text for document in company.documents}


def with_its_page(question):
    """Return a prompt that holds the page on which the answer stands."""
    return build_reading_prompt(question.text, [pages[question.documents[0]]])


def with_its_line(question):
    """Return a prompt that holds the one line of that page in which the answer stands."""
    lines = pages[question.documents[0]].splitlines()
    return build_reading_prompt(question.text, [line for line in lines if contains_value(line, question.answer)][:1])


# %%
public = company.questions["public"][:40]
from_training = evaluate(ask_model(model, build_prompt_of), public, arm="BASE")
with_page = evaluate(ask_model(model, with_its_page), internal, arm="RAG oracle passages")
with_line = evaluate(ask_model(model, with_its_line), internal, arm="the line alone")
reveal("00.b", round(with_page.interval("accuracy").value, 2), tolerance=0.1)

# %% [markdown]
# **What to see below.** A bar is a share of right answers, the thin line on it the 95 % interval; the text under the
# picture says the same. The first bar is what training left in the model. From the second bar on its **weights**, the
# numbers that training has set, stay the same to the last digit: all the difference is in the prompt. Compare the last
# two: does everything that stands on a page beside the answer cost this small model something, or does it help? The
# last line of the second cell below says whether the line alone is better for sure; *unclear* does not mean that the
# two are equal. How much to hand over, and how to find it, is the subject of lesson 04.

# %%
import matplotlib.pyplot as plt

from course_lib.experiments.pictures import draw_bars

situations = ("public", "internal", "internal + page", "internal + line")
runs = (from_training, from_memory, with_page, with_line)
shares = {name: run.interval("accuracy") for name, run in zip(situations, runs, strict=True)}
figure, axes = plt.subplots(figsize=(6.6, 2.4))
draw_bars(axes, list(shares), {"right": list(shares.values())})
axes.set(ylim=(0, 1.05), ylabel="share right", title="One model, four situations")
plt.show()
for name, share in shares.items():
    print(f"{name}: {share.value:.0%} right, 95 % interval from {share.low:.0%} to {share.high:.0%}")

# %% tags=["expect-output"]
from course_lib.evaluation import compare

gain = compare(with_page, from_memory)
print("knows the company from memory:", "no" if shares["internal"].high < 0.25 else "yes, or in part")
print("knows better what it has read:", "yes" if shares["public"].low > shares["internal"].high else "no, or unclear")
print("the right page helps:", "yes" if gain.low > 0 else "no, or unclear")
print("its one line helps more:", "yes" if compare(with_line, with_page).low > 0 else "no, or unclear")
assert shares["internal"].high < 0.25, "this model knows the company by heart: nothing is left for RAG to add"
assert gain.low > 0, "this model gains nothing from the right page: read its results in lesson 04 with care"

# %% [markdown]
# ## Ask it yourself
#
# One question, asked from memory and with a passage. Below the printed answers are boxes to type in. Change the price
# in the passage: does the answer follow? Ask for the weight, of which the passage says nothing: does the model decline?
# And ask in other words, "What does the Tarvo Lamp cost?": does it still find what stands there?

# %%
from functools import partial

from course_lib.rag.side_by_side import ask_side_by_side
from course_lib.widgets.ask_the_model import AskTheModel

question = "What is the price of the Tarvo Lamp?"
passage = "The Tarvo Lamp costs 24 euros. It comes with a warranty of three years."
asked = ask_side_by_side(model, question, passage)
print(asked)
assert "24 euros" in asked.reading.text, "this model does not read one plain sentence: expect little of lesson 04"
AskTheModel(partial(ask_side_by_side, model), question, passage)

# %% [markdown]
# ## Another model, in one place; and what a lesson may cost
#
# No lesson names a model. `load_model()` reads the settings: the file `course.toml` beside `course.py`, or environment
# variables, which win. The cell shows what they would say for a folder with another model, and for a server that speaks
# the OpenAI protocol; it loads nothing. To switch, set the variables, restart the kernel and run the lesson again. The
# door above then stays open.
#
# The head of each lesson promises a **budget**: minutes of your time, minutes for all cells on two processor cores, and
# memory. A test holds every lesson to the last two. In some exercises you have a budget too, in tokens or memory.

# %%
from pathlib import Path

import psutil

nowhere = Path("no-such-file.toml")
print(read_settings({}, nowhere))
print(read_settings({"COURSE_MODEL": "models/my-model"}, nowhere))
server = {"COURSE_MODEL": "my-model", "COURSE_BASE_URL": "http://127.0.0.1:8000/v1", "COURSE_API_KEY": "secret"}
print(read_settings(server, nowhere), "(the key is used and never shown)")
print(f"memory in use now: {psutil.Process().memory_info().rss / 1e6:.0f} MB")

# %% [markdown]
# ## The company and the four articles
#
# Everything is about one invented company, Fennick. A seed draws another one, with other facts at the same difficulty:
# checks use companies that you have not seen, and a teacher can give each class its own.
#
# The articles are called A (eLuminous), B (Ascii-Core), C (KnowledgeHut) and D (publisher not named). Their claims
# stand in a *ledger*, in the course's own words, each with what would decide it. The cell counts the questions on which
# the articles disagree, and prints three.

# %%
from course_lib.claims import claim, claims, conflicts

for name, drawn in (("seed 0", company), ("seed 1", world(seed=1))):
    first = drawn.questions["inkb"][0]
    print(f"{name}: {len(drawn.documents)} documents; {first.text} {first.answer}")
print(f"the articles disagree on {len(conflicts())} questions, such as")
for conflict in conflicts()[1:4]:
    print(f"{conflict.id}  {conflict.question}")
    for side in conflict.sides:
        print(f"      {side.says} ({', '.join(side.claims)})")
tiers = Counter(entry.tier for entry in claims())
print(f"{len(claims())} claims; how many of each tier: {dict(tiers.most_common())}")

# %% [markdown]
# ### Exercise 00.4: who can judge this claim?
# *about 3 minutes, core*
#
# The **tier** of a claim says what an honest trial takes. `M`: no model. `T`: the tiny model of this course. `S`: a
# larger one as well. `J`: a judgement or a price, to reckon with and never to measure. Where a tier names two letters,
# in whatever order and with whatever sign between them (`T/J`, `T+S`), the stricter one decides: J before S, S before T
# and M. Sort the ids of the claims into a dict with the keys `"here"` (M and T only), `"larger"` and `"reckon"`. All
# three keys are always there.


# %% tags=["exercise"] name="ex_00_4"
def sort_claims(claims: list[dict]) -> dict[str, list[str]]:
    """Return the ids of ``claims`` (dicts with ``id`` and ``tier``) by who can judge them, each list in their order."""
    # BEGIN SOLUTION
    sorted_ids = {"here": [], "larger": [], "reckon": []}
    for entry in claims:
        tier = entry["tier"]
        group = "reckon" if "J" in tier else "larger" if "S" in tier else "here"
        sorted_ids[group].append(entry["id"])
    return sorted_ids
    # END SOLUTION


# %% tags=["check"]
check("ex_00_4", sort_claims)

# %% [markdown]
# ### Exercise 00.5: where does the lost cell belong?
# *about 4 minutes, stretch*
#
# In the table of article B the row "Best for" has kept one cell of two, and nothing says from which column it is. But
# the article speaks of both techniques elsewhere, and a cell should share words with the text about its own column.
# Return the name of the column whose text shares the most different words with the cell. A word is a run of the letters
# a to z, in lower case; words of three letters or fewer do not count. Of equals the first column wins.


# %% tags=["exercise"] name="ex_00_5"
def find_column(cell: str, columns: dict[str, str]) -> str:
    """Return the key of ``columns`` (name -> text) whose text shares most words with ``cell``."""

    # BEGIN SOLUTION
    def words_in(text: str) -> set[str]:
        return set(re.findall(r"[a-z]{4,}", text.lower()))

    return max(columns, key=lambda column: len(words_in(cell) & words_in(columns[column])))
    # END SOLUTION


# %% tags=["check"]
check("ex_00_5", find_column)

# %% tags=["expect-output"]
from course_lib.checks.lesson_00_column import column_by_words

lost_cell = "style transfer, specialised reasoning, output formats"
told_by = {
    "RAG": ("B-choose-docs", "B-choose-change", "B-choose-halluc", "B-audit"),
    "fine-tuning": ("B-choose-style", "B-choose-terms", "B-ft-large", "B-ft-notknow"),
}
columns = {column: " ".join(claim(name).claim for name in names) for column, names in told_by.items()}
for column, text in columns.items():
    print(f"{column}: {text}\n")
print(f"{lost_cell!r} belongs to: {column_by_words(lost_cell, columns)}")
assert column_by_words(lost_cell, columns) == "fine-tuning"

# %% [markdown]
# Counting shared words is the oldest kind of search, and lesson 04 still uses it.
#
# ## A poll: RAG, fine-tuning, prompt or nothing?
#
# Six cases. Choose a lever for each by your present feeling, with a confidence if you like: `prices=("RAG", 0.7)`. Your
# votes are kept as predictions; lesson 11 opens them.

# %%
from course_lib.checks.poll import CASES, vote

for case in CASES:
    print(f"{case.name:<10}{case.text}")
vote(prices=None, voice=None, contract=None, tickets=None, audit=None, basics=None)

# %% [markdown]
# ## Scoreboard rows
#
# Three rows, now yours. Run a lesson again and its rows are replaced. Later lessons ask you to decide, and a decision
# may use no number that is not on this board.
#
# ## Claims judged
#
# Filling the hole was reading and no measurement, so the verdict on `B-t-bestfor` is *untested* for now. The others are
# *supported*, *refuted* and *depends*, this one always with what it depends on.

# %%
for found, name in ((from_training, "public"), (from_memory, "inkb"), (with_page, "inkb")):
    share = found.interval("accuracy")
    add_row(found.arm, name, "accuracy", share.value, share.low, share.high, n=share.n, seed=0, lesson="00")
for row in own_rows():
    print(f"{row['arm']:<22}{row['set']:<8}{row['value']:.2f} [{row['low']:.2f}, {row['high']:.2f}]  n = {row['n']}")
judge("B-t-bestfor", "untested", "the cell belongs to fine-tuning; lesson 07 measures whether it is true")

# %% [markdown]
# ## What would change at a larger model
#
# It has read far more of the world, and still nothing of Fennick: without the page its bar should stay near the floor.
# It reads a page more reliably, so the bar with the page should rise, as far as there is room above it. Behind a server
# it may not repeat itself to the letter, even where it is asked to be greedy.
#
# ## Quiz
#
# **1. Forty answers come out twice, letter for letter. What does that tell you?**
# (a) They are right. (b) Nothing was left to chance. (c) The model remembers your questions.
#
# **2. A line of a check says *waits*. What happened?**
# (a) Your code is too slow. (b) The check is broken. (c) An earlier line must say yes first.
#
# **3. With the right page in the prompt more answers are right. What follows?**
# (a) RAG will reach that share. (b) A real search can hardly do better with this model. (c) The model has learnt the
# facts.
#
# <details><summary>Answers, with reasons</summary>
#
# 1. **(b)**: greedy choice has no chance in it. Not (a): a wrong answer repeats just as well. Not (c): nothing is kept
#    between two prompts, and the weights stay as they are.
# 2. **(c)**: without that yes the line would say nothing of use. Not (a): a limit on time is reported in words. Not
#    (b): a broken check says *could not tell* and asks you to report it.
# 3. **(b)**: the right page is about the best that a search can bring. Not (a): a search also brings wrong pages. Not
#    (c): take the page away, and the answers are as before.
#
# </details>

# %% [markdown]
# ## Next lesson
#
# You counted right answers with a rule of four lines. Are 40 questions enough? Which wrong answers are ignorance, and
# which invention? Would your questions notice a broken system? Lesson 01 builds the evaluation before anything else.
# And this is where you stand:

# %%
progress("00")

# %% [markdown]
# # 07 Teaching behaviour: style, format, labels, and what it breaks
#
# <!-- budget: 120 minutes; run 3 minutes; memory 1500 MB -->
# <!-- lesson: {"experiments": ["E19", "E20", "E21", "E23", "E24", "E25", "E29"],
# "claims": ["A-uc-voice", "A-uc-tasks", "A-perf", "A-ft-dirty", "A-tone", "B-ft-large", "C-task", "C-style",
# "C-m-data", "C-m-once", "C-m-behav", "D-s-consist"]} -->
#
# **The number that brought us here.** The first code cell measures it: of 10,000 customers, how many would get a reply
# that breaks the house voice, although the prompt spells out every rule and shows four finished replies. A prompt asks
# for a behaviour anew each time. This lesson changes the model instead, with a few minutes of training at most, and
# then looks for what the training has broken.
#
# **Claims on trial.** That tuning fixes a voice (`A-uc-voice`), makes labels precise (`A-uc-tasks`, `C-task`) and
# outputs better all round (`A-perf`); that it takes a large labelled set (`B-ft-large`); that dirty or narrow examples
# teach the wrong thing (`A-ft-dirty`, `C-m-data`, `A-tone`); that more documents do not mend a format (`C-m-behav`),
# nor prompts at scale (`C-style`); that tuned behaviour is there in every reply (`D-s-consist`); and that training is
# never done (`C-m-once`).
#
# **Before this lesson.** Lesson 01 (intervals) and lesson 02 (prompts, the three tasks). What is needed of training
# itself is explained below.

# %%
from pathlib import Path

from course_lib.experiments.behaviour_tasks import draw_bench, item_validities
from course_lib.experiments.rewordings import ask_in_words
from course_lib.lab import Lab
from course_lib.models import load_model
from course_lib.statistics import share_interval

model = load_model()
lab = Lab(model, seed=0, cache=Path(".course_cache"))
voice = draw_bench(lab.world(1).tasks["voice"], 32, lab.seed)
prompted = item_validities(voice, ask_in_words(lab, "PROMPT", voice, voice.task.request))
broken = share_interval([1 - kept for kept in prompted])
low, share, high = (round(10_000 * number) for number in (broken.low, broken.value, broken.high))
print(f"rules: {voice.task.instruction}\n\nof 10,000 replies {share:,} would break one ({low:,} to {high:,})")

# %% [markdown]
# ## What a training changes
#
# A model is a pile of matrices of numbers, its *weights*. To *train* is to show it a prompt with the answer that it
# should have given, to measure how improbable it found that answer (the *loss*: minus the logarithm of the
# probability, so 0 is best), and to move every weight a little in the direction that makes the loss smaller.
#
# Moving all weights needs memory for all of them several times over and leaves you with a second model to store.
# *LoRA* (low-rank adaptation) keeps the weights *W* as they are and puts two thin matrices beside each of them: the
# layer computes *Wx + BAx*. *A* squeezes the input to a few numbers (the *rank*, here 16), *B* spreads them out again,
# so the change *BA* can be large in effect but has few numbers of its own. *B* begins as zeros: before the first step
# nothing has changed. The two matrices of all layers together are called the *adapter*. It is a small file, and taking
# it off gives the old model back. (Lesson 06 builds one by hand; the training below prints how many numbers it has.)
#
# ## What is learnt: the answer, not the question
#
# A training example is one sequence of tokens: the prompt, then the answer, then a token that says "end". The loss
# could be taken over all of them. Then much of the training would go into writing *customer messages*, and nobody
# needs that. *Answer-only loss* counts the tokens of the answer and the end token alone: the prompt is read, but not
# learnt. Below is one example, cut where the loss begins.

# %%
import re  # for exercise 07.1

from course_lib.checks import add_row, check, judge, predict, reveal
from course_lib.experiments.behaviour_tasks import behaviour_examples
from course_lib.tuning import Recipe
from course_lib.tuning.encoding import IGNORED, encode_examples

taught = behaviour_examples(voice.task)[:128]
row = encode_examples(model, taught[:1], Recipe())[0]
n_read = row["labels"].count(IGNORED)
print("read:   ", repr(model.tokenizer.decode(row["input_ids"][:n_read])))
print("learnt: ", repr(model.tokenizer.decode(row["input_ids"][n_read:])))
print(f"{len(row['labels']) - n_read} of {len(row['labels'])} tokens carry loss")

# %% [markdown]
# The end token matters more than it seems. A model that has never learnt to write it goes on after the sign-off, and a
# reply that is perfect up to there is worthless.
#
# ## Before any training: look at the data
#
# Whatever stands in the examples will be learnt: a label with a capital letter, a class that is missing, one message
# that came in five times with five order numbers. Such *near-duplicates* are the treacherous fault. The model can
# recite them, and if one of them stands in the test set too (a *leak*), reciting looks like skill. Equality does not
# find them, but *shingles* do: cut both texts into all runs of three words. Texts that share most of their runs are,
# for our purpose, one text.
#
# ### Exercise 07.1: write the data sheet of a training set
# *about 18 minutes, core*
#
# Two functions. `similarity(a, b)`: take the words (`\w+`, in lower case) and all runs of three words of each text;
# return the runs that both have, divided by the runs that either has. A text of one or two words is one run, an empty
# one has none, and two texts without runs have the similarity 0.
#
# `data_sheet(train, test, labels)`, where train and test are lists of `{"text": ..., "label": ...}`, returns a dict:
# `counts` (for each of `labels` its number in train), `unknown` (positions in train with any other label),
# `duplicates` (pairs `[i, j]` of positions in train, i < j, in order, with a similarity of 0.5 or more) and `leaked`
# (positions in train that are as near as that to some text of test).


# %% tags=["exercise"] name="ex_07_1"
def similarity(a: str, b: str) -> float:
    """Return the share of runs of three words that two texts have in common."""
    # BEGIN SOLUTION
    words = [re.findall(r"\w+", text.lower()) for text in (a, b)]
    first, second = ({tuple(w[at : at + 3]) for at in range(max(1, len(w) - 2))} - {()} for w in words)
    return len(first & second) / max(1, len(first | second))
    # END SOLUTION


def data_sheet(train: list[dict[str, str]], test: list[dict[str, str]], labels: list[str]) -> dict:
    """Return counts, unknown, duplicates and leaked."""
    # BEGIN SOLUTION
    n, given = range(len(train)), [row["label"] for row in train]
    near = [[similarity(row["text"], other["text"]) >= 0.5 for other in train + test] for row in train]
    counts = {label: given.count(label) for label in labels}
    odd, twins = [i for i in n if given[i] not in labels], [[i, j] for i in n for j in n if i < j and near[i][j]]
    return {"counts": counts, "unknown": odd, "duplicates": twins, "leaked": [i for i in n if any(near[i][len(n) :])]}
    # END SOLUTION


# %% tags=["check"]
check("ex_07_1", similarity, data_sheet)

# %% [markdown] tags=["solution"]
# Comparing every pair takes n² comparisons: fine for hundreds of examples. For millions one keeps a few hashes of each
# set of runs (MinHash) and compares only texts that share one.

# %% [markdown]
# ## Train
#
# 128 customers with finished replies, each read three times (three *epochs*), 16 at a time (a *batch*, after which the
# weights move once: a *step*). The prompts hold the request in four wordings and *no rules at all*: what the voice is
# stands in the replies alone. The *learning rate* says how far a step goes.
#
# Before you run it: on what share of 32 new customers will the tuned model keep every rule? Put a number from 0 to 1 in
# the place of `None`, and how sure you are; within 0.1 counts as right.

# %%
predict("07.a", None, confidence=0.6)

# %%
from IPython.display import HTML, display

from course_lib.tuning import attach, tune
from course_lib.widgets.live_curve import LiveCurve

live = LiveCurve()
display(live)
recipe = Recipe(rank=16, alpha=32, learning_rate=4e-3, epochs=3, batch_size=16)
adapter = tune(model, taught, recipe, name="voice", on_step=live.add)
print(f"{adapter.n_examples} examples, {adapter.n_steps} steps, {adapter.n_tokens:,} tokens read")
print(f"{adapter.n_trainable:,} numbers trained, {model.module.num_parameters():,} weights left alone")

# %% [markdown]
# `tune` calls a function after each step, with the step and its loss; the picture above (in a live notebook) is drawn
# from those points while they come in. Here are the same points again. Look for three things: a steep fall in the
# first steps, in which the model picks up what all replies share; dots that scatter around the line, since some
# batches are easier than others; and a slow end, where it learns what differs from reply to reply. A curve that rises
# at the end, or jumps to several times its height, would speak of too high a learning rate.

# %%
from course_lib.tuning.curve import describe_curve, draw_curve

print(describe_curve(live.points, adapter.n_steps))
display(HTML(draw_curve(live.points, adapter.n_steps)))

# %% [markdown]
# ## Before and after
#
# A falling loss is not the goal. What counts is what new customers get, so both models answer the bare request: the
# base model with the adapter off, and the same model with the adapter on.

# %%
from course_lib.experiments.behaviour_change import Change, render_change
from course_lib.experiments.behaviour_tasks import plain_prompt, put_items

tuned = attach(model, adapter)


def ask_tuned(prompts, bench=voice, arm="FT-B"):
    """Put prompts to the tuned model; what it has answered before is read from the cache."""
    return put_items(lab, arm, bench, prompts, model=lambda: tuned, key=adapter.fingerprint)


bare = [plain_prompt(voice.task, item) for item in voice.items]
off, on = put_items(lab, "BASE", voice, bare), ask_tuned(bare)
pairs = zip(voice.items, off.results, on.results, strict=True)
changes = [Change(item, before.answer.text, after.answer.text) for item, before, after in pairs]

# %%
import numpy as np

print(render_change(changes[0], adapter_on=False), render_change(changes[0], adapter_on=True), sep="\n\n", end="\n\n")
for rule in changes[0].rules_kept(False):
    shares = [np.mean([change.rules_kept(state)[rule] for change in changes]) for state in (False, True)]
    print(f"{rule:<12} adapter off {shares[0]:.2f}   on {shares[1]:.2f}")
valid = {"BASE": item_validities(voice, off), "PROMPT": prompted, "FT-B": item_validities(voice, on)}
print("all rules   ", {arm: round(float(np.mean(values)), 2) for arm, values in valid.items()})
reveal("07.a", round(float(np.mean(valid["FT-B"])), 2), tolerance=0.1)

# %% [markdown]
# Read the table line by line. The opening and the sign-off are the same in all examples, and those a short training
# teaches. The rule `value` is of another kind: the reply must hold what *this* note says. That cannot be learnt by
# heart, it must be copied from the prompt. Look at its two numbers: the base model mostly copies and has no manners. If
# the number with the adapter on is lower, the training has paid for the manners with copying, and the mean over all
# rules hides that. If it is as high or higher, the manners have cost no copying on the whole, on tidy questions like
# these; wild ones come further down. Even then the misses need not be the same: the base model may lose a piece of the
# value where the tuned one keeps it, and the other way round. And read the reply above as the customer would: the rules
# look at its form and its value, none at whether the sentence between makes sense, or answers what was asked.
#
# The next cell states what this lesson rests on. The verdict comes from an interval over the customers (lesson 01),
# paired, because all models answered the same ones.

# %% tags=["expect-output"]
from functools import partial

from course_lib.experiments.two_by_two import say_sign
from course_lib.statistics import paired_bootstrap_difference

tell = partial(say_sign, more="yes", less="no", open_="not told apart")
assert np.mean(valid["BASE"]) < 0.5, "the bare request gives the voice already: there is nothing to teach"
gain = paired_bootstrap_difference(valid["FT-B"], valid["BASE"])
lead = paired_bootstrap_difference(valid["FT-B"], valid["PROMPT"])
print("with the adapter more replies keep the voice:", tell(gain))
print("and more than with all rules in the prompt of the base model:", tell(lead))

# %% [markdown]
# In a live notebook you can go through the customers and switch the adapter. Look for a reply that has the form and
# not the fact: it is the dangerous kind, since it *looks* finished. The line `value` above, adapter on, says how many
# to expect at most: as many as it is short of 1.00 (some may lack the form, too).

# %%
from course_lib.widgets.adapter_switch import AdapterSwitch

AdapterSwitch(changes)

# %% [markdown]
# ## Does it hold in other words?
#
# Each colleague words the request in another way. So 20 customers are put in three wordings that no training example
# has, to the prompt with rules and examples and to the tuned model, which gets the bare request. Two figures: how many
# replies of 10,000 would break a rule, and the *flip rate*, the chance that two wordings of one request come out
# differently (valid and not). A model may have a good mean and still surprise you from one wording to the next.
#
# How many of 10,000 replies of the tuned model will break a rule (within 1,000)?

# %%
predict("07.b", None, confidence=0.6)

# %%
from course_lib.experiments.rewordings import REQUESTS, flip_shares
from course_lib.prompting import build_prompt

some, wordings = draw_bench(voice.task, 20, lab.seed), REQUESTS["voice"][:3]


def ask_in(arm, request):
    """Return which of the 20 customers get a valid reply when the request is worded so."""
    if arm == "PROMPT":
        return item_validities(some, ask_in_words(lab, arm, some, request))
    return item_validities(some, ask_tuned([build_prompt(f"{request}\n{item.input}") for item in some.items], some))


tables = {arm: np.array([ask_in(arm, request) for request in wordings]).T for arm in ("PROMPT", "FT-B")}

# %%
bad = {arm: share_interval(1 - table.mean(axis=1)) for arm, table in tables.items()}
flips = {arm: flip_shares(table) for arm, table in tables.items()}
for arm in tables:
    low, value, high = (round(10_000 * number) for number in (bad[arm].low, bad[arm].value, bad[arm].high))
    print(f"{arm:<7} {value:>6,} bad replies of 10,000 ({low:,} to {high:,}), flip rate {flips[arm].mean():.2f}")
fewer_bad = paired_bootstrap_difference(tables["FT-B"].mean(axis=1), tables["PROMPT"].mean(axis=1))
steadier = paired_bootstrap_difference(flips["PROMPT"], flips["FT-B"])
print(f"tuned has fewer bad ones: {tell(fewer_bad)}; flips less: {tell(steadier)}")
print(f"300 valid replies of 300 would be a valid share of {share_interval([1.0] * 300)}")
reveal("07.b", round(10_000 * bad["FT-B"].value), tolerance=1000)

# %% [markdown]
# Twenty customers leave a wide interval, and 10,000 times a wide interval is a very wide one: a promise such as "fewer
# than ten bad replies in ten thousand" cannot be checked with twenty. The last line says what even 300 flawless ones
# would prove: take the low end of its interval times 10,000. And a flip rate near 0 is good news only where the share
# of valid replies is high: a model that always fails never flips. So read the two figures of each line together. And
# the lower of two flip rates need not be proven lower: the line `flips less` says whether twenty customers tell them
# apart.
#
# ## The prompt on a diet
#
# Rules in a prompt are paid for with every request. A tuned model has them in its weights, so the prompt can lose
# them. How far? Five prompts for the tuned model, from all rules down to the customer's message alone.

# %%
from course_lib.arms import VOICE_NAMED

first = voice.task.instruction.split(". ")[0] + "."
diets = {"all rules": voice.task.instruction, "one sentence": first, "named": VOICE_NAMED, "bare": "", "message": ""}
rungs = []
for name, instruction in diets.items():
    request = "" if name == "message" else f"{voice.task.request}\n"
    prompts = [build_prompt(f"{request}{item.input}", instruction=instruction) for item in voice.items]
    n_tokens = round(np.mean([model.count_tokens(prompt) for prompt in prompts]))
    rungs.append({"name": name, "tokens": n_tokens, "valid": item_validities(voice, ask_tuned(prompts))})
    print(f"{name:<13} {n_tokens:>4} tokens, valid {np.mean(rungs[-1]['valid']):.2f}")

# %% [markdown]
# The rung with all rules is not safe to be the best. The adapter was trained without them, so a prompt *with* them is
# new to it, and new prompts can make a tuned model worse. The rule to remember: serve with the prompt that you trained
# with. (A rung that is ahead by 0.03 is ahead by one customer of 32, which proves nothing.) To choose the shortest
# prompt, comparing means is not enough: a customer who got a valid reply yesterday and gets none today does not care
# that another one fares better.
#
# ### Exercise 07.2: put a prompt on a diet
# *about 12 minutes, core*
#
# `shortest_prompt(rungs, margin)` gets rungs as in the cell above, in any order; `valid` holds 1 or 0 for the same
# items in each. The rung with most tokens is the reference. An item is *lost* if it was valid there and is not with
# another rung. Of all rungs that lose at most `margin` times the number of items, choose the one with fewest tokens;
# return its `name`, the tokens `saved` against the reference, and the number `lost`.


# %% tags=["exercise"] name="ex_07_2"
def shortest_prompt(rungs: list[dict], margin: float) -> dict:
    """Return name, saved and lost of the shortest prompt that is as good as the longest."""
    # BEGIN SOLUTION
    longest = max(rungs, key=lambda rung: rung["tokens"])

    def lost(rung):
        return sum(was > now for was, now in zip(longest["valid"], rung["valid"], strict=True))

    fine = [rung for rung in rungs if lost(rung) <= margin * len(rung["valid"])]
    best = min(fine, key=lambda rung: rung["tokens"])
    return {"name": best["name"], "saved": longest["tokens"] - best["tokens"], "lost": lost(best)}
    # END SOLUTION


# %% tags=["check"]
check("ex_07_2", shortest_prompt)

# %% [markdown]
# ## Can more documents teach a format?
#
# Retrieval (lessons 03 and 04) puts passages into the prompt, so it is tempting to mend the voice by *indexing more*.
# The index of the company grows in three steps: 25 documents of another company, then the style guide with all rules
# of the voice, then 60 finished replies. At each step 16 customers are answered by the *base* model from the three
# passages that fit their message best.
#
# At the end the same three finished replies are given once more, not as passages but as *turns* of the conversation,
# as a few-shot prompt has them.
#
# What will lift the share of valid replies most, by an interval above 0: `"documents"`, `"style guide"`, `"exemplars"`
# (the finished replies as passages), `"turns"` (the same as turns), or `"none"` of them?

# %%
predict("07.c", None, confidence=0.6)

# %%
from course_lib.experiments.retrieved_format import as_query, ask_index, growing_documents
from course_lib.retrieval import Index

few, parts = draw_bench(voice.task, 16, lab.seed), growing_documents(lab, voice.task)
added = {"as it is": (), "documents": [*parts["5 more"], *parts["50 more"][:20]]}
added |= {name: parts[name] for name in ("style guide", "exemplars")}
index, steps = Index.build(lab.world(1).documents[:40], embedder=lab.embedder), []
for name, documents in added.items():
    index.update(documents)
    found = index.search_batch([as_query(item) for item in few.items], 3)
    shown = [any(hit.chunk.document_id.startswith("exemplar") for hit in hits) for hits in found]
    ok = item_validities(few, ask_index(lab, few, name, found))
    steps.append({"n_documents": len(index.document_ids), "valid": ok, "has_exemplar": shown})
    n_new = sum(bool({new.id for new in documents} & {hit.chunk.document_id for hit in hits}) for hits in found)
    print(f"{name:<12} {steps[-1]['n_documents']:>4} documents, {n_new:>2} read a new one, valid {np.mean(ok):.2f}")

# %%
finished = {f"exemplar-{number:03d}": item for number, item in enumerate(voice.task.train[:60])}
as_turns = []
for item, hits in zip(few.items, found, strict=True):
    near = [finished[hit.chunk.document_id] for hit in hits if hit.chunk.document_id in finished]
    shots = [(f"{voice.task.request}\n{shot.input}", shot.target) for shot in near]
    as_turns.append(build_prompt(f"{voice.task.request}\n{item.input}", instruction=VOICE_NAMED, examples=shots))
by_step = {name: step["valid"] for name, step in zip(added, steps, strict=True)}
by_step["turns"] = item_validities(few, put_items(lab, "PROMPT found", few, as_turns))
names = list(by_step)
rises = {b: paired_bootstrap_difference(by_step[b], by_step[a]) for a, b in zip(names, names[1:], strict=False)}
for name, interval in rises.items():
    print(f"{name:<12} changes the share of valid replies by {interval}")
best = max(rises, key=lambda name: rises[name].value)
reveal("07.c", best if rises[best].sign == 1 else "none")

# %% [markdown]
# A document about lamps says nothing about how to end a reply, and twenty-five say no more. The style guide does say
# it, yet the search looks for passages that resemble the *message* (see how many customers' prompts held a document of
# each step), and a rule that is found must still be obeyed. A finished reply is another thing: it is an *example*, and
# examples are what prompting (lesson 02) is made of. Whether a model takes a passage for an example is up to the model:
# look at the last two lines, the same replies once as passages and once as turns. Each line is the change against the
# step before, so the last one says what turns bring beyond passages. Where either helps, it is not "more documents"
# that helped, but prompting by a detour through the index; one figure for "index size against valid share" would mix
# the two up. This is the trap.
#
# A step has helped only if its interval lies above 0. One that reaches down to 0 does not say that the step is useless:
# with 16 customers a small help is not told apart from none. Not even [0.00, 0.00] says it: it means that the step
# changed the verdict on none of the 16, and a help that reaches one customer in ten can miss them all.
#
# ### Exercise 07.3: what in the index taught the format?
# *about 15 minutes, stretch*
#
# `explain_format(steps, margin)` gets steps as above; all but the last are without exemplars. Return a dict: `slope`
# (the least-squares slope of the valid share over `n_documents`, for the steps without exemplars, per *ten*
# documents); `effect` (over the items whose `has_exemplar` is true at the last step: mean of valid there minus valid
# one step earlier; None if there is no such item); `lever`: `"exemplars"` if the effect is above the margin, else
# `"documents"` if the slope is, else `"none"`.


# %% tags=["exercise"] name="ex_07_3"
def explain_format(steps: list[dict], margin: float) -> dict:
    """Return slope, effect and lever: what made the replies valid, more documents or examples among them."""
    # BEGIN SOLUTION
    *plain, last = steps
    shares = [np.mean(step["valid"]) for step in plain]
    slope = 10 * float(np.polyfit([step["n_documents"] for step in plain], shares, 1)[0])
    rows = zip(last["valid"], plain[-1]["valid"], last["has_exemplar"], strict=True)
    changes = [now - before for now, before, shown in rows if shown]
    effect = sum(changes) / len(changes) if changes else None
    lever = "exemplars" if changes and effect > margin else "documents" if slope > margin else "none"
    return {"slope": slope, "effect": effect, "lever": lever}
    # END SOLUTION


# %% tags=["check"]
check("ex_07_3", explain_format)

# %% [markdown] tags=["solution"]
# The effect compares items with *themselves*. Comparing those that got an exemplar with those that did not would also
# measure how easy they are: a message that resembles many others finds an exemplar more often, and may be answered
# well without it.

# %% [markdown]
# ## Labels: when is a language model worth it?
#
# Sorting messages into six topics is the other thing that tuning is praised for. It has a rival that fits into a few
# kilobytes: count words. *TF-IDF* gives each word of a message a weight, larger the oftener it stands in the message
# and the rarer it is elsewhere; *logistic regression* learns which words speak for which class. We call this baseline
# NLM, "no language model". Whoever skips it does not know what the language model is good for.
#
# The score is *macro-F1*. For one class, *precision* is the share of right ones among the messages that were given its
# label, *recall* the share of its messages that were found, and F1 is their harmonic mean, 2 right / (predicted +
# gold). *Macro* is the plain mean over classes, so a rare class weighs as much as a common one.
#
# ### Exercise 07.4: macro-F1 from scratch
# *about 12 minutes, core*
#
# `macro_f1(gold, predictions, labels)` returns the mean over `labels` of each label's F1. A language model may put out
# anything: an output that is no label, to the letter, is a miss for the gold class, and no class of its own. Every
# label occurs in gold, but gold may hold classes that `labels` leaves out. The check compares with scikit-learn.


# %% tags=["exercise"] name="ex_07_4"
def macro_f1(gold: list[str], predictions: list[str], labels: list[str]) -> float:
    """Return the mean F1 over the labels."""
    # BEGIN SOLUTION
    total = 0.0
    for label in labels:
        n_right = sum(g == p == label for g, p in zip(gold, predictions, strict=True))
        total += 2 * n_right / (gold.count(label) + predictions.count(label))
    return total / len(labels)
    # END SOLUTION


# %% tags=["check"]
check("ex_07_4", macro_f1)

# %% [markdown]
# A *learning curve* shows a score over the number of labelled examples. The baseline is cheap, so it gets five sizes up
# to 384; the language model is tuned on 24 and on 96 messages; the prompt (rules and one example a class) needs six. It
# is tried as it is and with the *mask* of lesson 02, which lets the model write nothing but one of the six labels.
#
# Who will be ahead with 24 labels, by the plain value, `"FT-B"` or `"NLM"`?

# %%
predict("07.d", None, confidence=0.6)

# %%
from course_lib.experiments.labels import f1_difference, f1_interval, predict_words, take_balanced
from course_lib.training_sets import task_examples

tickets = draw_bench(lab.world(1).tasks["tickets"], 96, lab.seed)
topics, gold = tickets.task.labels, [item.target for item in tickets.items]
asked = [plain_prompt(tickets.task, item) for item in tickets.items]
said = {}
for n in (24, 48, 96, 192, 384):
    said["NLM", n] = predict_words(take_balanced(tickets.task.train, topics, n), tickets.items)
for n, epochs in ((24, 10), (96, 5)):
    examples = task_examples(tickets.task, take_balanced(tickets.task.train, topics, n))
    sorter = tune(model, examples, Recipe(learning_rate=4e-3, epochs=epochs, batch_size=8), name=f"tickets-{n}")
    ran = put_items(lab, "FT-B", tickets, asked, model=lambda made=sorter: attach(model, made), key=sorter.fingerprint)
    said["FT-B", n] = [result.answer.text for result in ran.results]

# %%
from course_lib.models.constraints import choose_from

shots = [(f"{tickets.task.request}\n{shot.input}", shot.target) for shot in tickets.shots[:6]]
helped = [
    build_prompt(f"{tickets.task.request}\n{item.input}", instruction=tickets.task.instruction, examples=shots)
    for item in tickets.items
]
said["PROMPT", 6] = [result.answer.text for result in put_items(lab, "PROMPT", tickets, helped).results]
masked = model.generate(helped, max_new_tokens=12, constraint=choose_from(model, topics))
said["PROMPT + mask", 6] = [answer.text for answer in masked]
print("the prompt without mask writes:", said["PROMPT", 6][:4])
curve = {key: f1_interval(outputs, gold, topics) for key, outputs in said.items()}
for (arm, n), interval in sorted(curve.items()):
    print(f"{arm:<13} {n:>4} labels: macro-F1 {interval}")
beyond = {n: f1_difference(said["FT-B", n], said["PROMPT + mask", 6], gold, topics) for n in (24, 96)}

# %%
import matplotlib.pyplot as plt

from course_lib.experiments.pictures import draw_lines

sizes = sorted({n for arm, n in curve if arm == "NLM"})
figure, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
draw_lines(axes, sizes, {arm: [curve.get((arm, n)) for n in sizes] for arm in ("NLM", "FT-B")})
level = curve["PROMPT + mask", 6].value
axes.axhline(level, color="grey", linestyle=":")
axes.text(sizes[-1], level + 0.01, "masked prompt with 6 examples", ha="right", fontsize="small")
axes.set(xscale="log", xlabel="labelled messages (log scale)", ylabel="macro-F1", ylim=(0, 1), title="Topics")
axes.set_xticks(sizes, sizes)
plt.show()

# %% [markdown]
# The picture shows what the lines above it say in numbers. Look at two places: where the lines cross, if they do (the
# *crossing n*, from which on the other technique pays), and how flat each is at its right end (what further labels
# would still bring). Lines that run closer together than their intervals are wide have no crossing worth naming. The
# dotted line is the masked prompt, which has no other n to go to.
#
# Look at what the prompt of the base model writes without a mask, and compare its two lines. Two faults are possible.
# An output that goes on after its topic is no label to the letter; this the mask mends, and if the two lines are alike
# there was little to mend. A model that names one topic whatever the message says is not helped by a mask, and anything
# beats a macro-F1 near 0. All comparisons below are with the mask, and even then ask whether it is above one in six,
# which drawing labels by lot would reach: a lead over a prompt that is not says nothing about prompts.
#
# Who is *ahead* with 24 labels goes by the value alone. Whether the two are told apart, the interval below says.

# %%
ahead = {n: f1_difference(said["FT-B", n], said["NLM", n], gold, topics) for n in (24, 96)}
for n in ahead:
    print(f"{n} labels: FT-B - NLM {ahead[n]}, FT-B - masked prompt {beyond[n]}")
reveal("07.d", "FT-B" if ahead[24].value > 0 else "NLM")

# %% tags=["expect-output"]
more = f1_difference(said["NLM", 384], said["NLM", 24], gold, topics)
print("word counts gain from 384 labels over 24:", tell(more))

# %% [markdown]
# ## Faulty examples
#
# Four faults of training sets, planted on purpose, and tried on the word counts, which learn in a blink: 20 % wrong
# labels, only easy messages of one topic without chatter (*narrow*), a class that nobody collected, and the dev set
# slipped into training. The column *dev* is what a team would see: its own evaluation data come from the same source
# and have the *same* fault. *Wild* is what customers then write: typos, slang, two topics at once.

# %%
from course_lib.experiments.labels import plant_faults

task, faulty = tickets.task, {}
wild_gold = [item.target for item in task.wild]
for name, fault in plant_faults(task, 144, seed=lab.seed).items():
    faulty[name] = predict_words(fault.train, task.wild, fault.labels)
    known = sorted(set(fault.dev_labels))
    dev = f1_interval(predict_words(fault.train, fault.dev, fault.labels), fault.dev_labels, known)
    wild = f1_interval(faulty[name], wild_gold, topics)
    print(f"{name:<16} dev {dev}   wild {wild}   gap {dev.value - wild.value:+.2f}")

# %% [markdown]
# Compare the columns. The leaked set is as large as the clean one and serves customers about as well, but its dev score
# is a recital. A missing class is invisible on dev, because nobody is asked about it. Wrong labels hurt twice: the
# model is worse, and the dev score makes it look worse than it is, since its own labels are wrong too. Every dev score
# here answers the question "how well does it do on data like mine?", which is not what customers ask. Look at the
# narrow set without prejudice: whether it hurts depends on what it leaves out, and an easy message may even teach more
# about its topic than a muddled one.
#
# ### Exercise 07.5: find the labels that are probably wrong
# *about 15 minutes, core*
#
# `suspects(texts, labels, k)` returns the positions of the `k` labels that are most probably wrong, worst first. Any
# means are allowed; here is one. Split the data into folds (*cross-validation*): a classifier that has seen all folds
# but one says how probable it finds each label of the fold that it has not seen. A label with a high loss there is one
# that the other messages speak against. The check takes 400 unseen messages, of which one in five has a wrong label,
# and asks for 30: at least 7 in 10 must be wrong ones. (`sklearn` is at hand.)


# %% tags=["exercise"] name="ex_07_5"
def suspects(texts: list[str], labels: list[str], k: int) -> list[int]:
    """Return the positions of the k least probable labels, worst first."""
    # BEGIN SOLUTION
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline

    words = make_pipeline(TfidfVectorizer(sublinear_tf=True), LogisticRegression(C=10, max_iter=300))
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    chances = cross_val_predict(words, texts, labels, cv=folds, method="predict_proba")
    given = chances[np.arange(len(texts)), np.searchsorted(np.unique(labels), labels)]
    return np.argsort(given, kind="stable")[:k].tolist()
    # END SOLUTION


# %% tags=["check"]
check("ex_07_5", suspects)

# %% [markdown]
# The least *certain* message is not the suspicious one: hard messages are uncertain with a right label as well. What
# counts is the probability of the label that was *given*. Two cures, on all labels that there are: *drop* as many of
# the most suspicious ones as are wrong, or have a person *check* just these and put the wrong ones right.

# %%
from random import Random

from course_lib.experiments.labels import flip_labels, held_out_losses

messages = take_balanced(task.train, topics, 384)
true = [item.target for item in messages]
given, wrong = flip_labels(true, 0.2, Random(lab.seed))
order = np.argsort(-held_out_losses([item.input for item in messages], given)).tolist()
seen = set(order[: len(wrong)])
left = [at for at in range(len(given)) if at not in seen]
checked = [true[at] if at in seen else given[at] for at in range(len(given))]
print(f"wrong among the first 30 suspects: {len(set(wrong) & set(order[:30])) / 30:.2f}, among all labels: 0.20")

# %%
sets = {"clean": (messages, true), "wrong labels": (messages, given), "checked": (messages, checked)}
sets["dropped"] = ([messages[at] for at in left], [given[at] for at in left])
trained = {name: predict_words(items, task.wild, labels) for name, (items, labels) in sets.items()}
for name, outputs in trained.items():
    print(f"{name:<13} macro-F1 in the wild {f1_interval(outputs, wild_gold, topics)}")

# %% tags=["expect-output"]
print("the first 30 suspects are mostly wrong labels:", "yes" if len(set(wrong) & set(order[:30])) > 15 else "no")
cure = f1_difference(trained["checked"], trained["wrong labels"], wild_gold, topics)
print("checking the suspects alone makes the model better:", tell(cure))

# %% [markdown]
# Dropping is free, and it throws away right labels of hard messages together with the wrong ones: among the suspects
# are those that the classifier finds strange for *any* reason. Checking costs a person's time for a fifth of the data,
# and keeps them.
#
# ## Where the wild costs points
#
# A gap between dev and wild is one number; to close it you must know its parts. Messages come in *slices* (plain,
# short, long, mixed, typo). A slice can cost points because it is harder in the wild, or there is simply more of it.
#
# ### Exercise 07.6: explain the gap between tidy and wild messages
# *about 15 minutes, core*
#
# `explain_gap(dev, wild)` gets two lists of `{"slice": ..., "right": ...}` and returns `gap` (accuracy on dev minus
# accuracy in the wild), `slices` (for each slice of the wild: its share of the *wild* messages, times the accuracy of
# that slice on dev minus its accuracy in the wild; a slice that dev lacks is compared with all of dev), `mix` (what
# the slices leave of the gap: the effect of other shares) and `worst` (the slice with the largest part).


# %% tags=["exercise"] name="ex_07_6"
def explain_gap(dev: list[dict], wild: list[dict]) -> dict:
    """Return gap, slices, mix and worst."""

    # BEGIN SOLUTION
    def accuracy(rows):
        return sum(row["right"] for row in rows) / len(rows)

    parts = {}
    for name in sorted({row["slice"] for row in wild}):
        here, there = ([row for row in rows if row["slice"] == name] for rows in (wild, dev))
        parts[name] = len(here) / len(wild) * (accuracy(there or dev) - accuracy(here))
    gap = accuracy(dev) - accuracy(wild)
    return {"gap": gap, "slices": parts, "mix": gap - sum(parts.values()), "worst": max(parts, key=parts.get)}
    # END SOLUTION


# %% tags=["check"]
check("ex_07_6", explain_gap)

# %% [markdown]
# The same question for the voice: the tuned model has seen tidy questions only. Here are 30 wild ones, slice by slice.
# Before you believe a difference between two slices, look at how wide the intervals of so few customers are. Where two
# do not even touch, read the replies of the worse slice. The last line sets all of them beside the tidy customers: does
# a high share there hold in the wild?

# %%
from course_lib.experiments.behaviour_tasks import Bench

rough = Bench(voice.task, voice.task.wild[:30], tuple(item.id for item in voice.task.wild[:30]), ())
in_wild = item_validities(rough, ask_tuned([plain_prompt(rough.task, item) for item in rough.items], rough))
for name in sorted({item.slice for item in rough.items}):
    here = [ok for ok, item in zip(in_wild, rough.items, strict=True) if item.slice == name]
    print(f"{name:<6} {len(here):>3} customers, valid {share_interval(here)}")
wild_valid, tidy_valid = share_interval(in_wild), share_interval(valid["FT-B"])
print(f"all of them: wild {wild_valid}, tidy {tidy_valid}")

# %% [markdown]
# ## What the training has broken
#
# An adapter changes every layer for every prompt, also for those that have nothing to do with the voice. The *general
# probe* asks for small skills that the base model has, some more firmly than others: repeat these words, give the first
# one, count them. It is put to the base model and to the tuned one; to one trained *hot*, with three times the learning
# rate on a quarter of the customers; and to one trained as usual, but with *replay*: half as many items on general
# skills (other words than the probe) are mixed in, so that what must not be lost is rehearsed.
#
# What share of the probe will the hot one still answer (0 to 1, within 0.15)?

# %%
predict("07.e", None, confidence=0.6)

# %%
from course_lib.experiments.forgetting import score_probe
from course_lib.training_sets import OTHER_SEED
from course_lib.tuning import Example
from course_lib.world import world

probe, other = lab.world(1).probe[:84], world(lab.seed + OTHER_SEED).probe[:64]
rehearsed = [Example(build_prompt(item.input), item.target) for item in other]
replay = tune(model, taught + rehearsed, recipe, name="voice + replay")
hot = tune(model, taught[:32], Recipe(learning_rate=1.2e-2, epochs=3, batch_size=8), name="hot")

# %%
asked_models = {"BASE": model, "FT-B": tuned, "FT-B + replay": attach(model, replay), "hot": attach(model, hot)}
kept = {name: score_probe(asked_model, probe) for name, asked_model in asked_models.items()}
kept["adapter off"] = score_probe(model, probe)
for name, right in kept.items():
    print(f"{name:<13} probe {share_interval(right)}")
reveal("07.e", round(float(np.mean(kept["hot"])), 2), tolerance=0.15)

# %% tags=["expect-output"]
forgot = paired_bootstrap_difference(kept["BASE"], kept["hot"])
assert np.mean(kept["hot"]) < np.mean(kept["BASE"]), "hot training forgets nothing any more: tell this section anew"
print("hot training forgets general skills:", tell(forgot))
print("with the adapter off everything is as it was:", "yes" if kept["adapter off"] == kept["BASE"] else "no")

# %% [markdown]
# The last line is the safety net of LoRA: what is forgotten is forgotten *with the adapter on*. Route only the requests
# that need the voice through it, and nothing else suffers. Where one model must do everything, replay is the usual
# cure. The mean is made of skills, and they need not suffer alike: go down the columns `FT-B` and `FT-B + replay`
# below. Replay need not bring each skill back. And where a skill stands well above the base model with it, it was not
# kept but *taught*: the replay items are exercises in it. (Go down the column `hot`, too: has it lost the same skills
# as `FT-B`?) Then look at the last line below: is the price in valid replies below 0, by its whole interval? The same
# few numbers have to hold the voice and what was rehearsed, so one may be paid for with the other.

# %%
names = sorted({item.slice for item in probe})
for skill in names:
    at = [number for number, item in enumerate(probe) if item.slice == skill]
    shares = {arm: np.mean([right[number] for number in at]) for arm, right in kept.items() if arm != "adapter off"}
    print(f"{skill:<8}", "   ".join(f"{arm} {share:.2f}" for arm, share in shares.items()))
helps = paired_bootstrap_difference(kept["FT-B + replay"], kept["FT-B"])
ran = put_items(lab, "FT-B + replay", voice, bare, model=lambda: attach(model, replay), key=replay.fingerprint)
valid["FT-B + replay"] = item_validities(voice, ran)
price = paired_bootstrap_difference(valid["FT-B + replay"], valid["FT-B"])
print(f"with replay - without: probe {helps}, replay helps: {tell(helps)}; valid replies {price}")

# %% [markdown]
# ### Exercise 07.7: write a report of what was forgotten
# *about 10 minutes, core*
#
# A mean hides deaths: one skill can be lost while another grows. `forgetting_report(rows, limit)` gets a list of
# `{"skill": ..., "before": ..., "after": ...}` (right or not) and returns `change` (share right after minus before,
# over all items), `skills` (the same for each skill), `forgotten` (items right before and wrong after), `learnt` (the
# reverse) and `ok` (whether no skill has fallen by more than `limit`).


# %% tags=["exercise"] name="ex_07_7"
def forgetting_report(rows: list[dict], limit: float) -> dict:
    """Return change, skills, forgotten, learnt and ok."""

    # BEGIN SOLUTION
    def change(part):
        return sum(row["after"] - row["before"] for row in part) / len(part)

    names = sorted({row["skill"] for row in rows})
    skills = {name: change([row for row in rows if row["skill"] == name]) for name in names}
    forgotten = sum(row["before"] > row["after"] for row in rows)
    learnt = sum(row["after"] > row["before"] for row in rows)
    ok = all(value >= -limit for value in skills.values())
    return {"change": change(rows), "skills": skills, "forgotten": forgotten, "learnt": learnt, "ok": ok}
    # END SOLUTION


# %% tags=["check"]
check("ex_07_7", forgetting_report)

# %% [markdown]
# ## The rules change
#
# Three months later marketing wants another sign-off: "Best wishes, the Fennick team". The tuned model has the old one
# in its weights. Three levers: *keep* it as it is, patch it by a *prompt* that asks for the new sign-off, or *retrain*
# on replies with the new one (here half of the customers, to keep the lesson short). A reply is valid now if it keeps
# all other rules and ends in the new way.

# %%
from course_lib.world.tasks import is_valid
from course_lib.world.tasks.voice_rules import SIGN_OFF

NEW = "Best wishes, the Fennick team"


def valid_now(evaluation):
    """Return 1 for each reply that keeps the rules with the new sign-off, else 0."""
    texts = [result.answer.text.strip() for result in evaluation.results]
    old = [text.replace(NEW, SIGN_OFF) for text in texts]
    kept = zip(texts, old, voice.items, strict=True)
    return [float(text.endswith(NEW) and is_valid("voice", as_old, item)) for text, as_old, item in kept]


# %%
patched = [build_prompt(prompt[-1]["content"], instruction=f"End with exactly: {NEW}") for prompt in bare]
renewed = [Example(example.prompt, example.answer.replace(SIGN_OFF, NEW)) for example in taught[:64]]
again = tune(model, renewed, recipe, name="voice, new sign-off")
ran = put_items(lab, "FT-B", voice, bare, model=lambda: attach(model, again), key=again.fingerprint)
drift = {"keep": valid_now(on), "prompt": valid_now(ask_tuned(patched)), "retrain": valid_now(ran)}
for lever, values in drift.items():
    print(f"{lever:<8} valid under the new rule {share_interval(values)}")
extra = model.count_tokens(patched[0]) - model.count_tokens(bare[0])
print(f"the patch reads {extra} tokens more each time, the training read {again.n_tokens:,} tokens once")
print(f"equal in operations after {6 * again.n_tokens / (2 * extra):,.0f} requests")

# %% tags=["expect-output"]
assert np.mean(drift["keep"]) < 0.05, "the tuned model follows a rule that it has never seen"
print("the tuned model follows the new rule by itself:", "yes" if any(drift["keep"]) else "no")

# %% [markdown]
# Costs are counted as in lesson 10: reading a token takes about 2 operations for each weight of the model, learning
# from it about 6. So the patch is cheaper up to some number of requests and the training beyond it, but only if both
# *work*: a lever whose share of valid replies is near 0 is dear at any price. A prompt that asks for a new sign-off has
# to win against the old one, which is in the weights.
#
# ### Exercise 07.8: patch by prompt, or train again?
# *about 15 minutes, stretch*
#
# `choose_lever(rows, target, use)` gets rows of a scoreboard, `{"lever": "keep" | "prompt" | "retrain", "value": ...,
# "low": ..., "high": ...}`, in any order, the `target`, and `use` with `requests`, `extra_tokens` and
# `training_tokens`. A lever is proven if the *low* end of its interval reaches the target. Costs, in operations for
# each weight: keep 0, prompt 2 x extra tokens x requests, retrain 6 x training tokens. Return the cheapest proven
# `lever`, its `cost`, and the position of the `row` that proves it; `"none"`, None and None if no lever is proven.


# %% tags=["exercise"] name="ex_07_8"
def choose_lever(rows: list[dict], target: float, use: dict[str, int]) -> dict:
    """Return lever, cost and row of the cheapest lever that is proven to reach the target."""
    # BEGIN SOLUTION
    costs = {
        "keep": 0,
        "prompt": 2 * use["extra_tokens"] * use["requests"],
        "retrain": 6 * use["training_tokens"],
    }
    proven = [(costs[row["lever"]], at) for at, row in enumerate(rows) if row["low"] >= target]
    if not proven:
        return {"lever": "none", "cost": None, "row": None}
    cost, at = min(proven)
    return {"lever": rows[at]["lever"], "cost": cost, "row": at}
    # END SOLUTION


# %% tags=["check"]
check("ex_07_8", choose_lever)

# %% [markdown] tags=["solution"]
# The row is part of the answer on purpose: a decision without the measurement that it rests on cannot be checked by
# anybody, you included, three months later.

# %% [markdown]
# ## Scoreboard rows
#
# Shares of valid replies of four arms, how much two of them flip, macro-F1 on tickets with 96 labels and of the masked
# prompt, what is left of the general skills, and the three levers under the new rule.

# %%
rows = {("PROMPT", "voice", "flip_rate"): share_interval(flips["PROMPT"])}
rows["FT-B", "voice", "flip_rate"] = share_interval(flips["FT-B"])
rows |= {(arm, "voice", "valid"): share_interval(values) for arm, values in valid.items()}
rows["FT-B", "voice-wild", "valid"] = wild_valid
rows |= {(arm, "tickets", "macro_f1"): curve[arm, n] for arm, n in (("PROMPT + mask", 6), ("FT-B", 96), ("NLM", 96))}
rows |= {(arm, "probe", "accuracy"): share_interval(kept[arm]) for arm in ("BASE", "FT-B", "hot", "FT-B + replay")}
rows |= {(f"FT-B {lever}", "voice-new-rule", "valid"): share_interval(values) for lever, values in drift.items()}
for (arm, name, metric), found in rows.items():
    add_row(arm, name, metric, found.value, found.low, found.high, n=found.n, seed=lab.seed, lesson="07")

# %% [markdown]
# ## Claims judged
#
# *Supported* if each interval that the claim needs lies on its side of zero, *refuted* if each lies on the other side,
# *depends* otherwise. The rules were fixed before the run. `A-tone` speaks of intents that no example covers, which
# would take a training of its own: it stays untested, and the wild slices above are only a hint. Each verdict rests on
# one training and one company; `python3 course.py run --only E19 --seeds 3` asks three. Where labels are at
# stake, "the prompt" is the masked one, and a lead over it counts only if that prompt is above chance. Three kinds of
# verdict need a second look. A claim that needs fewer flips than the prompt hangs on whether twenty customers tell the
# two flip rates apart (see `flips less` above). `B-ft-large` counts 96 labels as a large set: *supported* says that the
# lead over the prompt is proven with 96 and not with 24, where it may be there all the same (compare the two
# intervals). And `C-m-behav` is judged step by step with 16 customers: *supported* says that no step of the index was
# told apart from none, which is no proof that all of them together bring nothing.


# %%
from course_lib.claims import settle

able = curve["PROMPT + mask", 6].low > 1 / len(topics)
small, large = (beyond[n].sign * able for n in (24, 96))
judge("A-uc-voice", settle(lead, steadier), "valid replies above the prompt's, flips below")
judge("C-style", "supported" if bad["PROMPT"].low > 0.01 else "depends", "over 100 bad replies of 10,000 by prompt")
judge("A-uc-tasks", settle(beyond[96], ahead[96]), "macro-F1 with 96 labels above prompt and word counts")
judge("C-task", settle(beyond[96]) if able else "depends", f"FT-B - prompt {beyond[96]}, prompt above chance: {able}")
judge("A-perf", settle(gain, beyond[96], steadier), "valid replies, macro-F1, flips")
judge("B-ft-large", "refuted" if small == 1 else "supported" if large == 1 else "depends", "ahead of the prompt at 24?")
judge("A-tone", "untested", "no training here leaves intents out")

# %%
dirty = f1_difference(trained["clean"], trained["wrong labels"], wild_gold, topics)
holes = [f1_difference(faulty["clean"], faulty[name], wild_gold, topics) for name in ("class missing", "narrow")]
judge("A-ft-dirty", settle(dirty), f"word counts in the wild, clean - wrong labels {dirty}")
judge("C-m-data", settle(*holes), f"word counts in the wild, clean - class missing {holes[0]}, - narrow {holes[1]}")
helped_by = [name for name in list(added)[1:] if rises[name].sign == 1]
judge(
    "C-m-behav",
    "depends" if helped_by else "supported",
    f"passages that helped: {', '.join(helped_by) or 'none'}; as turns {rises['turns']}",
)
always = "refuted" if wild_valid.high < 0.99 else "depends"
judge("D-s-consist", always, f"valid replies to wild messages {wild_valid}")
fall = paired_bootstrap_difference(valid["FT-B"], drift["keep"])
judge("C-m-once", settle(fall), f"valid replies lost by one new rule {fall}")

# %% [markdown]
# ## What would change at a larger model
#
# A larger model follows a spelt-out voice much more often, so the lead of tuning over prompting shrinks: that is the
# figure of this lesson which size changes most. It needs fewer examples to learn a form, and copies a value from the
# note more reliably. It also holds more that can be forgotten, though gentle recipes forget less of it. What stays:
# data faults pass into any model; a dev set with the fault of the training set cannot see it; word counts remain
# astonishingly good at topics and must be on the table; a rule in the weights is changed by training or by an argument
# with the weights.
#
# ## Quiz
#
# **1. Why is the loss taken on the answer only?**
#
# <details><summary>a) it makes training faster, because the prompt need not be read</summary>No: the prompt is read all
# the same, the answer depends on it.</details>
# <details><summary>b) otherwise much of the training would go into writing customer messages</summary>Right: every
# token with loss is a target, and the messages are not what the model shall write.</details>
# <details><summary>c) the loss on the prompt cannot be computed</summary>It can; this is how a model is
# pre-trained.</details>
#
# **2. After training, dev accuracy is 0.97 and customers complain. What do you look at first?**
#
# <details><summary>a) the learning rate</summary>It would show on dev as well.</details>
# <details><summary>b) whether dev has the same source as the training set, or has leaked into it</summary>Right: then
# 0.97 is true, and about the wrong question. Slices and a wild sample show it.</details>
# <details><summary>c) whether the model is too small</summary>A model that is too small fails on dev too.</details>
#
# **3. The base model gave valid JSON to no request. With 500 more documents in the index it still gives none. What
# follows?**
#
# <details><summary>a) the index needs still more documents</summary>The slope is zero: more of the same adds
# zero.</details>
# <details><summary>b) nothing that is retrieved can change the format</summary>Too strong: only documents were tried.
# Whether a finished example that is retrieved is taken for one has to be measured, as above.</details>
# <details><summary>c) documents change what the model knows about; form needs examples, a mask, or training</summary>
# Right.</details>
#
# ## Next lesson
#
# Tuning taught a manner of speaking with 128 examples. The articles also say that it teaches *knowledge*.
# Lesson 08 gives it the best chance to do so: how many facts go into the weights, what do they displace, and what does
# the model say when it is asked in other words than those it was taught?

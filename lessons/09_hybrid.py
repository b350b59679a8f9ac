# %% [markdown]
# # 09 Hybrid systems: the two-by-two
#
# <!-- budget: 100 minutes; run 4 minutes; memory 1900 MB -->
# <!-- lesson: {"experiments": ["E30", "E32", "E44"],
# "claims": ["A-both-order", "A-both-best", "A-robust-both", "B-perf", "C-b-know", "C-b-format", "C-f-support",
# "D-how-what", "D-s-consist", "D-v-both"]} -->
#
# **The number that brought us here.** The company wants every reply in its *house voice*: thanks first, a full
# sentence, a fixed sign-off. Retrieval brings facts into the prompt, and an example shown there can bring manners. The
# first cell puts support questions to RAG, asks for the voice in plain words and shows one example of it, and counts
# the answers that have the right fact, the right form, and both. A customer needs both in one answer: compare the third
# line with the two above it. Below it stands one answer; how it turned out says little about the other 59.
#
# **Claims on trial.** That retrieval settles what a model knows and tuning how it speaks; that both together are best,
# best for support, and the hardest to upset; that style is tuned first and retrieval put on top. Ten claims in all,
# judged at the end.
#
# **Before this lesson.** Lesson 04 (RAG: passages are searched and put into the prompt) and lesson 07 (an adapter: a
# small set of trained numbers beside the model's own, which teaches a behaviour). The words are explained again
# in one sentence where they come up.

# %% name="the_number"
from course_lib.arms import VOICE_EXAMPLES
from course_lib.experiments.asking import draw_questions
from course_lib.experiments.hybrid import ask_place, score_cell
from course_lib.lab import Lab
from course_lib.models import load_model

model = load_model()
lab = Lab(model, seed=0)
questions = [question for name in ("public", "inkb") for question in draw_questions(lab, name, 30)]
rag = ask_place(lab, "RAG", lambda: model, questions, k=3, examples=VOICE_EXAMPLES)
counts = {measure: int(sum(scores)) for measure, scores in score_cell(rag).items()}
for measure, words in (("facts", "right fact"), ("valid", "right form"), ("both_right", "both in one answer")):
    print(f"{counts[measure]:3} of {len(questions)}  {words}")
print(f"for instance: {rag.results[-1].question} -> {rag.results[-1].answer.text}")
assert counts["both_right"] <= 0.5 * len(questions), "RAG alone should fall short on answers with both right"

# %% [markdown]
# ## Two techniques, four cells
#
# | | no retrieval | retrieval |
# |---|---|---|
# | **no adapter** | BASE: the model as it is | RAG: it reads passages |
# | **adapter** | FT-B: tuned for behaviour | HYB: tuned, and reads passages |
#
# Such a plan is a *2x2 factorial*: two switches, all four settings, the same questions in each. Whoever compares only
# RAG with HYB sees what the adapter adds to retrieval and never learns what it does alone. All four cells get the same
# request for the voice, so that no cell is beaten by silence about what was wanted; the two without an adapter are
# also shown one example of it, as an earlier turn, since prompting is their only way to the form. The request tells the
# form in plain words: thanks, one full sentence, a warm sign-off as the Fennick team. It does not quote opening and
# sign-off: the exact words stand in examples only, in the one that is shown, or in those that the adapter is trained
# on. So two ways to the form are compared: one example in each prompt, and many examples in the training.
#
# Half of the questions are on public facts, which the model has met in its own training; half are on the company's
# internal facts, which stand in documents only. An answer is scored three times. *facts*: it holds the right value.
# *valid*: it keeps the rules of the voice (it begins with thanks, ends with the sign-off, has 8 to 40 words, no
# exclamation mark, no forbidden word). *both right*: facts and valid in the same answer. All rules must hold: an answer
# that signs off to the letter and forgets the thanks is not valid.
#
# ## Your own adapter
#
# An *adapter* is trained on pairs of a prompt and the answer wanted. This one sees 40 public questions without
# passages and 70 questions with passages, all answered in the voice. The passages come from another company, so no
# fact that is asked for later can be learnt here, only the manner: how to speak, and how to speak while reading. They
# are cut as short as those that the search returns, because a model learns to read what it is trained on.

# %% name="training_data"
from course_lib.arms import VOICE_REQUEST
from course_lib.training_sets import voice_examples

examples = voice_examples(0, 40, 70, instruction=VOICE_REQUEST)
shown = examples[-1]
for turn in shown.prompt:
    print(f"{turn['role']}: {turn['content'][:420]} ...\n")
print(f"wanted: {shown.answer}")

# %% [markdown]
# The training is what takes longest in this lesson; afterwards the adapter is on your disk and comes from there. The
# *loss* says how surprised the model is by each next piece of the wanted answers: it falls when the form has been
# learnt. (Rank, learning rate, epochs and batch are explained in lesson 07.)

# %% name="train_adapter"
from course_lib.tuning import Recipe

recipe = Recipe(rank=16, alpha=32, learning_rate=3e-3, epochs=3, batch_size=16)
adapter = lab.adapter("my voice", examples, recipe)
(_, first_loss), (_, last_loss) = adapter.history[0], adapter.history[-1]
print(f"{adapter.n_steps} steps on {adapter.n_examples} examples")
print(f"{adapter.n_trainable:,} numbers trained, beside {model.n_parameters:,} of the model that stay as they are")
print(f"loss {first_loss:.2f} in the first step, {last_loss:.2f} in the last")
assert last_loss < first_loss, "the adapter should have learnt something"

# %% [markdown]
# ## Run the cells
#
# The four cells, and with the same effort the cells for one and for two passages as well: eight in all, with k = 0 for
# no retrieval. `store_cells` keeps nothing but the scores of every question. All that follows, the picture and the
# sliders included, is computed from these stored numbers. Below stand two questions with four answers each: one
# on a fact that only documents hold, and a public one.
#
# Each technique has a gain alone, over BASE; it may be zero, or a loss. What the combination gains *beyond the sum* of
# these two single gains is called the *interaction*. Predict it for answers with both right: `"above 0"`, `"below 0"`
# or `"not told from 0"`, in the place of `None`.

# %% name="predict_interaction"
from course_lib.checks import predict

predict("09.a", None, confidence=0.6)

# %% name="run_cells"
from dataclasses import asdict

from course_lib.experiments.two_by_two import store_cells

made_of = {False: "base", True: [asdict(recipe), len(examples)]}
makers = {False: lambda: model, True: lambda: lab.tuned("my voice", examples, recipe)}
names = {(False, False): "BASE", (False, True): "FT-B", (True, False): "RAG", (True, True): "HYB"}
runs = {(3, False): rag}
for tuned in (False, True):
    for k in (0, 1, 2, 3):
        if (k, tuned) not in runs:
            arm = names[(k > 0, tuned)]
            shots = () if tuned else VOICE_EXAMPLES
            runs[k, tuned] = ask_place(lab, arm, makers[tuned], questions, k=k, examples=shots, key=made_of[tuned])
stored = store_cells(runs)

# %% name="four_answers"
for at in (-1, 0):
    result = rag.results[at]
    print(f"{result.set}: {result.question}\nright: {result.gold}")
    for place, arm in (((0, False), "BASE"), ((3, False), "RAG"), ((0, True), "FT-B"), ((3, True), "HYB")):
        print(f"  {arm:5} {runs[place].results[at].answer.text}")

# %% [markdown]
# ## The figure of this course
#
# Each row of the 2x2 becomes a line from *no retrieval* on the left to *retrieval* on the right: dashed with circles
# without the adapter, solid with squares with it. The vertical bars are 95 % intervals. **What to see:** a line that
# rises says that retrieval helps in that row, one that falls that it harms; the distance between the lines says what
# the adapter adds in that column. Parallel lines mean that the two do not mind each other. The cross on the right marks
# where HYB would be if the two gains just added up. The text below the picture holds the same figures.
#
# One figure can hide two. On internal facts the passages are the only source. On public ones the model has its memory
# too, and passages may lead it astray. So one figure for all questions may be made of a gain on one half and a loss on
# the other. After the cell, `rag.only("inkb").interval("accuracy")` shows the facts of RAG on the internal half, and
# `runs[0, False].only("inkb").interval("accuracy")` those of BASE; `"public"` in the place of `"inkb"` shows the other.

# %% name="picture"
import matplotlib.pyplot as plt

from course_lib.experiments.two_by_two import describe_two_by_two, draw_two_by_two, make_two_by_two

squares = {measure: make_two_by_two(stored, 3, measure) for measure in ("facts", "valid", "both_right")}
figure, axes = plt.subplots(1, 3, figsize=(9.6, 3.2), sharey=True, layout="constrained")
for square, axis in zip(squares.values(), axes, strict=True):
    draw_two_by_two(square, axis)
axes[0].legend(fontsize="x-small", loc="upper left")
plt.show()
print("\n\n".join(describe_two_by_two(square) for square in squares.values()))

# %% tags=["expect-output"] name="two_by_two_verdicts"
from course_lib.experiments.two_by_two import say_sign

both = squares["both_right"]
print("facts: gain by retrieval alone is", say_sign(squares["facts"].retrieval))
print("form: gain by tuning alone is", say_sign(squares["valid"].tuning))
print("both right: HYB - RAG is", say_sign(both.tuning_with_retrieval))
print("both right: HYB - FT-B is", say_sign(both.retrieval_with_tuning))
print("both right: interaction is", say_sign(both.interaction))

# %% [markdown]
# Begin with the form. One shown example **buys form** without any tuning: how much, BASE shows. Compare it with RAG,
# which is shown the same example and has passages to read as well, and both with the tuned row. The price of the
# example is prompt tokens, on every request; FT-B and HYB need none.
#
# Now compare the two gains of tuning, without passages and with them: on the form, on *both right*, and on *facts*. The
# adapter was trained on prompts with passages, too; the example shows none.
#
# ## What an interaction is, and what it is not
#
# The *gain* of a technique is a difference between two cells. The adapter has two gains: FT-B - BASE without passages,
# HYB - RAG with them. Their difference is the **interaction**:
#
# interaction = (HYB - RAG) - (FT-B - BASE) = HYB - RAG - FT-B + BASE
#
# It is the same number if you begin with retrieval. Zero: the gains add up. Above zero: together they gain more than
# they do one by one. Below zero: they stand in each other's way, or there was nothing left to gain.
#
# Read an interaction with its four cells beside it. A share ends at 1: if the gains added up would put HYB above it, no
# HYB can reach the cross, and the value of the interaction is below zero although nothing stands in the way. Look at
# the form: where tuning alone brings nearly all answers into the voice, retrieval has hardly anything left to gain. And
# an interaction above zero need not come from a gain. If passages cost form in the row without the adapter, and none in
# the row with it, the interaction is above zero because the adapter saves what would be lost. Compare the two gains of
# retrieval on form.
#
# One trap belongs to *both right*. Suppose facts and form had nothing to do with each other: retrieval lifts facts
# from 0.2 to 0.8 in both rows, tuning lifts form from 0.1 to 0.9 in both columns. The share with both is then the
# product of the two, in the four cells 0.02, 0.08, 0.18 and 0.72, and the interaction is 0.72 - 0.08 - 0.18 + 0.02 =
# 0.48, although no technique has touched what the other one does. A score that asks for two things at once has an
# interaction built in. The next cell computes what the products of facts and valid alone would give. Where the measured
# share of a cell is below its product, facts and form do have to do with each other in that cell: the answers with the
# right fact tend to be those without the form. That moves the interaction as well.
#
# Whether one technique changes the effect of the other is read from the interactions on facts and on valid, each by
# itself. If the one on facts is above 0, passages do more for facts in the row with the adapter than in the row
# without. Mind that the rows differ in one more thing than the adapter: the example that is shown without it. It may
# get in the way of reading; these four cells cannot tell.

# %% name="products"
from course_lib.checks import reveal

reveal("09.a", say_sign(both.interaction))
products = {arm: squares["facts"].cells[arm].value * squares["valid"].cells[arm].value for arm in both.cells}
for arm, product in products.items():
    print(f"{arm:5} facts x valid {product:.2f}, measured {both.cells[arm].value:.2f}")
by_product = products["HYB"] - products["RAG"] - products["FT-B"] + products["BASE"]
print(f"interaction of the products {by_product:+.2f}, measured {both.interaction.value:+.2f}")
print(f"interaction on facts alone {squares['facts'].interaction}, on form alone {squares['valid'].interaction}")

# %% [markdown]
# ### Exercise 09.1: the interaction with its interval
# *about 10 minutes, core*
#
# How sure is the interaction? The *bootstrap* answers by drawing the questions anew, with repeats, many times, and
# computing the figure for each draw; the middle 95 % of what comes out is the interval. The four cells answered the
# same questions, so a draw takes the same questions from all four: the draw is *paired*. A hard question then pulls
# all cells down together, and what they have in common cancels out.
#
# `hyb`, `rag`, `tuned` and `base` hold one score a question. `draws` holds lists of positions: `[0, 0, 2]` means
# question 0 twice and question 2 once. Return three numbers: the interaction over all questions, and the 2.5th and
# the 97.5th percentile (`np.percentile`) of the interactions of the draws.


# %% tags=["exercise"] name="ex_09_1"
def interaction(
    hyb: list[float], rag: list[float], tuned: list[float], base: list[float], draws: list[list[int]]
) -> list[float]:
    """Return value, low end and high end of HYB - RAG - FT-B + BASE."""
    # BEGIN SOLUTION
    import numpy as np

    effects = np.array(hyb) - np.array(rag) - np.array(tuned) + np.array(base)
    resampled = [effects[positions].mean() for positions in draws]
    low, high = np.percentile(resampled, [2.5, 97.5])
    return [float(effects.mean()), float(low), float(high)]
    # END SOLUTION


# %% tags=["check"]
from course_lib.checks import check

check("ex_09_1", interaction)

# %% [markdown] tags=["solution"]
# The means of the four cells over the same questions are combined with the signs +, -, -, +. Since a mean of
# differences is the difference of means, it is enough to make one number a question first; the pairing then cannot be
# lost. Drawing each cell by itself would treat them as four groups of strangers and give a wider interval.

# %% [markdown]
# ## Move the switches
#
# The sliders compute the same table from the stored cells: k chooses how many passages the right column has (0 puts
# you into the left column), the check box chooses the row, the list chooses the measure. No model is asked. Try to
# find out whether the interaction on *facts* keeps its sign from one passage to three, and whether a third passage
# does harm in either row. In a notebook without a running kernel one sentence stands in the place of the controls; the
# text gives the three squares of *facts*. More passages are more to read and more to confuse: before you take a verdict
# on "the hybrid" home, look at how it depends on k.

# %% name="two_by_two_widget"
from course_lib.widgets.two_by_two import TwoByTwoView

for k in stored.ks:
    print(describe_two_by_two(make_two_by_two(stored, k, "facts")), end="\n\n")

TwoByTwoView(stored)

# %% [markdown]
# ## Train as you serve
#
# "First tune the style, then put retrieval on top": that sounds like good order. But then the adapter has never seen
# a prompt with passages. In training a prompt was an instruction and a question; in service it is a longer
# instruction, three passages, and the question before and behind them. This is a **train-serve mismatch**: what is
# served looks unlike what was trained.
#
# To test the order, a second adapter gets as many examples with the same recipe, all of them without passages. It is
# served both ways: without passages, as it was trained, and with three. What share of its answers with three passages
# will be in the house voice (0 to 1; within 0.15 counts as right)?

# %% name="predict_style_first"
predict("09.b", None, confidence=0.6)

# %% name="train_blind"
from course_lib.experiments.two_by_two import tabulate_runs

style_first = voice_examples(0, len(examples), 0, instruction=VOICE_REQUEST)
key = ["style first", asdict(recipe), len(style_first)]


def tune_style_first():
    """Return the model with the second adapter."""
    return lab.tuned("style first", style_first, recipe)


blind = {k: ask_place(lab, "style first", tune_style_first, questions, k=k, key=key) for k in (0, 3)}
names_of_rows = {f"style first, k = {k}": run for k, run in blind.items()}
print(tabulate_runs(names_of_rows | {f"with passages, k = {k}": runs[(k, True)] for k in (0, 3)}))

# %% name="mismatch"
from course_lib.statistics import paired_bootstrap_difference

late, aware = score_cell(blind[3]), score_cell(runs[(3, True)])
mismatch = {
    measure: paired_bootstrap_difference(late[measure], aware[measure], clusters=stored.clusters) for measure in late
}
print({measure: str(difference) for measure, difference in mismatch.items()})
reveal("09.b", round(sum(late["valid"]) / len(late["valid"]), 2), tolerance=0.15)

# %% tags=["expect-output"] name="mismatch_verdicts"
for measure, difference in mismatch.items():
    words = say_sign(difference, "gained", "lost", "not told from nothing")
    print(f"{measure}, style first against trained with passages: {words}")

# %% [markdown]
# Three lines say whether anything was lost, and where; the intervals above them say how much. Facts and form can go
# different ways: an adapter that has never written an answer beside passages may fall back on the habits of the model
# before tuning, which here has no example to copy, or keep its manners and forget to read. Compare the form with that
# of RAG, which has an example and no adapter. A loss can be certain and small. And "not told from nothing" is no proof
# that nothing was lost: the low end of the interval says how large a loss 60 questions may have missed. The cure costs
# nothing at serving time: put prompts of the served form into the training set.
#
# ### Exercise 09.2: a test that finds a mismatch
# *about 10 minutes, core*
#
# A mismatch raises no error, so it needs a test. Write one. `trained` and `served` are dicts: `prompt` (a list of
# turns, each a dict with `role` and `content`), the `question` in it, and the `passages` in it, as many on both
# sides. Return True if the prompts are the same apart from the question and the texts of the passages; else False.
# Whatever else differs, blanks included, reaches the model as other tokens. One catch: a passage may hold the words of
# its question.


# %% tags=["exercise"] name="ex_09_2"
def same_template(trained: dict, served: dict) -> bool:
    """Return whether two prompts differ in question and passages only."""

    # BEGIN SOLUTION
    def take_out(side: dict) -> list[tuple[str, str]]:
        turns = []
        for turn in side["prompt"]:
            content = turn["content"]
            for passage in side["passages"]:
                content = content.replace(passage, "{passage}")
            turns.append((turn["role"], content.replace(side["question"], "{question}")))
        return turns

    return take_out(trained) == take_out(served)
    # END SOLUTION


# %% tags=["check"]
check("ex_09_2", same_template)

# %% [markdown] tags=["solution"]
# Both prompts are brought to their template by taking out what may differ, and the templates are compared. Passages go
# first, since blanking the question would change a passage that quotes it, and the passage would not be found any more.

# %% [markdown]
# ## Sabotage: what if the search fails?
#
# A hybrid leans on two things. To see what holds when one of them breaks, the search is replaced by one that returns
# three passages drawn at random from documents which do not hold the answer. Nobody tells the model. RAG and HYB are
# asked again. A fourth figure is needed now: *stated, and wrong* is the share of answers that assert a value which is
# not the right one. "I don't know" is not among them: it is unhelpful, but nobody acts on it.
#
# What share of the hybrid's answers will then still be in the house voice (0 to 1, within 0.15)? And will it state
# falsehoods `"more"` often than RAG with the same passages, `"less"`, or is that `"open"`?

# %% name="predict_sabotage"
predict("09.c", None, confidence=0.6)
predict("09.d", None, confidence=0.6)

# %% name="sabotage"
from course_lib.retrieval import wrong_retrieval

index = lab.index()  # all documents, cut into chunks, with what is needed to search them
broken = {}
for tuned in (False, True):
    search, key = wrong_retrieval(index), [made_of[tuned], "wrong passages"]
    arm = names[(True, tuned)]
    shots = () if tuned else VOICE_EXAMPLES
    broken[arm] = ask_place(lab, arm, makers[tuned], questions, retriever=search, examples=shots, key=key)
rows = {"RAG": rag, "RAG, sabotaged": broken["RAG"], "HYB": runs[(3, True)], "HYB, sabotaged": broken["HYB"]}
print(tabulate_runs({**rows, "FT-B, no search": runs[(0, True)]}))

# %% tags=["expect-output"] name="sabotage_verdicts"
from course_lib.evaluation import compare

well, ill = score_cell(runs[(3, True)]), score_cell(broken["HYB"])
lost = {measure: paired_bootstrap_difference(ill[measure], well[measure], clusters=stored.clusters) for measure in well}
falsehoods = compare(broken["HYB"], broken["RAG"], "halluc")
print("HYB under sabotage, facts:", say_sign(lost["facts"], "gained", "lost", "not told from before"))
print("HYB under sabotage, more than half still in the house voice:", sum(ill["valid"]) > 0.5 * len(ill["valid"]))
print("stated and wrong, HYB - RAG, both sabotaged:", say_sign(falsehoods, "more", "less", "open"))
assert sum(ill["facts"]) < sum(well["facts"]), "without its passages the hybrid should know less"
assert sum(ill["valid"]) > 0.5 * len(ill["valid"]), "the form should outlive the search"

# %% name="reveal_sabotage"
reveal("09.c", round(sum(ill["valid"]) / len(ill["valid"]), 2), tolerance=0.15)
reveal("09.d", say_sign(falsehoods, "more", "less", "open"))
for result in broken["HYB"].results[-3:]:
    print(f"\n{result.question}\n  right: {result.gold}\n  {result.answer.text}")

# %% [markdown]
# The form of HYB comes out of the weights and does not care what was found: that is why it survives. The form of RAG
# comes from request and example. Compare its two rows with each other, for what wrong passages cost in form, and with
# the two of HYB. The facts that came with the passages go with them. More can go: what the model knows by itself is
# still in its weights, but it answers from the passages that it is given. Compare the facts of HYB, sabotaged, with
# those of FT-B, which was given none.
#
# The last answers show the danger: thanks and a friendly sign-off stand around whatever is said between them, and the
# rules of the voice are kept as before. **Good form is no sign of a good answer**, and this hybrid keeps its form
# whatever was found. Whoever watches a hybrid in service must watch its facts, not its looks.
#
# ### Exercise 09.3: a gate in front of the model
# *about 10 minutes, core*
#
# A system *degrades gracefully* if it gets worse in small steps. A first step: do not hand over passages that speak
# of something else. `trust` gets a question and its passages, and returns True if they are worth reading. What a
# question is about is mostly a name ("the Tarvo Lamp 220", "Kirend Sichobi"): words with a capital letter or a digit,
# the first word of a sentence aside. A passage that answers will hold them. The check tries it on a company that you
# have not seen: 80 of 100 retrievals with the source must pass, 80 of 100 about something else must be stopped. Among
# those is always a page on a thing of the same kind: another lamp is a "Lamp" too.


# %% tags=["exercise"] name="ex_09_3"
def trust(question: str, passages: list[str]) -> bool:
    """Return whether some passage holds most of the names in the question."""
    # BEGIN SOLUTION
    import re

    tokens = re.findall(r"[\w-]+", question)
    marked = [token for token in tokens[1:] if (token[0].isupper() and token != "I") or token[0].isdigit()]
    marked = marked or [token for token in tokens if token[0].isupper()]
    return any(sum(token in passage for token in marked) > len(marked) / 2 for passage in passages)
    # END SOLUTION


# %% tags=["check"]
check("ex_09_3", trust)

# %% [markdown] tags=["solution"]
# The names carry the test: common words stand in every passage, and the whole question stands in none. One passage must
# hold most of the names by itself, since names spread over several passages are names of several things.

# %% [markdown]
# What does the gate change? Where it stops the passages, the question goes to the tuned model alone, as FT-B gets it.
# Both answers are stored for every question, so the gated system needs no new run: it takes one or the other. The cell
# uses the course's own gate.

# %% name="gated"
from course_lib.rag.gating import trust_passages

texts = [question.text for question in questions]
searches = {"works": index.search_batch(texts, 3), "fails": wrong_retrieval(index)(questions)}
read = {"works": score_cell(runs[(3, True)]), "fails": ill}
alone = score_cell(runs[(0, True)])
for state, found in searches.items():
    hits = zip(texts, found, strict=True)
    passes = [trust_passages(text, [hit.chunk.passage for hit in passages]) for text, passages in hits]
    print(f"search {state}: {sum(passes)} of {len(passes)} pass the gate")
    for measure, scores in read[state].items():
        gated = [a if passed else b for passed, a, b in zip(passes, scores, alone[measure], strict=True)]
        print(f"  {measure:10} without the gate {sum(scores) / len(scores):.2f}, with it {sum(gated) / len(gated):.2f}")

# %% [markdown]
# Where the gate stops everything, the hybrid is the tuned model alone, no better and no worse: compare the last rows
# with FT-B in the table of the sabotage. What comes back is what the model knows by itself. A gate has a price if it
# stops passages that would have helped: the rows of the working search say whether it did so here. And for internal
# facts the tuned model alone is a model that has never read them. It ought to say so, but this adapter has not learnt
# how: all of its examples end in a statement. The next step is in the training set.
#
# ### Exercise 09.4: reading data with missing gold
# *about 12 minutes, core*
#
# *RAFT* (retrieval-augmented fine-tuning; Zhang et al., arXiv 2403.10131) trains the reader on prompts as they come out
# of a search: the *gold* passage, which holds the answer, among *distractors*, which do not. In a share of the
# prompts gold is missing. In the paper those teach to answer from memory; here, for internal facts, of which memory
# holds nothing, they teach to decline.
#
# Each item has a `question`, its `value`, the `gold` passage, and `others` to draw distractors from. Beware: some of
# the others hold the value as well, since companies write things twice. Return a list of dicts with `question`,
# `passages` and `answer`, one for each item, in their order:
#
# - `round(gold_share * n)` of the n rows have gold and are answered with the value; the others are answered with
#   `I don't know.`
# - a distractor never holds the value (`value in text`);
# - all rows have `n_distractors + 1` different passages, in random order; the same `seed` gives the same rows,
#   another seed others.


# %% tags=["exercise"] name="ex_09_4"
def build_reading_rows(items: list[dict], gold_share: float, n_distractors: int, seed: int) -> list[dict]:
    """Return training rows, a share of them without the passage that holds the answer."""
    # BEGIN SOLUTION
    from random import Random

    rng, rows = Random(seed), []
    for number, item in enumerate(items):
        has_gold = number < round(gold_share * len(items))
        distractors = [text for text in item["others"] if item["value"] not in text]
        chosen = rng.sample(distractors, n_distractors if has_gold else n_distractors + 1)
        chosen += [item["gold"]] if has_gold else []
        rng.shuffle(chosen)
        answer = item["value"] if has_gold else "I don't know."
        rows.append({"question": item["question"], "passages": chosen, "answer": answer})
    return rows
    # END SOLUTION


# %% tags=["check"]
check("ex_09_4", build_reading_rows)

# %% [markdown] tags=["solution"]
# Rows with and without gold must look alike in everything but the answer: the same number of passages, no fixed place
# for gold. A distractor with the value in a row without gold would teach the model to decline in front of the answer.
# The trainer shuffles the rows anyway, so the first ones may be those with gold.

# %% [markdown]
# ## Several adapters behind one model
#
# A company rarely needs one behaviour only: a label for each message here, an order as JSON there, a reply in the
# house voice. Adapters are small next to the model, so one copy of the model can serve them all, and a *router* picks
# the adapter for each request. A wrong pick is worse than none, because an adapter does its one thing to whatever it
# is given: it will write a friendly reply where a label was wanted. So a router needs a *fallback*: the base model.
#
# ### Exercise 09.5: route to an adapter, or to none
# *about 15 minutes, stretch*
#
# `examples` holds for each adapter a list of requests that it was trained for: `{"tickets": [...], ...}`. Return the
# name of the adapter that fits `request`, or `"base"` if none does. You know nothing about the tasks but these
# examples; the names say nothing, and the check will change them. On hidden requests, some in a new wording, 70 of 100
# must reach their adapter, and of requests for which there is none 70 of 100 must fall back. Words that many requests
# share tell little, rare ones tell more.


# %% tags=["exercise"] name="ex_09_5"
def route(request: str, examples: dict[str, list[str]]) -> str:
    """Return the adapter whose examples are like the request, or "base"."""
    # BEGIN SOLUTION
    known = {name: [set(text.lower().split()) for text in texts] for name, texts in examples.items()}
    held = [word for sets in known.values() for words in sets for word in words]
    weights = {word: (held.count(word) + 1) ** -0.5 for word in set(held)}
    asked = set(request.lower().split())

    def weigh(words: set[str]) -> float:
        return sum(weights.get(word, 1.0) for word in words)

    def likeness(name: str) -> float:
        return max(weigh(asked & words) / (weigh(asked) * weigh(words) + 1e-9) ** 0.5 for words in known[name])

    best = max(known, key=likeness)
    return best if likeness(best) >= 0.15 else "base"
    # END SOLUTION


# %% tags=["check"]
check("ex_09_5", route)

# %% [markdown] tags=["solution"]
# Two sets of words are alike if what they share weighs much against what both hold; rare words weigh more. Each
# adapter speaks through its most alike example. The threshold is the fallback: it was tried out on
# requests of other companies, and moving it trades wrong adapters for needless fallbacks.

# %% [markdown]
# ## What the second half costs
#
# Passages are paid for in tokens, on every question, and so is a shown example. The adapter is paid for once, in
# training, and needs no example. The table gives, with the adapter on, the mean prompt tokens of a question and what
# they buy. After the cell, `runs[0, False].results[0].answer.prompt_tokens` less the same for `runs[0, True]` gives
# what the example costs in each prompt.

# %% name="tokens_by_k"
spent = {
    k: sum(result.answer.prompt_tokens for result in runs[(k, True)].results) / len(questions) for k in (0, 1, 2, 3)
}
print(" k  prompt tokens  facts  both right")
for k, tokens in spent.items():
    cell = stored.cells[(k, True)]
    shares = [sum(cell[measure]) / len(questions) for measure in ("facts", "both_right")]
    print(f"{k:2} {tokens:14.0f} {shares[0]:6.2f} {shares[1]:11.2f}")
print(f"training: {adapter.n_tokens:,} tokens, as many as {adapter.n_tokens / spent[3]:,.0f} prompts with 3 passages")

# %% [markdown]
# Not every question needs three passages. What the model knows from its training needs none; some need the first; for
# some the source comes third. If you can estimate for each question how likely the answer is to be right at each k
# (from the score of the search, say), a budget can be spent where it does the most good.
#
# ### Exercise 09.6: most answers right within a token budget
# *about 15 minutes, stretch*
#
# `options` holds for each question a list of pairs `[tokens, chance]`, cheapest first: its prompt tokens and the
# chance that facts and form are right with 0, 1, 2, ... passages. Return for each question the number of the option to
# take. All tokens together must stay within `budget` (the first options always do), and the sum of the chances must
# reach at least 90 % of what the best plan would reach. Passages may do harm; and the third may help where the first
# does not.


# %% tags=["exercise"] name="ex_09_6"
def plan_passages(options: list[list[list[float]]], budget: int) -> list[int]:
    """Return the number of the option to take for each question."""
    # BEGIN SOLUTION
    best = {0: (0.0, [])}  # tokens spent -> the most right answers they can buy, and the plan
    for choices in options:
        longer = {}
        for spent, (expected, plan) in best.items():
            for number, (tokens, chance) in enumerate(choices):
                total = spent + tokens
                if total <= budget and expected + chance > longer.get(total, (-1.0, []))[0]:
                    longer[total] = (expected + chance, [*plan, number])
        best = longer
    return max(best.values())[1]
    # END SOLUTION


# %% tags=["check"]
check("ex_09_6", plan_passages)

# %% [markdown] tags=["solution"]
# Question by question, the table keeps for every sum of tokens the best plan that costs just so much: *dynamic
# programming*. It finds the best plan, and stays small because few different sums occur. Going greedily, always taking
# the step with the largest gain per token, comes close with less work, provided that a step may jump over options that
# gain nothing.

# %% [markdown]
# ## Is it worth it?
#
# The adapter on top of retrieval has a price: somebody writes examples, somebody tests, a second set of weights is
# hosted. In return more answers have both right. Here is a calculation with **assumed prices**: change them to yours.
# `total_cost` adds setup, monthly costs and costs per query over a year. The worth of an answer with both right is
# what a person's reply would have cost instead. A gain is a share of the answers: where more than 1 is needed, the
# hybrid cannot pay. The comparison is for a company that has RAG. One that has the tuned model would add retrieval to
# it and has to weigh another gain: HYB - FT-B, whose sign stands among the verdicts under the picture. RAG is charged
# for the prompts of HYB; the tokens of its example would come on top, and at these prices they change little.

# %% name="cost_of_both"
from course_lib.cost import Plan, total_cost

per_token = 0.5e-6  # assumed price, in euros
plans = {
    "RAG": {"setup": 4_000, "monthly": 150, "per_query": per_token * spent[3]},
    "HYB": {"setup": 9_000, "monthly": 250, "per_query": 1.2 * per_token * spent[3]},  # assumed: a fifth dearer
}
print("queries a month   added cost of HYB over a year   gain needed on both right, at 0.80 euros an answer")
for volume in (500, 2_000, 10_000, 50_000):
    rag_cost, hybrid_cost = (total_cost(Plan(**plan), queries_per_month=volume, months=12) for plan in plans.values())
    added = hybrid_cost - rag_cost
    print(f"{volume:15,} {added:31,.0f} {added / (12 * volume * 0.8):12.3f}")
print(f"measured gain HYB - RAG on both right: {both.tuning_with_retrieval}")

# %% [markdown]
# ### Exercise 09.7: is the hybrid worth its price?
# *about 10 minutes, core*
#
# A decision needs the gain *with its interval*, from the scoreboard and not from memory. `rows` is a scoreboard: dicts
# with `arm`, `set`, `metric`, `value`, `low`, `high`. The gain is the row with arm `"HYB - RAG"`, set `"support"` and
# metric `"both_right"`; without it raise a `ValueError`. `plans` are as above. Return a dict:
#
# - `added_cost`: what HYB costs more than RAG over all `months`;
# - `worth`: the worth of the additional right answers at the low end, the value and the high end of the gain;
# - `decision`: `"hybrid"` if even the low end is worth more than the added cost, `"RAG"` if even the high end is worth
#   less, `"measure more"` if the interval does not decide.


# %% tags=["exercise"] name="ex_09_7"
def weigh_hybrid(
    rows: list[dict], plans: dict[str, dict], worth_of_right: float, queries_per_month: float, months: float
) -> dict:
    """Return added cost, worth of the gain, and the decision."""
    # BEGIN SOLUTION
    wanted = {"arm": "HYB - RAG", "set": "support", "metric": "both_right"}
    found = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    if not found:
        raise ValueError(f"the scoreboard has no row {wanted}: measure it first")
    n_queries = queries_per_month * months
    more = {name: plans["HYB"][name] - plans["RAG"][name] for name in plans["HYB"]}
    added = more["setup"] + months * more["monthly"] + n_queries * more["per_query"]
    worth = [found[0][end] * n_queries * worth_of_right for end in ("low", "value", "high")]
    outcome = "hybrid" if worth[0] > added else "RAG" if worth[2] < added else "measure more"
    return {"added_cost": added, "worth": worth, "decision": outcome}
    # END SOLUTION


# %% tags=["check"]
check("ex_09_7", weigh_hybrid)

# %% [markdown] tags=["solution"]
# The point of the third answer is that it has a price tag too: the interval shrinks with the root of the number of
# questions, so "measure more" is an order for an evaluation set of a certain size (lesson 01) and no refusal to decide.

# %% [markdown]
# ## Scoreboard rows
#
# The four cells with all measures, the two differences that decide, the interactions, the hybrid under sabotage, and
# style first. If your answer to exercise 09.7 passed, `weigh_hybrid(own_rows(), plans, 0.80, 2_000, 12)` now decides
# with your own rows (`own_rows` is in `course_lib.checks`).

# %% name="scoreboard"
from course_lib.checks import add_row
from course_lib.statistics import share_interval

board = {(arm, measure): cell for measure, square in squares.items() for arm, cell in square.cells.items()}
board |= {
    ("HYB - RAG", "both_right"): both.tuning_with_retrieval,
    ("HYB - FT-B", "both_right"): both.retrieval_with_tuning,
}
board |= {("interaction", measure): square.interaction for measure, square in squares.items()}
board |= {
    ("HYB sabotaged", measure): share_interval(scores, clusters=stored.clusters) for measure, scores in ill.items()
}
board["style first + RAG", "both_right"] = share_interval(late["both_right"], clusters=stored.clusters)
for (arm, measure), interval in board.items():
    add_row(arm, "support", measure, interval.value, interval.low, interval.high, n=interval.n, lesson="09")

# %% [markdown]
# ## Claims judged
#
# A claim is *supported* if every difference behind it lies on its side with the whole interval, *refuted* if each lies
# on the other side, else it *depends*. Where a claim depends, find the difference that is not on its side: the verdicts
# under the picture give the sign of most of them. `D-how-what` and `B-perf` ask for two gains over BASE: of retrieval
# on facts, over all questions, public ones included, and of tuning on form, over a BASE that is shown an example. The
# claims for both compare HYB with each technique alone and with BASE, whose example makes it a rival, too.
# `A-robust-both` is tried at its worst: the hybrid with a broken search against RAG with a broken search, and against
# the tuned model that needs none. `D-s-consist` says that form does not depend on what was found: a loss of less than
# 0.1 counts as none (HYB is on trial there, not RAG with its example). `C-b-format` asks for citations, which nobody
# measured here. The intervals speak of the questions: they hold for *this* company, these two adapters and three
# passages. Another training or another k (move the slider) may come out otherwise; `python3 course.py run --only E30
# --seeds 3` asks three companies.

# %% tags=["expect-output"] name="verdicts"
from course_lib.checks import judge
from course_lib.claims import settle
from course_lib.statistics import Interval

hyb, base = (stored.cells[place]["both_right"] for place in ((3, True), (0, False)))
over_base = paired_bootstrap_difference(hyb, base, clusters=stored.clusters)
best = settle(both.tuning_with_retrieval, both.retrieval_with_tuning, over_base)
for claim in ("A-both-best", "C-b-know", "C-f-support", "D-v-both"):
    judge(claim, best, "both right: HYB - RAG, HYB - FT-B and HYB - BASE")
for claim in ("D-how-what", "B-perf"):
    judge(claim, settle(squares["facts"].retrieval, squares["valid"].tuning), "facts by RAG, form by FT-B")

# %% tags=["expect-output"] name="verdicts_on_robustness"
worst = [
    paired_bootstrap_difference(ill["both_right"], other["both_right"], clusters=stored.clusters)
    for other in (score_cell(broken["RAG"]), score_cell(runs[(0, True)]))
]
judge("A-robust-both", settle(*worst), "both right at the worst: HYB - RAG and HYB - FT-B")
loss = lost["valid"]
held = Interval(loss.value + 0.1, loss.low + 0.1, loss.high + 0.1, loss.n)
judge("D-s-consist", settle(held), "form under sabotage minus form before, at most 0.1 lost")
judge("A-both-order", settle(mismatch["both_right"]), "both right: style first minus trained with passages")
judge("C-b-format", "untested", "citations were not asked for")

# %% [markdown]
# ## What would change at a larger model
#
# A larger model follows a request in plain words for a voice more often without tuning, and may need no example for
# it. The row without the adapter then starts higher, the adapter has less to gain, and the interaction that is built
# into *both right* shrinks, because it grows with the room that both techniques have. It also reads better among
# distractors, so the facts of RAG and HYB move towards what the search finds. A mismatch between training and serving
# hurts it less, but is no less silent. What does not depend on size: that both right is at most the smaller of facts
# and form; that form which is in the weights outlives the search; and that a gain must be weighed with its interval.
#
# Published results say both. Balaguer et al. (arXiv 2401.08406) found that the gains of tuning and of retrieval add
# up. Ovadia et al. (arXiv 2312.05934) found that tuning on top of retrieval does not always beat retrieval
# alone. There the tuning was to teach facts; here it teaches form, and to read passages while keeping it.
#
# ## Quiz
#
# **1. HYB reaches 0.6 on both right, RAG 0.3, FT-B 0.2, BASE 0.1. What is the interaction?**
#
# <details><summary>a) 0.3</summary>That is HYB - RAG, the gain of tuning where there is retrieval. The gain that
# tuning has alone must come off.</details>
# <details><summary>b) 0.2</summary>Right: (0.6 - 0.3) - (0.2 - 0.1) = 0.2.</details>
# <details><summary>c) 0.5</summary>That is HYB - BASE, the gain of both together. It says nothing about how it came
# about.</details>
#
# **2. In service the hybrid's answers are all in the house voice, day after day. What do you know about its search?**
#
# <details><summary>a) it works, or the form would suffer</summary>No. Form comes from the weights; under sabotage it
# stayed while the facts went.</details>
# <details><summary>b) nothing</summary>Right. Measure facts on questions with known answers, or whether the passages
# speak of what was asked.</details>
# <details><summary>c) it works less well than before, since tuning hurts reading</summary>Tuning may cost some reading,
# but the look of the answers is no measurement of it.</details>
#
# **3. You want to add retrieval to a tuned model that is already in service. What comes first?**
#
# <details><summary>a) tune again on prompts with passages</summary>Right, or at least measure before you serve: the
# adapter has never seen a prompt of this form.</details>
# <details><summary>b) nothing, retrieval leaves the weights alone</summary>It does, but it changes the prompts, and the
# weights were trained for other ones.</details>
# <details><summary>c) a larger k, so that the passages outweigh the adapter</summary>More passages make the prompts
# still less like those of the training, and cost tokens.</details>
#
# ## Next lesson
#
# The hybrid's price was assumed. Lesson 10 does the accounting: tokens, operations, money and milliseconds of every
# arm, from which volume one is cheaper than another, and what each of them gives away to somebody who asks cleverly.

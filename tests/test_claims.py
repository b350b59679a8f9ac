import ast
import json
import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.claims import LESSONS, claim, claims, claims_of, conflicts, verdicts
from course_lib.claims.judging import INSIDE, find_signs, sign_of
from course_lib.data import load_json
from course_lib.errors import CourseError

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "results" / "scoreboard.json"
PLANNED = {f"E{number:02}" for number in range(1, 47)}
TIERS = {"M", "T", "J", "M/T", "T/S", "T+S", "T/J"}
IDS = [entry.id for entry in claims()]
JUDGED = [entry for entry in claims() if entry.figures]


# The ledger


def test_ids_are_unique_and_start_with_their_source():
    assert len(IDS) == len(set(IDS)) == 162
    sources = load_json("claims.json")["sources"]
    assert {entry.source for entry in claims()} == set(sources)
    assert all(entry.id.startswith(f"{entry.source}-") for entry in claims())


def test_every_claim_is_one_sentence_of_its_own():
    texts = [entry.claim for entry in claims()]
    assert len(set(texts)) == len(texts)
    assert [text for text in texts if not re.fullmatch(r"[A-Z][^.!?]{15,138}\.", text)] == []
    assert all(entry.decides for entry in claims())


def test_tiers_lessons_and_experiments_are_those_of_the_course():
    assert {entry.tier for entry in claims()} == TIERS
    for entry in claims():
        assert set(entry.lessons) <= set(LESSONS)
        assert set(entry.experiments) <= PLANNED
        assert list(entry.lessons) == sorted(set(entry.lessons))
        assert len(entry.experiments) == len(set(entry.experiments))


def test_every_claim_with_an_experiment_has_a_lesson():
    assert [entry.id for entry in claims() if entry.experiments and not entry.lessons] == []


def test_figures_belong_to_the_experiments_of_their_claim_and_can_come_out_either_way():
    for entry in claims():
        names = [(figure.experiment, figure.name) for figure in entry.figures]
        assert len(names) == len(set(names))
        for figure in entry.figures:
            assert figure.experiment in entry.experiments
            assert set(figure.holds_if) < set("+-0")
            assert len(figure.holds_if) == len(set(figure.holds_if)) > 0


def test_prices_and_judgements_have_no_figure_to_be_measured_by():
    reckoned = [entry for entry in claims() if "J" in entry.tier]
    assert len(reckoned) == 21
    assert [entry.id for entry in reckoned if entry.figures] == []


def test_each_claim_is_found_by_its_id():
    assert all(claim(name).id == name for name in IDS)


def test_unknown_claim_is_an_error_that_names_the_nearest():
    with pytest.raises(CourseError, match="no claim 'C-m-8': did you mean C-m-80?"):
        claim("C-m-8")
    with pytest.raises(CourseError, match="course claims lists the ids"):
        claim("zzzzzz")


# Conflicts


def test_fifteen_conflicts_have_two_sides_or_more_with_claims_that_exist():
    assert [conflict.id for conflict in conflicts()] == [f"K{number}" for number in range(1, 16)]
    for conflict in conflicts():
        assert len(conflict.sides) >= 2
        assert len(conflict.claims) == len(set(conflict.claims)) >= 2
        assert set(conflict.claims) <= set(IDS)
        assert all(side.says and side.claims for side in conflict.sides)
        assert conflict.question.endswith("?")
        assert set(conflict.experiments) <= PLANNED


def test_claims_and_conflicts_name_each_other():
    for entry in claims():
        assert list(entry.conflicts) == [conflict.id for conflict in conflicts() if entry.id in conflict.claims]


def test_each_conflict_is_between_sources():
    for conflict in conflicts():
        assert len({name.split("-")[0] for name in conflict.claims}) >= 2


# Claims of a lesson or an experiment


def test_claims_of_a_lesson_and_an_experiment_are_those_that_name_both():
    assert claims_of() == claims()
    assert {entry.id for entry in claims_of(lesson="03")} >= {"A-semantic-match", "C-large", "D-r-scale"}
    assert {entry.id for entry in claims_of(experiment="E03")} == {"A-depth", "C-m-80", "D-s-behavior"}
    both = claims_of(experiment="E12", lesson="08")
    assert [entry.id for entry in both] == ["A-l-static", "C-f-facts"]
    assert claims_of(lesson="12") == ()


def test_decision_lab_has_every_claim_in_conflict():
    assert {name for conflict in conflicts() for name in conflict.claims} <= {c.id for c in claims_of(lesson="11")}


@pytest.mark.parametrize("lesson", ["13", "4", "", "four"])
def test_unknown_lesson_is_an_error(lesson):
    with pytest.raises(CourseError, match="expected two digits, 00 to 12"):
        claims_of(lesson=lesson)


@pytest.mark.parametrize("experiment", ["E3", "e03", "30", ""])
def test_unknown_experiment_is_an_error(experiment):
    with pytest.raises(CourseError, match="expected an id such as E30"):
        claims_of(experiment=experiment)


# The ledger and the experiments


@cache
def experiments():
    from course_lib.experiments import EXPERIMENTS

    return EXPERIMENTS


def test_every_claim_that_an_experiment_names_exists_and_names_it_back():
    for experiment in experiments().values():
        for name in experiment.claims:
            assert experiment.id in claim(name).experiments, f"add {experiment.id} to {name} in datasets/claims.json"


def test_every_experiment_decides_a_claim_by_a_figure():
    deciding = {figure.experiment for entry in claims() for figure in entry.figures}
    assert deciding == set(experiments())


@cache
def named_in_code():
    """Return the names that `Finding` is given in the experiments, as patterns, and all their constant texts."""
    patterns, texts = set(), set()
    for path in (ROOT / "course_lib" / "experiments").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                patterns.add(pattern_of(node.args[0]))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
    return patterns, texts


def pattern_of(node):
    """Return a pattern of the texts that an expression can stand for; variables match whatever is not empty."""
    if isinstance(node, ast.Constant):
        return re.escape(node.value)
    parts = node.values if isinstance(node, ast.JoinedStr) else []
    return "".join(re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in parts)


def test_every_figure_of_the_ledger_is_named_in_the_code_of_the_experiments():
    patterns, texts = named_in_code()
    assert len(patterns) > 15
    for name in {figure.name for entry in claims() for figure in entry.figures}:
        is_further = INSIDE in name and set(name.split(INSIDE)) <= texts
        assert is_further or any(re.fullmatch(pattern, name) for pattern in patterns), f"no experiment measures {name}"


@pytest.mark.skipif(not SHIPPED.is_file(), reason="no scoreboard is shipped yet")
def test_every_figure_of_the_ledger_stands_on_the_shipped_scoreboard():
    found = verdicts(json.loads(SHIPPED.read_text(encoding="utf-8")))
    assert [found[entry.id].why for entry in JUDGED if found[entry.id].verdict == "not tried yet"] == []


# Verdicts


def make_scoreboard(signs, n_seeds=3, verdict="supported"):
    """Return a scoreboard on which the figure (experiment, name) has the given signs, one a seed."""
    entries = {}
    for (experiment, name), found in signs.items():
        entry = entries.setdefault(experiment, {"experiment": experiment, "verdict": verdict, "figures": []})
        entry["figures"] += [{"name": name, "seed": seed, "sign": sign} for seed, sign in enumerate(found)]
    return {"seeds": list(range(n_seeds)), "verdicts": list(entries.values())}


def all_figures(sign_of_figure):
    """Return a scoreboard with every figure of the ledger, three times the sign that the function gives."""
    figures = dict.fromkeys(figure for entry in claims() for figure in entry.figures)
    return make_scoreboard({(figure.experiment, figure.name): sign_of_figure(figure) * 3 for figure in figures})


def verdict_on(name, signs, **options):
    return verdicts(make_scoreboard(signs, **options))[name]


RECOVERY = ("E03", "recovery - 0.8, all tasks")
FRESH = ("E12", "accuracy in v3, RAG stale - fresh index")
DECAY = ("E12", "accuracy of FT-F of v1, in v3 - in v1")


def test_empty_scoreboard_tries_nothing():
    found = verdicts({"seeds": [], "verdicts": []})
    assert list(found) == IDS
    assert {verdict.verdict for verdict in found.values()} == {"not tried yet"}
    assert all(verdict.untried == claim(name).experiments for name, verdict in found.items())


@pytest.mark.parametrize(
    ("signs", "verdict"),
    [("+++", "supported"), ("000", "supported"), ("---", "refuted"), ("++-", "depends"), ("++?", "depends"),
     ("++0", "depends"), ("???", "depends"), ("++", "not tried yet"), ("", "not tried yet")],
)  # fmt: skip
def test_all_seeds_must_agree_on_the_sign(signs, verdict):
    assert verdict_on("C-m-80", {RECOVERY: signs}).verdict == verdict


@pytest.mark.parametrize("own", ["supported", "refuted", "depends"])
def test_verdict_of_the_experiment_is_not_passed_on(own):
    # E03 predicts less than four fifths: what supports its prediction refutes the claim
    assert verdict_on("C-m-80", {RECOVERY: "---"}, verdict=own).verdict == "refuted"


@pytest.mark.parametrize(
    ("fresh", "decay", "verdict"),
    [("000", "---", "supported"), ("---", "---", "depends"), ("---", "+++", "refuted"), ("000", "??-", "depends")],
)
def test_figures_that_bear_both_ways_depend(fresh, decay, verdict):
    assert verdict_on("D-t-currency", {FRESH: fresh, DECAY: decay}).verdict == verdict


def test_reason_names_what_speaks_for_and_against():
    why = verdict_on("D-t-currency", {FRESH: "---", DECAY: "---"}).why
    assert why == f"for: {' '.join(DECAY)} | against: {' '.join(FRESH)}"


def test_claim_waits_for_each_of_its_figures():
    found = verdict_on("D-t-currency", {DECAY: "---"})
    assert (found.verdict, found.why) == ("not tried yet", f"not on the scoreboard: {' '.join(FRESH)}")
    assert [evidence.bears for evidence in found.evidence] == ["for", "missing"]


def test_planned_experiments_that_could_change_the_verdict_are_named():
    found = verdict_on("A-less-halluc", {("E02", "halluc on traps, RAG - BASE"): "---"})
    assert (found.verdict, found.untried) == ("supported", ("E09",))


def test_further_figures_of_an_experiment_count_like_the_others():
    up = {"value": 0.3, "low": 0.1, "high": 0.5}
    further = {"gain by retrieval": {"facts": up}, "gain by tuning": {"valid": up | {"low": -0.1}}}
    entry = {"experiment": "E30", "figures": [], "extra": [further]}
    scoreboard = {"seeds": [0], "verdicts": [entry]}
    assert verdicts(scoreboard)["C-headline"].verdict == "depends"
    further["gain by tuning"]["valid"] = up
    assert verdicts(scoreboard)["C-headline"].verdict == "supported"
    assert verdicts(scoreboard | {"seeds": [0, 1]})["C-headline"].verdict == "not tried yet"


@pytest.mark.parametrize("extra", [[], [None], [{}], [{"a": 1}], [{"a": {"b": {"low": 0}}}]])
def test_further_figure_that_is_no_interval_is_none(extra):
    assert find_signs({"figures": [], "extra": extra}, "a > b") == ()


def test_open_ends_of_an_interval_leave_the_sign_to_the_other_end():
    intervals = [(0.1, None), (None, -0.1), (None, None), (None, 0.1), (-0.1, None), (0.0, 0.2)]
    assert [sign_of({"low": low, "high": high}) for low, high in intervals] == ["+", "-", "?", "?", "?", "?"]


def test_every_claim_with_figures_can_be_supported_refuted_and_left_open():
    for signs, verdict in (
        (lambda figure: figure.holds_if[0], "supported"),
        (lambda figure: min(set("+-0") - set(figure.holds_if)), "refuted"),
        (lambda figure: "?", "depends"),
    ):
        for entry in JUDGED:
            own = {(figure.experiment, figure.name): signs(figure) * 3 for figure in entry.figures}
            assert verdict_on(entry.id, own).verdict == verdict


def test_claims_without_figures_get_no_verdict_from_any_scoreboard():
    found = verdicts(all_figures(lambda figure: "+"))
    assert {found[entry.id].verdict for entry in claims() if not entry.figures} == {"not tried yet"}
    assert found["D-c-update"].why.startswith("a price or a judgement")
    assert found["A-mcp"].why == "no experiment tries it"
    assert found["C-debug"].why == "no figure of its experiments decides it so far"


def test_verdict_on_prompting_says_that_a_larger_model_has_to_confirm_it():
    found = verdicts(all_figures(lambda figure: figure.holds_if[0]))
    warned = {name for name, verdict in found.items() if "small Hub model" in verdict.why}
    assert warned == {entry.id for entry in claims() if entry.tier == "T+S"}


RIVALS = [
    ("B-ongoing-lower", "D-query-cheaper"),
    ("D-s-latency", "C-ft-latency"),
    ("A-fresh-if", "D-t-currency"),
    ("SM-sft-facts", "A-ft-knows"),
]


@given(st.data())
def test_claims_that_contradict_each_other_are_never_both_supported(data):
    found = verdicts(all_figures(lambda figure: data.draw(st.sampled_from("+-0?"))))
    for names in RIVALS:
        assert [found[name].verdict for name in names] != ["supported", "supported"]


@pytest.mark.parametrize("value", [{}, {"verdicts": []}, [], None, "scoreboard.json"])
def test_what_is_no_scoreboard_is_refused(value):
    with pytest.raises(CourseError, match="expected a scoreboard"):
        verdicts(value)


def test_scoreboard_of_a_run_is_joined_to_its_claims():
    from course_lib.experiments import Result
    from course_lib.experiments.base import Finding
    from course_lib.running.run import build_scoreboard
    from course_lib.statistics import Interval

    def measure(seed, added):
        findings = [Finding("accuracy BASE, public - inkb", Interval(0.6, 0.5, 0.7, 100), "+"),
                    Finding("accuracy BASE, public - added", added, "+")]  # fmt: skip
        return Result("E01", seed, (), tuple(findings), {})

    results = [measure(0, Interval(0.6, 0.5, 0.7, 100)), measure(1, Interval(0.1, -0.1, 0.2, 100))]
    model = SimpleNamespace(name="scripted", fingerprint="f")
    scoreboard = build_scoreboard(model, [0, 1], [], [experiments()["E01"]], {"E01": results})
    found = verdicts(json.loads(json.dumps(scoreboard)))
    assert (found["C-private"].verdict, found["C-frozen"].verdict) == ("supported", "depends")
    assert {verdict.verdict for name, verdict in found.items() if name not in ("C-private", "C-frozen")} == {
        "not tried yet"
    }

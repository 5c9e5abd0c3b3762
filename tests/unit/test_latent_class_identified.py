"""Models that the patterns do not determine give no numbers, and say why."""

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.definitions import latent_class
from nms_pv.measures.definitions.accuracy import (
    accuracy_rows,
    class_probability_rows,
    corrected_rows,
    model,
    model_rows,
    pair_rows,
)
from nms_pv.measures.definitions.identified import why_not_identified
from nms_pv.measures.definitions.latent_class import LatentClasses, counts_of, fit
from nms_pv.measures.definitions.latent_class_limits import information
from nms_pv.measures.definitions.misclassification import Accuracy, rogan_gladen
from nms_pv.measures.definitions.patterns import Patterns, collapsed
from tests.lib.verdict_patterns import drawn_patterns, patterns

GOOD = drawn_patterns(np.random.default_rng(3), 2000, 0.3, [0.9, 0.8, 0.7, 0.8], [0.95, 0.9, 0.9, 0.95])
VARIED = {"+++": 9, "++-": 4, "+-+": 5, "-++": 3, "+--": 6, "-+-": 7, "--+": 8, "---": 50}


@pytest.mark.parametrize(
    ("found", "reading", "said"),
    [
        (patterns("a b", {"++": 5, "+-": 2, "-+": 2, "--": 5}), "decided", "2 indicators; at least 3 are needed"),
        (patterns("a b c", {"+++": 5, "++-": 2, "+-+": 1}), "decided", "a is always met where it is decided"),
        (patterns("a b c", {"-++": 5, "-+-": 2, "?-+": 1}), "decided", "a is never met where it is decided"),
        (patterns("a b c", {"+++": 5, "+?-": 2, "-++": 1}), "decided", "b is always met where it is decided"),
        (patterns("a b c", {"?++": 5, "?+-": 2, "?-+": 1}), "decided", "a is never decided"),
        (patterns("a b c", {"+++": 5, "++-": 2, "--+": 1, "---": 5}), "decided", "a and b never differ, so they are one"),
        (patterns("a b c", {"+++": 5, "?--": 2, "--+": 1, "-?-": 5}), "decided", "a and b never differ, so they are one"),
    ],
)
def test_refused_before_fitting(found: Patterns, reading: str, said: str) -> None:
    refused = model("m", reading, found, 0.95, 1, "subjects")
    assert refused.fitted is None
    assert refused.undefined_reason is not None
    assert said in refused.undefined_reason


def test_silence_read_as_not_met_can_identify_what_is_not_when_left_out() -> None:
    found = patterns("a b c", {marks.replace("-", "?"): n for marks, n in VARIED.items()})
    assert model("m", "decided", found, 0.95, 1, "subjects").fitted is None
    assert model("m", "met_or_not", found, 0.95, 1, "subjects").fitted is not None


def test_without_classes_the_likelihood_is_flat() -> None:
    """Independent indicators: one class explains all, and two say nothing more."""
    even = patterns("a b c", dict.fromkeys(VARIED, 50))
    refused = model("m", "decided", even, 0.95, 1, "subjects")
    assert refused.fitted is None
    assert "not identified" in str(refused.undefined_reason)


def test_no_rest_and_different_solutions_and_rank() -> None:
    classes = fit(GOOD, seed=1)
    known = information(classes)
    assert why_not_identified(classes, known) is None
    assert "found no maximum" in str(why_not_identified(classes._replace(converged=False), known))
    several = classes._replace(all_the_same=False, starts_at_best=7)
    assert why_not_identified(several, known) == (
        "not identified: 7 of 20 starts reached the best likelihood, with different parameters"
    )
    even = patterns("a b c", dict.fromkeys(VARIED, 50))
    alike = LatentClasses(counts_of(even), "a", np.array([0.3, *[0.5] * 6]), -1.0, True, 20, 20, True)
    assert why_not_identified(alike, information(alike)) == "not identified: the information on 7 parameters has rank 3"


def test_four_indicators_of_which_two_tell_classes_apart_are_two() -> None:
    """Enough indicators and degrees of freedom, but many solutions of one likelihood; the information shows it too."""
    marks = [f"{a}{b}{c}{d}" for a in "+-" for b in "+-" for c in "+-" for d in "+-"]
    found = patterns("a b c d", {pattern: 850 if pattern[0] == pattern[1] else 400 for pattern in marks})
    refused = model("m", "decided", found, 0.95, 1, "subjects")
    assert refused.undefined_reason == "not identified: 20 of 20 starts reached the best likelihood, with different parameters"
    assert refused.fitted is None
    assert information(fit(found, seed=1)).rank == 7


def test_a_start_that_cannot_rest_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latent_class, "MOST_STEPS", 3)
    classes = fit(GOOD, seed=1)
    assert not classes.converged
    assert classes.starts_at_best == 0


def test_a_model_without_numbers_keeps_its_rows_and_says_why() -> None:
    refused = model("m", "decided", patterns("a b", {"++": 5, "+-": 2, "-+": 2, "--": 5}), 0.95, 1, "subjects")
    rows = model_rows([refused], {})
    assert rows.select("estimate", "starts", "independence", "degrees_of_freedom").row(0) == (None, 0, "not_identified", -2)
    assert accuracy_rows([refused]).height == 4
    assert accuracy_rows([refused])["estimate"].is_null().all()
    assert corrected_rows([refused], ["a"], {}).select("n", "apparent", "estimate").row(0) == (14, 7, None)
    assert pair_rows([refused], {}).is_empty()
    assert class_probability_rows([refused]).is_empty()


def test_rows_of_an_identified_model() -> None:
    found = model("m", "decided", GOOD, 0.95, 1, "subjects")
    assert found.fitted
    row = model_rows([found], {}).row(0, named=True)
    assert (row["anchor"], row["parameters"], row["degrees_of_freedom"], row["starts"]) == ("pt_only", 9, 6, 20)
    assert row["low"] < row["estimate"] < row["high"]
    assert row["independence"] == "not_refuted"
    specificity = accuracy_rows([found]).filter(indicator="pt_only", quantity="specificity").row(0, named=True)
    assert specificity["estimate"] == pytest.approx(1 - found.fitted.classes.parameters[5])
    assert specificity["low"] < specificity["estimate"] < specificity["high"]
    probabilities = class_probability_rows([found])
    assert probabilities["n"].sum() == 2000
    most = dict(probabilities.select("pattern", "probability").iter_rows())
    assert most["pt_only=met;sign_1=met;sign_2=met;sign_3=met"] > 0.99
    assert most["pt_only=not_met;sign_1=not_met;sign_2=not_met;sign_3=not_met"] < 0.01
    expected = (probabilities["n"] * probabilities["probability"]).sum() / 2000
    assert expected == pytest.approx(row["estimate"], rel=1e-6)


def test_independence_is_doubted_aloud() -> None:
    shared = {"sign_1": frozenset({"fever", "rigidity"}), "sign_2": frozenset({"fever"})}
    found = model("m", "decided", GOOD, 0.95, 1, "subjects")
    row = model_rows([found], shared).row(0, named=True)
    assert (row["independence"], row["sharing_pairs"]) == ("shared_evidence", 1)
    pair = pair_rows([found], shared).filter(indicator_a="sign_1", indicator_b="sign_2")
    assert pair["shared"].to_list() == ["fever"]
    assert corrected_rows([found], ["pt_only"], shared)["independence"].to_list() == ["shared_evidence"]

    three = model("m", "decided", GOOD.onto(["pt_only", "sign_1", "sign_3"]), 0.95, 1, "subjects")
    assert model_rows([three], {})["independence"].to_list() == ["not_checkable"]

    states = np.repeat(GOOD.states, GOOD.n, axis=0)
    states[::2, 2] = states[::2, 1]
    copied = model("m", "decided", collapsed(GOOD.names, states, np.ones(len(states), np.int64)), 0.95, 1, "subjects")
    row = model_rows([copied], {}).row(0, named=True)
    assert row["independence"] == "refuted"
    assert row["dependent_pairs"] >= 1


def test_a_share_at_its_bound_has_limits_by_profile() -> None:
    never_false = drawn_patterns(np.random.default_rng(4), 400, 0.3, [0.9, 0.8, 0.7, 0.8], [1.0, 0.9, 0.9, 0.8])
    rows = accuracy_rows([model("m", "decided", never_false, 0.95, 1, "subjects")])
    row = rows.filter(indicator="pt_only", quantity="specificity").row(0, named=True)
    assert "profile likelihood" in row["method"]
    assert row["estimate"] == pytest.approx(1)
    assert row["high"] == 1
    assert 0.9 < row["low"] < 1


@pytest.mark.parametrize(
    ("apparent", "n", "sensitivity", "specificity", "said"),
    [
        (0, 0, 0.9, 0.9, "there is no subject"),
        (5, 10, 0.4, 0.6, "sensitivity + specificity is not above 1"),
        (1, 100, 0.9, 0.9, "truncated, it would be 0"),
        (99, 100, 0.9, 0.9, "truncated, it would be everybody"),
    ],
)
def test_counts_that_cannot_be_corrected(apparent: int, n: int, sensitivity: float, specificity: float, said: str) -> None:
    corrected = rogan_gladen(apparent, n, Accuracy(sensitivity, specificity, np.zeros((3, 3))), 0.95)
    assert said in str(corrected.undefined_reason)
    assert np.isnan(corrected[:3]).all()
    assert corrected.is_truncated is None


def test_limits_of_a_corrected_count_are_cut_off() -> None:
    corrected = rogan_gladen(11, 100, Accuracy(0.9, 0.9, np.diag([0, 0.01, 0.01])), 0.95)
    assert (corrected.low, corrected.is_truncated) == (0, True)


def test_no_models_give_empty_tables() -> None:
    for rows in (model_rows([], {}), accuracy_rows([]), corrected_rows([], [], {})):
        assert isinstance(rows, pl.DataFrame)
        assert rows.is_empty()


def test_a_likelihood_with_several_summits_still_has_limits() -> None:
    """Signs of 1,415 public reports, one of them with the term: the profile likelihood jumps from one summit to another."""
    found = patterns(
        "pt_only fever rigidity altered_mental_status ck",
        {"-----": 1158, "-+---": 117, "+-+--": 1, "---+-": 109, "-+-+-": 14, "--++-": 3, "-+++-": 1, "----+": 8, "-+--+": 1,
         "---++": 2, "-++++": 1},
    )  # fmt: skip
    rows = accuracy_rows([model("m", "met_or_not", found, 0.95, 20260103, "reports")])
    assert rows["undefined_reason"].null_count() == rows.height == 10
    assert (rows["low"] <= rows["estimate"]).all()
    assert (rows["estimate"] <= rows["high"]).all()

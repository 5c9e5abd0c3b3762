"""How verdicts are compared: small tables a clinician can check by hand. `+` met, `-` not met, `?` indeterminate."""

import polars as pl
import pytest

from nms_pv.measures.definitions.agreement import agreement, agreement_of_all, verdict_pairs
from nms_pv.measures.definitions.features import add_up, difference_rows, feature_rows, groups, tally_features
from nms_pv.measures.definitions.sets import cuts, definition_sets
from tests.lib.verdict_patterns import patterns

TEN = patterns("iec_2011 pt_only", {"++": 3, "+-": 1, "?+": 2, "?-": 3, "-+": 1})


def measures(reading: str) -> dict[str, float]:
    found = agreement(TEN, 0.95, "subjects").filter(reading=reading)
    return dict(zip(found["measure"], found["estimate"], strict=True))


def test_documented_case_or_not() -> None:
    """Ten subjects: both 3, only IEC 1, only the term 2 + 1, neither 3. Indeterminate counts as no case."""
    cells = agreement(TEN, 0.95, "subjects").filter(reading="met_or_not", measure="kappa")
    assert cells.select("both", "only_a", "only_b", "neither", "left_out").row(0) == (3, 1, 3, 3, 0)
    found = measures("met_or_not")
    assert found["observed_agreement"] == pytest.approx(6 / 10)
    assert found["pabak"] == pytest.approx(2 * 6 / 10 - 1)
    assert found["positive_agreement"] == pytest.approx(2 * 3 / (4 + 6))
    assert found["prevalence_index"] == pytest.approx((3 - 3) / 10)
    assert found["bias_index"] == pytest.approx((1 - 3) / 10)
    # Independent definitions, met in 4 and 6 of 10, would agree in 0.24 + 0.24.
    assert found["kappa"] == pytest.approx((0.6 - 0.48) / (1 - 0.48))


def test_only_where_both_are_decided() -> None:
    cells = agreement(TEN, 0.95, "subjects").filter(reading="decided", measure="observed_agreement")
    assert cells.select("both", "only_a", "only_b", "neither", "left_out").row(0) == (3, 1, 1, 0, 5)
    assert measures("decided")["observed_agreement"] == pytest.approx(3 / 5)


@pytest.mark.parametrize(
    ("counts", "reading", "measure", "reason"),
    [
        ({"?+": 4, "?-": 2}, "decided", "kappa", "no subject has decided verdicts of both"),
        ({"--": 9}, "met_or_not", "kappa", "no subject meets either definition"),
        ({"?-": 9}, "met_or_not", "positive_agreement", "no subject meets either definition"),
        ({"++": 9, "?+": 1}, "decided", "kappa", "every subject meets both definitions"),
    ],
)
def test_what_is_undefined_has_a_reason(counts: dict[str, int], reading: str, measure: str, reason: str) -> None:
    row = agreement(patterns("iec_2011 pt_only", counts), 0.95, "subjects").filter(reading=reading, measure=measure)
    assert row.select("estimate", "low", "high", "undefined_reason").row(0) == (None, None, None, reason)


def test_complete_agreement_has_no_asymptotic_limits_but_exact_ones() -> None:
    found = agreement(patterns("iec_2011 pt_only", {"++": 5, "--": 5}), 0.95, "subjects").filter(reading="decided")
    kappa, pabak = (found.filter(measure=name).select("estimate", "low", "high").row(0) for name in ("kappa", "pabak"))
    assert kappa == (1, None, None)
    assert pabak[0] == pabak[2] == 1
    assert pabak[1] == pytest.approx(2 * 0.025 ** (1 / 10) - 1)


def test_the_3_by_3_table_shows_every_cell() -> None:
    rows = verdict_pairs(TEN, [("iec_2011", "pt_only")], "subjects")
    shown = {(a, b): n for a, b, n in rows.select("verdict_a", "verdict_b", "n").iter_rows()}
    assert shown == {
        ("met", "met"): 3, ("met", "not_met"): 1, ("met", "indeterminate"): 0,
        ("not_met", "met"): 1, ("not_met", "not_met"): 0, ("not_met", "indeterminate"): 0,
        ("indeterminate", "met"): 2, ("indeterminate", "not_met"): 3, ("indeterminate", "indeterminate"): 0,
    }  # fmt: skip


def test_alpha_leaves_out_who_has_one_verdict_only() -> None:
    row = agreement_of_all(TEN, 0.95, 100, 1, "subjects").row(0, named=True)
    assert (row["definitions"], row["n"], row["left_out"]) == ("iec_2011;pt_only", 5, 5)
    assert "percentile bootstrap over subjects, 100 resamples" in row["method"]


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ({"?+": 3, "-?": 3}, "no subject has two decided verdicts"),
        ({"--": 3, "?+": 1}, "all decided verdicts are the same"),
    ],
)
def test_alpha_undefined(counts: dict[str, int], reason: str) -> None:
    row = agreement_of_all(patterns("iec_2011 pt_only", counts), 0.95, 100, 1, "subjects").row(0, named=True)
    assert (row["estimate"], row["low"], row["undefined_reason"]) == (None, None, reason)


def test_who_is_a_case_by_which_definitions() -> None:
    found = definition_sets(patterns("a b c", {"++-": 4, "++?": 2, "-?-": 5, "---": 7, "+--": 1}), "subjects")
    shown = {row["met"]: (row["definitions"], row["n"], row["indeterminate"]) for row in found.iter_rows(named=True)}
    assert shown == {"a;b": (2, 6, 2), "": (0, 12, 5), "a": (1, 1, 0)}


def test_every_cut() -> None:
    """Three subjects: 2 to 3 points, exactly 1, 0 to 3. At 2 points the first is a case, the third may be, the second is not."""
    points = pl.DataFrame(
        {"definition": ["iec"] * 3, "points_low": [2, 1, 0], "points_high": [3, 1, 3], "n": [1, 1, 1]},
        schema_overrides={"points_low": pl.Int32, "points_high": pl.Int32},
    )
    rows = cuts(points, "subjects").sort("cut").select("cut", "met", "indeterminate", "not_met").rows()
    assert rows == [(1, 2, 1, 0), (2, 1, 1, 1), (3, 0, 2, 1)]


@pytest.mark.parametrize(
    ("nms", "serotonin", "group"),
    [
        ("met", "not_met", "nms_only"),
        ("not_met", "met", "serotonin_only"),
        ("met", "met", "both"),
        ("not_met", "not_met", "neither"),
        ("met", "indeterminate", "undecidable"),
        ("indeterminate", "met", "undecidable"),
        ("indeterminate", "not_met", "undecidable"),
        ("not_met", "indeterminate", "undecidable"),
        ("indeterminate", "indeterminate", "undecidable"),
    ],
)
def test_groups_of_the_differential(nms: str, serotonin: str, group: str) -> None:
    """A met verdict beside an indeterminate one is undecidable: it may be one syndrome or both."""
    frames = [pl.DataFrame({"subject_id": ["faers:1"], "verdict": [verdict]}) for verdict in (nms, serotonin)]
    assert groups(*frames)["group"].to_list() == [group]


def test_features_of_the_groups() -> None:
    """Four with NMS only: rigidity present in 2, absent in 1, not documented in 1. Two with serotonin toxicity only: 0, 1, 1."""
    grouped = pl.DataFrame(
        {"subject_id": [f"faers:{n}" for n in range(6)], "group": ["nms_only"] * 4 + ["serotonin_only"] * 2}
    ).with_columns(pl.col("group").cast(pl.Enum(["nms_only", "serotonin_only", "both", "neither", "undecidable"])))
    states = pl.DataFrame(
        {"subject_id": ["faers:0", "faers:1", "faers:2", "faers:4"], "name": ["rigidity"] * 4, "state": [1, 1, 0, 0]}
    )
    tally = add_up([tally_features(grouped, states, ["rigidity", "clonus"])])
    rows = feature_rows(tally, "pt_only", "hunter_2003", 0.95, "subjects")
    nms = rows.filter(group="nms_only", feature="rigidity")
    assert dict(nms.select("reading", "estimate").iter_rows()) == {"met_or_not": 2 / 4, "decided": 2 / 3}
    assert nms.select("present", "absent", "not_documented").unique().row(0) == (2, 1, 1)
    differences = difference_rows(tally, 0.95, "subjects").filter(feature="rigidity")
    assert dict(differences.select("reading", "estimate").iter_rows()) == {"met_or_not": 0.5, "decided": 2 / 3}


def test_features_without_subjects_have_a_reason() -> None:
    group = pl.Enum(["nms_only", "serotonin_only", "both", "neither", "undecidable"])
    grouped = pl.DataFrame({"subject_id": ["faers:0"], "group": ["nms_only"]}, schema_overrides={"group": group})
    none = pl.DataFrame(schema={"subject_id": pl.String, "name": pl.String, "state": pl.Int8})
    tally = add_up([tally_features(grouped, none, ["clonus"])])
    rows = feature_rows(tally, "pt_only", "hunter_2003", 0.95, "subjects")
    reasons = {(g, r): why for g, r, why in rows.select("group", "reading", "undefined_reason").iter_rows()}
    assert reasons["nms_only", "met_or_not"] is None
    assert reasons["both", "met_or_not"] == "the group both has no subject"
    assert reasons["nms_only", "decided"] == "in no subject of the group nms_only is it documented as present or absent"
    differences = difference_rows(tally, 0.95, "subjects")
    assert dict(differences.select("reading", "undefined_reason").iter_rows()) == {
        "met_or_not": "the group serotonin_only has no subject",
        "decided": "in no subject of the group nms_only is it documented as present or absent",
    }

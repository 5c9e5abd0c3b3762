import polars as pl
import pytest

from nms_pv.measures.reports.results import grid_results, outcome_results, year_results
from tests.lib.checked_results import checked

LEVEL = 0.95
SETTING = {"definition": "pt_only", "roles": "ps+ss", "duplicates": "collapsed", "group_kind": "generation", "group": "FGA"}


def compared(a: int, group_reports: int, cases: int, reports: int, level: float = LEVEL) -> dict[str, dict[str, object]]:
    """The rows of one 2x2 table, by measure."""
    grid = pl.DataFrame([SETTING | {"a": a, "group_reports": group_reports, "cases": cases, "reports": reports}])
    found = checked(grid_results(grid, level))
    return {row["measure"]: row for row in found.iter_rows(named=True)}


def test_risperidone_in_jader_has_the_published_numbers() -> None:
    found = compared(252, 2534, 2991, 1_124_137)
    ror = found["ror"]
    assert [round(ror[name], 2) for name in ("estimate", "low", "high")] == [45.11, 39.40, 51.65]
    assert [ror[name] for name in ("numerator", "denominator", "reference_numerator", "reference_denominator")] == [
        252,
        2534,
        2739,
        1_121_603,
    ]
    assert (ror["result_id"], ror["level"], ror["screen_met"]) == ("ror/pt_only/ps+ss/collapsed/generation/FGA", LEVEL, True)
    assert "Wald" in ror["method"]
    assert round(found["chi2_yates"]["estimate"], 2) == 8929.07
    assert found["reports"]["estimate"] == 252
    assert found["reporting_proportion"]["estimate"] == 252 / 2534


def test_every_measure_is_there_once_and_none_is_suppressed() -> None:
    found = compared(3, 10, 6, 1000)
    assert sorted(found) == ["chi2_yates", "ic", "prr", "reporting_proportion", "reports", "ror"]
    assert not any(row["suppressed"] for row in found.values())


def test_all_reports_are_compared_with_nothing() -> None:
    everything = SETTING | {"group_kind": "all", "group": "all"}
    grid = pl.DataFrame([everything | {"a": 6, "group_reports": 1000, "cases": 6, "reports": 1000}])
    assert sorted(checked(grid_results(grid, LEVEL))["measure"]) == [
        "reporting_proportion",
        "reports",
    ]


@pytest.mark.parametrize(
    ("cells", "reason", "undefined"),
    [
        ((0, 0, 6, 1000), "the group has no reports", {"ror", "prr", "chi2_yates", "ic", "reporting_proportion"}),
        ((6, 1000, 6, 1000), "there is no report outside the group", {"ror", "prr", "chi2_yates"}),
        ((0, 10, 0, 1000), "no report meets the definition", {"ror", "prr", "chi2_yates", "ic"}),
        ((0, 10, 6, 1000), "no report of the group meets the definition", {"ror", "prr"}),
        ((6, 10, 6, 1000), "no report outside the group meets the definition", {"ror", "prr"}),
        ((10, 10, 16, 1000), "every report of the group meets the definition", {"ror"}),
        ((3, 10, 993, 1000), "every report outside the group meets the definition", {"ror"}),
        ((3, 10, 6, 1000), None, set()),
    ],
)
def test_what_is_undefined_is_empty_and_says_why(cells: tuple[int, int, int, int], reason: str, undefined: set[str]) -> None:
    for measure, row in compared(*cells).items():
        if measure in undefined:
            assert row["undefined_reason"] == reason
            assert [row[name] for name in ("estimate", "low", "high", "screen_met")] == [None] * 4
        else:
            assert row["undefined_reason"] is None
            assert row["estimate"] is not None


def test_intervals_have_the_level_asked_for_but_screens_stay_as_published() -> None:
    wide, usual = compared(6, 100, 80, 4000, level=0.999), compared(6, 100, 80, 4000)
    assert wide["ror"]["low"] < 1 < usual["ror"]["low"]
    assert wide["ic"]["low"] < 0 < usual["ic"]["low"]
    assert [found[measure]["screen_met"] for found in (wide, usual) for measure in ("ror", "ic")] == [True] * 4


def test_two_reports_are_too_few_for_the_screens_of_ratios() -> None:
    found = compared(2, 10, 3, 100_000)
    assert (found["ror"]["screen_met"], found["prr"]["screen_met"]) == (False, False)


def test_years_are_strata() -> None:
    here = [SETTING | {"received_year": year, "a": 1, "group_reports": n} for year, n in [(2024, 4), (2025, 0), (None, 2)]]
    years = pl.DataFrame([row | {"a": min(1, row["group_reports"])} for row in here])
    found = checked(year_results(years, LEVEL)).filter(pl.col("measure") == "reporting_proportion")
    assert found.select("result_id", "stratum", "numerator", "denominator", "estimate", "undefined_reason").rows() == [
        ("reporting_proportion/pt_only/ps+ss/collapsed/generation/FGA/year=2024", "year=2024", 1, 4, 0.25, None),
        (
            "reporting_proportion/pt_only/ps+ss/collapsed/generation/FGA/year=2025",
            "year=2025",
            0,
            0,
            None,
            "the group has no reports",
        ),
        ("reporting_proportion/pt_only/ps+ss/collapsed/generation/FGA/year_unknown", "year_unknown", 1, 2, 0.5, None),
    ]


@pytest.mark.parametrize(
    ("cases", "fatal", "known", "estimate", "reason"),
    [
        (5, 1, 4, 0.25, None),
        (5, 0, 4, 0.0, None),
        (5, 0, 0, None, "the outcome of no report that meets the definition is known"),
        (0, 0, 0, None, "no report of the group meets the definition"),
    ],
)
def test_outcome_proportions_are_among_cases_of_known_outcome(
    cases: int, fatal: int, known: int, estimate: float | None, reason: str | None
) -> None:
    counts = {"a": cases, "serious": known, "serious_known": known, "fatal": fatal, "fatal_known": known}
    found = checked(outcome_results(pl.DataFrame([SETTING | counts]), LEVEL)).row(0, named=True)
    assert found["measure"] == "fatal_proportion"
    assert (found["numerator"], found["denominator"], found["estimate"]) == (fatal, known, estimate)
    assert found["undefined_reason"] == reason
    assert "outcome is known" in found["unit"]


def test_no_text_claims_more_than_reporting() -> None:
    found = compared(3, 10, 6, 1000)
    text = " ".join(str(row[name]) for row in found.values() for name in ("unit", "method", "undefined_reason")).lower()
    assert "risk" not in text
    assert "incidence" not in text

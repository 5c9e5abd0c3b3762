import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from nms_pv.report.methods import described
from nms_pv.report.methods.formulas import clauses, formulas, methods_of_measures
from nms_pv.report.methods.read import MethodsPart, read_methods
from nms_pv.report.methods.section import files, methods_text, render_methods
from nms_pv.spec.time_at_risk import Anchor, StudyWindow
from nms_pv.tables.cdm import SNAPSHOT
from nms_pv.tables.sources import FILES
from tests.lib.methods_part import environments, inputs, methods_part, snapshot, under
from tests.lib.report_fixture import STUDY
from tests.lib.report_page import parse


@pytest.fixture(scope="module")
def part() -> MethodsPart:
    return methods_part()


@pytest.fixture(scope="module")
def text(part: MethodsPart) -> str:
    return methods_text(part)


def _of(text: str, arm: str) -> str:
    cohort, _, reports = text.partition("METHODS: SPONTANEOUS REPORTS")
    return {"cohort": cohort, "reports": reports}[arm]


# Each setting that the methods tell, another value, and the words that must then be there.
TOLD: list[tuple[str, dict[str, Any], str]] = [
    ("reports", {"duplicates__rule": "number"}, "(rule `number`)"),
    ("reports", {"duplicates__rule": "none"}, "Probable duplicates were not looked for (rule `none`)"),
    ("reports", {"duplicates__largest_padded_group": 9}, "A group of 9 or more"),
    ("reports", {"duplicates__largest_age_gap_years": 4}, "at most 4 years"),
    ("reports", {"main__duplicates": "kept"}, "every case (`kept`)"),
    ("reports", {"main__roles": "any"}, "any role but drug not administered (`any`)"),
    ("reports", {"main__definition": "lazarus_1989"}, "Lazarus' criteria (`lazarus_1989`)"),
    ("reports", {"main__definition": "lazarus_1989"}, "its wording was recalled and is to be verified"),
    ("reports", {"definitions": ["pt_only"]}, "unless the definition says so. All 19 definitions"),
    ("reports", {"reports__comparators": ["clozapine"]}, "and with clozapine by name"),
    ("reports", {"reports__comparators": []}, "all other antipsychotics."),
    ("reports", {"reports__age_bands": [0, 50]}, "0-49 and 50+ years"),
    ("reports", {"generations__disputed": "alternative"}, "by the drug table's alternative"),
    ("reports", {"generations__third": "second"}, "counted as second generation"),
    ("reports", {"level": 0.9}, "nominal coverage of 90 %"),
    ("cohort", {"cohort__exposure__persistence_gap_days": 14}, "at most 14 days uncovered"),
    ("cohort", {"cohort__exposure__longest_course_days": 99}, "more than 99 days was not believed"),
    ("cohort", {"cohort__exposure__switch_days": 21}, "within 21 days after another ended"),
    ("cohort", {"cohort__exposure__withdrawal_days": 1}, "The 1 day after"),
    ("cohort", {"cohort__episodes__gap_days": 12}, "Candidate records at most 12 days apart"),
    ("cohort", {"cohort__episodes__finding_days": 3}, "findings from 3 days before"),
    ("cohort", {"cohort__episodes__exposure_days": 45}, "at most 45 days before it"),
    ("cohort", {"cohort__age_bands": [0, 65]}, "0-64 and 65+ years"),
    ("cohort", {"cohort__since_start_days": [0, 5]}, "0-4 and 5+ days"),
    ("cohort", {"cohort__standard": "who_2000"}, "standardised directly to `who_2000`"),
    ("cohort", {"cohort__bootstraps": 1234}, "1,234 draws"),
    ("cohort", {"leaving__build": "shareable"}, "from 1 to 4 are hidden"),
    ("cohort", {"leaving__build": "shareable", "leaving__smallest_cell": 11}, "from 1 to 10 are hidden"),
    ("cohort", {"cohort__engine": "duckdb"}, "engine duckdb"),
    ("cohort", {"questions__trend__permutations": 199}, "199 permutations"),
    ("cohort", {"level": 0.9}, "nominal coverage of 90 %"),
]


@pytest.mark.parametrize(("arm", "changes", "words"), TOLD, ids=[f"{arm}:{words}" for arm, _, words in TOLD])
def test_a_setting_that_changes_changes_the_text(
    part: MethodsPart, text: str, arm: str, changes: dict[str, Any], words: str
) -> None:
    assert words not in _of(text, arm)
    assert words in _of(methods_text(under(part, **changes)), arm)


def test_every_setting_of_time_at_risk_is_told(part: MethodsPart) -> None:
    main = part.analyses[0]
    changes: list[dict[str, Any]] = [
        {"name": "other"},
        {"start": Anchor(anchor="era_start", offset_days=-3)},
        {"end": Anchor(anchor="era_end", offset_days=1)},
        {"cap_at_era_end": True},
        {"observation": "of_era_start"},
        {"study_window": StudyWindow.model_validate({"first": None, "last": None}).model_copy(update={"first": "2010-01-01"})},
        {"prior_observation_days": 365},
        {"new_user_washout_days": 365},
        {"clean_window_days": 0},
        {"clean_window_days": "all_history"},
        {"repeated_events": False},
        {"unknown_sex_or_birth": "drop"},
        {"age": "calendar_year"},
        {"rounding": "person_years_3_decimals"},
    ]
    told = [described.time_at_risk(main.model_copy(update=change)) for change in changes]
    assert len({described.time_at_risk(main), *told}) == 1 + len(changes)


def test_own_control_is_told(part: MethodsPart) -> None:
    series = part.own_control.series.model_copy(update={"washout_days": 61, "death_days": [17]})
    text = methods_text(replace(part, own_control=part.own_control.model_copy(update={"series": series})))
    assert "61 days after it apart" in text
    assert "died within 17 days" in text


def test_paragraphs_of_each_arm_are_on_the_page_and_in_the_text(part: MethodsPart) -> None:
    page = parse(f"<body>{render_methods(part, environments())}</body>")
    text = methods_text(part)
    for arm in ("cohort", "reports"):
        shown = page.by_id(f"methods-{arm}")
        paragraphs = [e.text for e in page.all("p") if e.text.partition(".")[0] and "div" in e.path]
        assert "Study design." in shown.text
        assert "Software." in shown.text
    plain = text.replace("`", "")
    assert all(p.partition(". ")[2] in plain for p in paragraphs if "Table tables" not in p)


def test_words_about_reports(part: MethodsPart) -> None:
    page = parse(f"<body>{render_methods(part, environments())}</body>")
    assert re.findall(r"(?i)\w*(?:risk|incidence)\w*", page.words_about_reports) == []
    assert re.findall(r"(?i)\w*(?:risk|incidence)\w*", _of(methods_text(part), "reports")) == []
    assert "hypotheses" in page.by_id("methods-reports").text


def test_simulated_is_said_only_of_simulated_data(part: MethodsPart) -> None:
    assert len(re.findall("were simulated", methods_text(part))) == 2
    real = replace(under(part, inputs=inputs("faers", "omop")), environment={"polars": "2"})
    assert re.findall(r"(?i)simulat", methods_text(real)) == []
    assert "nms-pv of unknown version, with polars 2" in methods_text(real)


@pytest.mark.parametrize(("reports", "cohort", "arms"), [("faers", "none", ["reports"]), ("none", "omop", ["cohort"])])
def test_one_arm(part: MethodsPart, reports: str, cohort: str, arms: list[str]) -> None:
    alone = under(part, inputs=inputs(reports, cohort))
    page = parse(f"<body>{render_methods(alone, environments())}</body>")
    assert [
        e.attributes["id"] for e in page.elements if e.attributes.get("id", "").startswith("methods-") and e.tag == "div"
    ] == [f"methods-{arm}" for arm in arms]
    assert "A cohort with a denominator" not in methods_text(alone)


def test_quarters_and_days_of_retrieval(part: MethodsPart) -> None:
    months = [f"20{year:02}Q{quarter}" for year in range(10, 14) for quarter in range(1, 5)]
    many = pl.concat(
        part.files.head(1).with_columns(quarter=pl.lit(quarter), retrieved=pl.lit("2026-01-02")) for quarter in months
    )
    text = methods_text(replace(part, files=many))
    assert "2010Q1 to 2013Q4, not all between, retrieved 2026-01-02 to 2026-01-02" in text


def test_snapshot_that_states_its_versions(part: MethodsPart) -> None:
    stated = part.snapshot.with_columns(
        cdm_version=pl.lit("5.4"), vocabulary_version=pl.lit("v5.0"), retrieved=pl.lit("2026-01-02")
    )
    assert "CDM 5.4, vocabulary v5.0, snapshot of 2026-01-02" in methods_text(replace(part, snapshot=stated))


def _results(*rows: tuple[str, str, str, str, float | None]) -> pl.DataFrame:
    names = ["arm", "question", "measure", "method", "estimate"]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names[:4], pl.String) | {"estimate": pl.Float64}, orient="row")
    return frame.with_columns(data_version=pl.lit("reports:0123456789ab"))


def test_formulas_tell_the_commonest_method_and_count_the_others() -> None:
    results = _results(
        ("reports", "which_drugs", "ic", "a", 1.0),
        ("reports", "which_drugs", "ror", "x; adjusted for age; screen: low > 1", 1.0),
        ("reports", "which_drugs", "ror", "y; adjusted for sex", 1.0),
        ("reports", "which_drugs", "ror", "y; adjusted for sex", 2.0),
        ("reports", "how_often", "reports", "none", None),
        ("cohort", "how_often", "incidence_rate", "z", 1.0),
    )
    told = formulas(results, "reports")
    assert [(f.measure, f.method, f.others) for f in told] == [("ror", "y; adjusted for sex", 1), ("ic", "a", 0)]
    assert clauses(results, "ror", "adjusted for") == ["age", "sex"]
    assert clauses(results, "prr", "screen") == []
    assert methods_of_measures(results)["numbers"].to_list() == [1, 2, 1, 1, 1]


def test_counts_of_persons_in_a_method_are_not_told() -> None:
    results = _results(
        ("cohort", "course", "death_proportion", "died / known; in neither: 2; Clopper-Pearson interval", 0.1),
        ("cohort", "course", "death_proportion", "died / known; in neither: 15; Clopper-Pearson interval", 0.1),
        ("cohort", "course", "adjusted_death_odds_ratio", "Firth, N = 1,126; left out: 3", 0.1),
    )
    told = {formula.measure: (formula.method, formula.others) for formula in formulas(results, "cohort")}
    assert told == {
        "death_proportion": ("died / known; in neither: n; Clopper-Pearson interval", 0),
        "adjusted_death_odds_ratio": ("Firth, N = n; left out: n", 0),
    }


def test_screens_and_volumes_are_told_where_there_are_any(part: MethodsPart) -> None:
    without = replace(part, results=_results(("reports", "how_often", "reports", "count", 1.0)))
    assert "published rules" not in methods_text(without)
    assert "Measures of disproportionality: none." in methods_text(without)
    assert "Use of the drugs" not in methods_text(without)
    rows = [
        ("reports", "which_drugs", "prr", "a; screen (Evans 2001): PRR >= 2 and a >= 3", 1.0),
        ("reports", "which_drugs", "q_value", "b", 1.0),
        ("reports", "how_often", "reporting_rate", "c", 1.0),
        ("cohort", "which_drugs", "adjusted_rate_ratio", "Poisson; strata of fitted rate 0 left out", 1.0),
    ]
    text = methods_text(replace(part, results=_results(*rows)))
    assert "published rules: PRR, (Evans 2001): PRR >= 2 and a >= 3." in text
    assert "Benjamini-Hochberg" in text
    assert "Use of the drugs was taken" in text
    assert "Strata of fitted rate 0 left out." in text
    assert "data version none" in methods_text(without)


def test_the_file_holds_every_method_that_a_number_names(part: MethodsPart) -> None:
    table = files(part)["methods"]
    assert set(table["method"]) == set(part.results["method"]) - {"none"}
    assert table["numbers"].sum() == part.results.filter(pl.col("method") != "none").height


def test_lists_in_words() -> None:
    assert [described.listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "none",
        "a",
        "a and b",
        "a, b and c",
    ]


def test_same_input_same_text(part: MethodsPart) -> None:
    shuffled = replace(part, results=part.results.sample(fraction=1, shuffle=True, seed=1))
    assert methods_text(shuffled) == methods_text(part)


@pytest.mark.parametrize("cohort", ["omop", "none"])
def test_what_is_read(tmp_path: Path, part: MethodsPart, cohort: str) -> None:
    FILES.write(part.files, tmp_path / "1_sources" / "files.parquet")
    if cohort == "omop":
        SNAPSHOT.write(snapshot(), tmp_path / "1_sources" / "cohort" / "snapshot.parquet")
    (tmp_path / "environment.json").write_text('{"nms-pv": "0.1.0"}')
    study = under(part, inputs=inputs("faers", cohort)).study
    read = read_methods(tmp_path, STUDY, study, part.results)
    assert [setting.name for setting in read.analyses] == study.params.cohort.analyses
    assert read.files.equals(part.files)
    assert read.snapshot.height == (2 if cohort == "omop" else 0)
    assert read.environment == {"nms-pv": "0.1.0"}
    assert read.data_version("reports") == part.data_version("reports")

"""`explain` of a number: what it means, what it was made of, and the cases that its numerator counts."""

import re
from pathlib import Path

import polars as pl
import pytest

from nms_pv.audit.explain import explain
from nms_pv.audit.number import UnknownNumberError
from nms_pv.report.numbers import estimate_and_interval
from nms_pv.tables.contract import ContractError
from nms_pv.tables.measures import RESULTS
from nms_pv.tables.person_time import CASES

ROOT = Path(__file__).parents[2]
ALL = "reports/pt_only/ps+ss/collapsed/all/all"
FGA = "ror/pt_only/ps+ss/collapsed/generation/FGA"
RATES = "6_measures/results.parquet"


def study_of(report_data: Path, reports: Path, folder: Path, build: str) -> Path:
    (folder / "data").symlink_to(report_data)
    (folder / "reports").symlink_to(reports)
    (folder / "study").symlink_to(ROOT / "study")
    params = (ROOT / "params.yaml").read_text(encoding="utf-8").replace("  build: auto", f"  build: {build}")
    assert f"build: {build}" in params
    (folder / "params.yaml").write_text(params, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def project(report_data: Path, internal: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return study_of(report_data, internal, tmp_path_factory.mktemp("internal_study"), "internal")


@pytest.fixture(scope="module")
def shared_project(report_data: Path, shareable: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return study_of(report_data, shareable, tmp_path_factory.mktemp("shareable_study"), "shareable")


@pytest.fixture
def with_row(report_data: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A study without a report, whose numbers may be changed, and the file of its rates."""
    data = tmp_path / "data"
    data.mkdir()
    for layer in report_data.iterdir():
        (data / layer.name).symlink_to(layer)
    (data / "6_measures").unlink()
    (data / "6_measures").mkdir()
    for part in (report_data / "6_measures").iterdir():
        (data / "6_measures" / part.name).symlink_to(part)
    (data / RATES).unlink()
    (tmp_path / "study").symlink_to(ROOT / "study")
    (tmp_path / "params.yaml").write_bytes((ROOT / "params.yaml").read_bytes())
    return tmp_path, data / RATES


def rates(report_data: Path) -> pl.DataFrame:
    return RESULTS.scan(report_data / RATES).collect()


def part(text: str, title: str) -> str:
    return " ".join(next(section for section in text.split("\n\n") if section.startswith(title)).split())


def cases(text: str) -> list[str]:
    behind = part(text, "CASES BEHIND IT").partition("`nms-pv explain")[0]
    return re.findall(r"(?:faers|omop):\S+", behind)


def test_meaning_setting_and_data_are_told_in_words(project: Path, report_data: Path) -> None:
    about = part(explain(FGA, project), f"NUMBER {FGA}")
    for said in (
        "meaning reporting odds ratio, a d / (b c)",
        "question Which drugs?",
        "definition pt_only: The reported term alone.",
        "roles ps+ss: primary or secondary suspect",
        "group FGA (generation of an antipsychotic)",
        "reference all other reports",
        f"data version {rates(report_data)['data_version'][0]}",
    ):
        assert said in about


def test_value_and_counts_are_those_of_the_results(project: Path, report_data: Path) -> None:
    row = rates(report_data).row(by_predicate=pl.col("result_id") == FGA, named=True)
    text = explain(FGA, project)
    value, counts = part(text, "VALUE"), part(text, "COUNTS")
    assert f"unrounded {row['estimate']!r} (low {row['low']!r}, high {row['high']!r})" in value
    assert f"estimate {estimate_and_interval(row)}, {100 * row['level']:g} % interval unrounded" in value
    assert f"method {row['method']}" in value
    assert value.endswith("in the report the same")
    assert f"counted {row['unit']}" in counts
    assert f"numerator {row['numerator']:,} denominator {row['denominator']:,}" in counts
    assert f"of the reference {row['reference_numerator']:,} of {row['reference_denominator']:,}" in counts


def test_the_cases_behind_a_count_are_those_that_meet_the_definition(project: Path, report_data: Path) -> None:
    verdicts = pl.read_parquet(report_data / "4_labels" / "verdicts" / "*.parquet")
    met = verdicts.filter(pl.col("definition") == "pt_only", pl.col("verdict") == "met").select("subject_id")
    universe = pl.read_parquet(report_data / "5_exposure" / "universe" / "*.parquet").join(met, on="subject_id", how="semi")
    expected = sorted(universe.filter("is_representative")["subject_id"])
    text = explain(ALL, project)
    assert f"CASES BEHIND IT ({len(expected)})" in text
    assert cases(text) == expected
    assert f"`nms-pv explain {expected[0]}` shows one." in text


def test_of_many_cases_the_first_are_listed_with_the_count_of_all(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every = cases(explain(ALL, project))
    monkeypatch.setattr("nms_pv.audit.explain_number.MOST_LISTED", 3)
    text = explain(ALL, project)
    assert f"CASES BEHIND IT ({len(every)}; the first 3)" in text
    assert cases(text) == every[:3]


def test_people_are_counted_once_though_each_episode_is_listed(with_row: tuple[Path, Path], report_data: Path) -> None:
    folder, path = with_row
    cell = ["analysis", "definition", "group_kind", "group"]
    counted = CASES.scan(report_data / "5_exposure/cohort/cases.parquet").filter(pl.col("fate") == "counted").collect()
    twice = counted.group_by(cell).agg("subject_id", pl.col("person_id").n_unique().alias("people"))
    found = twice.filter(pl.col("people") < pl.col("subject_id").list.len()).sort(cell).row(0, named=True)
    values = {name: found[name] for name in cell} | {"arm": "cohort", "measure": "incidence_proportion", "roles": None}
    values |= {"duplicates": None, "numerator": found["people"], "result_id": "x/y"}
    row = rates(report_data).filter(pl.col("result_id") == ALL)
    RESULTS.write(row.with_columns(pl.lit(value, RESULTS.types[name]).alias(name) for name, value in values.items()), path)
    text = explain("x/y", folder)
    assert f"CASES BEHIND IT ({len(found['subject_id'])}, of {found['people']} people)" in text
    assert cases(text) == sorted(found["subject_id"])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"numerator": 0, "stratum": "year=1999"}, "CASES BEHIND IT (0) none: the numerator is 0"),
        ({"numerator": None}, "none can be listed: it has no numerator"),
        ({"numerator": None, "estimate": None, "undefined_reason": "no drug"}, "it is undefined, and counts none: no drug."),
        ({"measure": "omega"}, "no sets of cases are kept for omega."),
        ({"stratum": "indication=x"}, "the cases of stratum indication=x are not kept apart."),
        ({"numerator": 7777}, "the sets of cases that are kept do not add up to its numerator."),
        ({"arm": "literature"}, "it comes from published studies, and counts no case of this study."),
    ],
)
def test_why_no_cases_are_listed(with_row: tuple[Path, Path], report_data: Path, changed: dict[str, object], said: str) -> None:
    folder, path = with_row
    original = rates(report_data).filter(pl.col("result_id") == ALL)
    values = [pl.lit(value, RESULTS.types[name]).alias(name) for name, value in ({"result_id": "x/y"} | changed).items()]
    RESULTS.write(pl.concat([original, original.with_columns(values)]), path)
    text = explain("x/y", folder)
    assert said in part(text, "CASES BEHIND IT")
    assert not cases(text)
    leads_on = f"`nms-pv explain '{ALL}'` shows all cases of its group."
    assert (leads_on in part(text, "CASES BEHIND IT")) == ("none can be listed" in text and changed.get("arm") != "literature")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"estimate": None, "undefined_reason": "no report \x1b[2J"}, "estimate none: no report \\x1b[2J method"),
        ({"low": None, "high": None}, "estimate 24.0, without interval unrounded 24.0 method"),
        ({"low": 3.5, "high": None, "level": 0.9}, "estimate 24.0 (3.50–—), 90 % interval unrounded 24.0 (low 3.5) method"),
        (
            {"measure": "reporting_proportion", "estimate": 0.25, "low": 0.1, "high": 0.5, "level": None},
            "25.0 (10.0–50.0) % unrounded",
        ),
        ({"screen_met": True}, "screening rule met"),
        ({"screen_met": False}, "screening rule not met"),
        ({}, "in the report not in it, or no report has been written: `dvc repro` writes it"),
    ],
)
def test_a_value_is_told_with_all_that_it_has(
    with_row: tuple[Path, Path], report_data: Path, changed: dict[str, object], said: str
) -> None:
    folder, path = with_row
    values = {"estimate": 24.0, "low": None, "high": None, "level": 0.95, "screen_met": None} | changed
    row = rates(report_data).filter(pl.col("result_id") == ALL)
    RESULTS.write(row.with_columns(pl.lit(value, RESULTS.types[name]).alias(name) for name, value in values.items()), path)
    assert said in part(explain(ALL, folder), "VALUE")


def test_a_number_that_the_report_hides_is_exact_here_and_said_to_stay(shared_project: Path) -> None:
    shown = pl.read_parquet(shared_project / "reports" / "results.parquet")
    hidden = shown.filter("suppressed", pl.col("measure") == "incidence_rate", pl.col("stratum").is_null())["result_id"]
    assert len(hidden)
    text = explain(hidden[0], shared_project)
    assert text.startswith("NOT FOR OTHERS: what follows is exact and may not leave the study.")
    assert part(text, "VALUE").endswith("in the report hidden: small cell")
    assert re.search(r"unrounded \d", part(text, "VALUE"))
    assert re.search(r"numerator \d", part(text, "COUNTS"))


def test_a_number_that_the_report_rounds_shows_both(shared_project: Path) -> None:
    results = pl.read_parquet(shared_project / "reports" / "results.parquet")
    exact = RESULTS.scan(shared_project / "data" / RATES).collect()
    both = results.join(exact, on="result_id").filter(~pl.col("suppressed"), pl.col("estimate") != pl.col("estimate_right"))
    rounded = both.row(0, named=True)
    value = part(explain(rounded["result_id"], shared_project), "VALUE")
    assert f"unrounded {rounded['estimate_right']!r}" in value
    assert "in the report rounded: " in value


def test_nothing_is_said_of_leaving_where_the_report_shows_all(project: Path) -> None:
    assert "NOT FOR OTHERS" not in explain(ALL, project)


def test_an_unknown_id_names_what_was_looked_at_and_the_nearest(project: Path) -> None:
    with pytest.raises(UnknownNumberError) as told:
        explain("ror/pt_only/ps+ss/collapsed/generation/FGB\x07", project)
    message = str(told.value)
    assert "'ror/pt_only/ps+ss/collapsed/generation/FGB\\x07'" in message
    assert re.search(r"the [\d,]+ numbers in \d+ files results.parquet under data/6_measures", message)
    assert f"Nearest: {FGA}, " in message


def test_a_study_that_was_not_run_is_told_to_run(with_row: tuple[Path, Path]) -> None:
    with pytest.raises(ContractError, match="dvc repro"):
        explain(ALL, with_row[0])

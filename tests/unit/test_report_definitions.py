import re
import shutil
from pathlib import Path

import polars as pl
import pytest

from nms_pv.report import write_report
from nms_pv.report.definitions import chosen, counted, described
from nms_pv.report.definitions.leaving import LEAVING
from nms_pv.report.figures.cuts import by_cut
from nms_pv.report.figures.definition_counts import who_meets
from nms_pv.report.figures.definition_sets import met_together
from nms_pv.report.rounding import SmallCells
from nms_pv.spec.params import Inputs
from nms_pv.tables.agreement import CUTS, DEFINITION_COUNTS, DEFINITION_SETS, FEATURE_DIFFERENCES, FEATURES
from nms_pv.tables.labels import CAUSALITY, DEFINITIONS, TREATMENTS, TRIGGERS, VERDICTS
from nms_pv.tables.review import RANKING, RANKING_CALIBRATION, RANKING_QUALITY
from tests.lib.definitions_report_fixture import HOSTILE_TERM, write_definitions
from tests.lib.report_fixture import STUDY, declared_study
from tests.lib.report_page import Page, parse


def _write(data: Path, out: Path, *, arms: tuple[str, ...]) -> Page:
    study = declared_study()
    kinds = {"reports": "simulated", "cohort": "simulated_cdm"}
    inputs = Inputs(**{arm: kind if arm in arms else "none" for arm, kind in kinds.items()})
    params = study.params.model_copy(update={"inputs": inputs})
    write_report(data, out, params, study.drugs, study.faers, study.definitions, STUDY)
    return parse((out / "index.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def page(internal: Path) -> Page:
    return parse((internal / "index.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def shared_page(shareable: Path) -> Page:
    return parse((shareable / "index.html").read_text(encoding="utf-8"))


def _section(page: Page, arm: str) -> str:
    return page.by_id(f"definitions-{arm}").text


def test_each_arm_has_its_part_and_only_that_of_the_cohort_is_marked(page: Page) -> None:
    for arm in ("reports", "cohort"):
        assert page.by_id(f"definitions-{arm}").in_cohort == (arm == "cohort")
        for heading in ("Definitions compared", "What else it could be", "Candidates for review"):
            assert heading in _section(page, arm)


def test_each_figure_of_the_chapter_has_its_table(page: Page, internal: Path) -> None:
    for arm, prefix in (("reports", ""), ("cohort", "cohort_")):
        section = _section(page, arm)
        assert len(re.findall(r"Figure \d+\. ", section)) == 7
        for table in (
            "definition_counts",
            "definition_sets",
            "definition_agreement",
            "definition_cuts",
            "differential_overlap",
            "feature_differences",
        ):
            assert f"tables/{prefix}{table}.csv" in section
            assert (internal / "tables" / f"{prefix}{table}.csv").exists()


def test_verdicts_are_counted_and_what_is_not_computed_says_why(page: Page) -> None:
    section = _section(page, "reports")
    assert re.search(r"pt_only \(main\)Title of pt_only <b>\s*✓ found\s*234\s*766\s*0", section)
    assert "not computed: needs your own licensed MedDRA files <b> in study/meddra" in section
    assert "given for chosen subjects only" in section
    assert "Unit: distinct reports with at least one finding" in section


def test_agreement_is_told_with_what_it_leaves_out(page: Page) -> None:
    section = _section(page, "reports")
    assert "Krippendorff's alpha over all 4 definitions is 0.88 (0.85–0.91)" in section
    assert "700 reports on whom at least two definitions are decided; 300 are left out" in section
    assert "no subject meets either definition" in section
    assert "Met by nobody here: adityanjee_1999." in section
    assert "Not drawn: 700 who meet none, and 13 in 3 further sets." in section


def test_cuts_with_the_same_numbers_are_one_line(page: Page) -> None:
    section = _section(page, "reports")
    assert "cut 74: 4 met, 504 possible" in section
    assert "75 to 76" in section
    assert "iec_2011_interval" not in section


def test_a_latent_class_model_on_common_evidence_is_not_to_be_believed(page: Page) -> None:
    section = _section(page, "reports")
    assert "Do not read these numbers as accuracy." in section
    assert "Nothing in the data contradicts the model; that does not prove it." in section
    assert "23.5 (20.0–27.0) %" in section
    assert re.search(r"ck\s+as iec_2011 judges it", section)
    assert "open, reading: a documented case or not" in section
    assert "It is not identified: iec_2011:ck is always met where it is decided" in section
    assert re.search(r"pt_only\s*234\s*369 \(324–413\)\s*cut off at 0 or all", section)


def test_features_are_sorted_by_difference(page: Page) -> None:
    names = [row.name for row in _features()]
    assert names == ["ck", "clonus"]
    section = _section(page, "reports")
    assert re.search(r"ck\s+as iec_2011 judges it\s*142 of 234\s*60.7 \(40.0–60.0\)\s*6 of 55", section)


def _features() -> list[chosen.Feature]:
    rows = {"nms_only": 0.1, "serotonin_only": 0.2}
    features = pl.DataFrame(
        [{"group": g, "feature": f, "reading": "met_or_not", "estimate": e} for g, e in rows.items() for f in ("clonus", "a:ck")]
    )
    differences = pl.DataFrame({"feature": ["clonus", "a:ck"], "reading": ["met_or_not"] * 2, "estimate": [None, -0.3]})
    return chosen.discriminating(features, differences)


def test_withdrawal_is_its_own_stratum(page: Page) -> None:
    section = _section(page, "reports")
    assert "Trigger: a dopaminergic drug was stopped; 11 reports" in section
    assert "antagonist (20)" in section
    assert "withdrawal (11)" in section
    assert "no effect is computed" in section


def test_review_tells_what_the_probability_means_and_what_reviewers_found(page: Page) -> None:
    section = _section(page, "reports")
    assert "the probability is that of being coded as NMS, not of being NMS" in section
    assert re.search(r"high\s*0.8 or more\s*30", section)
    assert "AB and CD" in section
    assert "58.1 (39.0–75.0)" in section
    assert "too few were judged" in section
    assert "chosen cases" in section


def test_terms_without_a_hit_are_listed_for_reports_only(page: Page) -> None:
    section = _section(page, "reports")
    assert "2 of the 3 terms listed" in section
    assert HOSTILE_TERM in section
    assert "Muscle […]" in section
    assert "Terms that this data does not know" not in _section(page, "cohort")


def test_small_cells_stay_inside_the_study(shared_page: Page, shareable: Path) -> None:
    section = _section(shared_page, "cohort")
    assert "a count from 1 to 4 reads <5" in section
    # An exact count, the likelihood, and a reason that names counts.
    for exact in ("234", "123.456", "separated"):
        assert exact not in section, exact
    assert re.search(r"hunter_2003\s*235\s*<5\s*0\s*600\s*165", section)
    files = {name: shareable / "tables" / f"cohort_{name}.csv" for name in LEAVING}
    written = {name: pl.read_csv(path, infer_schema=False) for name, path in files.items() if path.exists()}
    assert len(written) > 15
    for name, table in written.items():
        counts = {value for column in LEAVING[name].counts for value in table[column]}
        assert {v for v in counts if v != "<5" and int(v) % 5} == set(), name
        derived = {value for column in LEAVING[name].derived for value in table[column].drop_nulls()}
        assert {v for v in derived if len(v.partition(".")[2]) > 2} == set(), name
        assert not set(LEAVING[name].withheld) & set(table.columns)


def test_a_share_that_gives_a_small_count_away_is_a_dash(page: Page, shared_page: Page) -> None:
    assert "hidden: it would give a small count away" in _section(shared_page, "cohort")
    assert "hidden: it would give a small count away" not in _section(page, "cohort")


def test_an_internal_build_shows_the_cohort_as_it_is(report_data: Path, tmp_path: Path) -> None:
    page = _write(report_data, tmp_path, arms=("cohort",))
    section = _section(page, "cohort")
    assert "Small numbers." not in page.words
    assert re.search(r"hunter_2003\s*234\s*2\s*0\s*600", section)
    assert [e for e in page.elements if e.attributes.get("id", "").endswith("-reports")] == []


def test_a_study_without_verdicts_of_reviewers_or_candidates_says_how_to_start(report_data: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(report_data, tmp_path / "data"))
    write_definitions(copy, "reports", judged=False)
    measures = copy / "6_measures"
    for table, name in (
        (RANKING, "ranking/ranking"),
        (RANKING_CALIBRATION, "ranking/calibration"),
        (RANKING_QUALITY, "ranking/quality"),
        (DEFINITION_SETS, "definitions/definition_sets"),
        (CUTS, "definitions/cuts"),
        (DEFINITION_COUNTS, "definitions/definition_counts"),
        (FEATURES, "definitions/features"),
        (FEATURE_DIFFERENCES, "definitions/feature_differences"),
    ):
        table.write(table.empty(), measures / f"{name}.parquet")
    _empty_labels(copy / "4_labels")
    page = _write(copy, tmp_path / "out", arms=("reports",))
    review = _section(page, "reports")
    assert "nms-pv review export" in review
    assert "there is nothing to rank" in review
    assert "the results hold nothing to draw here" in _section(page, "reports")
    named = set(re.findall(r"tables/\w+\.csv", page.words))
    assert named == {f"tables/{p.name}" for p in (tmp_path / "out" / "tables").iterdir()}


def _empty_labels(labels: Path) -> None:
    for folder, table in (("verdicts", VERDICTS), ("triggers", TRIGGERS), ("treatments", TREATMENTS), ("causality", CAUSALITY)):
        table.write(table.empty(), labels / folder / "a.parquet")


def test_of_something_else_leads_with_the_one_that_is_compared() -> None:
    rows = [
        ("b_term", "", "serotonin_toxicity", "found", True, None),
        ("a_term", "", "serotonin_toxicity", "found", True, None),
        ("catatonia", "", "malignant_catatonia", "found", True, None),
        ("not_here", "", "malignant_catatonia", "found", False, "no data"),
        ("pt_only", "", "nms", "found", True, None),
    ]
    known = pl.DataFrame(rows, schema=DEFINITIONS.types, orient="row")
    assert counted.of_something_else(known, "b_term") == ["b_term", "a_term", "catatonia"]


def test_every_subject_is_in_one_group_of_the_overlap() -> None:
    verdicts = ("met", "not_met", "indeterminate")
    cells = [("nms", "other", a, b, 10**n, "subjects") for n, (a, b) in enumerate((a, b) for a in verdicts for b in verdicts)]
    pairs = pl.DataFrame(cells, schema=["definition_a", "definition_b", "verdict_a", "verdict_b", "n", "unit"], orient="row")
    row = counted.overlap(pairs, "nms", ["other"]).row(0, named=True)
    assert (row["both"], row["nms_only"], row["other_only"], row["neither"]) == (1, 10, 1_000, 10_000)
    assert row["undecidable"] == 111_111_111 - 11_011


def test_strata_of_the_described_add_up_to_those_who_meet_the_definition(tmp_path: Path) -> None:
    write_definitions(tmp_path, "reports")
    folder = tmp_path / "4_labels"
    tables = described.distributions(
        VERDICTS.scan(folder / "verdicts"),
        TRIGGERS.scan(folder / "triggers"),
        TREATMENTS.scan(folder / "treatments"),
        CAUSALITY.scan(folder / "causality"),
        definition="pt_only",
    )
    assert tables["triggers"]["n"].sum() == 36
    assert set(tables["triggers"]["of"]) == {36}
    assert dict(tables["treatments"].select("stratum", "of").unique().rows()) == {
        "not_withdrawal": 22,
        "withdrawal": 11,
        "ambiguous": 3,
    }
    documented = tables["treatments"].filter(treatment="dantrolene").sum().row(0, named=True)
    none = tables["treatments"].filter(treatment="none_documented")["n"].sum()
    assert (documented["n"], documented["given"], documented["ambiguous"], documented["before_event"]) == (25, 12, 2, 11)
    assert documented["n"] + none == 36
    assert tables["who_umc"]["n"].sum() == tables["naranjo"]["n"].sum() == 34


def test_hidden_counts_are_sorted_by_name_and_not_by_size() -> None:
    rows = [("b", 1, None, 0, ""), ("a", 1, None, 0, ""), ("c", 1, 5, 0, ""), ("", 0, 50, 0, "")]
    sets = pl.DataFrame(rows, schema=["met", "definitions", "n", "indeterminate", "unit"], orient="row")
    assert [row["met"] for row in chosen.commonest_sets(sets)] == ["c", "a", "b"]


def test_figures_are_drawn_without_a_subject_and_without_the_main_definition() -> None:
    cells = SmallCells(5)
    nobody = {"definition": "a", "syndrome": "nms", "met": 0, "not_met": 0, "indeterminate": 0, "possible": 0, "cut": 1}
    assert "Who meets which definition" in who_meets([nobody], cells, "cohort", "pt_only", simulated=False)
    assert "cut 1: 0 met, 0 possible" in by_cut(chosen.Cuts("a", 1, [nobody]), cells, "cohort", simulated=False)
    assert "&lt;5" in met_together([{"met": "a", "n": None}], ["a"], cells, "cohort", "pt_only", simulated=False)

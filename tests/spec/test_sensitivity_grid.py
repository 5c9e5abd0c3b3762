"""What a specification counts: eight reports small enough to count by hand.

| report | drugs (role)                             | pt_only | copy | file   |
| ------ | ---------------------------------------- | ------- | ---- | ------ |
| 1      | haloperidol (PS)                         | met     |      | 2012Q3 |
| 2      | haloperidol (PS)                         | met     | yes  | 2012Q3 |
| 3      | haloperidol (SS), risperidone (PS)       | met     |      | 2012Q4 |
| 4      | haloperidol (PS)                         | not met |      | 2012Q4 |
| 5      | risperidone (PS), haloperidol (other)    | met     |      | 2012Q4 |
| 6      | risperidone (PS)                         | not met |      | 2012Q3 |
| 7      | biperiden (PS)                           | met     |      | 2012Q4 |
| 8      | biperiden (PS)                           | not met |      | 2012Q3 |
"""

import polars as pl
import pytest

from nms_pv.measures.grid import cohort, reports
from nms_pv.measures.grid.estimates import cohort_rows, report_rows, shown_groups
from nms_pv.measures.grid.groups import antipsychotic_groups
from nms_pv.measures.grid.summary import TOO_FEW, summary_rows
from nms_pv.spec.params import Periods
from nms_pv.tables.grid import GRID, GRID_FACTORS, GRID_SUMMARY
from tests.lib.grid_study import VERDICT_OF, Study
from tests.lib.person_time_rows import person_time, stretches
from tests.lib.small_study import MAIN, TABLE_GENERATIONS, VERSION, drug_table

GROUPS = antipsychotic_groups(drug_table(), TABLE_GENERATIONS)
STUDY = Study(
    {"pt_only": "met", "quarter": "2012Q3"},
    {"pt_only": "met", "quarter": "2012Q3", "representative": False},
    {"drugs": "haloperidol SS, risperidone PS", "pt_only": "met", "quarter": "2012Q4"},
    {"quarter": "2012Q4"},
    {"drugs": "risperidone PS, haloperidol other", "pt_only": "met", "quarter": "2012Q4"},
    {"drugs": "risperidone PS", "quarter": "2012Q3"},
    {"drugs": "biperiden PS", "pt_only": "met", "quarter": "2012Q4"},
    {"drugs": "biperiden PS", "quarter": "2012Q3"},
)


@pytest.fixture(scope="module")
def grid() -> pl.DataFrame:
    tally = reports.add_up([reports.tally_part(STUDY.universe, STUDY.ingredients, STUDY.met, GROUPS)])
    return GRID.check(
        report_rows(reports.specifications(tally, GROUPS, VERDICT_OF), MAIN, 0.95).with_columns(data_version=pl.lit(VERSION))
    )


# Of haloperidol: cases and reports of the group, and of what it is compared with.
BY_HAND = {
    "ps+ss/collapsed/all_other_reports/all": (2, 3, 2, 4),
    "ps+ss/kept/all_other_reports/all": (3, 4, 2, 4),
    "ps/collapsed/all_other_reports/all": (1, 2, 3, 5),
    "any/collapsed/all_other_reports/all": (3, 4, 1, 3),
    "ps+ss/collapsed/other_antipsychotics/all": (2, 3, 1, 2),
    "any/collapsed/other_antipsychotics/all": (3, 4, 0, 1),
    "ps+ss/kept/all_other_reports/legacy": (2, 2, 0, 2),
    "ps+ss/collapsed/all_other_reports/current": (1, 2, 2, 2),
    "ps+ss/collapsed/other_antipsychotics/current": (1, 2, 1, 1),
}


@pytest.mark.parametrize("choices", BY_HAND)
def test_cells_by_hand(grid: pl.DataFrame, choices: str) -> None:
    ours = grid.filter(specification_id=f"ror/pt_only/{choices}/ingredient/haloperidol")
    assert ours.select(reports.CELLS).row(0) == BY_HAND[choices]


def test_one_specification_of_each_group_is_the_main_one(grid: pl.DataFrame) -> None:
    main = grid.filter("is_main")
    assert set(main["specification_id"].str.replace("/[^/]*/[^/]*$", "")) == {"ror/pt_only/ps+ss/collapsed/all_other_reports/all"}
    assert main.height == grid.select("group_kind", "group").n_unique()


def test_what_has_no_estimate_has_a_reason(grid: pl.DataFrame) -> None:
    assert grid.filter(pl.col("estimate").is_null() == pl.col("undefined_reason").is_null()).is_empty()
    reason = dict(grid.filter(group="haloperidol").select("specification_id", "undefined_reason").iter_rows())
    expected = {
        "strict/any/collapsed/other_antipsychotics/all": "no report meets the definition",
        "pt_only/any/collapsed/other_antipsychotics/all": "no other report meets the definition",
        "pt_only/ps+ss/kept/all_other_reports/legacy": "no other report meets the definition",
        "pt_only/ps+ss/collapsed/all_other_reports/current": "every other report meets the definition",
        "pt_only/ps+ss/collapsed/all_other_reports/legacy": "no other report meets the definition",
    }
    assert {name: reason[f"ror/{name}/ingredient/haloperidol"] for name in expected} == expected


def test_ingredients_without_a_case_in_the_main_setting_are_left_out_generations_never(grid: pl.DataFrame) -> None:
    shown = shown_groups(grid)
    assert set(shown["group"]) == {"FGA", "SGA", "TGA", "haloperidol", "risperidone"}


def test_summary_counts_specifications_and_names_what_moves_most(grid: pl.DataFrame) -> None:
    summary, factors = summary_rows(shown_groups(grid))
    GRID_FACTORS.check(factors)
    ours = {row["group"]: row for row in GRID_SUMMARY.check(summary).to_dicts()}
    defined = grid.filter(pl.col("group") == "haloperidol", pl.col("estimate").is_not_null())
    assert ours["haloperidol"]["specifications"] == 2 * 3 * 2 * 2 * 3
    assert ours["haloperidol"]["undefined"] == 72 - defined.height
    assert ours["haloperidol"]["median"] == defined["estimate"].median()
    assert ours["haloperidol"]["main"] == 2 * 2 / (1 * 2)
    assert ours["haloperidol"]["above"] == 0
    assert ours["haloperidol"]["moves_most"] in {"definition", "roles", "duplicates", "comparator", "era"}
    assert (ours["TGA"]["moves_most"], ours["TGA"]["undefined_reason"]) == (None, TOO_FEW)


def test_cohort_states_are_compared_with_first_generation_and_with_all_other_time() -> None:
    time = stretches(
        {"days": 100, "events": 4, "year": "2005"},
        {"days": 300, "events": 2, "year": "2016", "person": 2},
        {"days": 200, "events": 1, "year": "2016", "person": 3, "ingredient": "risperidone", "state": "SGA"},
        {"days": 50, "events": 1, "year": "2010", "person": 4, "ingredient": "aripiprazole", "state": "TGA"},
        {"days": 10, "events": 0, "year": "2005", "person": 5, "ingredient": "risperidone", "state": "switch"},
    )
    periods = Periods(early=[2005, 2009], late=[2016, 2020])
    counts = person_time(time, drug_table(), TABLE_GENERATIONS)
    cells = cohort.specifications(counts, ["haloperidol", "risperidone"], periods)
    found = GRID.check(cohort_rows(cells, "pt_only", "exact", 0.95).with_columns(data_version=pl.lit(VERSION)))
    ours = {name: tuple(numbers) for name, *numbers in found.select("specification_id", *reports.CELLS).iter_rows()}
    start = "rate_ratio/pt_only/exact"
    assert ours[f"{start}/first_generation/all/generation_state/SGA"] == (1, 200, 6, 400)
    assert ours[f"{start}/other_antipsychotic_time/all/generation_state/SGA"] == (1, 200, 7, 460)
    assert ours[f"{start}/other_antipsychotic_time/early/generation_state/FGA"] == (4, 100, 0, 10)
    assert ours[f"{start}/first_generation/late/ingredient/risperidone"] == (1, 200, 2, 300)
    assert f"{start}/first_generation/all/generation_state/FGA" not in ours
    assert f"{start}/first_generation/all/ingredient/haloperidol" not in ours
    main = found.filter("is_main").select("group", "comparator")
    assert dict(main.iter_rows()) == {
        "FGA": "other_antipsychotic_time",
        "SGA": "first_generation",
        "TGA": "first_generation",
        "risperidone": "first_generation",
    }
    without_time = found.filter(specification_id=f"{start}/first_generation/early/generation_state/TGA")
    assert without_time["undefined_reason"].to_list() == ["no person-time in the group"]
    summary_rows(shown_groups(found))

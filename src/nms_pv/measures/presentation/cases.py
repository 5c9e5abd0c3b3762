"""Cases of both arms in one shape: the groups and strata they count in."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from nms_pv.measures.course.report_cases import ReportCases
from nms_pv.spec.drug_groups import ALL
from nms_pv.spec.drugs import GENERATIONS
from nms_pv.spec.params import band_names

CELL = ["definition", "group_kind", "group", "stratum"]
SHOWN = ["all", "antipsychotic", "generation", "generation_state", "chemical_class", "formulation"]
ANY = ("antipsychotic", "antipsychotic")
DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Presented:
    """Cases by group.

    `cases`: `CELL` and subject_id, one row for each cell a case counts in; the stratum is empty, or `age=40-64`, `sex=female` for
    everyone. `apart`: definition, group_kind, group, subject_id of cases on one generation only, so that none is in two. `shown`:
    cells that have rows even without a case. `everyone`: group_kind and group of all. `apart_kind`: group_kind of `apart`.
    """

    cases: pl.DataFrame
    apart: pl.DataFrame
    shown: pl.DataFrame
    everyone: tuple[str, str]
    apart_kind: str

    def all_of(self, definition: str) -> pl.DataFrame:
        """`subject_id` of all cases of one definition, sorted."""
        kind, group = self.everyone
        cell = self.cases.filter(pl.col("stratum").is_null(), definition=definition, group_kind=kind, group=group)
        return cell.select("subject_id").sort("subject_id")


def presented_reports(found: ReportCases, definitions: Sequence[str], age_bands: Sequence[int]) -> Presented:
    """Reports that meet a definition; those on one generation only name no other antipsychotic generation."""
    keys = found.cases.select("definition", "subject_id")
    members = found.members.filter(pl.col("group_kind").is_in(SHOWN))
    generations = members.filter(pl.col("group_kind") == "generation")
    of_one = generations.filter(pl.len().over("subject_id") == 1)
    described = found.cases.select("definition", "subject_id", "sex", age="age_years")
    return Presented(
        cases=pl.concat([_whole(members.join(keys, on="subject_id")), *_strata(described, ALL, age_bands)]),
        apart=of_one.join(keys, on="subject_id").select("definition", "group_kind", "group", "subject_id"),
        shown=_shown(found.shown, definitions),
        everyone=ALL,
        apart_kind="generation",
    )


def presented_persons(
    first: pl.DataFrame, shown: pl.DataFrame, definitions: Sequence[str], age_bands: Sequence[int]
) -> Presented:
    """Persons at their first episode that counts in a group; those on one generation only are in its state.

    Parameters
    ----------
    first, shown
        Of `measures/course/cohort_cases.py`: `first_of_person`, `shown_groups`.
    definitions, age_bands
        As for reports.
    """
    wide = first.filter(pl.col("group_kind").is_in(SHOWN))
    described = wide.filter(pl.col("group_kind") == ANY[0]).select(
        "definition", "subject_id", "sex", age=(pl.col("start_day") - pl.col("birth_day")) / DAYS_PER_YEAR
    )
    # By the episode that is the first on any antipsychotic, so that a person is in one state only.
    apart = wide.filter(pl.col("group_kind") == "generation_state", pl.col("group").is_in(GENERATIONS)).join(
        described, on=["definition", "subject_id"], how="semi"
    )
    return Presented(
        cases=pl.concat([_whole(wide), *_strata(described, ANY, age_bands)]),
        apart=apart.select("definition", "group_kind", "group", "subject_id"),
        shown=_shown(shown, definitions),
        everyone=ANY,
        apart_kind="generation_state",
    )


def _whole(members: pl.DataFrame) -> pl.DataFrame:
    whole = members.select("definition", "group_kind", "group", "subject_id", stratum=pl.lit(None, pl.String))
    return whole.select(*CELL, "subject_id")


def _strata(described: pl.DataFrame, everyone: tuple[str, str], age_bands: Sequence[int]) -> list[pl.DataFrame]:
    reached = pl.sum_horizontal(pl.col("age") >= low for low in age_bands)
    names = dict(enumerate(band_names(list(age_bands)), start=1))
    age = reached.replace_strict(names, default="unknown", return_dtype=pl.String)
    group = {"group_kind": pl.lit(everyone[0]), "group": pl.lit(everyone[1])}
    return [
        described.with_columns(**group, stratum=stratum).select(*CELL, "subject_id")
        for stratum in ("age=" + age, "sex=" + pl.col("sex").cast(pl.String))
    ]


def _shown(groups: pl.DataFrame, definitions: Sequence[str]) -> pl.DataFrame:
    wide = (
        groups.filter(pl.col("group_kind").is_in(SHOWN)).select("group_kind", "group", stratum=pl.lit(None, pl.String)).unique()
    )
    return (
        pl.DataFrame({"definition": sorted(definitions)}, schema={"definition": pl.String}).join(wide, how="cross").select(CELL)
    )

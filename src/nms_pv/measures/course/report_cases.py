"""Cases of the reports arm under the main roles and duplicates, and the groups of drugs that they name."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from nms_pv.measures.course.cohort_cases import ANTAGONIST, antagonists
from nms_pv.spec.drug_groups import ALL, drug_groups
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Params
from nms_pv.tables.exposure import REPORT_INGREDIENTS, UNIVERSE
from nms_pv.tables.labels import scan_met
from nms_pv.tables.measures import REPRESENTATIVE_COUNTED, ROLES_COUNTED

DESCRIBED = ["received_year", "is_serious", "is_fatal", "age_years", "sex"]


@dataclass(frozen=True)
class ReportCases:
    """Reports that meet a definition.

    `cases`: definition, subject_id and `DESCRIBED`. `members`: subject_id, group_kind, group. `drugs`: subject_id, ingredient,
    formulation, in roles that count. `shown`: every group that a case names, generations and formulations always.
    """

    cases: pl.DataFrame
    members: pl.DataFrame
    drugs: pl.DataFrame
    shown: pl.DataFrame


def report_cases(labels: Path, exposure: Path, table: DrugTable, params: Params) -> ReportCases:
    """Read `labels/verdicts`, `exposure/universe` and `exposure/report_ingredients`; keep what a case needs."""
    met = scan_met(labels / "verdicts", params.definitions)
    counted = UNIVERSE.scan(exposure / "universe").filter(
        pl.col("is_representative").is_in(REPRESENTATIVE_COUNTED[params.main.duplicates])
    )
    cases = counted.select("subject_id", *DESCRIBED).join(met, on="subject_id").collect(engine="streaming")
    drugs = (
        REPORT_INGREDIENTS.scan(exposure / "report_ingredients")
        .filter(pl.col("role").is_in(ROLES_COUNTED[params.main.roles]))
        .join(cases.lazy().select("subject_id").unique(), on="subject_id", how="semi")
        .select("subject_id", "ingredient", "formulation")
        .collect(engine="streaming")
        .sort("subject_id", "ingredient", "formulation")
    )
    members, shown = _members(cases, drugs, table, params)
    return ReportCases(cases.sort("definition", "subject_id"), members, drugs, shown)


def _members(cases: pl.DataFrame, drugs: pl.DataFrame, table: DrugTable, params: Params) -> tuple[pl.DataFrame, pl.DataFrame]:
    groups = drug_groups(table, params.generations)
    named = groups.members.join(groups.names, on="group_no").drop("group_no")
    everyone = cases.select("subject_id", group_kind=pl.lit(ALL[0]), group=pl.lit(ALL[1]))
    blocking = drugs.filter(pl.col("ingredient").is_in(antagonists(table))).select(
        "subject_id", group_kind=pl.lit(ANTAGONIST[0]), group=pl.lit(ANTAGONIST[1])
    )
    of_drugs = drugs.join(named, on=["ingredient", "formulation"]).select("subject_id", "group_kind", "group")
    members = pl.concat([everyone, blocking, of_drugs]).unique().sort("group_kind", "group", "subject_id")
    always = groups.names.filter(pl.col("group_kind").is_in(["all", "generation", "formulation"])).drop("group_no")
    antagonist = pl.DataFrame([ANTAGONIST], schema=["group_kind", "group"], orient="row")
    shown = pl.concat([members.drop("subject_id"), always, antagonist]).unique().sort("group_kind", "group")
    return members, shown

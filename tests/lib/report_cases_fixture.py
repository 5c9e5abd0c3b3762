"""The reports behind some numbers of the reports arm, from the raw rows to the universe, and how many of them there are."""

from pathlib import Path

import polars as pl

from nms_pv.spec.params import band_names, load_params
from nms_pv.tables.evidence import EXPOSURES, FINDINGS
from nms_pv.tables.exposure import REPORT_INGREDIENTS, UNIVERSE
from nms_pv.tables.measures import REPRESENTATIVE_COUNTED, ROLES_COUNTED
from nms_pv.tables.sources import raw_rows
from tests.lib.case_evidence import (
    GENERATION,
    HOSTILE_WORDS,
    SUBJECTS,
    exposures,
    findings,
    ingredient,
    met,
    quarter,
    role,
    subject_ids,
)
from tests.lib.declared_rows import rows

ROOT = Path(__file__).parents[2]
QUARTERS = ["2011Q4", "2012Q3", "2012Q4", "2018Q2", "2021Q4", "2024Q1"]
YEARS = [2009, 2010, 2011, 2012, 2018, 2021, 2024]
SIZE = 1_200
RAW = {"REAC": ["primaryid", "pt"], "DRUG": ["primaryid", "drugname", "role_cod"]}


def write_report_cases(data: Path, hostile_ingredient: str) -> None:
    """Write the universe, the drugs and the evidence of its cases, and the raw rows that are cited."""
    UNIVERSE.write(universe(), data / "5_exposure" / "universe" / "a.parquet")
    REPORT_INGREDIENTS.write(report_ingredients(hostile_ingredient), data / "5_exposure" / "report_ingredients" / "a.parquet")
    found, exposed = findings("reports"), exposures("reports")
    FINDINGS.write(found, data / "3_evidence" / "findings" / "a.parquet")
    EXPOSURES.write(exposed, data / "3_evidence" / "exposures" / "a.parquet")
    reactions = found.select("source_id", "source_line", primaryid="subject_id", pt="term")
    drugs = exposed.select("source_id", "source_line", primaryid="subject_id", drugname=pl.lit(HOSTILE_WORDS), role_cod="role")
    for table, cited in (("REAC", reactions), ("DRUG", drugs)):
        for (source_id,), part in cited.cast(raw_rows(RAW[table])).group_by("source_id", maintain_order=True):
            path = data / "1_sources" / "rows" / table / f"{str(source_id).split(':')[1]}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_parquet(path)


def universe() -> pl.DataFrame:
    """Rows of `exposure/universe`: the subjects, and many reports without any finding."""
    bands = band_names(load_params(ROOT / "params.yaml").reports.age_bands)
    reports = [*subject_ids("reports"), *(f"faers:{20_200_000 + n}" for n in range(SIZE - SUBJECTS))]
    return rows(
        UNIVERSE,
        *(
            {
                "subject_id": subject_id,
                "received_year": None if n % 12 == 11 else YEARS[n % len(YEARS)],
                "is_representative": n >= SUBJECTS or n % 10 != 9,
                "is_serious": n % 9 != 0,
                "is_fatal": n % 5 == 0,
                "quarter": quarter(n),
                "age_years": float(n % 90),
                "age_band": bands[n % len(bands)],
                "sex": ("female", "male", "unknown")[n % 3],
                "sender": HOSTILE_WORDS if n % 7 == 0 else None,
            }
            for n, subject_id in enumerate(reports)
        ),
    )


def report_ingredients(hostile_ingredient: str) -> pl.DataFrame:
    """Rows of `exposure/report_ingredients`: one drug of each subject; every fifth has the hostile name."""
    return rows(
        REPORT_INGREDIENTS,
        *(
            {
                "subject_id": subject_id,
                "ingredient": hostile_ingredient if n % 5 == 4 else ingredient(n),
                "formulation": "other",
                "role": role(n),
            }
            for n, subject_id in enumerate(subject_ids("reports"))
        ),
    )


class CountedReports:
    """How many reports of the universe a number counts, told from the rows without the code of the report."""

    def __init__(self, hostile_ingredient: str) -> None:
        generation = GENERATION | {hostile_ingredient: "FGA"}
        drugs = report_ingredients(hostile_ingredient).with_columns(
            pl.col("ingredient").replace_strict(generation).alias("generation"), pl.col("role").cast(pl.String)
        )
        self.rows = universe().join(drugs, on="subject_id", how="left")
        self.groups = {*(("ingredient", name) for name in drugs["ingredient"]), ("generation", "FGA"), ("generation", "SGA")}
        self._met = met("reports")

    def cases(self, setting: tuple[str, str, str], kind: str, group: str, *also: pl.Expr) -> int:
        """Reports that meet the definition under a setting, in a group."""
        of_definition = pl.col("subject_id").is_in(list(self._met.get(setting[0], ())))
        return self.rows.filter(of_definition, *self._counted(setting, kind, group), *also).height

    def size(self, setting: tuple[str, str, str], kind: str, group: str, *also: pl.Expr) -> int:
        """Reports that count under a setting, in a group."""
        return self.rows.filter(*self._counted(setting, kind, group), *also).height

    def _counted(self, setting: tuple[str, str, str], kind: str, group: str) -> list[pl.Expr]:
        _, roles, duplicates = setting
        counted = [pl.col("is_representative").is_in(REPRESENTATIVE_COUNTED[duplicates])]
        return counted if kind == "all" else [*counted, pl.col("role").is_in(ROLES_COUNTED[roles]), pl.col(kind) == group]

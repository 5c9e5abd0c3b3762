"""Reports that a test states, in the tables that the grid, the reasons for zeros and the reporting trend read."""

from pathlib import Path

import polars as pl

from nms_pv.tables.evidence import EXPOSURES
from nms_pv.tables.exposure import REPORT_INGREDIENTS, UNIVERSE
from nms_pv.tables.labels import DEFINITIONS, VERDICTS
from tests.lib.declared_rows import rows

REPORT = {
    "drugs": "haloperidol PS",
    "pt_only": "not_met",
    "strict": "not_met",
    "representative": True,
    "quarter": "2020Q1",
    "year": 2020,
    "reporter": "physician",
    "kind": "expedited",
    "sender": "A",
    "in_universe": True,
}
COLUMNS = {"received_year": "year", "reporter_type": "reporter", "report_type": "kind"}
VERDICT_OF = ["pt_only", "strict"]


class Study:
    """Tables of stated reports; what is not stated is as in `REPORT`."""

    def __init__(self, *stated: dict[str, object]) -> None:
        self.reports = [REPORT | {"subject_id": f"faers:{number}"} | report for number, report in enumerate(stated, start=1)]

    @property
    def universe(self) -> pl.DataFrame:
        counted = [report for report in self.reports if report["in_universe"]]
        return rows(
            UNIVERSE,
            *(
                {
                    "subject_id": report["subject_id"],
                    "is_representative": report["representative"],
                    "quarter": report["quarter"],
                    "sender": report["sender"],
                    "sex": "unknown",
                    **{column: report[name] for column, name in COLUMNS.items()},
                }
                for report in counted
            ),
        )

    @property
    def ingredients(self) -> pl.DataFrame:
        return rows(
            REPORT_INGREDIENTS,
            *(
                {"subject_id": report["subject_id"], "ingredient": name, "formulation": "other", "role": role}
                for report in self.reports
                if report["in_universe"]
                for name, role in _drugs(report)
            ),
        )

    @property
    def verdicts(self) -> pl.DataFrame:
        return rows(
            VERDICTS,
            *(
                {"subject_id": report["subject_id"], "definition": definition, "verdict": report[definition]}
                for report in self.reports
                for definition in VERDICT_OF
                if report[definition] is not None
            ),
        )

    @property
    def courses(self) -> pl.DataFrame:
        return rows(
            EXPOSURES,
            *(
                {"subject_id": report["subject_id"], "course_no": number, "relation": "antagonist", "ingredient": name}
                | {"formulation": "other"}
                for report in self.reports
                for number, (name, _) in enumerate(_drugs(report), start=1)
            ),
        )

    @property
    def met(self) -> pl.DataFrame:
        return self.verdicts.filter(pl.col("verdict") == "met").select("subject_id", "definition")

    def write(self, folder: Path, part: str = "2020Q1.parquet") -> None:
        UNIVERSE.write(self.universe, folder / "exposure" / "universe" / part)
        REPORT_INGREDIENTS.write(self.ingredients, folder / "exposure" / "report_ingredients" / part)
        VERDICTS.write(self.verdicts, folder / "labels" / "verdicts" / part)
        EXPOSURES.write(self.courses, folder / "evidence" / "exposures" / part)
        known = [{"definition": definition, "is_computed": True} for definition in VERDICT_OF]
        DEFINITIONS.write(rows(DEFINITIONS, *known), folder / "labels" / "definitions.parquet")


def _drugs(report: dict[str, object]) -> list[tuple[str, str]]:
    """`haloperidol PS, risperidone other`."""
    pairs = [tuple(drug.split()) for drug in str(report["drugs"]).split(",") if drug.strip()]
    return [(name, role) for name, role in pairs]

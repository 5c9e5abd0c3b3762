"""The results of the cohort arm by what they are about."""

import polars as pl

from nms_pv.report.numbers import Row

Address = tuple[str, str, str, str, str, str | None, str | None]


class CohortResults:
    """Look-up of results of the cohort arm by their meaning, never by taking a `result_id` apart."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame.filter(pl.col("arm") == "cohort")
        self._at: dict[Address, Row] = {
            (r["measure"], r["definition"], r["analysis"], r["group_kind"], r["group"], r["reference"], r["stratum"]): r
            for r in self.frame.iter_rows(named=True)
        }

    def one(self, measure: str, definition: str, analysis: str, kind: str, group: str, stratum: str | None = None) -> Row | None:
        """The one number that is compared with nothing, or None when it was not computed."""
        return self._at.get((measure, definition, analysis, kind, group, None, stratum))

    def groups(self, measure: str, definition: str, analysis: str, kind: str) -> list[Row]:
        """The numbers of all groups of a kind, whatever they are compared with, without strata."""
        here = (measure, definition, analysis, kind)
        return [row for key, row in self._at.items() if key[:4] == here and row["stratum"] is None]

    def strata(self, measure: str, definition: str, analysis: str, kind: str, group: str, split: str) -> dict[str, Row]:
        """The numbers of one group by the values of one split: `year` gives `{"2010": ...}`."""
        here = (measure, definition, analysis, kind, group)
        found = {row["stratum"]: row for key, row in self._at.items() if key[:5] == here and row["reference"] is None}
        start = f"{split}="
        return {
            stratum.removeprefix(start): row
            for stratum, row in found.items()
            if stratum is not None and stratum.startswith(start) and ";" not in stratum
        }

    def of(self, measures: tuple[str, ...], definition: str, analysis: str) -> list[Row]:
        """The numbers of several measures, in order of the table, without those of a split."""
        return [
            row
            for row in self._at.values()
            if row["measure"] in measures and row["definition"] == definition and row["analysis"] == analysis
        ]

"""Numbers of the topics -> the rows that each panel shows."""

import re
from dataclasses import dataclass

import polars as pl

from nms_pv.report.numbers import Row
from nms_pv.report.questions.panels import Column, Listed, Matrix
from nms_pv.spec.params import Params

# The definition of published numbers: that of each study.
AS_PUBLISHED = "as_published"
SPLIT = r"\b(age|sex|year)="

Address = tuple[str, str, str, str | None, str | None]


@dataclass(frozen=True)
class MatrixLine:
    """One group and its numbers, in order of the columns; empty where one was not computed."""

    kind: str
    group: str
    cells: list[Row | None]


@dataclass(frozen=True)
class ListedRows:
    """The numbers that are shown, and how many more there are."""

    rows: list[Row]
    more: int


class MainNumbers:
    """The numbers of one arm under its main setting, by what they are about."""

    def __init__(self, numbers: pl.DataFrame, arm: str, params: Params) -> None:
        main = params.main
        is_main = pl.col("definition").is_in([main.definition, AS_PUBLISHED])
        if arm == "reports":
            counted = [pl.col("roles").is_null() | (pl.col("roles") == main.roles)]
            counted.append(pl.col("duplicates").is_null() | (pl.col("duplicates") == main.duplicates))
        else:
            within_persons = pl.col("question") == "own_control"
            counted = [pl.col("analysis").is_null() | (pl.col("analysis") == params.cohort.main_analysis) | within_persons]
        self.rows: list[Row] = numbers.filter(is_main, *counted).sort("result_id").rows(named=True)
        self._at = {(*_address(row), row["analysis"]): row for row in self.rows}
        self._any = {_address(row): row for row in self.rows}

    def one(self, column: Column, kind: str, group: str) -> Row | None:
        """The number of a group in a column."""
        address = (column.measure, kind, group, column.reference, column.stratum)
        return self._any.get(address) if column.analysis is None else self._at.get((*address, column.analysis))

    def lines(self, matrix: Matrix) -> list[MatrixLine]:
        """The groups that have a number in at least one column, in order of kind and name."""
        measures = {column.measure for column in matrix.columns}
        found = {(r["group_kind"], r["group"]) for r in self.rows if r["measure"] in measures and r["group_kind"] in matrix.kinds}
        ordered = sorted(found, key=lambda pair: (matrix.kinds.index(pair[0]), pair[1]))
        made = [MatrixLine(kind, group, [self.one(column, kind, group) for column in matrix.columns]) for kind, group in ordered]
        return [line for line in made if any(line.cells)]

    def listed(self, panel: Listed) -> ListedRows:
        """The numbers of a list, in order of measure and kind, those that count most first; not those of one age, sex or year."""
        of_panel = [r for r in self.rows if r["measure"] in panel.measures and r["group_kind"] in panel.kinds]
        found = [r for r in of_panel if not re.search(SPLIT, r["stratum"] or "")]
        ordered = sorted(
            found,
            key=lambda r: (panel.measures.index(r["measure"]), panel.kinds.index(r["group_kind"]), -(r["numerator"] or 0)),
        )
        return ListedRows(ordered[: panel.most], max(0, len(ordered) - panel.most))


def _address(row: Row) -> Address:
    return (row["measure"], row["group_kind"], row["group"], row["reference"], row["stratum"])

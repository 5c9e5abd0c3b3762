"""Tables that may leave -> what of them stands in which figure and table of the chapter, and in which order."""

from dataclasses import dataclass
from itertools import groupby

import polars as pl

from nms_pv.report.numbers import Row
from nms_pv.report.words import readable

MOST_SETS = 15
READING = "met_or_not"
SIDES = ("nms_only", "serotonin_only")


@dataclass(frozen=True)
class Run:
    """Cuts next to each other with the same numbers."""

    first: int
    last: int
    row: Row


@dataclass(frozen=True)
class Cuts:
    """A definition with points at all cuts, and the cut it asks for."""

    definition: str
    threshold: int
    rows: list[Row]

    @property
    def runs(self) -> list[Run]:
        """The cuts, those with the same numbers together."""
        same = groupby(self.rows, key=lambda row: (row["met"], row["possible"], row["not_met"]))
        runs = [list(rows) for _, rows in same]
        return [Run(rows[0]["cut"], rows[-1]["cut"], rows[0]) for rows in runs]

    @property
    def at_threshold(self) -> Row:
        """The numbers at the cut it asks for."""
        return next(row for row in self.rows if row["cut"] == self.threshold)


@dataclass(frozen=True)
class Feature:
    """One clinical feature in the two groups that differ by one verdict each."""

    feature: str
    sides: dict[str, Row]
    difference: Row

    @property
    def name(self) -> str:
        """Its name in words."""
        return in_words(self.feature)


@dataclass(frozen=True)
class ByStratum:
    """Counts side by side: the strata with their sizes, and a line for each category with one count for each stratum."""

    strata: list[tuple[str, int]]
    lines: list[tuple[tuple[str, ...], list[int | None]]]


@dataclass(frozen=True)
class Model:
    """One latent class model under one reading."""

    about: Row
    accuracy: list[tuple[str, dict[str, Row]]]
    corrected: list[Row]
    suspect_pairs: list[Row]


def in_words(sign: str) -> str:
    """A sign as words, an item without its definition: `iec_2011:altered_mental_status` -> `altered mental status`."""
    return readable(sign.rpartition(":")[2])


def definition_of(sign: str) -> str:
    """The definition that judges a sign; empty for an element."""
    return sign.rpartition(":")[0]


def met_by_somebody(counts: pl.DataFrame) -> list[str]:
    """The case definitions that somebody meets, in order of the table."""
    of_nms = counts.filter(pl.col("syndrome") == "nms", pl.col("met").is_null() | (pl.col("met") > 0))
    return of_nms["definition"].to_list()


def commonest_sets(sets: pl.DataFrame) -> list[Row]:
    """The sets of definitions met together with most subjects; a hidden count is the smallest, and equal ones go by name."""
    some = sets.filter(pl.col("met") != "")
    return some.sort(["n", "met"], descending=[True, False], nulls_last=True).head(MOST_SETS).rows(named=True)


def other_sets(exact: pl.DataFrame, shown: list[Row]) -> pl.DataFrame:
    """One row: how many further sets there are (`sets`), and the subjects in them (`n`); numbers still exact."""
    others = exact.filter(pl.col("met") != "", ~pl.col("met").is_in([row["met"] for row in shown]))
    return others.select(sets=pl.len().cast(pl.Int64), n=pl.col("n").sum())


def met_by_none(sets: pl.DataFrame) -> Row | None:
    """The subjects that meet no definition."""
    return next(iter(sets.filter(pl.col("met") == "").rows(named=True)), None)


def pairs(agreement: pl.DataFrame, measure: str) -> dict[frozenset[str], Row]:
    """One measure of agreement, by the two definitions."""
    rows = agreement.filter(pl.col("reading") == READING, pl.col("measure") == measure).rows(named=True)
    return {frozenset((row["definition_a"], row["definition_b"])): row for row in rows}


def cuts(table: pl.DataFrame, thresholds: dict[str, int]) -> list[Cuts]:
    """The definitions with points, each with its threshold; a variant is not shown apart."""
    return [
        Cuts(name, threshold, table.filter(pl.col("definition") == name).sort("cut").rows(named=True))
        for name, threshold in thresholds.items()
        if name in table["definition"]
    ]


def discriminating(features: pl.DataFrame, differences: pl.DataFrame) -> list[Feature]:
    """The features with a difference, commoner in NMS only first; without one, last."""
    counted = features.filter(pl.col("reading") == READING).rows(named=True)
    sides = {(row["group"], row["feature"]): row for row in counted}
    rows = differences.filter(pl.col("reading") == READING)
    ordered = rows.sort(["estimate", "feature"], descending=[True, False], nulls_last=True).rows(named=True)
    return [Feature(row["feature"], {side: sides[side, row["feature"]] for side in SIDES}, row) for row in ordered]


def by_stratum(table: pl.DataFrame, kinds: list[str]) -> ByStratum:
    """The strata beside each other; a category that a stratum does not have counts 0 there."""
    strata = table.select("stratum", "of").unique().sort("stratum").rows()
    counts = {(row["stratum"], *(row[kind] for kind in kinds)): row["n"] for row in table.rows(named=True)}
    lines = table.select(kinds).unique().sort(kinds).rows()
    return ByStratum(strata, [(line, [counts.get((stratum, *line), 0) for stratum, _ in strata]) for line in lines])


def models(about: pl.DataFrame, accuracy: pl.DataFrame, corrected: pl.DataFrame, suspect: pl.DataFrame) -> list[Model]:
    """The latent class models, those with numbers first, each with what belongs to it."""
    ordered = about.sort(pl.col("estimate").is_null(), "model", "reading")
    return [_model(row, accuracy, corrected, suspect) for row in ordered.rows(named=True)]


def _model(row: Row, accuracy: pl.DataFrame, corrected: pl.DataFrame, suspect: pl.DataFrame) -> Model:
    def own(table: pl.DataFrame) -> list[Row]:
        return table.filter(pl.col("model") == row["model"], pl.col("reading") == row["reading"]).rows(named=True)

    by_indicator: dict[str, dict[str, Row]] = {name: {} for name in row["indicators"].split(";")}
    for number in own(accuracy):
        by_indicator[number["indicator"]][number["quantity"]] = number
    return Model(
        about=row,
        accuracy=list(by_indicator.items()),
        corrected=own(corrected),
        suspect_pairs=[pair for pair in own(suspect) if pair["is_dependent"] or pair["shared"]],
    )

"""The measures that are in the results: what each means, and the methods that its rows name."""

from dataclasses import dataclass

import polars as pl

from nms_pv.tables.measures import ARM, MEASURE, QUESTION

UNDEFINED = "none"
# Some methods hold a count (`left out: 2`, `k = 3 studies`): it says nothing of the method, and one of persons may be small.
COUNT = r"(: |N = |k = )\d[\d,]*(;| studies|$)"


@dataclass(frozen=True)
class Formula:
    """One measure of one arm: its meaning, the method that most of its numbers name, and how many others there are."""

    arm: str
    question: str
    measure: str
    meaning: str
    method: str
    others: int


def methods_of_measures(results: pl.DataFrame) -> pl.DataFrame:
    """Columns arm, question, measure, meaning, method with `n` for counts, numbers (rows that name it); commonest first."""
    order = {"arm": list(ARM), "question": list(QUESTION), "measure": list(MEASURE)}
    method = pl.col("method").str.replace_all(COUNT, "${1}n${2}")
    counted = results.group_by(pl.col(*order).cast(pl.String), method).agg(pl.len().cast(pl.Int64).alias("numbers"))
    return (
        counted.with_columns(pl.col(name).cast(pl.Enum(values)) for name, values in order.items())
        .sort([*order, "numbers", "method"], descending=[False, False, False, True, False])
        .with_columns(pl.col(*order).cast(pl.String))
        .select(*order, pl.col("measure").replace_strict(MEASURE).alias("meaning"), "method", "numbers")
    )


def formulas(results: pl.DataFrame, arm: str) -> list[Formula]:
    """The measures of an arm in their declared order; a measure that is nowhere defined has no method to tell."""
    told = methods_of_measures(results).filter(pl.col("arm") == arm, pl.col("method") != UNDEFINED)
    commonest = told.group_by("arm", "question", "measure", "meaning", maintain_order=True).agg(
        pl.col("method").first(), (pl.len() - 1).alias("others")
    )
    return [Formula(**row) for row in commonest.iter_rows(named=True)]


def clauses(results: pl.DataFrame, measure: str, beginning: str) -> list[str]:
    """The clauses of the methods of a measure that begin so, without this beginning, sorted: `screen:`, `adjusted for`."""
    methods = results.filter(pl.col("measure") == measure)["method"].unique()
    parts = methods.str.split(";").explode().str.strip_chars().drop_nulls()
    found = parts.filter(parts.str.starts_with(beginning)).unique().sort()
    return [text.removeprefix(beginning).strip() for text in found]

"""2x2 tables -> estimates of every measure, with the reason where one is undefined."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from nms_pv.measures.comparison.counting import CELLS, SETTING, TABLE
from nms_pv.measures.comparison.exact import conditional_ror, mid_p, q_values
from nms_pv.measures.comparison.masking import masking_ratio
from nms_pv.measures.comparison.shrunk import METHOD as POOLED
from nms_pv.measures.comparison.shrunk import pooled_ratios
from nms_pv.measures.comparison.stratified import (
    breslow_day_tarone,
    informative_strata,
    mantel_haenszel_ror,
    stratified_ic,
)
from nms_pv.measures.comparison.tally import STRATUM
from nms_pv.measures.interval import Floats, Interval
from nms_pv.measures.reports.disproportionality import ror
from nms_pv.measures.rows import with_interval

Cell = npt.NDArray[np.int64]

REPORTS = "distinct reports"
STRATA = "strata"
SPARSE_CELL = 5
WALD = "a d / (b c); log-normal (Wald) interval"
EXACT = f"of tables with a cell below {SPARSE_CELL}: conditional maximum likelihood; exact (Fisher) interval"
IN_STRATA = "strata of age band x sex x year of receipt, unknown its own level"
LEAST_EXPECTED = 1
TEST = (
    "Breslow-Day test with Tarone's correction on {} strata that expect at least 1 report in each cell; degrees of freedom 1 less"
)
MID_P = "two-sided mid-p value of Fisher's exact test that the ROR is 1"
MASKING = (
    "(c / (c + d)) / ((c - x) / (c + d - n)), x of n the reports of the reference that name the masking group, the strongest "
    "of its kind; no interval"
)
NO_RATIO = pl.lit("in no stratum can group and reference be compared both ways")


class Found(NamedTuple):
    """What one measure says of a frame of 2x2 tables, ready to become rows of `measures/results`."""

    frame: pl.DataFrame
    measure: str
    method: str | pl.Expr
    level: float | None
    unit: str = REPORTS


def ratios(tables: pl.DataFrame, level: float, *, among: str | None = None, reason: pl.Expr | None = None) -> Found:
    """Reporting odds ratio of each table; `among` says of which reports, where not of all."""
    method = WALD if among is None else f"{WALD}; {among}"
    return Found(_found(tables, ror(*_cells(tables), level), reason), "ror", method, level)


def exact_ratios(tables: pl.DataFrame, level: float) -> Found:
    """Conditional reporting odds ratio of each table with a cell below 5."""
    sparse = tables.filter(pl.Series(np.min(_cells(tables), axis=0) < SPARSE_CELL))
    return Found(_found(sparse, conditional_ror(*_cells(sparse), level)), "ror_conditional", EXACT, level)


def hypothesis_tests(tables: pl.DataFrame) -> list[Found]:
    """p-value of each ingredient, and its q-value among all ingredients under one definition and setting."""
    family = ["definition", *SETTING]
    ingredients = tables.filter(pl.col("group_kind") == "ingredient")
    tested = ingredients.with_columns(p=pl.Series(mid_p(*_cells(ingredients)))).sort(TABLE)
    by_family = pl.concat(
        of_family.with_columns(
            q=pl.Series(q_values(of_family["p"].to_numpy())), comparisons=pl.col("p").is_not_nan().sum().cast(pl.String)
        )
        for of_family in tested.partition_by(family, maintain_order=True) or [tested]
    )
    among = "Benjamini-Hochberg q-value among the {} ingredients compared under this definition and setting; {}"
    return [
        Found(_found(tested, _alone(tested["p"].to_numpy())), "p_value", MID_P, None),
        Found(
            _found(by_family, _alone(by_family["q"].to_numpy())),
            "q_value",
            pl.format(among, "comparisons", pl.lit(MID_P)),
            None,
        ),
    ]


def stratified(tables: pl.DataFrame, level: float) -> list[Found]:
    """What strata of age band, sex and year say together of each group; the counts of its rows are those of all strata."""
    whole, (a, b, c, d) = _by_stratum(tables, STRATUM)
    informative = informative_strata(a, b, c, d)
    counted = _found(whole, _alone(informative)).with_columns(
        numerator=pl.Series(informative.astype(np.int64)),
        denominator=pl.lit(a.shape[1]),
        reference_numerator=None,
        reference_denominator=None,
    )
    common = f"Mantel-Haenszel; Robins-Breslow-Greenland interval; {IN_STRATA}"
    shrunk = f"log2((a + 0.5) / (E + 0.5)), E summed over strata; exact gamma interval; {IN_STRATA}"
    return [
        Found(_found(whole, mantel_haenszel_ror(a, b, c, d, level), NO_RATIO), "ror_stratified", common, level),
        Found(_found(whole, stratified_ic(a, b, c, d, level)), "ic_stratified", shrunk, level),
        Found(counted, "informative_strata", f"strata with a d + b c > 0, of those with reports; {IN_STRATA}", None, STRATA),
    ]


def homogeneity(tables: pl.DataFrame, by: str) -> list[Found]:
    """Test of each group that its odds ratio is the same in all strata of one column."""
    whole, cells = _by_stratum(tables, [by])
    test = breslow_day_tarone(*cells, LEAST_EXPECTED)
    too_few = f"fewer than 2 strata in which {LEAST_EXPECTED} report is expected in each cell"
    undefined = (
        pl.when(pl.Series(np.isfinite(mantel_haenszel_ror(*cells, 0.5).estimate))).then(pl.lit(too_few)).otherwise(NO_RATIO)
    )
    here = whole.with_columns(stratum=pl.lit(f"by {by}"), strata=pl.Series(test.strata.astype(np.int64)).cast(pl.String))
    method = pl.format(TEST, "strata")
    return [
        Found(_found(here, _alone(test.chi2), undefined), "homogeneity_chi2", method, None),
        Found(_found(here, _alone(test.p), undefined), "homogeneity_p", method, None),
    ]


def _by_stratum(tables: pl.DataFrame, by: list[str]) -> tuple[pl.DataFrame, tuple[Cell, Cell, Cell, Cell]]:
    """Each group once, with the sum of its tables, and the cells of its tables with strata on the last axis."""
    split = tables.group_by(*TABLE, "reference", *by).agg(pl.col(CELLS).sum()).sort(*TABLE, *by)
    whole = split.group_by(*TABLE, "reference", maintain_order=True).agg(pl.col(CELLS).sum())
    strata = split.select(by).n_unique()
    a, b, c, d = (cell.reshape(whole.height, strata) for cell in _cells(split))
    return whole, (a, b, c, d)


def masking(masked: pl.DataFrame) -> Found:
    """Masking ratio of the strongest masker of each group."""
    _, _, c, d = _cells(masked)
    values = masking_ratio(c, d, masked["masker_c"].to_numpy(), masked["masker_n"].to_numpy())
    nothing_left = pl.lit("every report outside the group that meets the definition names the masking group")
    reason = pl.when(pl.col("c") == 0).then(pl.lit("no report outside the group meets the definition")).otherwise(nothing_left)
    return Found(_found(masked, _alone(values), reason), "masking_ratio", MASKING, None)


def pooled(tables: pl.DataFrame, class_of: pl.DataFrame, level: float) -> Found:
    """Observed / expected reports of each ingredient, pulled towards its chemical class.

    Parameters
    ----------
    tables
        2x2 tables of one universe.
    class_of
        `group` (ingredient) and `chemical_class` of the ingredients that are pooled.
    level
        Coverage, between 0 and 1.

    """
    members = tables.filter(pl.col("group_kind") == "ingredient").join(class_of, on="group").sort(TABLE)
    classes = members.partition_by("definition", *SETTING, "chemical_class", maintain_order=True) or [members]
    return Found(
        pl.concat(_pooled_class(of_class, level) for of_class in classes),
        "pooled_ratio",
        f"{POOLED}; main definition and setting only",
        level,
    )


def _pooled_class(members: pl.DataFrame, level: float) -> pl.DataFrame:
    a, b, c, d = _cells(members)
    found = pooled_ratios(a, (a + b) * (a + c) / (a + b + c + d), level)
    reason = pl.lit(found.undefined_reason) if found.undefined_reason else empty_cell()
    return _found(members, Interval(found.estimate, found.low, found.high), reason)


def _cells(tables: pl.DataFrame) -> tuple[Cell, Cell, Cell, Cell]:
    a, group_reports, c, reference_reports = (tables[name].to_numpy() for name in CELLS)
    return a, group_reports - a, c, reference_reports - c


def _found(tables: pl.DataFrame, values: Interval, reason: pl.Expr | None = None) -> pl.DataFrame:
    counts = tables.with_columns(
        numerator="a", denominator="group_reports", reference_numerator="c", reference_denominator="reference_reports"
    )
    return with_interval(counts, values).with_columns(undefined_reason=empty_cell() if reason is None else reason)


def _alone(values: Floats) -> Interval:
    """Values without an interval."""
    undefined = np.full(values.shape, np.nan)
    return Interval(values, undefined, undefined)


def empty_cell() -> pl.Expr:
    """The first empty margin or cell of the 2x2 table, in words."""
    a, c, n, m = pl.col("a"), pl.col("c"), pl.col("group_reports"), pl.col("reference_reports")
    return (
        pl.when(n == 0)
        .then(pl.lit("the group has no reports"))
        .when(m == 0)
        .then(pl.lit("the reference has no reports"))
        .when(a + c == 0)
        .then(pl.lit("no report of the group or of the reference meets the definition"))
        .when(a == 0)
        .then(pl.lit("no report of the group meets the definition"))
        .when(c == 0)
        .then(pl.lit("no report of the reference meets the definition"))
        .when(a == n)
        .then(pl.lit("every report of the group meets the definition"))
        .otherwise(pl.lit("every report of the reference meets the definition"))
    )

"""Which cells of the results add up to which: strata to their group, and groups to wider groups."""

import numpy as np
import polars as pl

from nms_pv.measures.cohort.hiding import PART, TOTAL, Families, Numbers
from nms_pv.spec.drugs import Drug, DrugTable
from nms_pv.spec.params import Generations
from nms_pv.tables.canonical import FORMULATION
from nms_pv.tables.measures import RESULTS
from nms_pv.tables.person_time import STATE

CELL = ["definition", "analysis", "group_kind", "group", "stratum"]
KIND = RESULTS.types["group_kind"]
SUM_OF_GROUPS: dict[str, pl.DataType] = {"total_kind": KIND, "total": pl.String(), "part_kind": KIND, "part": pl.String()}
DIMENSION = "dimension"
PERIOD = "years"
SEPARATOR = "\x1f"


def sums_of_groups(table: DrugTable, generations: Generations) -> pl.DataFrame:
    """One row for each part of a wider group: total_kind, total, part_kind, part.

    States partition the days of antipsychotics. The other parts overlap where a person takes two drugs at once, and add up
    exactly where nobody does; an attacker may know that, so they are taken to add up.
    """
    anything = ("antipsychotic", "antipsychotic")
    rows = [(*anything, "generation_state", state) for state in STATE]
    rows += [(*anything, "formulation", formulation) for formulation in FORMULATION]
    for drug in table.drugs.values():
        rows += _wider(drug, generations)
    return pl.DataFrame(rows, schema=SUM_OF_GROUPS, orient="row").unique().sort(*SUM_OF_GROUPS)


def families_of(cells: pl.DataFrame, sums: pl.DataFrame) -> Families:
    """The families among cells, numbered by column `cell` (other columns: `CELL` and `dimension`)."""
    own = pl.concat([_strata(cells), _periods(cells)]).with_columns(is_exact=True)
    wider = _groups(cells, sums).with_columns(is_exact=False)
    members = pl.concat([own, wider]).with_columns(family=pl.col("family").rank("dense") - 1).sort("cell", "family")
    family, cell, sign = (members[name].to_numpy().astype(np.int64) for name in ("family", "cell", "sign"))
    return Families(family, cell, sign, members["is_exact"].to_numpy())


def numbered(frame: pl.DataFrame, columns: list[str]) -> Numbers:
    """A number for each row, the same where the columns are."""
    return frame.select(_joined(columns).rank("dense") - 1).to_series().to_numpy().astype(np.int64)


def dimension() -> pl.Expr:
    """What a stratum is one of: `age`, `sex`, ..., empty for the whole group."""
    return pl.col("stratum").str.split("=").list.first().alias(DIMENSION)


def _wider(drug: Drug, generations: Generations) -> list[tuple[str, str, str, str]]:
    part = ("ingredient", drug.ingredient)
    rows = []
    if drug.blocks_or_depletes_dopamine:
        rows.append(("chemical_class", drug.chemical_class, *part))
    generation = drug.generation_under(generations)
    if generation:
        rows.append(("antipsychotic", "antipsychotic", "generation", generation))
    return rows


def _strata(cells: pl.DataFrame) -> pl.DataFrame:
    """Strata by age, by sex, by year and by days since start each add up to their group."""
    group = CELL[:-1]
    parts = cells.filter(pl.col("stratum").is_not_null(), pl.col(DIMENSION) != PERIOD)
    totals = cells.filter(pl.col("stratum").is_null()).drop(DIMENSION).join(parts.select(*group, DIMENSION).unique(), on=group)
    return _members(totals, parts, [*group, DIMENSION])


def _periods(cells: pl.DataFrame) -> pl.DataFrame:
    """Years add up to the period they lie in."""
    bounds = pl.col("stratum").str.extract_groups(r"=(?<first>\d+)-(?<last>\d+)$").struct.field("first", "last").cast(pl.Int64)
    totals = cells.filter(pl.col(DIMENSION) == PERIOD).with_columns(bounds, period="stratum")
    year = pl.col("stratum").str.strip_prefix("year=").cast(pl.Int64, strict=False)
    years = cells.filter(pl.col(DIMENSION) == "year").with_columns(year=year)
    parts = years.join(totals.select(*CELL[:-1], "period", "first", "last"), on=CELL[:-1])
    return _members(totals, parts.filter(pl.col("year").is_between("first", "last")), [*CELL[:-1], "period"])


def _groups(cells: pl.DataFrame, sums: pl.DataFrame) -> pl.DataFrame:
    """Groups add up to wider groups, overall and in every stratum."""
    wider = sums.select("total_kind", "total", "part_kind").unique()
    totals = cells.join(wider, left_on=["group_kind", "group"], right_on=["total_kind", "total"], coalesce=False)
    parts = cells.join(sums, left_on=["group_kind", "group"], right_on=["part_kind", "part"], coalesce=False)
    return _members(totals, parts, ["definition", "analysis", "stratum", "total_kind", "total", "part_kind"])


def _members(totals: pl.DataFrame, parts: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Members of the families that have a total and a part; in others nothing adds up."""
    of_families = {
        TOTAL: totals.join(parts, on=key, how="semi", nulls_equal=True),
        PART: parts.join(totals, on=key, how="semi", nulls_equal=True),
    }
    return pl.concat(
        frame.select("cell", family=_joined(key), sign=pl.lit(sign, pl.Int64)) for sign, frame in of_families.items()
    )


def _joined(columns: list[str]) -> pl.Expr:
    return pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in columns], separator=SEPARATOR)

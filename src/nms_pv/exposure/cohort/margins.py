"""Tallies of days and of events -> named counts: overall, by age, sex, year, time since start, and by age x sex x year."""

from collections.abc import Sequence

import polars as pl

from nms_pv.exposure.cohort.strata import ALL_YEARS, SEXES, Strata
from nms_pv.tables.person_time import ALL

STRATUM = ["age_band", "sex", "year", "since_start"]
KEY = ["definition", "group_kind", "group", *STRATUM]
COUNTS = ["persons", "person_days", "events", "cases"]


def person_time(
    time: pl.DataFrame, events: pl.DataFrame, groups: pl.DataFrame, definitions: Sequence[str], strata: Strata
) -> pl.DataFrame:
    """One row for each stratum with a person at risk, and one overall row for each group and definition even without any.

    Parameters
    ----------
    time, events
        As of `tally`, definitions numbered by their place in `definitions`. In `events` a counted event is a record of one day.
        In `time` definition -1 is the time of persons without outcomes, which counts under every definition.
    groups
        Columns group_no, group_kind, group.
    definitions, strata
        Names of the definitions; the bands.

    Returns
    -------
    The rows of `exposure/person_time`.

    """
    names = groups.join(numbered(definitions), how="cross")
    counted = [
        _margins(_under_every(time, len(definitions)), strata).rename({"days": "person_days"}),
        _margins(events, strata).rename({"days": "events", "persons": "cases"}),
    ]
    overall = names.select("definition_no", "group_no", *[pl.lit(ALL).alias(name) for name in STRATUM])
    return (
        pl.concat([overall, *counted], how="diagonal")
        .join(names, on=["definition_no", "group_no"])
        .group_by(KEY)
        .agg(pl.col(COUNTS).sum())
        .select(pl.lit(strata.setting.name).alias("analysis"), *KEY, *COUNTS)
    )


def numbered(definitions: Sequence[str]) -> pl.DataFrame:
    """Definitions by their place: definition_no, definition."""
    return pl.DataFrame({"definition": list(definitions)}, schema={"definition": pl.String}).select(
        pl.int_range(pl.len(), dtype=pl.Int32).alias("definition_no"), "definition"
    )


def _under_every(time: pl.DataFrame, definitions: int) -> pl.DataFrame:
    common = time.filter(pl.col("definition_no") < 0).drop("definition_no")
    numbers = pl.DataFrame({"definition_no": range(definitions)}, schema={"definition_no": pl.Int32})
    return pl.concat([time.filter(pl.col("definition_no") >= 0), numbers.join(common, how="cross")])


def _margins(wide: pl.DataFrame, strata: Strata) -> pl.DataFrame:
    """Columns definition_no, group_no, `STRATUM`, days, persons."""
    long = pl.concat([_part(wide, part, strata) for part in strata.parts])
    by_age, by_year, by_since = (pl.col(name) != ALL for name in ("age_band", "year", "since_start"))
    is_plain = ~(by_age | by_year | by_since)
    of_both = long.filter(~(by_age & by_year), ~(by_since & by_year)).with_columns(sex=pl.lit(ALL))
    of_each = long.filter(is_plain | (by_age & by_year))
    key = ["definition_no", "group_no", *STRATUM]
    return pl.concat([of_both, of_each]).filter(pl.col("persons") > 0).group_by(key).agg(pl.col("days", "persons").sum())


def _part(wide: pl.DataFrame, part: str, strata: Strata) -> pl.DataFrame:
    kind, _, number = part.partition("_")
    year = pl.col("year")
    return wide.select(
        "definition_no",
        "group_no",
        age_band=pl.lit(strata.age_names[int(number)] if kind == "age" else ALL),
        sex=pl.col("sex_no").replace_strict(range(len(SEXES)), SEXES, return_dtype=pl.String),
        year=pl.when(year == ALL_YEARS).then(pl.lit(ALL)).otherwise(year.cast(pl.String)),
        since_start=pl.lit(strata.since_names[int(number)] if kind == "since" else ALL),
        days=pl.col(f"days_{part}"),
        persons=pl.col(f"persons_{part}"),
    )

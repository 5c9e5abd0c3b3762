"""Days at risk to counts by age, sex, calendar year and time since the start of the era."""

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

from nms_pv.exposure.cohort.calendar import FIRST_YEAR, LAST_YEAR, day_number, year_of
from nms_pv.exposure.cohort.ordered import with_previous
from nms_pv.exposure.cohort.windows import AFTER_ALL_DAYS, BEFORE_ALL_DAYS
from nms_pv.exposure.engine import Engine
from nms_pv.spec.params import band_names
from nms_pv.spec.time_at_risk import TimeAtRisk
from nms_pv.tables.canonical import SEX

UNKNOWN = "unknown"
SEXES = tuple(SEX)
ALL_YEARS = 0
SUBJECT = ["definition_no", "person_id", "group_no"]
STRATUM = ["definition_no", "group_no", "sex_no", "year"]


@dataclass(frozen=True)
class Strata:
    """What time is split by: lower bounds of age in years and of days since the start of the era, and the rules of a setting."""

    age_bands: list[int]
    since_start_days: list[int]
    setting: TimeAtRisk

    @property
    def age_names(self) -> list[str]:
        """The age bands by number; the first is unknown age."""
        return [UNKNOWN, *band_names(self.age_bands)]

    @property
    def since_names(self) -> list[str]:
        """The bands of days since the start of the era by number."""
        return band_names(self.since_start_days)

    @property
    def parts(self) -> list[str]:
        """What days are counted in: all of them, each age band, each band since the start."""
        return [*self.parts_by_age, *self.parts_since_start]

    @property
    def parts_by_age(self) -> list[str]:
        """All days, and each age band."""
        return ["all", *(f"age_{number}" for number in range(len(self.age_names)))]

    @property
    def parts_since_start(self) -> list[str]:
        """Each band since the start."""
        return [f"since_{number}" for number in range(len(self.since_names))]

    @property
    def edges(self) -> list[str]:
        """Columns with the number of all days, and of those before each band but the first, which has no days before it."""
        ages = [f"before_age_{number}" for number in range(1, len(self.age_names))]
        return ["length", *ages, *(f"before_since_{number}" for number in range(1, len(self.since_names)))]

    def between_edges(self) -> dict[str, nw.Expr]:
        """The days in each of `parts`, of the columns `edges`."""
        days = {"all": nw.col("length")}
        for kind, names in (("age", self.age_names), ("since", self.since_names)):
            before = [nw.lit(0), *(nw.col(f"before_{kind}_{number}") for number in range(1, len(names))), nw.col("length")]
            days |= {f"{kind}_{number}": before[number + 1] - before[number] for number in range(len(names))}
        return days


def people(persons: "nw.LazyFrame[Any]", strata: Strata) -> "nw.LazyFrame[Any]":
    """The persons a setting looks at, with the first day in each age band.

    Returns columns person_id, sex_no (place in `SEXES`) and edge_0, edge_1, ...: the first day in each age band, by birthday or
    by calendar year. Days before birth belong to the first band; without a year of birth all days lie before all edges.
    """
    is_known = ~nw.col("birth_year").is_null()
    if strata.setting.unknown_sex_or_birth == "drop":
        persons = persons.filter(nw.col("sex") != UNKNOWN, is_known)
    sex_no = nw.lit(SEXES.index(UNKNOWN))
    for number, sex in enumerate(SEXES):
        sex_no = nw.when(nw.col("sex") == sex).then(nw.lit(number)).otherwise(sex_no)
    edges = {}
    for number, years in enumerate(strata.age_bands):
        first_day = _first_day_at(years, strata.setting) if years else nw.lit(BEFORE_ALL_DAYS)
        edges[f"edge_{number}"] = nw.when(is_known).then(first_day).otherwise(nw.lit(AFTER_ALL_DAYS)).cast(nw.Int32)
    return persons.select("person_id", sex_no=sex_no, **edges)


def _first_day_at(years: int, setting: TimeAtRisk) -> nw.Expr:
    year = nw.col("birth_year") + years
    if setting.age == "calendar_year":
        return day_number(year, 1, 1)
    return day_number(year, nw.col("birth_month"), nw.col("birth_day_of_month"))


def tally(records: "nw.LazyFrame[Any]", people: "nw.LazyFrame[Any]", strata: Strata, engine: Engine) -> "nw.LazyFrame[Any]":
    """Days and persons by definition, group, sex and calendar year, in each age band and each band since the start.

    A person counts in the first of their records that has a day in the stratum. Years and ages only go up, so the record before
    it tells; days since the start begin anew with each era, so there the person's records are put together.

    Parameters
    ----------
    records
        Columns definition_no, person_id, group_no, start_day, end_day, window_start, era_start; those of one definition, person
        and group share no day. Events are tallied as records of one day.
    people
        As of `people`; records of others are left out.
    strata
        The bands and rules.
    engine
        Engine of both frames.

    Returns
    -------
    Columns definition_no, group_no, sex_no, year (`ALL_YEARS` where not split), and for each of `strata.parts` the columns
    days_<part> and persons_<part>; 0 since the start where split by year.

    """
    seen = {"seen_until": "end_day", "seen_window": "window_start"}
    ordered = with_previous(records, SUBJECT, "start_day", seen, BEFORE_ALL_DAYS - 1)
    known = engine.once(ordered.join(people, on="person_id", how="inner").with_columns(year=nw.lit(ALL_YEARS).cast(nw.Int32)))
    of_year = _first_in_band(by_year(known, strata.setting, engine), strata, is_year=True)
    whole = _first_in_band(known, strata, is_year=False)
    by_age = nw.concat([_summed(frame, strata.parts_by_age) for frame in (whole, of_year)])
    return by_age.join(_since_start(known, strata), on=STRATUM, how="left").with_columns(
        *[nw.col(name).fill_null(0) for name in _columns(strata.parts_since_start)]
    )


def _first_in_band(pieces: "nw.LazyFrame[Any]", strata: Strata, *, is_year: bool) -> "nw.LazyFrame[Any]":
    """For each part by age: days of the piece in it, and 1 where the person is seen in it for the first time."""
    setting = strata.setting
    seen_for_age = nw.col("seen_until" if setting.age == "birthday" else "seen_window")
    seen_for_year = nw.col("seen_until" if setting.calendar == "split" else "seen_window")
    was_in_year = seen_for_year >= (day_number(nw.col("year"), 1, 1) if is_year else nw.lit(BEFORE_ALL_DAYS))
    first_days = [nw.lit(BEFORE_ALL_DAYS), *(nw.col(f"edge_{number}") for number in range(len(strata.age_bands)))]
    was_in_part = {"all": was_in_year}
    for number, first_day in enumerate(first_days):
        was_in_part[f"age_{number}"] = was_in_year & (seen_for_age >= first_day)
    days = strata.between_edges()
    measured = pieces.with_columns(**_days_before_edges(strata))
    persons = {
        f"persons_{part}": nw.when((days[part] > 0) & ~was_in_part[part]).then(nw.lit(1)).otherwise(nw.lit(0))
        for part in strata.parts_by_age
    }
    return measured.select(*STRATUM, **{f"days_{part}": days[part] for part in strata.parts_by_age}, **persons)


def _since_start(known: "nw.LazyFrame[Any]", strata: Strata) -> "nw.LazyFrame[Any]":
    """Days and persons in each band since the start of the era, whatever the year."""
    days = strata.between_edges()
    measured = known.with_columns(**_days_before_edges(strata))
    of_record = measured.select(*STRATUM, "person_id", **{f"days_{part}": days[part] for part in strata.parts_since_start})
    added_up = [nw.col(f"days_{part}").sum() for part in strata.parts_since_start]
    of_person = of_record.group_by(*STRATUM, "person_id").agg(*added_up)
    persons = {
        f"persons_{part}": nw.when(nw.col(f"days_{part}") > 0).then(nw.lit(1)).otherwise(nw.lit(0))
        for part in strata.parts_since_start
    }
    return _summed(of_person.with_columns(**persons), strata.parts_since_start)


def _summed(rows: "nw.LazyFrame[Any]", parts: list[str]) -> "nw.LazyFrame[Any]":
    summed = [nw.col(name).cast(nw.Int64).sum().cast(nw.Int64) for name in _columns(parts)]
    return rows.group_by(*STRATUM).agg(*summed)


def _columns(parts: list[str]) -> list[str]:
    return [f"{count}_{part}" for count in ("days", "persons") for part in parts]


def by_year(records: "nw.LazyFrame[Any]", setting: TimeAtRisk, engine: Engine) -> "nw.LazyFrame[Any]":
    """Each record once for each calendar year it counts in, cut to it; `year` says which."""
    if setting.calendar == "window_start":
        return records.with_columns(year=year_of(nw.col("window_start")).cast(nw.Int32))
    first_year, last_year = (year_of(nw.col(name)) for name in ("start_day", "end_day"))
    spanning = records.with_columns(first_year=first_year, span=(last_year - first_year).cast(nw.Int32))
    longest = LAST_YEAR - FIRST_YEAR + 1
    # One row for each span of years and step within it: an equi-join that repeats each record as often as it has years.
    steps = pl.DataFrame(
        [(span, step) for span in range(longest) for step in range(span + 1)],
        schema={"span": pl.Int32, "step": pl.Int32},
        orient="row",
    )
    repeated = spanning.join(engine.frame(steps), on="span", how="inner")
    pieces = repeated.with_columns(year=(nw.col("first_year") + nw.col("step")).cast(nw.Int32))
    first_day, last_day = day_number(nw.col("year"), 1, 1), day_number(nw.col("year") + 1, 1, 1) - 1
    return pieces.with_columns(
        start_day=nw.max_horizontal(nw.col("start_day"), first_day), end_day=nw.min_horizontal(nw.col("end_day"), last_day)
    )


def _days_before_edges(strata: Strata) -> dict[str, nw.Expr]:
    length = nw.col("end_day") - nw.col("start_day") + 1
    edges = [nw.col(f"edge_{number}") for number in range(len(strata.age_bands))]
    if strata.setting.age == "birthday":
        ages = [_days_before(edge) for edge in edges]
    else:
        ages = [nw.when(nw.col("window_start") < edge).then(length).otherwise(nw.lit(0)) for edge in edges]
    since = [_days_before(nw.col("era_start") + days) for days in strata.since_start_days[1:]]
    return {name: value.cast(nw.Int32) for name, value in zip(strata.edges, [length, *ages, *since], strict=True)}


def _days_before(edge: nw.Expr) -> nw.Expr:
    """How many days of the record lie before a day."""
    return nw.max_horizontal(nw.min_horizontal(nw.col("end_day") + 1, edge) - nw.col("start_day"), nw.lit(0))


def of_one_day(records: "nw.LazyFrame[Any]", people: "nw.LazyFrame[Any]", strata: Strata) -> "nw.LazyFrame[Any]":
    """Adds the stratum of records of one day: year, age_no and since_no (places in the names of `strata`), sex_no."""
    day = "start_day" if strata.setting.calendar == "split" else "window_start"
    joined = records.join(people, on="person_id", how="left")
    marked = joined.with_columns(year=year_of(nw.col(day)).cast(nw.Int32), **_days_before_edges(strata))
    # A day lies in the band whose number is that of the edges it does not lie before.
    for kind, names in (("age", strata.age_names), ("since", strata.since_names)):
        before = [nw.col(f"before_{kind}_{number}") for number in range(1, len(names))]
        marked = marked.with_columns((nw.lit(len(names) - 1) - sum(before, nw.lit(0))).cast(nw.Int32).alias(f"{kind}_no"))
    return marked

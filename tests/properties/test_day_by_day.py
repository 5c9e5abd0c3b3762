"""The fast path counts what counting one day at a time counts, for any people and any setting."""

from calendar import isleap, monthrange
from collections.abc import Iterator
from datetime import date, timedelta

import narwhals as nw
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nms_pv.exposure.cohort.calendar import FIRST_YEAR, LAST_YEAR, day_number, year_of
from nms_pv.exposure.engine import Engine, open_engine
from nms_pv.spec.time_at_risk import TimeAtRisk
from tests.lib.cohort_frames import count_fast
from tests.lib.day_by_day import EPOCH, Days, Outcome, Person, Study, count_by_day

FIRST = (date(1999, 11, 1) - EPOCH).days
LAST = FIRST + 520
GROUPS = {
    0: ("generation", "FGA"),
    1: ("generation", "SGA"),
    2: ("generation", "TGA"),
    3: ("withdrawal", "levodopa"),
    **{number: ("generation_state", state) for number, state in enumerate(["FGA", "SGA", "TGA", "mixed", "switch"], start=4)},
}
WITH_ERAS = range(4)
DEFINITIONS = ["broad", "narrow"]

# Days, lengths and gaps of few values, so that days coincide, or just do not, far more often than by chance.
day = st.tuples(st.integers(0, 26), st.sampled_from([0, 0, 0, 1, 9])).map(lambda n: FIRST + 20 * n[0] + n[1])
length = st.sampled_from([0, 1, 9, 10, 19, 20, 59])
gap = st.sampled_from([0, 0, 1, 8, 9, 10, 20, 40])


@st.composite
def disjoint(draw: st.DrawFn) -> list[Days]:
    """Up to three stretches of days, often close to each other."""
    found: list[Days] = []
    start = draw(day)
    for _ in range(draw(st.integers(0, 3))):
        end = start + draw(length)
        found.append((start, end))
        start = end + 1 + draw(gap)
    return found


@st.composite
def periods(draw: st.DrawFn) -> list[Days]:
    """Long stretches, mostly one, seldom none."""
    if draw(st.integers(0, 9)) == 0:
        return []
    cuts = sorted(draw(st.lists(day, max_size=2, unique=True)))
    starts, ends = [FIRST - draw(length), *(cut + 2 for cut in cuts)], [*cuts, LAST - draw(length)]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if start <= end]


birth = st.one_of(
    st.none(),
    st.sampled_from([date(1980, 2, 29), date(1980, 1, 1), date(1979, 12, 31), date(2000, 6, 1), date(1890, 3, 3)]),
    st.integers(0, 900).map(lambda n: date(1979, 6, 1) + timedelta(days=n)),
)
person = st.fixed_dictionaries(
    {
        "sex": st.sampled_from(["female", "male", "unknown"]),
        "birth": birth,
        "periods": periods(),
        "eras": st.fixed_dictionaries({number: disjoint() for number in WITH_ERAS}),
        "outcomes": st.lists(st.tuples(st.sampled_from(DEFINITIONS), day, length), max_size=5),
    }
)
offset = st.sampled_from([-20, -1, 0, 0, 1, 9, 10, 20])
anchor = st.fixed_dictionaries({"anchor": st.sampled_from(["era_start", "era_end"]), "offset_days": offset})
date_or_none = st.one_of(st.none(), day.map(lambda n: EPOCH + timedelta(days=n)))
setting = st.fixed_dictionaries(
    {
        "start": anchor,
        "end": anchor,
        "cap_at_era_end": st.booleans(),
        "windows_that_overlap": st.sampled_from(["merge", "keep"]),
        "observation": st.sampled_from(["of_era_start", "any"]),
        "study_window": st.fixed_dictionaries({"first": date_or_none, "last": date_or_none}),
        "windows_that_start_early": st.sampled_from(["clip", "drop"]),
        "prior_observation_days": st.sampled_from([0, 0, 10, 20, 200]),
        "new_user_washout_days": st.sampled_from([0, 0, 1, 10, 20]),
        "clean_window_days": st.sampled_from([0, 0, 1, 9, 20, "all_history"]),
        "outcomes_that_overlap": st.sampled_from(["union", "latest"]),
        "repeated_events": st.booleans(),
        "unknown_sex_or_birth": st.sampled_from(["keep", "drop"]),
        "age": st.sampled_from(["birthday", "calendar_year"]),
        "calendar": st.sampled_from(["split", "window_start"]),
        "rounding": st.just("none"),
    }
).map(lambda keys: TimeAtRisk.model_validate({"name": "drawn", "title": "", "notes": [], **keys}))


def people_of(drawn: list[dict[str, object]]) -> list[Person]:
    people = []
    for number, content in enumerate(drawn, start=1):
        outcomes = [Outcome(d, f"{number}#{n}", start, start + more) for n, (d, start, more) in enumerate(content["outcomes"])]
        people.append(Person(number, content["sex"], content["birth"], content["periods"], content["eras"], outcomes))
    return people


def agree(drawn: list[dict[str, object]], setting: TimeAtRisk, switch_days: int, engine: Engine, gap_days: int = 0) -> None:
    people = people_of(drawn)
    # A setting has its bands, so that those without an edge are drawn too.
    age_bands, since_start_days = ([0], [0]) if setting.prior_observation_days == 10 else ([0, 20, 21, 40], [0, 8, 31])
    study = Study(setting, age_bands, since_start_days, switch_days, GROUPS, DEFINITIONS)
    assert count_fast(people, study, engine, gap_days) == count_by_day(people, study)


# Opening a query costs more than running it, so DuckDB gets more people and fewer settings.
few = (st.lists(person, min_size=1, max_size=4), setting, st.sampled_from([0, 1, 30]))
many = (st.lists(person, min_size=10, max_size=30), *few[1:])


@pytest.fixture(scope="module")
def polars() -> Iterator[Engine]:
    with open_engine("polars") as opened:
        yield opened


@pytest.fixture(scope="module")
def duckdb() -> Iterator[Engine]:
    with open_engine("duckdb") as opened:
        yield opened


unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
Drawn = list[dict[str, object]]


@settings(unhurried, max_examples=25)
@given(*few)
def test_polars_counts_days(polars: Engine, drawn: Drawn, setting: TimeAtRisk, switch_days: int) -> None:
    agree(drawn, setting, switch_days, polars)


@settings(unhurried, max_examples=3)
@given(*many)
def test_duckdb_counts_days(duckdb: Engine, drawn: Drawn, setting: TimeAtRisk, switch_days: int) -> None:
    agree(drawn, setting, switch_days, duckdb)


@pytest.mark.proof
@settings(unhurried, max_examples=400)
@given(*few)
def test_polars_counts_days_hundreds_of_times(polars: Engine, drawn: Drawn, setting: TimeAtRisk, switch_days: int) -> None:
    agree(drawn, setting, switch_days, polars)


@pytest.mark.proof
@settings(unhurried, max_examples=15)
@given(*many)
def test_duckdb_counts_days_of_hundreds_of_people(duckdb: Engine, drawn: Drawn, setting: TimeAtRisk, switch_days: int) -> None:
    agree(drawn, setting, switch_days, duckdb)


@settings(unhurried, max_examples=10)
@given(*few, st.sampled_from([0, 9, 19, 30]))
def test_a_known_gap_between_eras_spares_a_sort_and_nothing_else(
    polars: Engine, drawn: Drawn, setting: TimeAtRisk, switch_days: int, gap_days: int
) -> None:
    for content in drawn:
        content["eras"] = {number: spread(eras, gap_days) for number, eras in content["eras"].items()}
    agree(drawn, setting, switch_days, polars, gap_days)


def spread(eras: list[Days], gap_days: int) -> list[Days]:
    """The same eras with so many more days between them."""
    return [(start + place * gap_days, end + place * gap_days) for place, (start, end) in enumerate(eras)]


@given(st.integers(FIRST_YEAR, LAST_YEAR), st.integers(1, 12), st.integers(1, 31))
def test_days_and_years_are_those_of_the_calendar(year: int, month: int, day_of_month: int) -> None:
    last = monthrange(year, month)[1]
    on = date(year, month, min(day_of_month, last))
    number = (on - EPOCH).days
    assert in_polars(day_number(nw.col("year"), nw.col("month"), nw.col("day")), year, month, on.day) == number
    assert in_polars(day_number(nw.col("year"), month, on.day), year, month, on.day) == number
    assert in_polars(year_of(nw.col("day")), year, month, number) == year


@given(st.integers(FIRST_YEAR, LAST_YEAR).filter(lambda year: not isleap(year)))
def test_a_29_february_that_does_not_exist_is_1_march(year: int) -> None:
    assert in_polars(day_number(nw.col("year"), 2, 29), year, 2, 29) == (date(year, 3, 1) - EPOCH).days


def test_every_day_of_two_centuries_lies_in_its_year(polars: Engine, duckdb: Engine) -> None:
    first, last = (date(FIRST_YEAR, 1, 1) - EPOCH).days, (date(LAST_YEAR, 12, 31) - EPOCH).days
    days = pl.DataFrame({"day": range(first, last + 1)}, schema={"day": pl.Int32})
    expected = [(EPOCH + timedelta(days=number)).year for number in days["day"]]
    for engine in (polars, duckdb):
        made = engine.collect(engine.frame(days).with_columns(year=year_of(nw.col("day"))))
        assert made.sort("day")["year"].to_list() == expected


def in_polars(value: nw.Expr, year: int, month: int, day_of_month: int) -> int:
    row = pl.DataFrame(
        {"year": year, "month": month, "day": day_of_month}, schema=dict.fromkeys(["year", "month", "day"], pl.Int32)
    )
    return int(nw.from_native(row).select(value.alias("value")).to_native().item())

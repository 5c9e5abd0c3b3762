import polars as pl
import pytest

from nms_pv.exposure.cohort.counting import CohortFrames, CohortGroups, count_cohort
from nms_pv.exposure.cohort.strata import Strata
from nms_pv.exposure.engine import open_engine
from nms_pv.tables.person_time import CASES, PERSON_TIME
from tests.lib.cohort_frames import count_fast
from tests.lib.day_by_day import Person, Study
from tests.lib.timeline import PLAIN, changed

DAYS = {"start_day": pl.Int32, "end_day": pl.Int32}
PERSON = {"person_id": pl.Int64}
NAMES = pl.DataFrame(
    [
        (0, "generation", "FGA"),
        (1, "generation", "SGA"),
        (2, "withdrawal", "levodopa"),
        (3, "generation_state", "FGA"),
        (4, "generation_state", "SGA"),
        (5, "generation_state", "TGA"),
        (6, "generation_state", "mixed"),
        (7, "generation_state", "switch"),
    ],
    schema={"group_no": pl.Int32, "group_kind": pl.String, "group": pl.String},
    orient="row",
)
ERAS = [(1, 0, 100, 119), (1, 1, 110, 129), (2, 2, 50, 56)]
PERSONS = [(1, "female", 1950, 1, 1), (2, "male", None, None, None)]
PERIODS = [(1, 0, 500), (2, 0, 500)]
OUTCOMES = [("nms", "a", 1, 115, 115), ("nms", "b", 1, 117, 117), ("nms", "c", 2, 300, 300), ("other", "a", 1, 112, 112)]
Row = tuple[object, ...]


def count(
    setting: object = PLAIN, definitions: tuple[str, ...] = ("nms",), outcomes: list[Row] = OUTCOMES, names: pl.DataFrame = NAMES
) -> tuple[pl.DataFrame, pl.DataFrame]:
    with open_engine("polars") as engine:
        frames = CohortFrames(
            *(
                engine.frame(pl.DataFrame(rows, schema=schema, orient="row"))
                for rows, schema in [
                    (ERAS, PERSON | {"group_no": pl.Int32} | DAYS),
                    (outcomes, {"definition": pl.String, "subject_id": pl.String} | PERSON | DAYS),
                    (
                        PERSONS,
                        PERSON
                        | {"sex": pl.String}
                        | dict.fromkeys(["birth_year", "birth_month", "birth_day_of_month"], pl.Int32),
                    ),
                    (PERIODS, PERSON | DAYS),
                ]
            )
        )
        time, cases = count_cohort(frames, CohortGroups(names, 5), definitions, Strata([0, 20], [0, 8], setting), engine)
    return PERSON_TIME.check(time), CASES.check(cases)


def numbers(time: pl.DataFrame, **stratum: str) -> dict[tuple[str, str], tuple[int, ...]]:
    """(persons, days, events, cases) by group kind and group in one stratum."""
    wanted = {"age_band": "all", "sex": "all", "year": "all", "since_start": "all"} | stratum
    rows = time.filter(*[pl.col(name) == value for name, value in wanted.items()])
    return {(kind, group): tuple(rest) for kind, group, *rest in rows.select("group_kind", "group", *time.columns[-4:]).rows()}


def test_states_partition_the_windows_of_generations() -> None:
    """FGA on 100-119 and SGA on 110-129, together on 110-119; the five days after are a switch."""
    found = numbers(count()[0])
    assert {group: days for (kind, group), (_, days, *_) in found.items() if kind == "generation_state"} == {
        "FGA": 10,
        "mixed": 10,
        "switch": 5,
        "SGA": 5,
        "TGA": 0,
    }
    assert found["generation", "FGA"][1] == found["generation", "SGA"][1] == 20


def test_an_event_counts_once_in_the_states_and_in_each_generation() -> None:
    found = numbers(count()[0])
    assert found["generation_state", "mixed"] == (1, 10, 2, 1)
    assert found["generation_state", "FGA"] == (1, 10, 0, 0)
    assert found["generation", "FGA"] == found["generation", "SGA"] == (1, 20, 2, 1)


def test_days_since_start_count_from_the_first_day_of_a_state() -> None:
    """The mixed state starts on day 110: its events are on days 5 and 7, those of FGA on days 15 and 17."""
    time, cases = count()
    assert numbers(time, since_start="0-7")["generation_state", "mixed"] == (1, 8, 2, 1)
    assert numbers(time, since_start="8+")["generation", "FGA"] == (1, 12, 2, 1)
    since = cases.filter(pl.col("fate") == "counted").select("group_kind", "group", "days_since_start").unique()
    assert ("generation_state", "mixed", 5) in since.rows()


def test_withdrawal_windows_ignore_the_anchors() -> None:
    late = changed(PLAIN, start={"anchor": "era_start", "offset_days": 3}, new_user_washout_days=400)
    found = numbers(count(late)[0])
    assert found["withdrawal", "levodopa"] == (1, 7, 0, 0)
    assert found["generation", "FGA"] == (0, 0, 0, 0)


def test_a_definition_without_outcomes_has_the_time_of_everybody() -> None:
    time, _ = count(definitions=("nms", "never"))
    never = time.filter(pl.col("definition") == "never")
    assert numbers(never)["generation", "FGA"] == (1, 20, 0, 0)
    without_outcomes = count(definitions=("nms", "never"), outcomes=[])[0]
    assert numbers(without_outcomes.filter(pl.col("definition") == "never"))["generation", "FGA"] == (1, 20, 0, 0)
    assert set(time["definition"]) == {"nms", "never"}


def test_without_definitions_nothing_is_counted() -> None:
    time, cases = count(definitions=())
    assert time.is_empty()
    assert cases.is_empty()


def test_without_outcomes_no_time_is_excluded() -> None:
    time, cases = count(outcomes=[])
    assert numbers(time)["generation", "FGA"] == (1, 20, 0, 0)
    assert cases.is_empty()


def test_time_is_the_same_whether_or_not_somebody_else_has_the_outcome() -> None:
    alone, among_others = count(outcomes=[])[0], count(outcomes=[("nms", "c", 2, 300, 300)])[0]
    assert alone.equals(among_others)


def test_groups_without_states_build_none() -> None:
    time, _ = count(names=NAMES.filter(pl.col("group_kind") != "generation_state"))
    assert set(time["group_kind"]) == {"generation", "withdrawal"}


@pytest.mark.parametrize(
    ("clean_window_days", "repeated", "fates"),
    [
        (0, True, ["counted", "counted"]),
        (30, True, ["counted", "in_clean_window"]),
        ("all_history", True, ["counted", "in_clean_window"]),
        (0, False, ["counted", "later_event"]),
        ("all_history", False, ["counted", "in_clean_window"]),
    ],
)
def test_fates_of_two_outcomes_in_one_window(clean_window_days: int | str, repeated: bool, fates: list[str]) -> None:
    _, cases = count(changed(PLAIN, clean_window_days=clean_window_days, repeated_events=repeated))
    of_group = cases.filter(pl.col("group_kind") == "generation", pl.col("group") == "FGA")
    assert of_group.sort("subject_id")["fate"].to_list() == fates


def test_an_outcome_outside_time_at_risk_is_listed_for_groups_the_person_was_exposed_to() -> None:
    _, cases = count()
    outside = cases.filter(pl.col("subject_id") == "c")
    assert outside.select("group", "fate", "window_start", "days_since_start", "age_band", "sex", "year").rows() == [
        ("levodopa", "outside_time_at_risk", None, None, None, None, None)
    ]


def test_a_case_has_the_stratum_it_counts_in() -> None:
    _, cases = count()
    case = cases.filter(pl.col("subject_id") == "a", pl.col("group_kind") == "generation", pl.col("group") == "FGA")
    assert case.select("day", "window_start", "window_end", "days_since_start", "age_band", "sex", "year").row(0) == (
        115,
        100,
        119,
        15,
        "20+",
        "female",
        "1970",
    )


def test_the_first_and_the_last_day_of_a_window_lie_in_it() -> None:
    _, cases = count(outcomes=[("nms", "first", 1, 100, 100), ("nms", "last", 1, 119, 119)])
    of_group = cases.filter(pl.col("group_kind") == "generation", pl.col("group") == "FGA").sort("day")
    assert of_group.select("fate", "window_start", "window_end").rows() == [("counted", 100, 119)] * 2


def test_events_of_the_cases_are_those_of_the_strata() -> None:
    time, cases = count()
    key = ["group_kind", "group", "age_band", "sex", "year"]
    counted = cases.filter(pl.col("fate") == "counted").group_by(key).agg(events=pl.len().cast(pl.Int64)).sort(key)
    fine = time.filter(pl.col("age_band") != "all", pl.col("year") != "all", pl.col("events") > 0)
    assert fine.select(*[pl.col(name).cast(counted.schema[name]) for name in key], "events").sort(key).equals(counted)


def test_margins_add_up_where_time_is_split() -> None:
    time, _ = count()
    whole = numbers(time)
    for column in ("age_band", "sex", "year", "since_start"):
        others = [name for name in ("age_band", "sex", "year", "since_start") if name != column]
        margin = time.filter(pl.col(column) != "all", *[pl.col(name) == "all" for name in others])
        added = margin.group_by("group_kind", "group").agg(pl.col("person_days", "events").sum())
        assert {row[:2]: row[2:] for row in added.rows()} == {key: (n[1], n[2]) for key, n in whole.items() if n[0]}


@pytest.mark.parametrize(("offset_days", "days"), [(1, 11), (2, 12), (3, 13)])
def test_a_known_gap_is_believed_up_to_the_day_on_which_windows_meet(offset_days: int, days: int) -> None:
    """Eras of days 0-4 and 6-9, so start - end is 2: windows 2 days longer share day 6."""
    someone = Person(1, "female", None, [(-100, 100)], {0: [(0, 4), (6, 9)]})
    longer = changed(PLAIN, end={"anchor": "era_end", "offset_days": offset_days})
    study = Study(longer, [0], [0], 0, {0: ("ingredient", "haloperidol")}, ["nms"])
    with open_engine("polars") as engine:
        found, _ = count_fast([someone], study, engine, gap_days=1)
    assert found["nms", "ingredient", "haloperidol", "all", "all", "all", "all"] == (1, days, 0, 0)

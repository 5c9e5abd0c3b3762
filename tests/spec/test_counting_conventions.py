"""Excluded time, which outcomes count, and the six conventions in which the two OHDSI tools give different integers."""

from datetime import date

import pytest

from tests.lib.day_by_day import Outcome, Person
from tests.lib.timeline import DAY_0, PLAIN, PRESETS, changed, counts, spec_timeline

ALL = ("all", "all", "all", "all")
CI, IP = PRESETS["cohort_incidence"], PRESETS["incidence_prevalence"]


def person(
    number: int = 1,
    *,
    era: tuple[int, int] = (0, 9),
    sex: str = "female",
    birth: date | None = date(1960, 5, 5),
    outcomes: tuple[tuple[int, int], ...] = (),
    start: int = DAY_0,
) -> Person:
    """One person with one era; days are counted from `start`."""
    found = [Outcome("nms", f"omop:{number}#{n}", start + first, start + last) for n, (first, last) in enumerate(outcomes)]
    observed = [(start - 400, start + 400)]
    return Person(number, sex, birth, observed, {0: [(start + era[0], start + era[1])]}, found)


# --- excluded time


def test_the_day_an_outcome_starts_is_at_risk_and_the_rest_of_it_is_not() -> None:
    spec_timeline(
        """
        observed  oooooooooooooooooooo
        era       ..EEEEEEEEEEEEEEEE..
        outcome   .....Xxx............
        at risk   ..###!..##########..
        """
    )


def test_after_the_outcome_the_clean_window_is_excluded_too() -> None:
    spec_timeline(
        """
        observed  oooooooooooooooooooo
        era       ..EEEEEEEEEEEEEEEE..
        outcome   .....Xxx............
        at risk   ..###!......######..
        """,
        clean_window_days=4,
    )


def test_an_outcome_in_a_clean_window_does_not_count_and_makes_it_longer() -> None:
    spec_timeline(
        """
        observed  oooooooooooooooooooo
        era       ..EEEEEEEEEEEEEEEE..
        outcome   .....X..X...........
        at risk   ..###!.......#####..
        """,
        clean_window_days=4,
    )


def test_an_outcome_before_all_exposure_excludes_as_well() -> None:
    spec_timeline(
        """
        observed  oooooooooooooooooooo
        era       .....EEEEEEEEEEEE...
        outcome   ...X................
        at risk   ........#########...
        """,
        clean_window_days=4,
    )


def test_all_history_leaves_the_time_until_the_first_outcome_ever() -> None:
    spec_timeline(
        """
        observed  oooooooooooooooooooo
        era       ..EEE...EEEEE..EEE..
        outcome   ..........X.....X...
        at risk   ..###...##!.........
        """,
        clean_window_days="all_history",
    )


def test_outcomes_of_one_day_count_each() -> None:
    same_day = person(outcomes=((4, 5), (4, 4)))
    assert counts([same_day], PLAIN)[ALL] == (1, 9, 2)


# --- only the first event of a person


def test_first_event_only_ends_the_time_of_the_person() -> None:
    spec_timeline(
        """
        observed  oooooooooooooooooooo
        era       ..EEE...EEEEE..EEE..
        outcome   ..........X.....X...
        at risk   ..###...##!.........
        """,
        clean_window_days=2,
        repeated_events=False,
    )


def test_first_event_only_keeps_everything_where_there_is_none() -> None:
    spec_timeline(
        """
        observed  oooooooooooooooooooo
        era       ..EEE...EEEEE..EEE..
        outcome   ......X.............
        at risk   ..###....####..###..
        """,
        clean_window_days=2,
        repeated_events=False,
    )


def test_first_event_only_keeps_the_first_record_after_an_earlier_outcome_even_without_event() -> None:
    """As IncidencePrevalence does: the outcome outside exposure opens the history, and the earliest record of it is kept."""
    spec_timeline(
        """
        observed  oooooooooooooooooooo
        era       ..EEE...EEEEE..EEE..
        outcome   ......X.........X...
        at risk   ..###....####.......
        """,
        clean_window_days=2,
        repeated_events=False,
    )


def test_first_event_only_on_the_last_day_of_a_window_ends_the_time_too() -> None:
    spec_timeline(
        """
        observed  oooooooooooooooooooo
        era       ..EEE...EEEEE..EEE..
        outcome   ....X.......X.......
        at risk   ..##!...............
        """,
        repeated_events=False,
    )


def test_first_event_only_counts_one_of_two_on_the_same_day() -> None:
    same_day = person(outcomes=((4, 5), (4, 4)))
    assert counts([same_day], changed(PLAIN, repeated_events=False))[ALL] == (1, 5, 1)


# --- the six conventions (a) to (f)


def test_a_time_at_risk_is_capped_at_the_end_of_exposure_or_not() -> None:
    """30 days from the start of an era of 10 days."""
    assert counts([person()], CI)[ALL] == (1, 31, 0)
    assert counts([person()], IP)[ALL] == (1, 10, 0)


def test_b_unknown_sex_or_birth_is_kept_or_dropped() -> None:
    people = [person(1), person(2, sex="unknown"), person(3, birth=None)]
    assert counts(people, changed(IP, unknown_sex_or_birth="keep"))[ALL] == (3, 30, 0)
    assert counts(people, IP)[ALL] == (1, 10, 0)
    assert counts(people, CI)[ALL] == (3, 93, 0)


@pytest.mark.parametrize(("rule", "at_risk"), [("union", "..#!........###."), ("latest", "..#!....#######.")])
def test_c_of_outcomes_that_overlap_all_exclude_or_only_the_latest(rule: str, at_risk: str) -> None:
    """The first outcome lasts longer than the second, which starts within it."""
    spec_timeline(
        f"""
        observed  oooooooooooooooo
        era       ..EEEEEEEEEEEEE.
        outcome   ...Xxxxxxx......
        outcome   .....X..........
        at risk   {at_risk}
        """,
        clean_window_days=2,
        outcomes_that_overlap=rule,
    )


def test_d_age_changes_on_the_birthday_or_with_the_year_the_window_starts_in() -> None:
    """Born 6 January 1961, exposed 1 to 10 January 2001: 40 on the sixth day, or at once."""
    someone = person(birth=date(1961, 1, 6))
    by_birthday = counts([someone], PLAIN)
    by_year = counts([someone], changed(PLAIN, age="calendar_year"))
    assert (by_birthday["0-39", "all", "all", "all"], by_birthday["40+", "all", "all", "all"]) == ((1, 5, 0), (1, 5, 0))
    assert "0-39" not in {age for age, *_ in by_year}
    assert by_year["40+", "all", "all", "all"] == (1, 10, 0)


def test_d_born_on_29_february_one_is_a_year_older_on_1_march() -> None:
    """Exposed 24 February to 5 March 2001; who was born on 29 February 1960 was 41 from 1 March 2001 on."""
    someone = person(birth=date(1960, 2, 29), start=DAY_0 + 54)
    found = counts([someone], PLAIN, age_bands=(0, 41))
    assert (found["0-40", "all", "all", "all"], found["41+", "all", "all", "all"]) == ((1, 5, 0), (1, 5, 0))


def test_e_days_count_in_their_own_year_or_in_that_of_the_first_day() -> None:
    """Days 0 to 9 are 28 December 2000 to 6 January 2001."""
    someone = person(start=DAY_0 - 4, outcomes=((6, 6),))
    split, at_start = counts([someone], PLAIN), counts([someone], changed(PLAIN, calendar="window_start"))
    assert (split["all", "all", "2000", "all"], split["all", "all", "2001", "all"]) == ((1, 4, 0), (1, 6, 1))
    assert at_start["all", "all", "2000", "all"] == (1, 10, 1)
    assert ("all", "all", "2001", "all") not in at_start


def test_f_rounding_changes_no_count() -> None:
    """Person-years are rounded where the rate is computed."""
    someone = person(outcomes=((6, 6),))
    assert counts([someone], changed(PLAIN, rounding="person_years_3_decimals")) == counts([someone], PLAIN)


def test_the_presets_differ_in_these_conventions() -> None:
    """A recurrent outcome, a person of unknown sex, an era of many days."""
    people = [
        person(1, era=(-5, 20), outcomes=((-2, 8), (0, 1), (18, 18))),
        person(2, era=(0, 3), sex="unknown", outcomes=((10, 10),)),
        person(3, era=(5, 60)),
    ]
    assert counts(people, CI)[ALL] == (3, 31 - 10 + 31 + 31, 3)
    assert counts(people, IP)[ALL] == (2, 4 + 31, 1)

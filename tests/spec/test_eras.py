"""What an era is, on lines of one letter a day: h is a day covered by a record, E a day of an era."""

import polars as pl
import pytest

from nms_pv.exposure.cohort.eras import ingredient_eras
from nms_pv.exposure.cohort.groups import group_eras
from nms_pv.exposure.cohort.intervals import merge
from nms_pv.exposure.engine import open_engine
from tests.lib.engines import EXPOSURES, MEMBERS, NUMBERED, intervals, through
from tests.lib.engines import Row as Exposure

GROUP = pl.DataFrame(
    [("haloperidol", "other", 0, False), ("olanzapine", "other", 0, False)]
    + [("levodopa", form, 1, True) for form in ("other", "long_acting")],
    schema=MEMBERS,
    orient="row",
)


def drawn(made: pl.DataFrame, length: int) -> str:
    """Eras as a line; two that touch are told apart by upper and lower case."""
    line = ["."] * length
    for number, (start, end) in enumerate(made.sort("start_day").select("start_day", "end_day").rows()):
        line[start : end + 1] = ["Ee"[number % 2]] * (end - start + 1)
    return "".join(line)


def eras(gap_days: int, *lines: str) -> str:
    rows = [(1, "haloperidol", "other", *days) for line in lines for days in intervals(line, "h")]
    with open_engine("polars") as engine:
        made = through(engine, ingredient_eras, rows, EXPOSURES, gap_days)
    assert made["exposures"].sum() == len(rows)
    return drawn(made, len(lines[0]))


def groups(gap_days: int, withdrawal_days: int, rows: list[Exposure]) -> list[tuple[int, int, int]]:
    with open_engine("polars") as engine:
        made = through(engine, group_eras, rows, EXPOSURES, GROUP, gap_days, withdrawal_days)
    return made.select("group_no", "start_day", "end_day").rows()


def test_refills_within_the_gap_are_one_era_and_the_days_between_belong_to_it() -> None:
    assert (
        eras(
            3,
            "hhh..hhh....",
        )
        == "EEEEEEEE...."
    )


def test_the_gap_counts_from_the_last_day_to_the_next_first_day() -> None:
    assert eras(3, "hhh..hhh") == "EEEEEEEE"
    assert eras(3, "hhh...hhh") == "EEE...eee"


def test_a_short_record_inside_a_long_one_does_not_end_the_era() -> None:
    assert eras(1, "hhhhhhhhh...",
                   ".hh.........",
                   ".........hhh") == "EEEEEEEEEEEE"  # fmt: skip


def test_a_gap_of_one_joins_the_next_day_and_a_gap_of_none_only_a_shared_day() -> None:
    assert eras(1, "hhh...", "...hhh") == "EEEEEE"
    assert eras(0, "hhh...", "...hhh") == "EEEeee"
    assert eras(0, "hhhh..", "...hhh") == "EEEEEE"


def test_the_same_record_twice_is_counted_twice_in_one_era() -> None:
    assert eras(0, "hhh", "hhh") == "EEE"


def test_persons_ingredients_and_forms_have_eras_of_their_own() -> None:
    rows = [
        (1, "haloperidol", "other", 0, 5),
        (2, "haloperidol", "other", 3, 8),
        (1, "olanzapine", "other", 3, 8),
        (1, "haloperidol", "long_acting", 3, 8),
    ]
    with open_engine("polars") as engine:
        made = through(engine, ingredient_eras, rows, EXPOSURES, 30)
    assert sorted(made.drop("exposures").rows()) == sorted(rows)


def test_an_era_of_a_group_is_exposure_to_any_of_its_members() -> None:
    assert groups(2, 7, [(1, "haloperidol", "other", 0, 5), (1, "olanzapine", "other", 7, 9)]) == [(0, 0, 9)]
    assert groups(1, 7, [(1, "haloperidol", "other", 0, 5), (1, "olanzapine", "other", 7, 9)]) == [(0, 0, 5), (0, 7, 9)]


def test_withdrawal_starts_the_day_after_the_last_and_lasts_so_many_days() -> None:
    assert groups(2, 7, [(1, "levodopa", "other", 0, 5)]) == [(1, 6, 12)]


@pytest.mark.parametrize("form", ["other", "long_acting"])
def test_withdrawal_ends_the_day_before_the_drug_is_taken_again_in_any_form(form: str) -> None:
    assert groups(2, 7, [(1, "levodopa", "other", 0, 5), (1, "levodopa", form, 9, 10)]) == [(1, 6, 8), (1, 11, 17)]


def test_no_day_of_withdrawal_is_left_when_the_next_era_starts_the_day_after() -> None:
    assert groups(0, 7, [(1, "levodopa", "other", 0, 5), (1, "levodopa", "other", 6, 10)]) == [(1, 11, 17)]


def test_a_drug_of_no_group_gives_nothing() -> None:
    assert groups(2, 7, [(1, "paracetamol", "other", 0, 5), (1, "haloperidol", "long_acting", 0, 5)]) == []


def test_merged_intervals_say_of_how_many_they_are_made() -> None:
    rows = [(1, 4, 0, 5), (1, 4, 2, 3), (1, 4, 9, 9), (1, 7, 0, 1)]
    with open_engine("polars") as engine:
        made = through(engine, merge, rows, NUMBERED, ["person_id", "group_no"], 0)
    assert made.rows() == [(1, 4, 0, 5, 2), (1, 4, 9, 9, 1), (1, 7, 0, 1, 1)]

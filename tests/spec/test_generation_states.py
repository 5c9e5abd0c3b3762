"""What state a day is in, on lines of one letter a day.

F, S, T: first, second, third generation (alone, in the answer); M: two or more on that day; w: switch; a dot: none.
"""

import pytest

from nms_pv.exposure.cohort.states import generation_states
from nms_pv.exposure.engine import EngineName, open_engine
from tests.lib.engines import WINDOWS, intervals, through

GENERATION = {"F": "FGA", "S": "SGA", "T": "TGA"}
LETTER = {name: letter for letter, name in GENERATION.items()} | {"mixed": "M", "switch": "w"}


def states(*lines: str, switch_days: int = 3, engine_name: EngineName = "polars") -> str:
    """Each line is one window or more, one letter a day; the answer is one line."""
    rows = [(1, name, *days) for line in lines for letter, name in GENERATION.items() for days in intervals(line, letter)]
    with open_engine(engine_name) as engine:
        made = through(engine, generation_states, rows, WINDOWS, switch_days)
    days = ["."] * len(lines[0])
    for _, state, start, end in made.rows():
        assert set(days[start : end + 1]) == {"."}, "each day lies in one state"
        days[start : end + 1] = [LETTER[state]] * (end - start + 1)
    return "".join(days)


@pytest.mark.parametrize("engine_name", ["polars", "duckdb"])
def test_two_generations_on_a_day_are_mixed_and_what_remains_is_a_switch_at_first(engine_name: EngineName) -> None:
    assert states("FFFFF......",
                  "...SSSSSSSS", engine_name=engine_name) == \
                  "FFFMMwwwSSS"  # fmt: skip


def test_windows_of_one_generation_that_overlap_or_touch_are_one_stretch() -> None:
    assert states("FFFF......",
                  "..FFFF....",
                  "......FFF.") == \
                  "FFFFFFFFF."  # fmt: skip


def test_a_window_inside_another_of_its_generation_changes_nothing() -> None:
    assert states("SSSSSSSS",
                  "..SS....") == \
                  "SSSSSSSS"  # fmt: skip


def test_starting_after_nothing_is_no_switch() -> None:
    assert states("..TTTT") == "..TTTT"


def test_starting_the_same_generation_again_is_no_switch() -> None:
    assert states("FFF.FFFF") == "FFF.FFFF"


def test_starting_another_generation_soon_after_is_a_switch_for_so_many_days() -> None:
    assert states("FFFSSSSSS") == "FFFwwwSSS"
    assert states("FFF..SSSSSS") == "FFF..wwwSSS"


def test_starting_another_generation_later_is_no_switch() -> None:
    assert states("FFF...SSSSSS") == "FFF...SSSSSS"


def test_a_stretch_shorter_than_the_switch_is_all_switch() -> None:
    assert states("FFF.SS..") == "FFF.ww.."


def test_adding_a_generation_is_mixed_not_switch() -> None:
    assert states("FFFFFFFF",
                  "..SSS...") == \
                  "FFMMMwww"  # fmt: skip


def test_three_generations_on_a_day_are_mixed_and_the_mix_may_change() -> None:
    assert states("FFFF....",
                  "..SSSS..",
                  ".TTTTT..") == \
                  "FMMMMM.."  # fmt: skip


def test_mixed_is_never_a_switch_however_soon_after() -> None:
    assert states("TTT.....",
                  "....FFFF",
                  "....SSSS") == \
                  "TTT.MMMM"  # fmt: skip


def test_what_was_taken_last_does_not_hide_what_ended_shortly_before() -> None:
    assert states("FFF.S.SSSS", switch_days=4) == "FFF.w.wwww"
    assert states("FFF.S.SSSS", switch_days=3) == "FFF.w.SSSS"


def test_two_switches_follow_each_other() -> None:
    assert states("FFFSSTTTTT") == "FFFwwwwwTT"


def test_no_days_of_switch_at_all() -> None:
    assert states("FFFSSS", switch_days=0) == "FFFSSS"


def test_persons_do_not_touch_each_other() -> None:
    rows = [(1, "FGA", 0, 5), (2, "SGA", 3, 9)]
    with open_engine("polars") as engine:
        made = through(engine, generation_states, rows, WINDOWS, 30)
    assert made.rows() == rows

"""From which day to which day an exposed person is at risk: one key of study/time_at_risk at a time."""

import pytest

from tests.lib.timeline import spec_timeline


def test_an_era_is_at_risk_from_its_first_to_its_last_day() -> None:
    spec_timeline(
        """
        observed  oooooooooooooooooooo
        era       ...EEEE.......EE....
        at risk   ...####.......##....
        """
    )


def test_anchors_count_days_from_the_first_and_the_last_day_of_the_era() -> None:
    spec_timeline(
        """
        observed  oooooooooooooooooooo
        era       ...EEEE.............
        at risk   ...#######..........
        """,
        end={"anchor": "era_end", "offset_days": 3},
    )
    spec_timeline(
        """
        observed  oooooooooooooooooooo
        era       ...EEEEEEEEE........
        at risk   .....###............
        """,
        start={"anchor": "era_start", "offset_days": 2},
        end={"anchor": "era_start", "offset_days": 4},
    )
    spec_timeline(
        """
        observed  oooooooooooooooooooo
        era       ...EEEE.............
        at risk   .......##...........
        """,
        start={"anchor": "era_end", "offset_days": 1},
        end={"anchor": "era_end", "offset_days": 2},
    )


def test_a_window_that_would_end_before_it_starts_is_none() -> None:
    spec_timeline(
        """
        observed  oooooooooooooooooooo
        era       ...E......EEEEE.....
        at risk   ............###.....
        """,
        start={"anchor": "era_start", "offset_days": 2},
    )


def test_cap_at_era_end() -> None:
    spec_timeline(
        """
        observed  oooooooooooooooooooo
        era       ...EE......EEEEEEEE.
        at risk   ...##......######...
        """,
        end={"anchor": "era_start", "offset_days": 5},
        cap_at_era_end=True,
    )


def test_windows_that_share_a_day_are_one_and_neighbours_are_two() -> None:
    """Neighbours stay apart for the count of days since the start of the era."""
    for rule in ("merge", "keep"):
        spec_timeline(
            """
            observed  oooooooooooooooooooo
            era       .E..E....EE.........
            at risk   .#######.#####......
            """,
            end={"anchor": "era_end", "offset_days": 3},
            windows_that_overlap=rule,
        )


def test_observation_any_takes_the_days_under_observation() -> None:
    spec_timeline(
        """
        observed  ....ooooo..oooo.oooo
        era       ..EEEEEEEEEEE.......
        at risk   ....#####..##.......
        """
    )


def test_observation_of_era_start_takes_the_period_in_which_the_era_starts() -> None:
    spec_timeline(
        """
        observed  ....ooooo..oooo.oooo
        era       ..EE..EEEEEEE.......
        at risk   ......###...........
        """,
        observation="of_era_start",
    )


def test_observation_of_era_start_drops_a_window_that_starts_outside_the_period() -> None:
    spec_timeline(
        """
        observed  .....ooooooooooooooo
        era       ......EEE.....EEE...
        at risk   ...........######...
        """,
        observation="of_era_start",
        start={"anchor": "era_start", "offset_days": -3},
    )


def test_observation_of_era_start_drops_a_window_that_starts_after_the_period() -> None:
    spec_timeline(
        """
        observed  ooooo..ooooooooooooo
        era       ...E......EEE.......
        at risk   ..............###...
        """,
        observation="of_era_start",
        start={"anchor": "era_start", "offset_days": 4},
        end={"anchor": "era_end", "offset_days": 4},
    )


def test_observation_of_era_start_drops_a_window_whose_era_starts_outside_the_period() -> None:
    spec_timeline(
        """
        observed  ..ooooooo..ooooooooo
        era       ..........EEE.......
        at risk   ....................
        """,
        observation="of_era_start",
        start={"anchor": "era_start", "offset_days": -3},
    )


def test_prior_observation_moves_the_start() -> None:
    spec_timeline(
        """
        observed  oooooooooo.ooooooooo
        era       ..EEEEE.....EEEE....
        at risk   ....###........#....
        """,
        prior_observation_days=4,
    )


def test_new_users_were_observed_and_not_exposed_for_so_many_days() -> None:
    """The first era starts 3 days after observation did, the third 3 days after the second ended."""
    spec_timeline(
        """
        observed  oooooooooooooooooooooooo
        era       ...EE.....EE..EE.....EE.
        at risk   ..........##.........##.
        """,
        new_user_washout_days=4,
    )
    spec_timeline(
        """
        observed  oooooooooooooooooooooooo
        era       ...EE.....EE..EE.....EE.
        at risk   ...##.....##..##.....##.
        """,
        new_user_washout_days=2,
    )


def test_as_many_days_of_observation_as_asked_for_are_enough() -> None:
    spec_timeline(
        """
        observed  .ooooooooooooooooooo
        era       .....EE.............
        at risk   .....##.............
        """,
        new_user_washout_days=4,
    )


def test_the_last_day_of_an_era_counts_in_the_washout() -> None:
    spec_timeline(
        """
        observed  oooooooooooooooooooo
        era       .....E..E...E.......
        at risk   .....#......#.......
        """,
        new_user_washout_days=3,
    )


@pytest.mark.parametrize(
    ("rule", "at_risk"),
    [("clip", ".....##..####.."), ("drop", ".........####..")],
)
def test_windows_that_start_before_the_study(rule: str, at_risk: str) -> None:
    spec_timeline(
        f"""
        observed  ooooooooooooooo
        era       ...EEEE..EEEEE.
        study     .....ssssssss..
        at risk   {at_risk}
        """,
        windows_that_start_early=rule,
    )


def test_a_window_that_starts_with_the_study_is_not_early() -> None:
    spec_timeline(
        """
        observed  ooooooooooooooo
        era       .....EEEE......
        study     .....ssssssss..
        at risk   .....####......
        """,
        windows_that_start_early="drop",
    )


def test_merging_comes_before_the_study_window() -> None:
    """The second era starts in the study, but its window is part of one that started before."""
    spec_timeline(
        """
        observed  ooooooooooooooo
        era       ..E..EE........
        study     ....sssssssssss
        at risk   ...............
        """,
        windows_that_start_early="drop",
        end={"anchor": "era_end", "offset_days": 4},
    )

"""Where persons and episodes left on the way to what is compared."""

import numpy as np
import polars as pl

from nms_pv.measures.own_control.cases import Cases
from nms_pv.measures.own_control.cells import Cells
from nms_pv.measures.own_control.crossover import observed_throughout
from nms_pv.measures.own_control.spans import level_at
from nms_pv.spec.own_control import Crossover
from nms_pv.tables.attrition import steps

LAYER = "measures"
EPISODE, PERSON = "episode that meets the definition", "person with an episode that meets the definition"


def case_attrition(definition: str, episodes: pl.DataFrame, cases: Cases) -> list[pl.DataFrame]:
    """Episodes and persons that became cases."""
    under = int((level_at(cases.observed, cases.episodes.start) > 0).sum())
    persons = episodes["person_id"].n_unique()
    outside = {"no_episode_under_observation": persons - cases.persons}
    later = {"not_under_observation": episodes.height - under, "later_episode_of_the_person": under - cases.counted.size}
    return [
        steps(LAYER, f"own_control:{definition}:persons", PERSON, persons, outside),
        steps(LAYER, f"own_control:{definition}:episodes", EPISODE, episodes.height, later),
    ]


def series_attrition(address: str, cases: Cases, cells: Cells) -> pl.DataFrame:
    """Persons whose exposure to the group varies, so that they say something about its ratios by themselves.

    The others stay in the series: they say how the rate changes with age, season and other drugs.
    """
    level = cells.levels[cells.pattern, 0]
    varies = np.zeros(cases.persons, dtype=bool)
    varies[cells.person[1:][(np.diff(cells.person) == 0) & (np.diff(level) != 0)]] = True
    with_episode = np.unique(cells.person[cells.events > 0])
    left = {
        "no_episode_in_the_days_of_this_analysis": cases.persons - with_episode.size,
        "always_in_the_same_window": with_episode.size - int(varies[with_episode].sum()),
    }
    return steps(LAYER, f"own_control:{address}", PERSON, cases.persons, left)


def crossover_attrition(definition: str, cases: Cases, settings: Crossover) -> list[pl.DataFrame]:
    """Persons observed throughout the windows: of the first reference window, and of all."""
    return [
        steps(
            LAYER,
            f"own_control:{definition}:crossover:{len(references)}_reference_windows",
            PERSON,
            cases.persons,
            {"windows_not_under_observation": cases.persons - observed_throughout(cases, references).size},
        )
        for references in {1: settings.reference_days[:1], len(settings.reference_days): settings.reference_days}.values()
    ]

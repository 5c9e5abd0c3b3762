"""The figures of the questions, where there is anything to draw."""

from collections.abc import Sequence

import polars as pl
from markupsafe import Markup

from nms_pv.report.figures.onset import PublishedMark, share_with_onset
from nms_pv.report.figures.own_control import ratios_by_window
from nms_pv.report.figures.recovery import recovery
from nms_pv.report.figures.specification_curve import shared_limits, specification_curve
from nms_pv.report.numbers import Row
from nms_pv.report.questions.chosen import MainNumbers
from nms_pv.report.questions.panels import WINDOWS, Column
from nms_pv.report.questions.read import Topics
from nms_pv.report.style import ANY, GENERATIONS, STATES, Look
from nms_pv.spec.params import Params

# Published marks: Caroff and Mann 1988 (memory), days of recovery: Pelonero 1998 (study/literature.csv).
ONSET_MARKS = [PublishedMark(1, 0.16, "A"), PublishedMark(7, 0.66, "A"), PublishedMark(30, 0.96, "A")]
RECOVERY_DAYS = (2, 14)
EFFECT = {"reports": "reporting odds ratio", "cohort": "rate ratio"}
WIDE = ("antipsychotic", "antipsychotic")


def figures(arm: str, topics: Topics, numbers: MainNumbers, params: Params) -> dict[str, list[Markup]]:
    """Drawings by question; those of the grid under `grid`."""
    simulated, main = params.inputs.simulated, params.main.definition
    drawn = {"when": _onset(arm, topics.curves, main, simulated=simulated), "grid": _grid(arm, topics.grid, simulated=simulated)}
    if arm == "cohort":
        drawn["course"] = _recovery(topics.curves, main, simulated=simulated)
        drawn["own_control"] = _own_control(numbers, simulated=simulated)
    return drawn


def _onset(arm: str, curves: pl.DataFrame, main: str, *, simulated: bool) -> list[Markup]:
    of_main = curves.filter(curve="onset_share", definition=main, group_kind="generation")
    series = [(look, of_main.filter(group=look.code).sort("x").rows(named=True)) for look in GENERATIONS]
    return [share_with_onset(series, ONSET_MARKS, arm, simulated=simulated)] if of_main.height else []


def _grid(arm: str, grid: pl.DataFrame, *, simulated: bool) -> list[Markup]:
    looks: Sequence[Look] = GENERATIONS if arm == "reports" else STATES
    kind = "generation" if arm == "reports" else "generation_state"
    of_kind = grid.filter(pl.col("group_kind") == kind)
    limits = shared_limits(of_kind.rows(named=True))
    found = [(look, of_kind.filter(group=look.code).rows(named=True)) for look in looks]
    return [specification_curve(rows, look, limits, EFFECT[arm], simulated=simulated) for look, rows in found if rows]


def _recovery(curves: pl.DataFrame, main: str, *, simulated: bool) -> list[Markup]:
    shown = curves.filter(pl.col("curve").is_in(["recovered", "died"]), definition=main, group_kind="antagonist")
    return [recovery([(ANY, shown.rows(named=True))], RECOVERY_DAYS, simulated=simulated)] if shown.height else []


def _own_control(numbers: MainNumbers, *, simulated: bool) -> list[Markup]:
    groups = [(ANY, *WIDE), *((look, "generation", look.code) for look in GENERATIONS)]
    series: list[tuple[Look, list[tuple[str, Row | None]]]] = [
        (look, [(window, numbers.one(_ratio(window), kind, group)) for window in WINDOWS]) for look, kind, group in groups
    ]
    return [ratios_by_window(series, "the rest of the era", simulated=simulated)]


def _ratio(window: str) -> Column:
    return Column(window, "irr", "91+", f"window={window}", "first_episode")

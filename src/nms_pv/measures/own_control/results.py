"""What was computed of every group -> rows of `measures/results` and `measures/curves`."""

from typing import NamedTuple

import polars as pl

from nms_pv.measures.own_control import crossover as crossovers
from nms_pv.measures.own_control.attrition import series_attrition
from nms_pv.measures.own_control.cases import Cases
from nms_pv.measures.own_control.groups import ANTIPSYCHOTIC
from nms_pv.measures.own_control.series import MAIN, analyses, method, series
from nms_pv.measures.own_control.spans import Spans, spans
from nms_pv.measures.rows import result_rows
from nms_pv.spec.own_control import OwnControl
from nms_pv.tables.measures import CURVES

ARM = "cohort"
EPISODE_DAYS, PERSONS = "episodes; observed person-days", "persons with an episode"

Group = tuple[str, str]


class Found(NamedTuple):
    """Rows of the series and of the case-crossover, and attrition."""

    series: list[pl.DataFrame]
    crossover: list[pl.DataFrame]
    attrition: list[pl.DataFrame]


def of_group(
    cases: Cases, eras: Spans, others: Spans, definition: str, group: Group, settings: OwnControl, level: float, *, is_main: bool
) -> Found:
    """Ratios of a group; under the main definition its attrition, and for any antipsychotic all other analyses."""
    found = Found([], [], [])
    for analysis in analyses(settings.series) if is_main and group == ANTIPSYCHOTIC else [MAIN]:
        fitted = series(cases, eras, others, group[0], analysis, settings.series, level)
        found.series.append(_named(fitted.rows, definition, group, analysis, method(analysis, group[0])))
        if is_main:
            address = "/".join((definition, analysis, *group))
            found.attrition.append(series_attrition(address, cases, fitted.cells))
    is_withdrawal = group[0] == "withdrawal"
    exposed = spans(eras.end + 1, eras.end + 1) if is_withdrawal else eras
    for analysis, how in (crossovers.METHOD_OF_STOPS if is_withdrawal else crossovers.METHOD).items():
        rows = crossovers.crossover(cases, exposed, others, analysis, settings.crossover, level)
        found.crossover.append(_named(rows, definition, group, analysis, how))
    return found


def rows_of(found: list[Found], checks: pl.DataFrame, definition: str, level: float) -> pl.DataFrame:
    """All rows of results but for their data version; `checks` are those of any antipsychotic under the main definition."""
    ratios = pl.concat(frame for of_one in found for frame in of_one.series)
    odds = pl.concat(frame for of_one in found for frame in of_one.crossover)
    by_measure = [("irr", EPISODE_DAYS, ratios)]
    by_measure += [("crossover_or", unit, odds.filter(analysis=analysis)) for analysis, unit in crossovers.UNIT.items()]
    by_measure.append(("own_control_check", PERSONS, _named(checks, definition, ANTIPSYCHOTIC, None, pl.col("method"))))
    return pl.concat(
        result_rows(frame, measure, arm=ARM, unit=unit, method=pl.col("method"), level=level)
        for measure, unit, frame in by_measure
    )


def curve_rows(points: pl.DataFrame, definition: str) -> pl.DataFrame:
    """Points of `around_episode`, of any antipsychotic, as rows of `measures/curves`."""
    kind, group = ANTIPSYCHOTIC
    empty = {name: None for name in ("stratum", "low", "high", "level")}
    return points.with_columns(
        curve_id=pl.concat_str("curve", pl.lit(f"{definition}/{kind}/{group}"), separator="/"),
        arm=pl.lit(ARM),
        question=pl.lit("own_control"),
        definition=pl.lit(definition),
        group_kind=pl.lit(kind),
        group=pl.lit(group),
        x_unit=pl.lit("days from the episode"),
        **empty,
    ).select(pl.col(name).cast(dtype) for name, dtype in CURVES.types.items())


def _named(frame: pl.DataFrame, definition: str, group: Group, analysis: str | None, how: str | pl.Expr) -> pl.DataFrame:
    kind, name = group
    return frame.with_columns(
        definition=pl.lit(definition),
        group_kind=pl.lit(kind),
        group=pl.lit(name),
        analysis=pl.lit(analysis, pl.String),
        method=pl.lit(how) if isinstance(how, str) else how,
    )

"""Which results of the cohort arm stand in which figure and table, and in which order."""

from dataclasses import dataclass

from nms_pv.report.cohort.inputs import CohortInputs
from nms_pv.report.cohort.results import CohortResults
from nms_pv.report.compared import look_of_ingredient
from nms_pv.report.numbers import Row, is_drawable
from nms_pv.report.style import ANY, GENERATIONS, LOOKS, STATES, Look
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Generations, Params, band_names

OVERALL = ("antipsychotic", "antipsychotic")
CHANGES = ("rate_change", "rate_change_by_mix", "rate_change_within")
TRENDS = ("annual_rate_ratio", "annual_rate_ratio_given_mix")


@dataclass(frozen=True)
class CohortMain:
    """The setting that is shown first."""

    definition: str
    analysis: str


@dataclass(frozen=True)
class StateLine:
    """One state, or one generation alone or not: its rate, and its ratio to the reference state."""

    look: Look
    rate: Row | None
    proportion: Row | None
    ratio: Row | None
    adjusted: Row | None
    standardised: Row | None


@dataclass(frozen=True)
class GridLine:
    """The overall rate under one definition and one time-at-risk setting."""

    definition: str
    analysis: str
    rate: Row | None
    proportion: Row | None


@dataclass(frozen=True)
class Chosen:
    """The results that the cohort part shows."""

    overall: Row | None
    overall_proportion: Row | None
    states: list[StateLine]
    generations: list[StateLine]
    ingredients: list[tuple[Look, list[Row]]]
    groups: list[tuple[str, list[Row]]]
    since_start: list[tuple[Look, list[tuple[str, Row | None]]]]
    years: dict[str, Row]
    state_years: dict[tuple[str, str], Row]
    margins: list[tuple[str, list[tuple[str, Row]]]]
    changes: list[Row]
    trends: list[Row]
    pooled: list[tuple[Row, Row | None]]
    withdrawal: list[Row]
    grid: list[GridLine]


def choose(inputs: CohortInputs, main: CohortMain, params: Params, drugs: DrugTable, definitions: list[str]) -> Chosen:
    """Pick from the results what the cohort part shows."""
    results = inputs.results
    here = (main.definition, main.analysis)
    rates = results.groups("incidence_rate", *here, "ingredient")
    return Chosen(
        overall=results.one("incidence_rate", *here, *OVERALL),
        overall_proportion=results.one("incidence_proportion", *here, *OVERALL),
        states=[_state_line(results, main, look, "generation_state") for look in STATES],
        generations=[_state_line(results, main, look, "generation") for look in GENERATIONS],
        ingredients=_by_generation(rates, drugs, params.generations),
        groups=[(kind, _exposed(results.groups("incidence_rate", *here, kind))) for kind in ("chemical_class", "formulation")],
        since_start=[(look, _since_start(results, main, look, params.cohort.since_start_days)) for look in (*GENERATIONS, ANY)],
        years=results.strata("incidence_rate", *here, *OVERALL, "year"),
        state_years={
            (look.code, year): row
            for look in STATES
            for year, row in results.strata("incidence_rate", *here, "generation_state", look.code, "year").items()
        },
        margins=[
            (split, sorted(results.strata("incidence_rate", *here, *OVERALL, split).items(), key=_band))
            for split in ("age", "sex")
        ],
        changes=results.of(CHANGES, *here),
        trends=results.of(TRENDS, *here),
        pooled=[
            (row, results.one("incidence_rate", *here, "ingredient", row["group"]))
            for row in results.of(("pooled_rate",), *here)
            if is_drawable(row)
        ],
        withdrawal=_exposed(results.groups("incidence_rate", *here, "withdrawal")),
        grid=[
            GridLine(
                definition,
                analysis,
                results.one("incidence_rate", definition, analysis, *OVERALL),
                results.one("incidence_proportion", definition, analysis, *OVERALL),
            )
            for definition in definitions
            for analysis in params.cohort.analyses
        ],
    )


def _state_line(results: CohortResults, main: CohortMain, look: Look, kind: str) -> StateLine:
    here = (main.definition, main.analysis)

    def compared(measure: str) -> Row | None:
        return next((row for row in results.groups(measure, *here, kind) if row["group"] == look.code), None)

    return StateLine(
        look=look,
        rate=results.one("incidence_rate", *here, kind, look.code),
        proportion=results.one("incidence_proportion", *here, kind, look.code),
        ratio=compared("rate_ratio"),
        adjusted=compared("adjusted_rate_ratio"),
        standardised=compared("standardised_rate"),
    )


def _exposed(rows: list[Row]) -> list[Row]:
    """The groups with time at risk, by size of the estimate; the hidden last, by name, so that no order tells their size."""
    exposed = [row for row in rows if row["denominator"]]
    return sorted(exposed, key=lambda r: (not is_drawable(r), -r["estimate"] if is_drawable(r) else 0.0, r["group"]))


def _by_generation(rows: list[Row], drugs: DrugTable, generations: Generations) -> list[tuple[Look, list[Row]]]:
    exposed = _exposed(rows)
    looks = {row["group"]: look_of_ingredient(row["group"], drugs, generations) for row in exposed}
    by_look = [(look, [row for row in exposed if looks[row["group"]] == look]) for look in LOOKS.values()]
    return [(look, found) for look, found in by_look if found]


def _since_start(results: CohortResults, main: CohortMain, look: Look, bounds: list[int]) -> list[tuple[str, Row | None]]:
    kind, group = OVERALL if look is ANY else ("generation", look.code)
    found = results.strata("incidence_rate", main.definition, main.analysis, kind, group, "since_start")
    return [(band, found.get(band)) for band in band_names(bounds)]


def _band(item: tuple[str, Row]) -> tuple[int, str]:
    low = item[0].rstrip("+").partition("-")[0]
    return (int(low) if low.isdecimal() else 1_000, item[0])

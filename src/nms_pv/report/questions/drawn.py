"""The figures of the questions, where there is anything to draw."""

from collections.abc import Sequence

import polars as pl
from markupsafe import Markup

from nms_pv.report.figures.funnel import funnel
from nms_pv.report.figures.meta_forest import meta_forest
from nms_pv.report.figures.onset import PublishedMark, share_with_onset
from nms_pv.report.figures.own_control import ratios_by_window
from nms_pv.report.figures.presentation import element_shares
from nms_pv.report.figures.published_years import published_years
from nms_pv.report.figures.recovery import recovery
from nms_pv.report.figures.specification_curve import shared_limits, specification_curve
from nms_pv.report.figures.studies import DrawnStudy
from nms_pv.report.numbers import Row, is_drawable
from nms_pv.report.questions.chosen import MainNumbers
from nms_pv.report.questions.panels import WINDOWS, Column
from nms_pv.report.questions.read import Topics
from nms_pv.report.style import ANY, GENERATIONS, STATES, Look
from nms_pv.spec.literature import FROM_MEMORY, PublishedProportion
from nms_pv.spec.params import Params

# Published marks: Caroff and Mann 1988 (memory), days of recovery: Pelonero 1998 (study/literature.csv).
ONSET_MARKS = [PublishedMark(1, 0.16, "A"), PublishedMark(7, 0.66, "A"), PublishedMark(30, 0.96, "A")]
RECOVERY_DAYS = (2, 14)
EFFECT = {"reports": "reporting odds ratio", "cohort": "rate ratio"}
WIDE = ("antipsychotic", "antipsychotic")
OVERALL = ("literature", "overall")


def figures(
    arm: str, topics: Topics, numbers: MainNumbers, published: list[PublishedProportion], params: Params
) -> dict[str, list[Markup]]:
    """Drawings by question; those of the grid under `grid`."""
    simulated, main = params.inputs.simulated, params.main.definition
    drawn = {"when": _onset(arm, topics.curves, main, simulated=simulated), "grid": _grid(arm, topics.grid, simulated=simulated)}
    drawn["which_signs"] = _signs(arm, numbers, params, simulated=simulated)
    if arm == "cohort":
        drawn["how_often"] = _published(numbers, published, simulated=simulated)
        drawn["course"] = _recovery(topics.curves, main, simulated=simulated)
        drawn["own_control"] = _own_control(numbers, simulated=simulated)
    return drawn


def published_studies(numbers: MainNumbers, published: list[PublishedProportion]) -> list[DrawnStudy]:
    """The published proportions of people with the syndrome, as they are drawn."""
    of_study = {(one.study, one.stratum): one for one in published}
    rows = [row for row in numbers.rows if row["measure"] == "published_proportion"]
    found = [(row, of_study.get((row["group"], row["stratum"]))) for row in rows]
    return [DrawnStudy(row, one.year, one.why_not is None, one.status == FROM_MEMORY) for row, one in found if one]


def _published(numbers: MainNumbers, published: list[PublishedProportion], *, simulated: bool) -> list[Markup]:
    """Published proportions of people with the syndrome, what they come to together, and ours among them."""
    studies = published_studies(numbers, published)
    pooled, predicted = (numbers.one(Column("", f"{what}_proportion"), *OVERALL) for what in ("pooled", "predicted"))
    ours = numbers.one(Column("", "incidence_proportion"), *WIDE)
    mine = [ours] if ours is not None and is_drawable(ours) else []
    return [
        meta_forest(studies, pooled, predicted, mine, "published-forest", simulated=simulated),
        funnel(studies, pooled, "published-funnel", simulated=simulated),
        published_years(studies, ours, "published-years", simulated=simulated),
    ]


def _signs(arm: str, numbers: MainNumbers, params: Params, *, simulated: bool) -> list[Markup]:
    kind = "generation" if arm == "reports" else "generation_state"
    shares = [
        (element, {look.code: numbers.one(_documented(element), kind, look.code) for look in GENERATIONS})
        for element in params.questions.presentation.elements
    ]
    known = [(element, {code: row for code, row in rows.items() if row}) for element, rows in shares]
    drawn = [(element, rows) for element, rows in known if rows]
    return [element_shares(drawn, arm, simulated=simulated)] if drawn else []


def _documented(element: str) -> Column:
    return Column(element, "element_documented_proportion", stratum=f"element={element}")


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

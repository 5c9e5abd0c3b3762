"""The table of one arm: a line for each value, a column for each group."""

from dataclasses import dataclass
from itertools import groupby

from jinja2 import Environment
from markupsafe import Markup

from nms_pv.report.baseline.read import FILE, BaselinePart
from nms_pv.report.baseline.reports import CASES, OTHERS
from nms_pv.report.numbers import DASH, Row
from nms_pv.report.style import ANY, STATES

GROUPS = {
    "reports": {CASES: "cases", OTHERS: "all other reports"},
    "cohort": {look.code: look.label for look in (ANY, *STATES)},
}
SMALLEST_SHOWN = 0.0005


@dataclass(frozen=True)
class Characteristic:
    """One characteristic: its values in order, each with a row for each group that may be told."""

    name: str
    lines: list[tuple[str, dict[str, Row]]]


def characteristics(rows: list[Row]) -> list[Characteristic]:
    """Rows of a table of `BaselinePart`, by characteristic and value."""
    return [
        Characteristic(
            name, [(value, {row["group"]: row for row in found}) for value, found in groupby(of, lambda r: r["value"])]
        )
        for name, of in groupby(rows, lambda row: row["characteristic"])
    ]


def share(row: Row | None) -> str:
    """A share in percent, with one decimal; what is above 0 is never printed as 0."""
    if row is None or row["share"] is None:
        return DASH
    return "<0.1" if 0 < row["share"] < SMALLEST_SHOWN else f"{100 * row['share']:.1f}"


def render_baseline(part: BaselinePart, environment: Environment) -> Markup:
    """Who the cases are, and those beside them."""
    rows = part.leaving.rows(named=True)
    return Markup(
        environment.get_template(f"baseline/{part.arm}.html.j2").render(
            cells=part.cells,
            file=FILE[part.arm],
            groups=GROUPS[part.arm],
            looks=[ANY, *STATES],
            share=share,
            sizes={row["group"]: row["of"] for row in rows},
            characteristics=characteristics(rows),
            definition=part.params.main.definition,
            duplicates=part.params.main.duplicates,
            analysis=part.params.cohort.main_analysis,
            simulated=part.params.inputs.simulated,
        )
    )

"""The methods chapter: paragraphs for a paper, and the formulas of all measures that are in the results."""

from collections.abc import Callable, Mapping

import polars as pl
from jinja2 import Environment
from markupsafe import Markup

from nms_pv.report.methods import cohort, reports
from nms_pv.report.methods.described import Paragraph
from nms_pv.report.methods.formulas import UNDEFINED, formulas, methods_of_measures
from nms_pv.report.methods.read import MethodsPart
from nms_pv.report.words import clean, visible
from nms_pv.tables.measures import QUESTION

TITLE = {"cohort": "Cohort", "reports": "Spontaneous reports"}
PARAGRAPHS: dict[str, Callable[[MethodsPart], list[Paragraph]]] = {"cohort": cohort.paragraphs, "reports": reports.paragraphs}
SHOWN: dict[str, Callable[[str], str]] = {"cohort": visible, "reports": clean}
# Published numbers of people stand with the cohort.
FORMULAS_OF = {"cohort": ("cohort", "literature"), "reports": ("reports",)}


def render_methods(part: MethodsPart, environments: Mapping[str, Environment]) -> Markup:
    """The chapter; `environments` holds, by arm, the templates that may show its words."""
    arms = Markup("").join(_render_arm(part, arm, environments[arm]) for arm in part.study.arms)
    heading = Markup('<h2 id="methods-h">Methods</h2>\n')
    return Markup('<section id="methods" aria-labelledby="methods-h">\n{}{}</section>\n').format(heading, arms)


def _render_arm(part: MethodsPart, arm: str, environment: Environment) -> Markup:
    return Markup(
        environment.get_template("methods/arm.html.j2").render(
            arm=arm,
            title=TITLE[arm],
            paragraphs=PARAGRAPHS[arm](part),
            formulas=[formula for told in FORMULAS_OF[arm] for formula in formulas(part.results, told)],
            question=QUESTION,
        )
    )


def methods_text(part: MethodsPart) -> str:
    """The same as plain text for a paper: for each arm its paragraphs under their titles, then the formulas."""
    return "\n".join(line for arm in part.study.arms for line in _lines(part, arm))


def _lines(part: MethodsPart, arm: str) -> list[str]:
    shown = SHOWN[arm]
    told = [formula for of in FORMULAS_OF[arm] for formula in formulas(part.results, of)]
    return [
        f"METHODS: {TITLE[arm].upper()}",
        "",
        *(line for paragraph in PARAGRAPHS[arm](part) for line in (paragraph.title, shown(paragraph.text), "")),
        "Measures",
        *(shown(f"{formula.measure}: {formula.meaning}. {formula.method}") for formula in told),
        "",
    ]


def files(part: MethodsPart) -> dict[str, pl.DataFrame]:
    """The table beside the page: every method that a number of the results names."""
    return {"methods": methods_of_measures(part.results).filter(pl.col("method") != UNDEFINED)}

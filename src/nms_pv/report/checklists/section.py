"""The chapter of checklists, and the table beside the page."""

from collections.abc import Mapping

import polars as pl
from jinja2 import Environment
from markupsafe import Markup

from nms_pv.report.checklists.diagram import design_diagram
from nms_pv.report.checklists.harper import tables
from nms_pv.report.checklists.judged import STATE, judged, sentence, table
from nms_pv.report.checklists.read import ChecklistsPart
from nms_pv.report.checklists.written import written
from nms_pv.report.links import WRITTEN_IN
from nms_pv.report.words import readable
from nms_pv.spec.guidelines import Guideline
from nms_pv.spec.literature import STATUS

PROTOCOL_GUIDELINE = "harper"


def render_checklists(part: ChecklistsPart, environments: Mapping[str, Environment]) -> Markup:
    """The chapter; `environments` holds, by arm, the templates that may show its words."""
    checklists = Markup("").join(_render_guideline(part, guideline, environments[guideline.arm]) for guideline in part.guidelines)
    # What people write of a study with a cohort may say how often; of reports alone it may not.
    arm = part.methods.study.arms[0]
    protocol = Markup(
        environments[arm].get_template("checklists/protocol.html.j2").render(arm=arm, fields=written(part.protocol))
    )
    heading = Markup('<h2 id="checklists-h">Checklists and protocol</h2>\n')
    body = heading + checklists + protocol
    return Markup('<section id="checklists" aria-labelledby="checklists-h">\n{}</section>\n').format(body)


def _render_guideline(part: ChecklistsPart, guideline: Guideline, environment: Environment) -> Markup:
    is_protocol = guideline.name == PROTOCOL_GUIDELINE
    items = judged(guideline, part.protocol)
    methods = part.methods
    return Markup(
        environment.get_template("checklists/guideline.html.j2").render(
            guideline=guideline,
            sentence=sentence(guideline, items),
            items=items,
            state_words=STATE,
            status_words=STATUS,
            link_words=link_words,
            written_in=WRITTEN_IN,
            tables=tables(methods, part.protocol) if is_protocol else [],
            diagram=[design_diagram(methods, simulated=methods.study.simulated)] if is_protocol else [],
            simulated=methods.study.simulated,
        )
    )


def link_words(anchor: str) -> str:
    """An id as words: `which_drugs-reports` -> `which drugs, reports`."""
    return readable(anchor).replace("-", ", ")


def files(part: ChecklistsPart) -> dict[str, pl.DataFrame]:
    """The table beside the page: every item, how it is met and where it was read."""
    return {"checklists": table(part.guidelines, part.protocol)}

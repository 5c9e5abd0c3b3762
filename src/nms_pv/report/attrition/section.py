"""What the chapter on attrition says of an arm: a flow diagram, its table, and the table of every step."""

from jinja2 import Environment
from markupsafe import Markup

from nms_pv.report.attrition.flows import Flow
from nms_pv.report.attrition.read import AttritionPart
from nms_pv.report.figures.flow import flow_diagram
from nms_pv.report.numbers import count
from nms_pv.report.words import readable
from nms_pv.spec.params import Params

TITLE = {"reports": "From lines in files to counted reports", "cohort": "From records to persons and episodes"}


def render_attrition(part: AttritionPart, params: Params, environment: Environment) -> Markup:
    """What the chapter says of one arm; `environment` passes texts as the arm needs."""
    return Markup(
        environment.get_template("attrition/arm.html.j2").render(
            part=part,
            title=TITLE[part.arm],
            figures=[flow_diagram(part.steps, part.arm, TITLE[part.arm], simulated=params.inputs.simulated)],
            simulated=params.inputs.simulated,
            smallest=params.smallest_cell(part.arm),
            duplicate_rule=params.duplicates.rule,
            sentences=[sentence(flow) for flow in part.flows],
        )
    )


def sentence(flow: Flow) -> str:
    """One step of attrition as a sentence that a paper can print."""
    left = [f"{readable(reason)} ({count(n)})" for reason, n in flow.left if n]
    why = f"{count(flow.n_in - flow.n_kept)} left: {'; '.join(left)}" if left else "none left"
    return f"{flow.layer}, {readable(flow.what)}: of {count(flow.n_in)} ({flow.unit}), {why}; {count(flow.n_kept)} were kept."

"""The page: chapters of both arms and what frames them, turned into text."""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

import polars as pl
from jinja2 import Environment
from markupsafe import Markup

from nms_pv.report import style
from nms_pv.report.answers import answers
from nms_pv.report.attrition.read import AttritionPart
from nms_pv.report.baseline.read import BaselinePart
from nms_pv.report.cases.embedded import CasesOfArm, blocks
from nms_pv.report.chapters import Arm, chapters
from nms_pv.report.checklists.read import ChecklistsPart
from nms_pv.report.checklists.section import render_checklists
from nms_pv.report.cohort.section import CohortPart
from nms_pv.report.cohort.section import shown as shown_of_cohort
from nms_pv.report.compact import compact
from nms_pv.report.declared import Study
from nms_pv.report.definitions.section import DefinitionsPart
from nms_pv.report.environment import environment, figure_numbers
from nms_pv.report.inputs import Inputs, flat
from nms_pv.report.methods.read import MethodsPart
from nms_pv.report.methods.section import render_methods
from nms_pv.report.quality.section import QualityPart
from nms_pv.report.questions.drawn import published_studies
from nms_pv.report.questions.section import QuestionsPart
from nms_pv.report.reports import ReportsPart
from nms_pv.report.words import clean, visible
from nms_pv.tables.contract import ContractError

# Where the style sheet of the page takes up the rules of its drawings, and its body the data of its script.
RULES_OF_DRAWINGS = "/* rules of the drawings */"
DATA_OF_SCRIPT = "<!-- data of the script -->"
SCRIPTS = ("unpack", "elements", "reasoning", "tables", "figures", "cases", "numbers", "address", "page")


# Bytes; a larger page opens slowly and is refused by some mail servers.
LARGEST_PAGE = 2_000_000


@dataclass(frozen=True)
class Page:
    """The page, and the scripts beside it that hold what it would be too large with, by name."""

    html: str
    beside: dict[str, str]


@dataclass(frozen=True)
class Parts:
    """What the page is made of: the two arms, None where one has no input, and by arm what each chapter says of it.

    `results` are all numbers as they may leave the study; `cases` those of the arms whose cases the page may hold.
    """

    reports: ReportsPart | None
    cohort: CohortPart | None
    definitions: dict[str, DefinitionsPart]
    questions: dict[str, QuestionsPart]
    attrition: dict[str, AttritionPart]
    baseline: dict[str, BaselinePart]
    quality: dict[str, QualityPart]
    methods: MethodsPart
    checklists: ChecklistsPart
    results: pl.DataFrame
    cases: dict[str, CasesOfArm]


def render(inputs: Inputs, study: Study, parts: Parts) -> Page:
    """The whole page; only the parts of the cohort arm may speak of how often it occurs."""
    number = figure_numbers()
    environments = {"reports": environment(clean, number), "cohort": environment(visible, number)}
    frame = {
        "study": study,
        "source": study.faers.rules,
        "main": study.main,
        "titles": {d.name: d.title for d in study.definitions},
        "snapshot": parts.cohort.inputs.snapshot.rows(named=True) if parts.cohort else [],
        "version": dict(inputs.environment)["nms-pv"],
    }
    arms = [_arm(arm, environments[arm], study, parts, frame) for arm in study.arms]
    script = "".join(files("nms_pv.report").joinpath(f"templates/script/{name}.js").read_text("utf-8") for name in SCRIPTS)
    html = (
        environments["reports"]
        .get_template("page.html.j2")
        .render(
            **frame,
            answers=Markup(
                environments["cohort"]
                .get_template("answers.html.j2")
                .render(answers=answers(parts.questions), looks=style.GENERATIONS)
            ),
            arms_with_cases=list(parts.cases),
            data_version=parts.methods.data_version,
            chapters=chapters(arms),
            methods=render_methods(parts.methods, environments),
            checklists=render_checklists(parts.checklists, environments),
            settings=flat("", study.params.model_dump()),
            environment=inputs.environment,
            digests=_digests(inputs, parts),
            script=Markup(script),
            script_digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii"),
        )
    )
    small = compact(html)
    shown = numbers_shown(small.addresses, parts.results)
    framed = small.html.replace(RULES_OF_DRAWINGS, small.rules, 1)
    return with_data(framed, blocks(shown, parts.cases, [*study.definitions, *study.differential]))


def with_data(framed: str, found: Iterable[tuple[str, str]]) -> Page:
    """The page with its blocks of data, as far as it stays small; the others stand in files beside it."""
    inside, beside, size = [], {}, len(framed.encode())
    for name, content in found:
        block = f'<script type="application/gzip" id="data-{name}">{content}</script>'
        size += len(block)
        if size <= LARGEST_PAGE or name == "numbers":
            inside.append(block)
        else:
            beside[name] = f'took("{name}","{content}")\n'
    return Page(framed.replace(DATA_OF_SCRIPT, "\n".join(inside), 1), beside)


def _arm(name: str, env: Environment, study: Study, parts: Parts, frame: dict[str, object]) -> Arm:
    if name == "cohort" and parts.cohort:
        ratios = parts.reports.chosen.generations if parts.reports else []
        questions = parts.questions[name]
        studies = published_studies(questions.numbers, questions.published)
        shown = shown_of_cohort(parts.cohort, parts.cohort.choose(), ratios, studies)
    else:
        shown = parts.reports.shown if parts.reports else {}
    return Arm(
        name,
        env,
        {**frame, **shown},
        study.params,
        parts.definitions[name],
        parts.questions[name],
        parts.attrition[name],
        parts.baseline[name],
        parts.quality[name],
    )


def numbers_shown(addresses: list[str], results: pl.DataFrame) -> pl.DataFrame:
    """The rows of the numbers that the page shows, in its order; an address in the page has no invisible characters.

    Raises
    ------
    ContractError
        When the page shows a number that is not in the results.
    """
    order = pl.DataFrame({"address": addresses}, schema={"address": pl.String})
    addressed = results.with_columns(address=pl.col("result_id").map_elements(visible, return_dtype=pl.String))
    found = order.join(addressed, on="address", how="left", maintain_order="left", validate="1:1")
    strange = found.filter(pl.col("result_id").is_null())["address"].to_list()
    if strange:
        raise ContractError(f"the page shows {len(strange)} numbers that are not in the results, first {strange[0]!r}")
    return found


def _digests(inputs: Inputs, parts: Parts) -> list[object]:
    of_cohort = parts.cohort.inputs.digests if parts.cohort else []
    of_parts = [p.exact.digests for part in (parts.definitions, parts.questions, parts.quality) for p in part.values()]
    of_parts += [part.digests for part in parts.baseline.values()]
    once = dict.fromkeys(digest for digests in (inputs.digests, of_cohort, *of_parts) for digest in digests)
    return list(once)

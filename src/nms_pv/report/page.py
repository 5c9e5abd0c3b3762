"""The page: what each section is given, and the template that turns it into text."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from nms_pv.report import compared, loaded, numbers, style
from nms_pv.report.cohort.section import CohortPart, render_part, render_sides
from nms_pv.report.definitions.section import DefinitionsPart, render_definitions
from nms_pv.report.figures.definitions import by_definition
from nms_pv.report.figures.draw import log_limits
from nms_pv.report.figures.forest import Words, forest
from nms_pv.report.figures.outcomes import outcomes
from nms_pv.report.figures.published import beside_published
from nms_pv.report.figures.years import cases_by_year
from nms_pv.report.inputs import Inputs, flat
from nms_pv.report.numbers import Row
from nms_pv.report.questions.panels import PANELS
from nms_pv.report.questions.section import QuestionsPart, render_questions
from nms_pv.report.results import Setting
from nms_pv.report.words import clean, readable, visible
from nms_pv.spec.definitions import Definition
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Params
from nms_pv.spec.source import FaersSpec
from nms_pv.tables.canonical import CODING_METHOD, DUPLICATE_RULE
from nms_pv.tables.measures import DUPLICATES, QUESTION, ROLES

ROR = Words("forest", "reporting odds ratio", "ROR", "reports", is_ratio=True)


@dataclass(frozen=True)
class Study:
    """What the study declares, as far as the report says it."""

    params: Params
    drugs: DrugTable
    faers: FaersSpec
    definitions: list[Definition]
    differential: list[Definition]

    @property
    def main(self) -> Setting:
        """The setting that is shown first."""
        return Setting(self.params.main.definition, self.params.main.roles, self.params.main.duplicates)

    @property
    def definitions_main_first(self) -> list[Definition]:
        """The definitions as declared, but for the main one, which leads; then those of something else."""
        return [*sorted(self.definitions, key=lambda d: d.name != self.main.definition), *self.differential]

    @property
    def simulated(self) -> bool:
        """Whether the input is simulated."""
        return self.params.inputs.simulated

    @property
    def has_reports(self) -> bool:
        """Whether the reports arm has an input."""
        return "reports" in self.arms

    @property
    def arms(self) -> list[str]:
        """The arms that have an input."""
        given = {"reports": self.params.inputs.reports, "cohort": self.params.inputs.cohort}
        return [arm for arm, kind in given.items() if kind != "none"]


@dataclass(frozen=True)
class Numbers:
    """The results that the page shows."""

    key: dict[str, Row | None]
    generations: list[tuple[style.Look, Row | None]]
    years: dict[tuple[str, int | None], Row]
    ingredients: compared.Ingredients
    definitions: list[str]
    facets: list[compared.Facet]
    grid: list[compared.GridLine]
    outcomes: list[tuple[str, list[tuple[style.Look, Row | None]]]]
    comparisons: list[compared.Comparison]


def choose(inputs: Inputs, study: Study) -> Numbers:
    """Pick from the results what the page shows."""
    results, main, generations = inputs.results, study.main, study.params.generations
    definitions = compared.definition_order(results, main, [d.name for d in study.definitions])
    key_measures = ("reporting_proportion", "fatal_proportion", "serious_proportion")
    return Numbers(
        key={measure: results.one(measure, main, "all", "all") for measure in key_measures},
        generations=[(look, results.one("ror", main, "generation", look.code)) for look in style.GENERATIONS],
        years={**results.by_year("reports", main, "generation"), **results.by_year("reports", main, "all")},
        ingredients=compared.ingredients(results, main, study.drugs, generations),
        definitions=definitions,
        facets=compared.facets(results, main, definitions, study.drugs, generations),
        grid=compared.grid(results, definitions),
        outcomes=compared.outcome_panels(results, main),
        comparisons=compared.comparisons(results, main, study.drugs, generations, inputs.published),
    )


def figures(chosen: Numbers, study: Study) -> dict[str, list[Markup]]:
    """The figures that have anything to show."""
    simulated, drawn = study.simulated, chosen.ingredients.drawn
    limits = log_limits(row for _, rows in drawn for row in rows)
    bars = {(group, year): row for (group, year), row in chosen.years.items() if year is not None and group != "all"}
    has_bars = any(row["suppressed"] or row["numerator"] for row in bars.values())
    return {
        "years": [cases_by_year(bars, simulated=simulated)] if has_bars else [],
        "forest": [forest(rows, look, limits, ROR, simulated=simulated) for look, rows in drawn],
        "definitions": [by_definition(chosen.facets, chosen.definitions, study.main.definition, simulated=simulated)]
        if chosen.facets
        else [],
        "outcomes": [outcomes(chosen.outcomes, simulated=simulated)],
        "published": [beside_published(chosen.comparisons, simulated=simulated)] if chosen.comparisons else [],
    }


def render(
    inputs: Inputs,
    study: Study,
    chosen: Numbers,
    part: CohortPart | None,
    definition_parts: list[DefinitionsPart],
    question_parts: list[QuestionsPart],
) -> str:
    """The whole page; the sections of the cohort arm are made apart, because only they may speak of how often it occurs."""
    near = loaded.near_antipsychotics(inputs)
    issues = loaded.value_issues(inputs)
    template = _environment(clean).get_template("page.html.j2")
    sides, cohort = _cohort(part, chosen, study) if part else (Markup(""), Markup(""))
    return template.render(
        study=study,
        sides=sides,
        cohort=cohort,
        definition_parts=definition_parts,
        definition_sections=Markup("").join(
            render_definitions(p, _environment(visible if p.arm == "cohort" else clean)) for p in definition_parts
        ),
        question_sections={
            p.arm: render_questions(p, _environment(visible if p.arm == "cohort" else clean)) for p in question_parts
        },
        questions={p.arm: [(name, QUESTION[name]) for name in PANELS[p.arm]] for p in question_parts},
        snapshot=part.inputs.snapshot.rows(named=True) if part else [],
        source=study.faers.rules,
        main=study.main,
        chosen=chosen,
        figures=figures(chosen, study),
        year_lines=compared.year_lines(chosen.years),
        titles={d.name: d.title for d in study.definitions},
        files=inputs.files.rows(named=True),
        quarters=loaded.quarters(inputs),
        quarantine_reasons=inputs.quarantine_reasons.rows(named=True),
        flows=loaded.flows(inputs.attrition),
        duplicates=inputs.duplicates.rows(named=True),
        coding=loaded.coding(inputs),
        uncoded=loaded.commonest_uncoded(inputs),
        near=near[: loaded.MOST_NEAR_NAMES],
        near_count=len(near),
        issues=issues[: loaded.MOST_ISSUES],
        issue_count=len(issues),
        studies=compared.studies(chosen.comparisons),
        settings=flat("", study.params.model_dump(exclude={"cohort"})),
        environment=inputs.environment,
        digests=inputs.digests
        + (part.inputs.digests if part else [])
        + [digest for definition_part in definition_parts for digest in definition_part.exact.digests]
        + [digest for question_part in question_parts for digest in question_part.exact.digests],
        version=dict(inputs.environment)["nms-pv"],
    )


def _cohort(part: CohortPart, chosen: Numbers, study: Study) -> tuple[Markup, Markup]:
    """The table of both arms, where both have an input, and the sections of the cohort arm."""
    environment, cohort = _environment(visible), part.choose()
    sides = render_sides(part, cohort, chosen.generations, environment) if study.has_reports else Markup("")
    return sides, render_part(part, cohort, environment)


def _environment(shown_text: Callable[[str], str]) -> Environment:
    """Templates that escape what they are given, and pass every text of theirs through `shown_text`."""

    def finalize(value: Any) -> Any:
        return shown_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    environment = Environment(
        loader=PackageLoader("nms_pv.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=finalize,
    )
    environment.globals |= {
        "shown": numbers.shown,
        "is_percent": numbers.is_percent,
        "is_drawable": numbers.is_drawable,
        "reason_undefined": numbers.reason_undefined,
        "count": numbers.count,
        "percent": numbers.percent,
        "rounded": numbers.rounded,
        "readable": readable,
        "looks": style.GENERATIONS,
        "roles_meaning": ROLES,
        "duplicates_meaning": DUPLICATES,
        "coding_meaning": CODING_METHOD,
        "duplicate_rule_meaning": DUPLICATE_RULE,
    }
    return environment

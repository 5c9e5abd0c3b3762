"""The reports arm on the page: what its parts of the chapters are given, and the tables beside them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl
from markupsafe import Markup

from nms_pv.report import compared, loaded, style
from nms_pv.report.declared import Study
from nms_pv.report.figures.definitions import by_definition
from nms_pv.report.figures.draw import log_limits
from nms_pv.report.figures.forest import Words, forest
from nms_pv.report.figures.outcomes import outcomes
from nms_pv.report.figures.published import beside_published
from nms_pv.report.figures.years import cases_by_year
from nms_pv.report.inputs import Inputs
from nms_pv.report.numbers import Row
from nms_pv.report.results import tidy

ROR = Words("forest", "reporting odds ratio", "ROR", "reports", is_ratio=True)
KEY_MEASURES = ("reporting_proportion", "fatal_proportion", "serious_proportion")


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


@dataclass(frozen=True)
class ReportsPart:
    """The reports arm of one report."""

    inputs: Inputs
    study: Study

    @cached_property
    def chosen(self) -> Numbers:
        """Pick from the results what the page shows."""
        results, study = self.inputs.results, self.study
        main, generations = study.main, study.params.generations
        definitions = compared.definition_order(results, main, [d.name for d in study.definitions])
        return Numbers(
            key={measure: results.one(measure, main, "all", "all") for measure in KEY_MEASURES},
            generations=[(look, results.one("ror", main, "generation", look.code)) for look in style.GENERATIONS],
            years={**results.by_year("reports", main, "generation"), **results.by_year("reports", main, "all")},
            ingredients=compared.ingredients(results, main, study.drugs, generations),
            definitions=definitions,
            facets=compared.facets(results, main, definitions, study.drugs, generations),
            grid=compared.grid(results, definitions),
            outcomes=compared.outcome_panels(results, main),
            comparisons=compared.comparisons(results, main, study.drugs, generations, self.inputs.published),
        )

    @cached_property
    def figures(self) -> dict[str, list[Markup]]:
        """The figures that have anything to show."""
        chosen, simulated = self.chosen, self.study.simulated
        drawn = chosen.ingredients.drawn
        limits = log_limits(row for _, rows in drawn for row in rows)
        bars = {(group, year): row for (group, year), row in chosen.years.items() if year is not None and group != "all"}
        has_bars = any(row["suppressed"] or row["numerator"] for row in bars.values())
        return {
            "years": [cases_by_year(bars, simulated=simulated)] if has_bars else [],
            "forest": [forest(rows, look, limits, ROR, simulated=simulated) for look, rows in drawn],
            "definitions": [by_definition(chosen.facets, chosen.definitions, self.study.main.definition, simulated=simulated)]
            if chosen.facets
            else [],
            "outcomes": [outcomes(chosen.outcomes, simulated=simulated)],
            "published": [beside_published(chosen.comparisons, simulated=simulated)] if chosen.comparisons else [],
        }

    @cached_property
    def shown(self) -> dict[str, Any]:
        """What the templates are given."""
        inputs, chosen = self.inputs, self.chosen
        near, issues = loaded.near_antipsychotics(inputs), loaded.value_issues(inputs)
        return {
            "chosen": chosen,
            "figures": self.figures,
            "year_lines": compared.year_lines(chosen.years),
            "coding": loaded.coding(inputs),
            "uncoded": loaded.commonest_uncoded(inputs),
            "near": near[: loaded.MOST_NEAR_NAMES],
            "near_count": len(near),
            "issues": issues[: loaded.MOST_ISSUES],
            "issue_count": len(issues),
            "studies": compared.studies(chosen.comparisons),
        }

    @cached_property
    def files(self) -> dict[str, pl.DataFrame]:
        """The tidy table behind each figure and each table, by file name."""
        inputs, chosen = self.inputs, self.chosen
        return {
            "files": inputs.files,
            "quarantine_reasons": inputs.quarantine_reasons,
            "attrition": inputs.attrition,
            "duplicates": inputs.duplicates,
            "coding_coverage": inputs.coding_coverage,
            "uncoded_names": inputs.uncoded_names,
            "value_issues": inputs.value_issues,
            "cases_by_year": tidy(chosen.years.values()),
            "ror_by_ingredient": tidy(row for _, row in chosen.ingredients.rows),
            "ror_by_definition": tidy(row for facet in chosen.facets for row in facet.rows),
            "ror_by_setting": tidy(row for line in chosen.grid for row in line.rows),
            "outcomes": tidy(row for _, lines in chosen.outcomes for _, row in lines),
            "published_ror": compared.published_beside_ours(chosen.comparisons),
        }

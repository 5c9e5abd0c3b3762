"""The sections of one arm about its definitions, and the tables beside them; only numbers that may leave get this far."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl
from jinja2 import Environment
from markupsafe import Markup

from nms_pv.report.definitions import chosen
from nms_pv.report.definitions.described import STRATUM
from nms_pv.report.definitions.leaving import LEAVING
from nms_pv.report.definitions.read import Exact
from nms_pv.report.figures.calibration import calibration
from nms_pv.report.figures.cuts import by_cut
from nms_pv.report.figures.definition_counts import who_meets
from nms_pv.report.figures.definition_sets import met_together
from nms_pv.report.figures.differential import overlap_with_others
from nms_pv.report.figures.features import discriminating_features
from nms_pv.report.figures.kappas import kappas
from nms_pv.report.rounding import SmallCells, two_decimals
from nms_pv.spec.definitions import Definition
from nms_pv.spec.params import Params
from nms_pv.tables import agreement, labels, review

PREFIX = {"reports": "", "cohort": "cohort_"}
SUBJECTS = {"reports": "reports", "cohort": "episodes"}
MEANINGS = {
    "independence_meaning": agreement.INDEPENDENCE,
    "reading_meaning": agreement.READING,
    "quality_meaning": review.QUALITY,
    "reference_meaning": review.REFERENCE,
    "band_meaning": review.BAND,
    "accuracy_meaning": review.ACCURACY,
    "trigger_meaning": labels.TRIGGER,
    "stratum_meaning": STRATUM,
}


@dataclass(frozen=True)
class DefinitionsPart:
    """The definitions of one arm of one report."""

    arm: str
    exact: Exact
    params: Params
    definitions: list[Definition]

    @cached_property
    def cells(self) -> SmallCells:
        """How numbers leave."""
        return SmallCells(self.params.smallest_cell(self.arm))

    @cached_property
    def leaving(self) -> dict[str, pl.DataFrame]:
        """The tables as they may leave the study."""
        return {name: self.cells.leave(table, LEAVING[name]) for name, table in self.exact.tables.items()}

    @cached_property
    def shown(self) -> dict[str, Any]:
        """What figures and templates are given."""
        tables = self.leaving
        sets = chosen.commonest_sets(tables["definition_sets"])
        others = self.cells.leave(chosen.other_sets(self.exact.tables["definition_sets"], sets), LEAVING["other_sets"])
        return {
            "definitions": tables["definition_counts"].rows(named=True),
            "not_counted": tables["definitions_not_counted"].rows(named=True),
            "met_by_somebody": chosen.met_by_somebody(tables["definition_counts"]),
            "sets": sets,
            "other_sets": others.row(0, named=True),
            "met_by_none": chosen.met_by_none(tables["definition_sets"]),
            "kappas": chosen.pairs(tables["definition_agreement"], "kappa"),
            "pabaks": chosen.pairs(tables["definition_agreement"], "pabak"),
            "alphas": tables["agreement_of_all"].rows(named=True),
            "cuts": chosen.cuts(tables["definition_cuts"], self._thresholds),
            "models": chosen.models(
                *(
                    tables[name]
                    for name in ("latent_class_models", "latent_class_accuracy", "corrected_counts", "latent_class_pairs")
                )
            ),
            "overlaps": tables["differential_overlap"].rows(named=True),
            "features": chosen.discriminating(tables["features"], tables["feature_differences"]),
            **{
                name: tables[name].rows(named=True)
                for name in ("triggers", "treatments", "reviewer_pairs", "adjudicated_accuracy")
            },
            "who_umc": chosen.by_stratum(tables["who_umc"], ["who_umc"]),
            "naranjo": chosen.by_stratum(tables["naranjo"], ["naranjo_band_low", "naranjo_band_high"]),
            "bands": tables["ranking_bands"].rows(named=True),
            "calibration": tables["ranking_calibration"].rows(named=True),
            "quality": tables["ranking_quality"].rows(named=True),
            "terms": _terms(tables["term_coverage"]) if "term_coverage" in tables else None,
        }

    @property
    def _thresholds(self) -> dict[str, int]:
        return {d.name: d.threshold for d in self.definitions if d.threshold is not None and d.extends is None}

    @cached_property
    def files(self) -> dict[str, pl.DataFrame]:
        """The tables beside the page, by file name; an empty one is not written."""
        prefix = PREFIX[self.arm]
        return {
            f"{prefix}{name}": self.cells.as_file(table, LEAVING[name]) for name, table in self.leaving.items() if table.height
        }


def render_definitions(part: DefinitionsPart, environment: Environment) -> Markup:
    """How the definitions of one arm compare, what else it could be, and the candidates for review."""
    return Markup(
        environment.get_template("definitions/arm.html.j2").render(
            arm=part.arm,
            prefix=PREFIX[part.arm],
            subjects=SUBJECTS[part.arm],
            files=set(part.files),
            params=part.params,
            main=part.params.main.definition,
            simulated=part.params.inputs.simulated,
            cells=part.cells,
            found=part.shown,
            figures=figures(part),
            in_words=chosen.in_words,
            definition_of=chosen.definition_of,
            two_decimals=two_decimals,
            **MEANINGS,
        )
    )


def figures(part: DefinitionsPart) -> dict[str, list[Markup]]:
    """The figures that have anything to show."""
    found, cells, arm = part.shown, part.cells, part.arm
    main, simulated = part.params.main.definition, part.params.inputs.simulated
    met = found["met_by_somebody"]
    return {
        "counts": [who_meets(found["definitions"], cells, arm, main, simulated=simulated)],
        "sets": [met_together(found["sets"], met, cells, arm, main, simulated=simulated)] if found["sets"] else [],
        "kappas": [kappas(found["kappas"], met, arm, main, simulated=simulated)] if len(met) > 1 else [],
        "cuts": [by_cut(cuts, cells, arm, simulated=simulated) for cuts in found["cuts"]],
        "differential": [
            overlap_with_others(found["overlaps"], part.params.agreement.nms_definition, cells, arm, simulated=simulated)
        ]
        if found["overlaps"]
        else [],
        "features": [discriminating_features(found["features"], arm, simulated=simulated)] if found["features"] else [],
        "calibration": [calibration(found["calibration"], cells, arm, simulated=simulated)] if found["calibration"] else [],
    }


def _terms(coverage: pl.DataFrame) -> dict[str, Any]:
    """How many listed terms no row carries, and which, by element."""
    without = coverage.filter(pl.col("rows") == 0)
    by_element = without.group_by("element").agg(pl.col("term").sort()).sort("element")
    return {
        "listed": coverage["term"].n_unique(),
        "without": without["term"].n_unique(),
        "by_element": list(by_element.iter_rows()),
    }

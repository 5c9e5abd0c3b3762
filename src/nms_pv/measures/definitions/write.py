"""Writes how the definitions agree (layer 6): reads labels and findings one part after the other, and keeps only tallies."""

from collections.abc import Sequence
from itertools import combinations, product
from pathlib import Path
from typing import NamedTuple

import polars as pl

from nms_pv.measures.definitions import accuracy, features, sets
from nms_pv.measures.definitions.agreement import agreement, agreement_of_all, verdict_pairs
from nms_pv.measures.definitions.indicators import check_known, evidence_of, sign_states
from nms_pv.measures.definitions.patterns import Patterns, add_up, tally, verdict_states
from nms_pv.spec.definitions import Definition
from nms_pv.spec.params import Agreement
from nms_pv.tables.agreement import (
    AGREEMENT,
    AGREEMENT_OF_ALL,
    CLASS_PROBABILITIES,
    CORRECTED_COUNTS,
    CUTS,
    DEFINITION_COUNTS,
    DEFINITION_SETS,
    FEATURE_DIFFERENCES,
    FEATURES,
    LATENT_CLASS,
    LATENT_CLASS_MODELS,
    LATENT_CLASS_PAIRS,
    READING,
    VERDICT_PAIRS,
)
from nms_pv.tables.contract import Table
from nms_pv.tables.evidence import FINDINGS
from nms_pv.tables.labels import DEFINITIONS, VERDICTS
from nms_pv.tables.parts import common_parts
from nms_pv.tables.review import ADJUDICATED

UNIT = {"reports": "distinct reports with at least one finding", "cohort": "person-episodes with at least one finding"}


Tables = dict[Table, pl.DataFrame]


class _Names(NamedTuple):
    """Definitions that gave verdicts, and all indicators of the latent class models."""

    cases: list[str]
    differential: list[str]
    indicators: list[str]

    @property
    def definitions(self) -> list[str]:
        return [*self.cases, *self.differential]


class _Tally(NamedTuple):
    verdicts: pl.DataFrame
    indicators: pl.DataFrame
    points: pl.DataFrame
    features: pl.DataFrame


def write_agreement(
    labels: Path,
    evidence: Path,
    out: Path,
    arm: str,
    definitions: Sequence[Definition],
    elements: Sequence[str],
    choices: Agreement,
    level: float,
) -> None:
    """Read `labels/verdicts`, `labels/differential` and `evidence/findings`, write the tables of `tables/agreement.py` to `out`.

    Parameters
    ----------
    labels, evidence, out
        Folders of the layers of one arm.
    arm
        `reports` or `cohort`: what is counted.
    definitions
        Case and differential definitions of the study: what each rests on. Those that gave no verdicts are passed over.
    elements
        Names of all elements of study/elements.csv.
    choices
        What to compare beyond all pairs of definitions.
    level
        Nominal coverage of the intervals.

    Raises
    ------
    StudyError
        When the choices name something unknown.
    ContractError
        When labels and evidence do not have the same parts, or a subject has not one verdict of every definition.
    """
    parts = common_parts((VERDICTS, labels / "verdicts"), (VERDICTS, labels / "differential"), (FINDINGS, evidence / "findings"))
    names = _names(labels, choices)
    rests_on = evidence_of(d for d in definitions if d.name in names.definitions)
    _check(choices, names, rests_on, elements)
    tallies = [_tally(labels, evidence, part, names, choices) for part in parts]
    verdicts = add_up([t.verdicts for t in tallies], names.definitions)
    models = _models(add_up([t.indicators for t in tallies], names.indicators), choices, level, UNIT[arm])
    points = pl.concat([t.points for t in tallies])
    tables = {
        **_agreement_tables(verdicts, points, names, choices, level, UNIT[arm]),
        **_accuracy_tables(models, rests_on, names.cases),
        **_feature_tables(features.add_up([t.features for t in tallies]), choices, level, UNIT[arm]),
    }
    for table, rows in tables.items():
        table.write(rows, out / f"{table.name.split('/')[1]}.parquet")


def _names(labels: Path, choices: Agreement) -> _Names:
    """The verdicts of reviewers are left out: they are given for few, chosen subjects."""
    computed = (
        DEFINITIONS.scan(labels / "definitions.parquet").filter("is_computed", pl.col("definition") != ADJUDICATED).collect()
    )
    is_case = pl.col("syndrome") == "nms"
    cases, differential = (computed.filter(chosen)["definition"].to_list() for chosen in (is_case, ~is_case))
    return _Names(cases, differential, sorted({name for indicators in choices.models.values() for name in indicators}))


def _check(choices: Agreement, names: _Names, rests_on: dict[str, frozenset[str]], elements: Sequence[str]) -> None:
    items = [name for name in rests_on if ":" in name]
    check_known([choices.nms_definition], names.cases, "nms_definition")
    check_known([choices.serotonin_definition], names.differential, "serotonin_definition")
    check_known(names.indicators, [*names.definitions, *items, *elements], "models")
    check_known(choices.features, [*items, *elements], "features")


def _tally(labels: Path, evidence: Path, part: str, names: _Names, choices: Agreement) -> _Tally:
    of_files = pl.concat([VERDICTS.scan(labels / folder / part) for folder in ("verdicts", "differential")])
    verdicts = of_files.filter(pl.col("definition").is_in(names.definitions)).collect()
    findings = FINDINGS.scan(evidence / "findings" / part).collect()
    states = verdict_states(verdicts, names.definitions)
    # Every subject has a row of every definition; one of them is enough to keep it in.
    judged = states.filter(pl.col("name").is_in([names.definitions[0], *names.indicators]))
    signs = sign_states([name for name in names.indicators if name not in names.definitions], verdicts, findings)
    nms, serotonin = (verdicts.filter(definition=name) for name in (choices.nms_definition, choices.serotonin_definition))
    described = sign_states(choices.features, verdicts, findings)
    return _Tally(
        verdicts=tally(states, names.definitions),
        indicators=tally(pl.concat([judged, signs]), names.indicators),
        points=sets.tally_points(verdicts),
        features=features.tally_features(features.groups(nms, serotonin), described, choices.features),
    )


def _models(patterns: Patterns, choices: Agreement, level: float, unit: str) -> list[accuracy.Model]:
    return [
        accuracy.model(name, reading, patterns.onto(indicators), level, choices.seed, unit)
        for name, indicators in choices.models.items()
        for reading in READING
    ]


def _agreement_tables(
    verdicts: Patterns, points: pl.DataFrame, names: _Names, choices: Agreement, level: float, unit: str
) -> Tables:
    cases = verdicts.onto(names.cases)
    pairs = [*combinations(names.cases, 2), *product(names.cases, names.differential)]
    return {
        DEFINITION_COUNTS: sets.definition_counts(verdicts, unit),
        VERDICT_PAIRS: verdict_pairs(verdicts, pairs, unit),
        AGREEMENT: agreement(cases, level, unit),
        AGREEMENT_OF_ALL: agreement_of_all(cases, level, choices.resamples, choices.seed, unit),
        DEFINITION_SETS: sets.definition_sets(cases, unit),
        CUTS: sets.cuts(points, unit),
    }


def _accuracy_tables(models: list[accuracy.Model], rests_on: dict[str, frozenset[str]], cases: list[str]) -> Tables:
    return {
        LATENT_CLASS_MODELS: accuracy.model_rows(models, rests_on),
        LATENT_CLASS: accuracy.accuracy_rows(models),
        LATENT_CLASS_PAIRS: accuracy.pair_rows(models, rests_on),
        CLASS_PROBABILITIES: accuracy.class_probability_rows(models),
        CORRECTED_COUNTS: accuracy.corrected_rows(models, cases, rests_on),
    }


def _feature_tables(counted: pl.DataFrame, choices: Agreement, level: float, unit: str) -> Tables:
    return {
        FEATURES: features.feature_rows(counted, choices.nms_definition, choices.serotonin_definition, level, unit),
        FEATURE_DIFFERENCES: features.difference_rows(counted, level, unit),
    }

"""Writes which sign comes first, and which symptoms (question 4): labels, evidence and exposure -> results and clusters."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from nms_pv.measures.course.cohort_cases import counted_cases, first_of_person, observed_episodes, shown_groups
from nms_pv.measures.course.numbers import NUMBERS, rows_of
from nms_pv.measures.course.outcomes import PERSONS
from nms_pv.measures.course.report_cases import report_cases
from nms_pv.measures.definitions.indicators import check_known, evidence_of, sign_states
from nms_pv.measures.presentation.cases import Presented, presented_persons, presented_reports
from nms_pv.measures.presentation.cluster_numbers import cluster_descriptions, cluster_profiles, cluster_shares, not_clustered
from nms_pv.measures.presentation.clusters import Described, clusterings, in_noise, why_not
from nms_pv.measures.presentation.dates import first_days
from nms_pv.measures.presentation.elements import asked_for, element_counts, element_differences, element_shares
from nms_pv.measures.presentation.order import against_published, no_order_in_reports, order_numbers
from nms_pv.measures.presentation.patterns import presence
from nms_pv.measures.presentation.published import PublishedOrder
from nms_pv.measures.presentation.sources import assessable, uses_of
from nms_pv.measures.rows import write_results
from nms_pv.spec.definitions import Definition
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Params
from nms_pv.spec.questions import PresentationSettings
from nms_pv.tables.clusters import CLUSTERS
from nms_pv.tables.evidence import EPISODES, FINDINGS
from nms_pv.tables.labels import VERDICTS, refuse_not_computed
from nms_pv.tables.person_time import CASE_OBSERVATION, CASES

REPORTS = "distinct reports that meet the definition"
IN_ORDER = ["antipsychotic", "generation_state"]
CELL = ["definition", "group_kind", "group"]


@dataclass(frozen=True)
class Asked:
    """What is asked of both arms: definitions of the study, each with its tests, names of elements, and settings."""

    definitions: Sequence[Definition]
    elements: Sequence[str]
    params: Params

    @property
    def settings(self) -> PresentationSettings:
        """The settings of this question."""
        return self.params.questions.presentation


@dataclass(frozen=True)
class _Told:
    """What an arm tells: the `states` of its cases, and in `told` which elements it tells of at all, and how."""

    arm: str
    unit: str
    presented: Presented
    states: pl.DataFrame
    told: pl.DataFrame


def write_presentation_of_reports(
    evidence: Path, labels: Path, exposure: Path, out: Path, drugs: DrugTable, asked: Asked, version: str
) -> None:
    """Write `presentation/results.parquet` and `presentation/clusters.parquet` below `out` from the reports arm.

    Under the main roles and duplicates; clusters under the main definition.

    Raises
    ------
    ContractError
        When a table is missing, or a definition of `params.definitions` has no verdicts.
    StudyError
        When a setting names what is no item or element.
    """
    params = asked.params
    rests_on = _check(labels, asked)
    found = report_cases(labels, exposure, drugs, params)
    presented = presented_reports(found, params.definitions, params.reports.age_bands)
    findings = _of_cases(FINDINGS.scan(evidence / "findings"), presented)
    told = _Told("reports", REPORTS, presented, _states(labels, findings, presented, asked), _whole_arm(evidence))
    everyone = presented.shown.filter(pl.col("group_kind") == presented.everyone[0]).drop("stratum")
    numbers = [*_elements(told, asked, rests_on), no_order_in_reports(everyone, REPORTS)]
    clusters, profiles = _clusters(told, asked)
    setting = {"roles": pl.lit(params.main.roles), "duplicates": pl.lit(params.main.duplicates)}
    _write(pl.concat([*numbers, clusters]).with_columns(**setting), profiles, told.arm, params.level, out, version)


def write_presentation_of_cohort(
    evidence: Path,
    labels: Path,
    exposure: Path,
    out: Path,
    drugs: DrugTable,
    asked: Asked,
    published: Sequence[PublishedOrder],
    version: str,
) -> None:
    """Write `presentation/results.parquet` and `presentation/clusters.parquet` below `out` from the cohort arm.

    Under the main analysis; clusters under the main definition. Folders are those of the cohort arm.

    Raises
    ------
    ContractError
        When a table is missing, or a definition of `params.definitions` has no verdicts.
    StudyError
        When a setting names what is no item or element.
    """
    params, settings = asked.params, asked.settings
    rests_on = _check(labels, asked)
    findings = FINDINGS.scan(evidence / "findings").collect()
    judged = CASES.scan(exposure / "cases.parquet").collect()
    counted = counted_cases(judged, params.cohort.main_analysis, params.definitions, drugs)
    observation = CASE_OBSERVATION.scan(exposure / "case_observation.parquet").collect()
    observed = observed_episodes(EPISODES.scan(evidence / "episodes").collect(), findings, observation)
    shown = shown_groups(judged, counted, params.definitions)
    presented = presented_persons(first_of_person(counted, observed), shown, params.definitions, params.cohort.age_bands)
    told = _Told("cohort", PERSONS, presented, _states(labels, findings, presented, asked), _whole_arm(evidence))
    days = first_days(settings.core_signs, told.states, findings, asked.definitions)
    in_order, shown_in_order = (
        frame.filter(pl.col("stratum").is_null(), pl.col("group_kind").is_in(IN_ORDER)).drop("stratum")
        for frame in (presented.cases, presented.shown)
    )
    order = order_numbers(in_order, shown_in_order, days, params.cohort.episodes.finding_days, PERSONS, params.level)
    clusters, profiles = _clusters(told, asked)
    numbers = [*_elements(told, asked, rests_on), order, against_published(order, published), clusters]
    found = pl.concat(numbers).with_columns(analysis=pl.lit(params.cohort.main_analysis))
    _write(found, profiles, told.arm, params.level, out, version)


def _check(labels: Path, asked: Asked) -> dict[str, frozenset[str]]:
    refuse_not_computed(labels, asked.params.definitions)
    rests_on = evidence_of(asked.definitions)
    signs = [name for name in rests_on if ":" in name and uses_of(name, asked.definitions)]
    check_known([*asked.settings.elements, *asked.settings.not_clustered], [*signs, *asked.elements], "presentation")
    return rests_on


def _states(labels: Path, findings: pl.DataFrame, presented: Presented, asked: Asked) -> pl.DataFrame:
    names = asked.settings.elements
    used = {name.partition(":")[0] for name in names if ":" in name}
    scans = [VERDICTS.scan(labels / folder) for folder in ("verdicts", "differential")]
    verdicts = _of_cases(pl.concat(scans).filter(pl.col("definition").is_in(sorted(used))), presented)
    return sign_states(names, verdicts, findings)


def _of_cases(rows: pl.LazyFrame, presented: Presented) -> pl.DataFrame:
    ids = presented.cases.lazy().select("subject_id").unique()
    return rows.join(ids, on="subject_id", how="semi").collect(engine="streaming")


def _whole_arm(evidence: Path) -> pl.DataFrame:
    return FINDINGS.scan(evidence / "findings").select("element", "state").unique().collect(engine="streaming")


def _elements(told: _Told, asked: Asked, rests_on: dict[str, frozenset[str]]) -> list[pl.DataFrame]:
    names, level = asked.settings.elements, asked.params.level
    can = assessable(names, asked.definitions, told.arm, told.told)
    wanted = asked_for(rests_on, asked.params.definitions, names)
    counts = element_counts(told.presented.cases, told.states, told.presented.shown, names)
    return [
        element_shares(counts, can, wanted, told.unit, level),
        element_differences(told.presented, told.states, can, wanted, told.unit, level),
    ]


def _clusters(told: _Told, asked: Asked) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Numbers of the clusters of the main definition, and rows of `measures/clusters`."""
    definition, settings, level = asked.params.main.definition, asked.settings, asked.params.level
    presented = told.presented
    subjects, names = presented.all_of(definition), settings.clustered
    is_core = pl.Series(names, dtype=pl.String).is_in(list(settings.core_signs.values())).to_numpy()
    described = Described(subjects["subject_id"], names, presence(subjects, told.states, names), is_core)
    kind, group = presented.everyone
    address = pl.DataFrame({"definition": [definition], "group_kind": [kind], "group": [group]})
    reason = why_not(described, settings)
    if reason:
        return not_clustered(address, told.unit, reason), CLUSTERS.empty()
    found = clusterings(described, settings)
    profiles = cluster_profiles(described, found, told.arm, definition, told.unit, level)
    whole = presented.cases.filter(pl.col("stratum").is_null(), pl.col("definition") == definition).select(*CELL, "subject_id")
    apart = presented.apart.filter(pl.col("definition") == definition).select(*CELL, "subject_id")
    shares = cluster_shares(described, found, whole, apart, told.unit, level)
    values = cluster_descriptions(described, found, in_noise(described, settings), settings, told.unit).join(address, how="cross")
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in NUMBERS.items() if name not in values.columns]
    return pl.concat([shares, values.with_columns(absent).select(list(NUMBERS))]), profiles


def _write(numbers: pl.DataFrame, profiles: pl.DataFrame, arm: str, level: float, out: Path, version: str) -> None:
    folder = out / "presentation"
    write_results(rows_of(numbers, arm, level), folder / "results.parquet", version)
    CLUSTERS.write(profiles, folder / "clusters.parquet")

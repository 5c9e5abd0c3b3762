"""Parts -> tallies -> every comparison: other antipsychotics, named ingredients, strata, indications, maskers left out."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import polars as pl

from nms_pv.measures.comparison.counting import (
    CELLS,
    EVERY_SETTING,
    SETTING,
    TABLE,
    against_comparator,
    against_universe,
    in_settings,
    main_setting,
    with_masker,
    without_masker,
    without_outsiders,
)
from nms_pv.measures.comparison.results import (
    Found,
    empty_cell,
    exact_ratios,
    homogeneity,
    hypothesis_tests,
    masking,
    pooled,
    ratios,
    stratified,
)
from nms_pv.measures.comparison.tally import (
    STRATUM,
    UNKNOWN,
    Counted,
    Part,
    Universe,
    add_up,
    by_indication,
    memberships,
    of_groups,
    pairs_of_kind,
    pairs_with,
    with_outsiders,
)
from nms_pv.spec.params import Main

ONE_INDICATION = "reports that state an indication of the group of indications, for whichever drug"
WITHOUT_MASKER = "every report that names the strongest masking group of its kind is left out"
WITHOUT_OUTSIDERS = "every report that names an antipsychotic outside the group is left out"
NOT_STATED = "no report that names an antipsychotic states such an indication"
NONE_STATED = "no report that names an antipsychotic states an indication that is listed: the source may have none"
NO_ANTIPSYCHOTIC = "no antipsychotic"


@dataclass(frozen=True)
class Settings:
    """What is compared: ingredients that are comparators, and groups of indications."""

    comparators: Sequence[str]
    indications: Sequence[str]


@dataclass(frozen=True)
class Tallies:
    """Numbers of reports: `everyone` in the universe of all, `antipsychotics` and all others in that of antipsychotics."""

    everyone: Counted
    maskers: Counted
    antipsychotics: Counted
    comparators: Counted
    outsiders: Counted
    indications: Counted


@dataclass(frozen=True)
class Study:
    """What the numbers are computed for."""

    everyone: Universe
    antipsychotics: Universe
    definitions: Sequence[str]
    main: Main
    settings: Settings
    level: float


def tally_part(part: Part, study: Study) -> Tallies:
    """The numbers of one part."""
    everyone = memberships(part, study.everyone)
    antipsychotics = memberships(part, study.antipsychotics)
    is_comparator = (pl.col("group_kind") == "ingredient") & pl.col("group").is_in(list(study.settings.comparators))
    comparators = study.antipsychotics.groups.names.filter(is_comparator)["group_no"].to_list()
    return Tallies(
        everyone=of_groups(everyone, part),
        maskers=pairs_of_kind(everyone, study.everyone, part),
        antipsychotics=of_groups(antipsychotics, part),
        comparators=pairs_with(antipsychotics, comparators, part),
        outsiders=with_outsiders(antipsychotics, study.antipsychotics, part),
        indications=by_indication(antipsychotics, part),
    )


def together(parts: Sequence[Tallies]) -> Tallies:
    """The numbers of all parts."""
    return Tallies(**{field.name: add_up([getattr(part, field.name) for part in parts]) for field in fields(Tallies)})


def comparisons(tallies: Tallies, study: Study, class_of: pl.DataFrame) -> list[Found]:
    """Every estimate, in frames that are ready to become rows."""
    return [
        *_in_every_setting(tallies, study),
        *_in_strata(tallies, study),
        *_in_main_setting(tallies, study, class_of),
        _by_indication(tallies, study),
    ]


def _in_every_setting(tallies: Tallies, study: Study) -> list[Found]:
    everyone = _tables(tallies.everyone, study.everyone, study, EVERY_SETTING)
    antipsychotics = _tables(tallies.antipsychotics, study.antipsychotics, study, EVERY_SETTING)
    pairs = in_settings(tallies.comparators, ["group_no", "other_no"], EVERY_SETTING)
    against = (
        against_comparator(antipsychotics, pairs, study.antipsychotics, name).with_columns(reference=pl.lit(name))
        for name in study.settings.comparators
    )
    return [
        ratios(antipsychotics, study.level),
        *(ratios(tables, study.level) for tables in against),
        *hypothesis_tests(everyone),
        *hypothesis_tests(antipsychotics),
    ]


def _in_strata(tallies: Tallies, study: Study) -> list[Found]:
    everyone = _strata(tallies.everyone, study.everyone, study)
    antipsychotics = _strata(tallies.antipsychotics, study.antipsychotics, study)
    generations = antipsychotics.filter(pl.col("group_kind") == "generation", pl.col("definition") == study.main.definition)
    return [
        *stratified(everyone, study.level),
        *stratified(antipsychotics, study.level),
        *(found for name in STRATUM for tables in (everyone, antipsychotics) for found in homogeneity(tables, name)),
        *(ratios(_one_way(generations, name), study.level) for name in STRATUM),
    ]


def _one_way(tables: pl.DataFrame, by: str) -> pl.DataFrame:
    """The tables added up to the strata of one column, named as in `measures/results`."""
    value = pl.col(by)
    name = pl.when(value == UNKNOWN).then(pl.lit(f"{by}_{UNKNOWN}")).otherwise(by + "=" + value)
    return tables.group_by(*TABLE, "reference", stratum=name).agg(pl.col(CELLS).sum()).sort(*TABLE, "stratum")


def _in_main_setting(tallies: Tallies, study: Study, class_of: pl.DataFrame) -> list[Found]:
    here = main_setting(study.main)
    everyone = _tables(tallies.everyone, study.everyone, study, here)
    antipsychotics = _tables(tallies.antipsychotics, study.antipsychotics, study, here)
    masked = with_masker(everyone, in_settings(tallies.maskers, ["group_no", "other_no"], here))
    masked = masked.with_columns(reference="masker")
    alone = without_outsiders(everyone, antipsychotics, in_settings(tallies.outsiders, ["group_no"], here))
    is_main = pl.col("definition") == study.main.definition
    without = masked.with_columns(reference="without " + pl.col("masker"))
    return [
        *(exact_ratios(tables.filter(is_main), study.level) for tables in (everyone, antipsychotics)),
        *(pooled(tables.filter(is_main), class_of, study.level) for tables in (everyone, antipsychotics)),
        masking(masked),
        ratios(without_masker(without), study.level, among=WITHOUT_MASKER),
        ratios(alone.with_columns(reference=pl.lit(NO_ANTIPSYCHOTIC)), study.level, among=WITHOUT_OUTSIDERS),
    ]


def _by_indication(tallies: Tallies, study: Study) -> Found:
    here = main_setting(study.main)
    numbers = in_settings(tallies.indications, ["indication", "group_no"], here)
    names = pl.DataFrame({"indication": list(study.settings.indications)}, schema={"indication": pl.String})
    splits = here.select(SETTING).join(names, how="cross")
    tables = against_universe(numbers, study.antipsychotics, study.definitions, splits)
    restricted = tables.with_columns(reference=_reference(study.antipsychotics), stratum="indication=" + pl.col("indication"))
    unstated = NOT_STATED if tallies.indications.reports.height else NONE_STATED
    nobody = pl.col("group_reports") + pl.col("reference_reports") == 0
    reason = pl.when(nobody).then(pl.lit(unstated)).otherwise(empty_cell())
    return ratios(restricted, study.level, among=ONE_INDICATION, reason=reason)


def _tables(counted: Counted, universe: Universe, study: Study, settings: pl.DataFrame) -> pl.DataFrame:
    numbers = in_settings(counted, ["group_no"], settings)
    tables = against_universe(numbers, universe, study.definitions, settings.select(SETTING))
    return tables.with_columns(reference=_reference(universe))


def _strata(counted: Counted, universe: Universe, study: Study) -> pl.DataFrame:
    numbers = in_settings(counted, [*STRATUM, "group_no"], main_setting(study.main))
    strata = numbers.reports.select(*SETTING, *STRATUM).unique()
    return against_universe(numbers, universe, study.definitions, strata).with_columns(reference=_reference(universe))


def _reference(universe: Universe) -> pl.Expr:
    return pl.lit(universe.reference, pl.String)

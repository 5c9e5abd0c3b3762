"""The tables of a HARPER protocol, filled from the settings of the cohort arm; each value says where it is set."""

from dataclasses import dataclass
from typing import NamedTuple

from nms_pv.report.checklists.written import texts
from nms_pv.report.methods import cohort
from nms_pv.report.methods.described import (
    anchor,
    bands,
    cited,
    clean_window,
    days,
    listed,
    new_users,
    software,
    study_window,
    time_at_risk,
    unknown_people,
)
from nms_pv.report.methods.formulas import formulas
from nms_pv.report.methods.read import MethodsPart
from nms_pv.report.numbers import count
from nms_pv.spec.protocol import Protocol
from nms_pv.spec.time_at_risk import TimeAtRisk
from nms_pv.tables.person_time import COHORT_GROUP

PARAMS, OWN = "params.yaml", "study/own_control.yaml"
ANALYSED = (*cohort.MAIN_MEASURES, "annual_rate_ratio", "rate_change_by_mix", "death_proportion", "recurrence_proportion")
COMPARATOR = "days on first generation alone, among the states; the same persons' other days, in comparisons within persons"


class Line(NamedTuple):
    """One line of a table: what is specified, how, and where it is set."""

    what: str
    value: str
    where: str


@dataclass(frozen=True)
class HarperTable:
    """One table: the id under which it stands, its number in HARPER, what it specifies, its lines."""

    anchor: str
    number: str
    title: str
    lines: list[Line]


def tables(part: MethodsPart, protocol: Protocol) -> list[HarperTable]:
    """The tables that settings can fill, in HARPER's order; 1 and 13 are for people to write."""
    main = part.analyses[0]
    file = f"study/time_at_risk/{main.name}.yaml"
    return [
        HarperTable("harper-question", "2", "Research question", _question(part, protocol)),
        HarperTable("harper-design", "7.1", "Study design", _design(part)),
        HarperTable("harper-time_zero", "3", "Time 0", _time_zero(main, file)),
        HarperTable("harper-inclusion", "4", "Inclusion", _inclusion(main, file)),
        HarperTable("harper-exclusion", "5", "Exclusion", _exclusion(main, file)),
        HarperTable("harper-exposure", "6", "Exposure", _exposure(part)),
        HarperTable("harper-outcome", "7", "Outcome", _outcome(part, main, file)),
        HarperTable("harper-follow_up", "8", "Follow-up", _follow_up(main, file)),
        HarperTable("harper-covariates", "9", "Covariates", _covariates(part)),
        HarperTable("harper-analysis", "10", "Analyses", _analyses(part)),
        HarperTable("harper-sensitivity", "11", "Sensitivity analyses", _sensitivity(part)),
        HarperTable("harper-data_source", "12", "Data and software", _data_source(part)),
    ]


def _question(part: MethodsPart, protocol: Protocol) -> list[Line]:
    main = part.study.definitions_main_first[0]
    return [
        *(
            Line(name, " ".join(texts(protocol, name)) or "open", f"study/protocol.yaml: {name}")
            for name in ("objectives", "hypotheses", "coverage")
        ),
        Line(
            "population",
            f"persons under observation in {cohort.origin(part)} with an era of exposure",
            f"{PARAMS}: inputs.cohort",
        ),
        Line("exposure", f"{listed(list(COHORT_GROUP.values())[:4])}, and by form", "study/drugs.csv"),
        Line("comparator", COMPARATOR, OWN),
        Line("outcome", f"{main.title} (`{main.name}`)", f"{PARAMS}: main.definition"),
        Line("time", f"from {anchor(part.analyses[0].start)} to {anchor(part.analyses[0].end)}", f"{PARAMS}: cohort.analyses"),
        Line("main measure", "episodes per person-years at risk, and their ratio", "measure incidence_rate, rate_ratio"),
    ]


def _design(part: MethodsPart) -> list[Line]:
    crossover = part.own_control.crossover
    return [
        Line("main design", "cohort, every day of exposure in one state; how often, which drugs, when", f"{PARAMS}: cohort"),
        Line("within persons", "self-controlled case series: takes out all that stays the same in a person", f"{OWN}: series"),
        Line(
            "within persons, short",
            f"case-crossover over {crossover.risk_days[1]} days: does not need exposure after the episode",
            f"{OWN}: crossover",
        ),
    ]


def _time_zero(main: TimeAtRisk, file: str) -> list[Line]:
    entries = "each era of a person, so that one may enter more than once"
    return [
        Line("time 0", anchor(main.start), f"{file}: start"),
        Line("entries", entries, f"{file}: windows_that_overlap ({main.windows_that_overlap})"),
        Line("type of entry", new_users(main), f"{file}: new_user_washout_days"),
        Line("study window", study_window(main), f"{file}: study_window"),
        Line("care setting", "any; records of all settings that the source holds", "not restricted"),
        Line("diagnosis, indication", "any", "not restricted"),
    ]


def _inclusion(main: TimeAtRisk, file: str) -> list[Line]:
    return [
        Line("observation", f"{days(main.prior_observation_days)} before entry", f"{file}: prior_observation_days"),
        Line("exposure", "at least one era of an antipsychotic or of another drug that acts on dopamine", "study/drugs.csv"),
        Line("age and sex", "any", "not restricted"),
    ]


def _exclusion(main: TimeAtRisk, file: str) -> list[Line]:
    early = {"clip": "time before the study was cut off", "drop": "windows that started before the study were left out"}
    return [
        Line("unknown sex or birth", unknown_people(main), f"{file}: unknown_sex_or_birth"),
        Line("after an episode", clean_window(main), f"{file}: clean_window_days"),
        Line("start before the study", early[main.windows_that_start_early], f"{file}: windows_that_start_early"),
    ]


def _exposure(part: MethodsPart) -> list[Line]:
    exposure = part.study.params.cohort.exposure
    where = f"{PARAMS}: cohort.exposure"
    return [
        Line("source", "table drug_exposure, by ingredient and form", "study/drugs.csv, study/long_acting.csv"),
        Line("era", cohort.eras(part), f"{where}.persistence_gap_days, .longest_course_days"),
        Line("several drugs", cohort.states(part), f"{where}.switch_days"),
        Line(
            "after the stop",
            f"the last days at risk belong to the era; {days(exposure.withdrawal_days)} after a dopaminergic drug "
            "are a stratum of their own",
            f"{where}.withdrawal_days",
        ),
        Line(
            "current, earlier or cumulative",
            "current exposure only, by days since its start",
            f"{PARAMS}: cohort.since_start_days",
        ),
        Line("dose", "not used: no rate is split by dose", "not set"),
        Line("comparator", COMPARATOR, OWN),
    ]


def _outcome(part: MethodsPart, main: TimeAtRisk, file: str) -> list[Line]:
    study = part.study
    first = study.definitions_main_first[0]
    repeated = "every episode at risk counts" if main.repeated_events else "the first episode counts"
    return [
        Line("definition", cited(first), f"study/definitions/{first.name}.yaml"),
        Line("other definitions", listed([n for n in study.params.definitions if n != first.name]), f"{PARAMS}: definitions"),
        Line("episode", cohort.episodes(part), f"{PARAMS}: cohort.episodes"),
        Line("repeated episodes", repeated, f"{file}: repeated_events"),
        Line("care setting, position", "any", "study/concept_sets.csv"),
    ]


def _follow_up(main: TimeAtRisk, file: str) -> list[Line]:
    capped = "at the end of the era at the latest" if main.cap_at_era_end else "not cut at the end of the era"
    return [
        Line("start", anchor(main.start), f"{file}: start"),
        Line("end", f"{anchor(main.end)}; {capped}", f"{file}: end, cap_at_era_end"),
        Line(
            "end of observation, loss", "ends follow-up; no day beyond it is counted", f"{file}: observation ({main.observation})"
        ),
        Line("death", "ends follow-up: observation is cut at death", "table death"),
        Line("outcome", clean_window(main), f"{file}: clean_window_days"),
        Line(
            "another generation",
            "does not end follow-up; the day moves into another state",
            f"{PARAMS}: cohort.exposure.switch_days",
        ),
        Line("end of the study", study_window(main), f"{file}: study_window"),
    ]


def _covariates(part: MethodsPart) -> list[Line]:
    settings = part.study.params.cohort
    return [
        Line("age", bands(settings.age_bands, "years"), f"{PARAMS}: cohort.age_bands"),
        Line("sex", "as recorded; unknown is a level of its own", "table person"),
        Line(
            "calendar year",
            "each year",
            f"study/time_at_risk/{part.analyses[0].name}.yaml: calendar ({part.analyses[0].calendar})",
        ),
        Line("days since the start of the era", bands(settings.since_start_days, "days"), f"{PARAMS}: cohort.since_start_days"),
        Line("age within persons", bands(part.own_control.series.age_bands, "years"), f"{OWN}: series.age_bands"),
        Line(
            "illness, other drugs",
            "not adjusted for in the cohort; held constant within persons as far as they do not change",
            "not set",
        ),
    ]


def _analyses(part: MethodsPart) -> list[Line]:
    told = [f for f in formulas(part.results, "cohort") if f.measure in ANALYSED or f.question == "own_control"]
    return [Line(f"`{f.measure}`", f"{f.meaning}. {f.method}", "methods") for f in told] + [
        Line("intervals", f"{100 * part.study.params.level:g} %", f"{PARAMS}: level"),
        Line("missing data", "nothing is imputed; what is not documented is not absent", "study/definitions"),
    ]


def _sensitivity(part: MethodsPart) -> list[Line]:
    params = part.study.params
    others = [name for name in params.definitions if name != params.main.definition]
    scenarios = listed([name.replace("_", " ") for name in params.questions.bias.scenarios])
    deaths = part.own_control.series.death_days
    return [
        *(Line("time at risk", time_at_risk(s), f"study/time_at_risk/{s.name}.yaml") for s in part.analyses[1:]),
        Line("definition", listed(others), f"{PARAMS}: definitions"),
        Line(
            "misclassification",
            f"{scenarios}; {count(params.questions.bias.draws)} draws of sensitivity, specificity and predictive value",
            f"{PARAMS}: questions.bias",
        ),
        Line("confounding not measured", "E-values of the ratios", "measure e_value"),
        Line(
            "death after the episode",
            f"case series without persons dead within {listed(deaths)} days",
            f"{OWN}: series.death_days",
        ),
        Line(
            "disputed generation",
            f"`{params.generations.disputed}`; third generation `{params.generations.third}`",
            f"{PARAMS}: generations",
        ),
    ]


def _data_source(part: MethodsPart) -> list[Line]:
    rows = [f"{row['table']} {count(row['rows'])}" for row in part.snapshot.sort("table").iter_rows(named=True)]
    return [
        Line("source", cohort.origin(part), f"{PARAMS}: inputs.cohort ({part.study.params.inputs.cohort})"),
        Line("rows", listed(rows), "data/1_sources/cohort/snapshot.parquet"),
        Line("data version", part.data_version("cohort"), "results, column data_version"),
        Line("software", software(part.environment), "data/environment.json"),
    ]

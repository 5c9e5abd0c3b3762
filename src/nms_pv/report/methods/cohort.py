"""The methods of the cohort arm, after RECORD-PE: in the past tense, and every value from a setting or a result."""

from nms_pv.report.methods.described import Paragraph, bands, cited, days, grouping, listed, software, time_at_risk
from nms_pv.report.methods.formulas import clauses, formulas
from nms_pv.report.methods.read import MethodsPart
from nms_pv.report.numbers import count
from nms_pv.tables.cdm import FORMAT
from nms_pv.tables.measures import MEASURE
from nms_pv.tables.person_time import STATE

ARM = "cohort"
MAIN_MEASURES = (
    "incidence_rate",
    "incidence_proportion",
    "standardised_rate",
    "rate_ratio",
    "rate_difference",
    "adjusted_rate_ratio",
)


def paragraphs(part: MethodsPart) -> list[Paragraph]:
    """The paragraphs of a paper's methods section, for the cohort."""
    return [
        Paragraph("Study design", _design(part)),
        Paragraph("Data source", _source(part)),
        Paragraph("Exposure", _exposure(part)),
        Paragraph("Outcome", _outcome(part)),
        Paragraph("Time at risk", _time_at_risk(part)),
        Paragraph("Measures", _measures(part)),
        Paragraph("Covariates and standardisation", _covariates(part)),
        Paragraph("Change over time", _change(part)),
        Paragraph("Persons compared with themselves", _own_control(part)),
        Paragraph("Missing data", _missing(part)),
        Paragraph("Small cells", _small_cells(part)),
        Paragraph("Software", f"{software(part.environment)}; engine {part.study.params.cohort.engine}."),
    ]


def _design(part: MethodsPart) -> str:
    return (
        "This is a cohort study of people under observation in an OMOP common data model, followed day by day, with a "
        "self-controlled case series and a case-crossover of the persons with an episode. The cohort gives incidence; the two "
        "other designs take out what does not change within a person."
    )


def origin(part: MethodsPart) -> str:
    """What the tables of the common data model were read from."""
    row = part.snapshot.row(0, named=True)
    version = f", CDM {row['cdm_version']}" if row["cdm_version"] else ", CDM version not stated"
    vocabulary = f", vocabulary {row['vocabulary_version']}" if row["vocabulary_version"] else ", vocabulary version not stated"
    retrieved = f", snapshot of {row['retrieved']}" if row["retrieved"] else ""
    return f"{row['origin']} ({FORMAT[row['format']]}{version}{vocabulary}{retrieved})"


def _source(part: MethodsPart) -> str:
    tables = [f"{row['table']} ({count(row['rows'])} rows)" for row in part.snapshot.sort("table").iter_rows(named=True)]
    made = " The people were simulated; no number says anything about any drug." if part.study.simulated else ""
    return f"Data came from {origin(part)}: {listed(tables)}; data version {part.data_version(ARM)}.{made}"


def eras(part: MethodsPart) -> str:
    """How exposures became eras."""
    exposure = part.study.params.cohort.exposure
    return (
        f"exposures to one ingredient in one form with at most {days(exposure.persistence_gap_days)} uncovered between them were "
        f"one era; a recorded end or supply of more than {days(exposure.longest_course_days)} was not believed"
    )


def states(part: MethodsPart) -> str:
    """The states between which each day of exposure was shared out."""
    switch = days(part.study.params.cohort.exposure.switch_days)
    return "; ".join(f"{code}, {meaning.split(' (params')[0].replace('so many days', switch)}" for code, meaning in STATE.items())


def _exposure(part: MethodsPart) -> str:
    exposure = part.study.params.cohort.exposure
    return (
        f"Exposure was current use of an antipsychotic or other drug that blocks or depletes dopamine: {eras(part)}. "
        f"{grouping(part.study.params.generations)} Each day of exposure to antipsychotics lay in exactly one state: "
        f"{states(part)}. The {days(exposure.withdrawal_days)} after a dopaminergic drug was stopped were a stratum of their "
        "own, never pooled with the others."
    )


def episodes(part: MethodsPart) -> str:
    """How records became episodes."""
    settings = part.study.params.cohort.episodes
    return (
        f"candidate records at most {days(settings.gap_days)} apart were one episode; findings from "
        f"{days(settings.finding_days)} before its first to {days(settings.finding_days)} after its last candidate record "
        f"belonged to it, and drug courses that ended at most {days(settings.exposure_days)} before it were looked at"
    )


def _outcome(part: MethodsPart) -> str:
    main = part.study.definitions_main_first[0]
    others = [name for name in part.study.params.definitions if name != main.name]
    also = f" All numbers were computed under {listed(others)} too." if others else ""
    text = episodes(part)
    return (
        f"{text[0].upper()}{text[1:]}. An episode was a case when it met the main definition: {cited(main)} Only what is met for "
        f"certain counted.{also}"
    )


def _time_at_risk(part: MethodsPart) -> str:
    others = "; ".join(time_at_risk(setting) for setting in part.analyses[1:])
    beside = f" Beside it, as other tools count: {others}." if others else ""
    return f"{time_at_risk(part.analyses[0])}.{beside}"


def _measures(part: MethodsPart) -> str:
    told = [f"{f.meaning} ({f.method})" for f in formulas(part.results, ARM) if f.measure in MAIN_MEASURES]
    return (
        f"The main measures were: {'; '.join(told) or 'none'}. Intervals have a nominal coverage of "
        f"{100 * part.study.params.level:g} %. Persons and person-days are counted as whole numbers; what is undefined is empty, "
        "with its reason. The full list is the table of formulas."
    )


def _covariates(part: MethodsPart) -> str:
    cohort = part.study.params.cohort
    models = [f.method.split(";")[0] for f in formulas(part.results, ARM) if f.measure == "adjusted_rate_ratio"]
    strata = clauses(part.results, "adjusted_rate_ratio", "strata of")
    left_out = f" Strata of {listed(strata)}." if strata else ""
    return (
        f"Person-time was split by age ({bands(cohort.age_bands, 'years')}), sex, calendar year and days since the start of the "
        f"era ({bands(cohort.since_start_days, 'days')}). Rates were standardised directly to `{cohort.standard}`, and rate "
        f"ratios adjusted by {listed(models)}.{left_out} First generation alone was the reference of the states. Illness and "
        "co-medication were not adjusted for in the cohort."
    )


def _change(part: MethodsPart) -> str:
    cohort = part.study.params.cohort
    early, late = ("-".join(map(str, years)) for years in (cohort.periods.early, cohort.periods.late))
    return (
        f"The change of the rate between {early} and {late} was decomposed by generation state ({MEASURE['rate_change_by_mix']}; "
        f"{MEASURE['rate_change_within']}), with limits from {count(cohort.bootstraps)} draws. Breaks of the trend were sought "
        f"by permutation tests ({count(part.study.params.questions.trend.permutations)} permutations each)."
    )


def _own_control(part: MethodsPart) -> str:
    series, crossover = part.own_control.series, part.own_control.crossover
    windows = listed([f"{low}-{high}" for low, high in crossover.reference_days])
    return (
        "Self-controlled case series: the observed days of each person with an episode were cut at "
        f"{listed(series.since_start_days)} days since the start of an era, with {days(series.before_start_days)} before it and "
        f"{days(series.washout_days)} after it apart, and by age ({bands(series.age_bands, 'years')}); first episodes, and every "
        f"episode with {days(series.clean_days)} after each left out. A group with fewer than {series.fewest_episodes} episodes "
        "was not fitted. Because an episode may end in death or stop the drug, the series was repeated without persons who died "
        f"within {listed(series.death_days)} days. Case-crossover: exposure {crossover.risk_days[0]}-{crossover.risk_days[1]} "
        f"days before the episode against {windows} days before it."
    )


def _missing(part: MethodsPart) -> str:
    main = part.analyses[0]
    sex = {"keep": "kept in a stratum of their own", "drop": "left out"}[main.unknown_sex_or_birth]
    return (
        "A sign without a record was not documented, which is not absent: a definition that needs it was then indeterminate. "
        f"Measured values were used where there are any. Persons of unknown sex or year of birth were {sex}. Nothing was "
        "imputed. Follow-up ended with observation; persons were not followed beyond it."
    )


def _small_cells(part: MethodsPart) -> str:
    smallest = part.study.params.smallest_cell(ARM)
    if smallest == 0:
        return "No count was hidden."
    return (
        f"In what leaves the study, counts of persons or episodes from 1 to {smallest - 1} are hidden, with what is computed "
        "from them, and as many further cells as it takes that no hidden count can be solved from the others."
    )

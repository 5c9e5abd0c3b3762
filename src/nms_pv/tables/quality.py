"""Layer 6: how good the data are, under the headings of EMA's data quality framework, which sets no thresholds: nor do we."""

from dataclasses import dataclass

import dataframely as dy

from nms_pv.tables.contract import Table, code
from nms_pv.tables.measures import ARM

DIMENSION = {
    "reliability": "how closely the data say what was recorded: what could be read, believed and coded, and where it comes from",
    "completeness": "extensiveness: how much is stated of what could be (completeness), and of what there is (coverage)",
    "coherence": "whether the parts of the data agree with each other",
    "timeliness": "how soon the data say what happened",
}
STATISTIC = {
    "share": "numerator / denominator",
    "median_days": "smallest number of days that at least half of the numerator do not exceed",
    "p90_days": "smallest number of days that at least 90 of 100 of the numerator do not exceed",
    "days": "one number of days",
    "per_person_year": "numerator per 365.25 person-days of the denominator",
}
# The value of `item` and `period` where a check is made once, and not for each of several things or periods.
ALL = "all"
DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Check:
    """One thing that is looked at: `title` heads a column, `meaning` says numerator / denominator."""

    dimension: str
    title: str
    meaning: str
    unit: str
    statistic: str = "share"


_REPORT, _DRUG_ROW, _CANDIDATE = "shown report", "suspect report-drug row", "report that carries the NMS term"
REPORT_CHECKS = {
    "quarantined_lines": Check("reliability", "lines quarantined", "lines that could not be read as a row / lines", "line"),
    "utf8_files": Check("reliability", "files valid as UTF-8", "files read as UTF-8 / files", "file"),
    "files_with_origin": Check("reliability", "files with origin", "files whose origin is recorded / files", "file"),
    "files_with_retrieval_date": Check(
        "reliability", "files with date of retrieval", "files whose day of retrieval is recorded / files", "file"
    ),
    "value_emptied": Check(
        "reliability",
        "values emptied",
        "values of one column that were not believed, for one reason / rows of that file that belong to shown reports",
        "row of the file",
    ),
    "coded_drug_rows": Check(
        "reliability",
        "drug rows coded",
        "rows whose ingredient is listed in study/drugs.csv / rows. The list holds what matters for NMS: other drugs stay "
        "uncoded on purpose",
        "report-drug x ingredient row",
    ),
    "probable_duplicates": Check(
        "reliability", "probable duplicates", "reports in a group of probable duplicates / reports", _REPORT
    ),
    "deleted_versions": Check(
        "reliability", "deleted by the source", "versions whose case the source deleted / versions received", "version"
    ),
    "tables_loaded": Check(
        "completeness", "tables loaded", "tables of the quarter / tables of any quarter; 0 is a quarter not loaded", "table"
    ),
    "age_stated": Check("completeness", "age", "age stated and believed / reports", _REPORT),
    "sex_stated": Check("completeness", "sex", "female or male / reports", _REPORT),
    "country_stated": Check("completeness", "country", "country of the reporter or of the event stated / reports", _REPORT),
    "reporter_stated": Check("completeness", "reporter", "kind of reporter stated / reports", _REPORT),
    "event_to_the_day": Check("completeness", "event date", "event date known to the day / reports", _REPORT),
    "outcome_stated": Check("completeness", "outcome", "at least one seriousness outcome / reports", _REPORT),
    "suspect_start_to_the_day": Check(
        "completeness", "start of a suspect drug", "at least one suspect drug with a start known to the day / reports", _REPORT
    ),
    "suspect_dose_stated": Check(
        "completeness", "dose of a suspect drug", "at least one suspect drug with a dose in words / reports", _REPORT
    ),
    "indication_stated": Check("completeness", "indication", "at least one indication / reports", _REPORT),
    "candidate_timing_known": Check(
        "completeness",
        "NMS: onset after a dopamine antagonist",
        "reports in which event and start of at least one dopamine antagonist are known to the day / reports with the NMS term",
        _CANDIDATE,
    ),
    "candidate_element": Check(
        "completeness",
        "NMS: element documented",
        "reports that document the element, by a core or weak term / reports with the NMS term",
        _CANDIDATE,
    ),
    "event_after_receipt": Check(
        "coherence", "event after receipt", "event later than receipt / reports with both known to the day", _REPORT
    ),
    "start_after_event": Check(
        "coherence", "start after event", "start later than the event / rows with both known to the day", _DRUG_ROW
    ),
    "end_before_start": Check(
        "coherence", "end before start", "ends emptied because they lay before the start / rows of therapy", "row of therapy"
    ),
    "age_beyond_limits": Check("coherence", "age beyond limits", "ages emptied as impossible / reports", _REPORT),
    "expedited_not_serious": Check(
        "coherence",
        "expedited, not serious",
        "without a seriousness outcome / expedited reports, which are due for serious reactions only",
        "shown expedited report",
    ),
    "death_not_serious": Check("coherence", "death, not serious", "not serious / reports with the outcome death", _REPORT),
    "no_reaction": Check("coherence", "without reaction", "without a reaction term / reports", _REPORT),
    "no_drug": Check("coherence", "without drug", "without a drug / reports", _REPORT),
    "no_suspect_drug": Check("coherence", "without suspect drug", "without a primary or secondary suspect / reports", _REPORT),
    "event_to_receipt_median": Check(
        "timeliness",
        "event to first receipt, median",
        "median days; numerator: reports with both known to the day and in this order / reports",
        _REPORT,
        "median_days",
    ),
    "event_to_receipt_p90": Check(
        "timeliness", "event to first receipt, 90th percentile", "the same, 90th percentile", _REPORT, "p90_days"
    ),
    "receipt_to_shown_median": Check(
        "timeliness",
        "first receipt to shown version, median",
        "median days; numerator: reports with both known to the day / reports",
        _REPORT,
        "median_days",
    ),
    "receipt_to_shown_p90": Check(
        "timeliness", "first receipt to shown version, 90th percentile", "the same, 90th percentile", _REPORT, "p90_days"
    ),
    "latest_receipt": Check(
        "timeliness",
        "latest receipt to end of quarter",
        "days from the latest receipt to the last day of the quarter; numerator: reports received on a known day / reports",
        _REPORT,
        "days",
    ),
}

_RECORD, _EXPOSURE, _PERSON, _EPISODE = "record", "exposure record x ingredient", "person under observation", "candidate episode"
COHORT_CHECKS = {
    "quarantined_rows": Check("reliability", "rows quarantined", "rows that could not be typed / rows received", "row"),
    "value_emptied": Check(
        "reliability", "values emptied", "records with a value of one column not believed, for one reason / rows received", "row"
    ),
    "coded_records": Check("reliability", "coded", "records in a concept set of the study / records", _RECORD),
    "concept_known": Check("reliability", "has a concept", "records with a standard concept other than 0 / records", _RECORD),
    "people_observed": Check(
        "completeness",
        "people observed",
        "people with a day under observation in the year / people ever under observation",
        _PERSON,
    ),
    "exposures_per_person_year": Check(
        "completeness",
        "exposures per person-year",
        "exposures that start in the year / person-years under observation in it",
        "exposure record x ingredient; person-days under observation",
        "per_person_year",
    ),
    "birth_to_the_day": Check("completeness", "birth date", "birth known to the day / people", _PERSON),
    "sex_known": Check("completeness", "sex", "female or male / people", _PERSON),
    "deaths_recorded": Check("completeness", "deaths", "people who died in the year / people observed in it", _PERSON),
    "end_recorded": Check("completeness", "end date", "records with an end date / records", _RECORD),
    "supply_recorded": Check("completeness", "days of supply", "records with days of supply / records", _RECORD),
    "end_known": Check(
        "completeness", "end known by any rule", "exposures with an end by record, supply or interval / exposures", _EXPOSURE
    ),
    "value_recorded": Check("completeness", "value", "records with a number as value / records", _RECORD),
    "unit_recorded": Check("completeness", "unit", "with a unit / records with a number as value", _RECORD),
    "ck_range_recorded": Check(
        "completeness",
        "upper limit of creatine kinase",
        "with a recorded upper limit of normal / believed values of creatine kinase",
        "believed measurement",
    ),
    "candidate_element": Check(
        "completeness",
        "NMS: element documented",
        "episodes that document the element, by a record or a measurement / candidate episodes",
        _EPISODE,
    ),
    "incoherent_record": Check(
        "coherence",
        "left as incoherent",
        "records that left because they contradict another table or themselves, for one reason / records that came to the step",
        _RECORD,
    ),
    "end_before_start": Check("coherence", "end before start", "end before start / records with an end date", _RECORD),
    "outside_observation": Check(
        "coherence", "outside observation", "start outside every observation period of the person / exposures", _EXPOSURE
    ),
    "last_exposure_to_end": Check(
        "timeliness",
        "last exposure to end of data",
        "days from the last start of an exposure to the last day under observation; numerator: exposures",
        _EXPOSURE,
        "days",
    ),
    "end_to_retrieval": Check(
        "timeliness",
        "end of data to retrieval",
        "days from the last day under observation to the day of the snapshot; numerator: people",
        _PERSON,
        "days",
    ),
}
CHECKS = {"reports": REPORT_CHECKS, "cohort": COHORT_CHECKS}


class _Quality(dy.Schema):
    quality_id = dy.String(primary_key=True, description="`<arm>/<source>/<period>/<check>/<item>`.")
    arm = code({arm: ARM[arm] for arm in CHECKS}, "Which arm.")
    source = dy.String(description="Source of reports, `faers`; table of the common data model, `omop:drug_exposure`.")
    period = dy.String(description="Quarter of publication, calendar year, or `all`.")
    dimension = code(DIMENSION, "Dimension of data quality.")
    check = code({name: check.meaning for checks in CHECKS.values() for name, check in checks.items()}, "What is looked at.")
    item = dy.String(description="Column and reason, or element, where a check is made for several; else `all`.")
    statistic = code(STATISTIC, "What the estimate is.")
    numerator = dy.Int64(nullable=True, min=0, description="Things that the check is about; empty where it cannot be made.")
    denominator = dy.Int64(nullable=True, min=0, description="Things that were looked at; empty where it cannot be made.")
    estimate = dy.Float64(nullable=True, description="The statistic, with nothing rounded.")
    unit = dy.String(description="What was counted.")
    undefined_reason = dy.String(nullable=True, description="Why there is no estimate.")
    data_version = dy.String(description="Version of the raw files.")


QUALITY = Table("measures/quality", "one check of one source in one period, for one item", _Quality)

"""Layer 2: adverse-event reports in one shape, whatever the source."""

import dataframely as dy

from nms_pv.tables.contract import Table, code, day, precision
from nms_pv.tables.sources import ERA

STATUS = {
    "shown": "the version that stands for its case",
    "superseded": "a later version of the case, or a later copy of the same record, was received",
    "deleted": "the case was on a deleted-case list published with this version's quarter or later",
}
VERSION_REASON = {
    "latest_version": "the latest version of its case that was not deleted",
    "later_version": "a later version of the case was received",
    "later_copy": "the same version identifier was received again, in a later file or line",
    "deleted_by_source": "the source put the case on a list of deleted cases",
}
SEX = {"female": "female", "male": "male", "unknown": "not stated, or a code that says unknown"}
REPORTER = {
    "physician": "physician (MD)",
    "pharmacist": "pharmacist (PH)",
    "nurse": "registered nurse (RN)",
    "health_professional": "health professional (HP)",
    "other_health_professional": "other health professional (OT)",
    "lawyer": "lawyer (LW)",
    "consumer": "consumer (CN)",
    "unknown": "not stated",
}
REPORT_TYPE = {
    "expedited": "expedited, 15 days (EXP)",
    "expedited_30_days": "expedited, 30 days (30DAY)",
    "expedited_5_days": "expedited, 5 days (5DAY)",
    "periodic": "periodic (PER)",
    "direct": "sent directly to the authority (DIR)",
    "unknown": "not stated, or another code",
}
ROLE = {
    "PS": "primary suspect",
    "SS": "secondary suspect",
    "C": "concomitant",
    "I": "interacting",
    "DN": "drug not administered: not an exposure",
    "unknown": "not stated, or another code",
}
SUSPECT_ROLES = ["PS", "SS"]
NOT_ADMINISTERED = "DN"
CODING_METHOD = {
    "active_ingredient": "the source's active-ingredient field equals a listed name after cleaning",
    "drug_name": "the name as reported equals a listed name after cleaning",
    "uncoded": "neither equals a listed name",
}
FORMULATION = {
    "long_acting": "depot or weekly product, by salt, brand or words in the name",
    "other": "any other form, or form not stated",
}
CHALLENGE = {
    "positive": "positive (Y)",
    "negative": "negative (N)",
    "unknown": "unknown (U)",
    "does_not_apply": "does not apply (D)",
    "not_documented": "the field is empty",
}
OUTCOME = {
    "death": "death (DE)",
    "life_threatening": "life-threatening (LT)",
    "hospitalisation": "hospitalisation, initial or prolonged (HO)",
    "disability": "disability (DS)",
    "congenital_anomaly": "congenital anomaly (CA)",
    "intervention": "required intervention (RI)",
    "other_serious": "other serious (OT)",
    "unknown": "another code",
}
EVENT_OUTCOME = {
    "recovered": "recovered or resolved",
    "recovering": "recovering or resolving",
    "not_recovered": "not recovered",
    "sequelae": "recovered with sequelae",
    "fatal": "fatal",
    "unknown": "stated as unknown",
}
DUPLICATE_RULE = {
    "same_content": "event date, age, sex, country, drugs and reactions are all present and equal",
    "same_sender_number": "sender and sender's case number are present and equal, and sex and age do not contradict",
    "both": "linked by both rules",
}


def _subject() -> dy.String:
    return dy.String(primary_key=True, regex=r"^[a-z0-9]+:.+$", description="The case: `faers:<caseid>`; never a version.")


def _source_id() -> dy.String:
    return dy.String(description="Raw file the row comes from.")


def _source_line() -> dy.Int64:
    return dy.Int64(min=1, description="Line in that file; the header is line 1.")


class _ReportVersions(dy.Schema):
    version_id = dy.String(
        primary_key=True, description="`faers:<quarter>:<primaryid>`, with `#<line>` for a second copy in one file."
    )
    subject_id = dy.String(description="The case the version belongs to.")
    version_n = dy.Int32(nullable=True, min=0, description="Version number; legacy: follow-up sequence + 1.")
    era = code(ERA, "Layout of the file it came in.")
    received_day = day("Day the authority received this version.")
    received_day_precision = precision("`received_day`")
    status = code(STATUS, "What became of this version.")
    reason = code(VERSION_REASON, "Why.")
    source_id = _source_id()
    source_line = _source_line()


REPORT_VERSIONS = Table("canonical/report_versions", "one version of a case, as often as it was received", _ReportVersions)


class _Reports(dy.Schema):
    subject_id = _subject()
    version_id = dy.String(description="The version shown.")
    first_received_day = day("Day the authority first received the case; where it is not stated, the earliest version at hand.")
    first_received_day_precision = precision("`first_received_day`")
    received_day = day("Day the authority received this version.")
    received_day_precision = precision("`received_day`")
    event_day = day("Day of the event (one date for the whole report).")
    event_day_precision = precision("`event_day`")
    age_years = dy.Float64(nullable=True, min=0, max=122, description="Age at the event.", metadata={"unit": "years"})
    sex = code(SEX, "Sex.")
    weight_kg = dy.Float64(nullable=True, min=0, max=650, description="Body weight.", metadata={"unit": "kg"})
    reporter_country = dy.String(
        nullable=True, regex=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2, or EU where the source masks it."
    )
    occurrence_country = dy.String(
        nullable=True, regex=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2, or EU where the source masks it."
    )
    reporter_type = code(REPORTER, "Who reported.")
    report_type = code(REPORT_TYPE, "How it was reported.")
    sender = dy.String(nullable=True, description="Sender as stated.")
    sender_case_number = dy.String(nullable=True, description="The sender's own number of the case.")
    literature = dy.String(nullable=True, description="Literature reference as stated; the source cuts it at 500 characters.")
    is_serious = dy.Bool(
        nullable=True, description="At least one seriousness code; empty where the quarter has no outcome table."
    )
    duplicate_group = dy.String(nullable=True, description="Smallest subject_id of its group of probable duplicates.")
    duplicate_rule = code(DUPLICATE_RULE, "Rule that put it there.", nullable=True)
    is_representative = dy.Bool(
        description="Counted when duplicates are collapsed: not in a group, or the latest received of it."
    )
    source_id = _source_id()
    source_line = _source_line()


REPORTS = Table("canonical/reports", "one case, its shown version", _Reports)


class _ReportDrugs(dy.Schema):
    subject_id = _subject()
    drug_no = dy.Int32(primary_key=True, min=1, description="Our number: the source's own repeats within a report.")
    ingredient_reported = dy.String(
        primary_key=True, description="One ingredient as reported, cleaned; the drug name where none is given."
    )
    drug_name = dy.String(nullable=True, description="Drug name as reported.")
    ingredient = dy.String(nullable=True, description="Ingredient in study/drugs.csv; empty when uncoded.")
    coding_method = code(CODING_METHOD, "How the ingredient was found.")
    formulation = code(FORMULATION, "Long-acting or not.")
    route = dy.String(nullable=True, description="Route as reported, in lower case.")
    role = code(ROLE, "Role of the drug in the report.")
    dose = dy.String(nullable=True, description="Dose as reported.")
    start_day = day("Earliest start of this drug.")
    start_day_precision = precision("`start_day`")
    end_day = day("Latest end of this drug.")
    end_day_precision = precision("`end_day`")
    dechallenge = code(CHALLENGE, "Did the event abate when the drug was stopped?")
    rechallenge = code(CHALLENGE, "Did the event come back when the drug was given again?")
    source_id = _source_id()
    source_line = _source_line()


REPORT_DRUGS = Table("canonical/report_drugs", "one reported drug x ingredient", _ReportDrugs)


class _ReportEvents(dy.Schema):
    subject_id = _subject()
    event_no = dy.Int32(primary_key=True, min=1, description="Order in the source.")
    term = dy.String(description="Reaction term as reported.")
    term_key = dy.String(description="The term in capitals, for comparison.")
    outcome = code(EVENT_OUTCOME, "Outcome of this reaction, where the source has it.", nullable=True)
    start_day = day("Start of this reaction, where the source has it.")
    start_day_precision = precision("`start_day`")
    end_day = day("End of this reaction, where the source has it.")
    end_day_precision = precision("`end_day`")
    source_id = _source_id()
    source_line = _source_line()


REPORT_EVENTS = Table("canonical/report_events", "one reported reaction term", _ReportEvents)


class _ReportOutcomes(dy.Schema):
    subject_id = _subject()
    outcome = code(OUTCOME, "Seriousness outcome of the report.", primary_key=True)
    source_id = _source_id()
    source_line = _source_line()


REPORT_OUTCOMES = Table("canonical/report_outcomes", "one seriousness outcome of one report", _ReportOutcomes)


class _ReportIndications(dy.Schema):
    subject_id = _subject()
    indication_no = dy.Int32(primary_key=True, min=1, description="Order in the source.")
    drug_seq = dy.String(nullable=True, description="The source's number of the drug; it may stand on several drug rows.")
    term = dy.String(description="Indication as reported.")
    term_key = dy.String(description="The term in capitals, for comparison.")
    source_id = _source_id()
    source_line = _source_line()


REPORT_INDICATIONS = Table("canonical/report_indications", "one reported indication", _ReportIndications)


class _ValueIssues(dy.Schema):
    source_id = dy.String(primary_key=True, description="File the values stand in.")
    column = dy.String(primary_key=True, description="Column of that file, in our names.")
    reason = dy.String(primary_key=True, description="Why the value was not believed.")
    values = dy.Int64(min=1, description="How many values.")
    example = dy.String(description="One of them (the smallest as text).")


VALUE_ISSUES = Table("canonical/value_issues", "one reason why values of one column were emptied", _ValueIssues)


class _CodingCoverage(dy.Schema):
    source_id = dy.String(primary_key=True, description="Drug file.")
    coding_method = code(CODING_METHOD, "How the ingredient was found.", primary_key=True)
    rows = dy.Int64(min=0, description="Reported drug x ingredient rows of shown reports.")


CODING_COVERAGE = Table("canonical/coding_coverage", "one coding method in one drug file", _CodingCoverage)


class _UncodedNames(dy.Schema):
    name = dy.String(primary_key=True, description="Cleaned name that equals no listed name.")
    rows = dy.Int64(min=1, description="Reported drug x ingredient rows of shown reports that carry it.")
    near = dy.String(nullable=True, description="Listed antipsychotic name that it resembles: for review, never used to code.")
    similarity = dy.Float64(nullable=True, min=0, max=1, description="Jaro-Winkler similarity to that name.")


UNCODED_NAMES = Table(
    "canonical/uncoded_names", "one drug name that was not coded: the commonest, and all near an antipsychotic", _UncodedNames
)

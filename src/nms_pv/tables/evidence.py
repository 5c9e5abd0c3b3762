"""Layer 3: what the source says about each clinical element and each relevant drug course. Both arms write these tables."""

import dataframely as dy

from nms_pv.tables.canonical import CHALLENGE, FORMULATION, ROLE
from nms_pv.tables.contract import Table, code, day, precision

MEASURED = "measured"
# Columns of a finding that only a measured value fills.
OF_VALUES = ["value", "unit", "occasion", "upper_limit", "upper_limit_is_recorded", "baseline", "change_24h"]
STATE = {
    "present": "documented as present",
    "absent": "documented as absent; silence is never absence",
    MEASURED: "a value; each definition says what it means",
}
GRADE = {
    "core": "the term means the element",
    "weak": "the term suggests the element, or means it only sometimes",
    "context": "background: differential diagnosis, complication, circumstance",
}
RELATION = {
    "antagonist": "blocks dopamine receptors (antipsychotic, antiemetic, other)",
    "depleter": "depletes dopamine (VMAT2 inhibitors, reserpine, methyldopa, ...)",
    "withdrawal": "dopaminergic drug whose sudden withdrawal can trigger NMS",
    "serotonergic": "serotonergic drug: differential diagnosis serotonin toxicity",
    "mh_trigger": "volatile anaesthetic or suxamethonium: differential diagnosis malignant hyperthermia",
    "anticholinergic": "anticholinergic drug: differential diagnosis, co-treatment",
    "treatment": "drug given to treat NMS, serotonin toxicity or agitation",
    "other_implicated": "other drug named as trigger, confounder or co-agent",
}
TIMING = {
    "known": "both days are known to the day",
    "event_date_missing": "the report has no event date",
    "event_date_not_exact": "the event date is known to the month or year only",
    "event_date_padded": "the event date may be a filled-in first of the month",
    "start_date_missing": "the drug has no start date",
    "start_date_not_exact": "the start date is known to the month or year only",
    "event_before_start": "the event date lies before the start of the drug",
}
DOSE_UNIT = {
    "mg": "milligrams, as given; how often is not stated plainly",
    "mg/day": "milligrams in a day",
}


class _Findings(dy.Schema):
    subject_id = dy.String(primary_key=True, description="Report or person-episode.")
    finding_no = dy.Int32(primary_key=True, min=1, description="Order within the subject.")
    element = dy.String(description="Clinical element, from study/elements.csv; for a value, what is measured.")
    state = code(STATE, "Present, absent or a value. Not documented = no row.")
    grade = code(GRADE, "How directly the source says it.")
    term = dy.String(description="The words of the source.")
    value = dy.Float64(nullable=True, description="Measured value, where there is one.")
    unit = dy.String(nullable=True, description="Unit of the value.")
    occasion = dy.String(nullable=True, description="Of a value: day and time where the time is recorded, else the day.")
    upper_limit = dy.Float64(nullable=True, description="Of a value: upper limit of normal, recorded or the study's own.")
    upper_limit_is_recorded = dy.Bool(nullable=True, description="Of a value: whether the record states that limit.")
    baseline = dy.Float64(nullable=True, description="Of a value: median of the person's values before the episode.")
    change_24h = dy.Float64(nullable=True, description="Of a value: largest minus smallest value of the 24 hours up to it.")
    day = day("Day of the finding.")
    day_precision = precision("`day`")
    source_id = dy.String(description="Raw file the finding comes from.")
    source_line = dy.Int64(min=1, description="Line in that file.")


FINDINGS = Table("evidence/findings", "one finding of one subject", _Findings)


class _TermCoverage(dy.Schema):
    element = dy.String(primary_key=True, description="Clinical element, from study/elements.csv.")
    term = dy.String(primary_key=True, description="Reaction term listed for it.")
    grade = code(GRADE, "How directly the term says it.")
    rows = dy.Int64(min=0, description="Rows of shown reports that carry it; 0 is a term that this data does not know.")


TERM_COVERAGE = Table("evidence/term_coverage", "one listed term of one element", _TermCoverage)


class _Exposures(dy.Schema):
    subject_id = dy.String(primary_key=True, description="Report or person-episode.")
    course_no = dy.Int32(primary_key=True, min=1, description="Order within the subject.")
    relation = code(RELATION, "What the drug has to do with NMS (one row for each relation).", primary_key=True)
    ingredient = dy.String(primary_key=True, description="Ingredient in study/drugs.csv.")
    formulation = code(FORMULATION, "Long-acting or not.")
    role = code(ROLE, "Role of the drug in the report.")
    start_day = day("Start of the course.")
    start_day_precision = precision("`start_day`")
    end_day = day("End of the course.")
    end_day_precision = precision("`end_day`")
    onset_minus_start = dy.Int32(nullable=True, description="Event day minus start day.", metadata={"unit": "days"})
    onset_minus_end = dy.Int32(nullable=True, description="Event day minus end day.", metadata={"unit": "days"})
    timing = code(TIMING, "Why `onset_minus_start` is empty, or that it is known.")
    dosing_interval_days = dy.Int32(
        nullable=True,
        min=0,
        description="Of a long-acting course: days of action after `end_day` that are still to be added. 0 where `end_day` "
        "already holds them; empty for any other course, and where no interval of the ingredient is listed.",
        metadata={"unit": "days"},
    )
    dose_amount = dy.Float64(nullable=True, min=0, description="Dose in `dose_unit`, where the source says it plainly.")
    dose_unit = code(DOSE_UNIT, "Unit of the dose; only doses of one unit are compared.", nullable=True)
    dechallenge = code(CHALLENGE, "Did the event abate when the drug was stopped?")
    rechallenge = code(CHALLENGE, "Did the event come back when the drug was given again?")
    source_id = dy.String(description="Raw file the course comes from.")
    source_line = dy.Int64(min=1, description="Line in that file.")


EXPOSURES = Table("evidence/exposures", "one drug course relevant to NMS x relation", _Exposures)


class _Episodes(dy.Schema):
    subject_id = dy.String(primary_key=True, regex=r"^omop:-?\d+#\d+$", description="`omop:<person>#<episode>`.")
    person_id = dy.Int64(description="Person.")
    episode_no = dy.Int32(min=1, description="Order within the person.")
    start_day = dy.Int32(description="Day of its first candidate record.", metadata={"unit": "days since 1970-01-01"})
    end_day = dy.Int32(description="Day of its last one.", metadata={"unit": "days since 1970-01-01"})
    candidate_by = dy.String(description="Elements that make it a candidate, joined by `;`.")


EPISODES = Table("evidence/episodes", "one candidate episode of one person", _Episodes)

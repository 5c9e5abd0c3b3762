"""Layer 3: what the source says about each clinical element and each relevant drug course. Both arms write these tables."""

import dataframely as dy

from nms_pv.tables.canonical import FORMULATION, ROLE
from nms_pv.tables.contract import Table, code, day, precision

STATE = {"present": "documented as present", "absent": "documented as absent; silence is never absence"}
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


class _Findings(dy.Schema):
    subject_id = dy.String(primary_key=True, description="Report or person-episode.")
    finding_no = dy.Int32(primary_key=True, min=1, description="Order within the subject.")
    element = dy.String(description="Clinical element, from study/elements.csv.")
    state = code(STATE, "Present or absent. Not documented = no row.")
    grade = code(GRADE, "How directly the source says it.")
    term = dy.String(description="The words of the source.")
    value = dy.Float64(nullable=True, description="Measured value, where there is one.")
    unit = dy.String(nullable=True, description="Unit of the value.")
    day = day("Day of the finding.")
    day_precision = precision("`day`")
    source_id = dy.String(description="Raw file the finding comes from.")
    source_line = dy.Int64(min=1, description="Line in that file.")


FINDINGS = Table("evidence/findings", "one finding of one subject", _Findings)


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

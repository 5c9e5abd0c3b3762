"""Layer 5, cohort arm: eras of exposure, the cases that count and do not, and person-time by stratum."""

import dataframely as dy

from nms_pv.tables.canonical import FORMULATION, SEX
from nms_pv.tables.contract import Table, code

STATE = {
    "FGA": "first generation alone",
    "SGA": "second generation alone",
    "TGA": "third generation alone",
    "mixed": "antipsychotics of two or more generations on the same day",
    "switch": "one generation alone, within so many days after another ended (params.yaml: cohort.exposure.switch_days)",
}
COHORT_GROUP = {
    "antipsychotic": "any antipsychotic",
    "ingredient": "ingredient of study/drugs.csv that blocks or depletes dopamine",
    "chemical_class": "chemical class of such an ingredient",
    "generation": "generation of an antipsychotic, alone or not",
    "generation_state": "generations of antipsychotics on a day: each day of exposure lies in exactly one state",
    "formulation": "form of an antipsychotic",
    "withdrawal": "days after a dopaminergic drug was stopped, by ingredient; never pooled with the others",
}
FATE = {
    "counted": "starts in time at risk and outside excluded time",
    "in_clean_window": "starts in time at risk, but in time excluded by an earlier episode",
    "later_event": "starts in time at risk, but only the first episode of a person counts",
    "outside_time_at_risk": "starts outside all time at risk of the group",
}
ALL = "all"


class _Eras(dy.Schema):
    person_id = dy.Int64(primary_key=True, description="Person.")
    ingredient = dy.String(primary_key=True, description="Ingredient in study/drugs.csv.")
    formulation = code(FORMULATION, "Long-acting or not.", primary_key=True)
    start_day = dy.Int32(primary_key=True, description="First day.", metadata={"unit": "days since 1970-01-01"})
    end_day = dy.Int32(description="Last day covered.", metadata={"unit": "days since 1970-01-01"})
    exposures = dy.Int64(min=1, description="Drug exposures it is made of.")


ERAS = Table("exposure/eras", "one era of one person, ingredient and form", _Eras)


class _Cases(dy.Schema):
    analysis = dy.String(primary_key=True, description="Time-at-risk setting, a file of study/time_at_risk.")
    definition = dy.String(primary_key=True, description="Case definition that the episode meets.")
    group_kind = code(COHORT_GROUP, "What the groups are.", primary_key=True)
    group = dy.String(primary_key=True, description="The group.")
    subject_id = dy.String(primary_key=True, description="The episode.")
    person_id = dy.Int64(description="Person.")
    day = dy.Int32(description="First day of the episode.", metadata={"unit": "days since 1970-01-01"})
    fate = code(FATE, "Whether it counts, or why not.")
    window_start = dy.Int32(
        nullable=True, description="First day of its time at risk.", metadata={"unit": "days since 1970-01-01"}
    )
    window_end = dy.Int32(nullable=True, description="Last day of it.", metadata={"unit": "days since 1970-01-01"})
    days_since_start = dy.Int32(nullable=True, description="Day minus first day of the era.", metadata={"unit": "days"})
    age_band = dy.String(nullable=True, description="Age band of the stratum it counts in.")
    sex = dy.String(nullable=True, description="Sex.")
    year = dy.String(nullable=True, description="Year of the stratum it counts in.")


CASES = Table("exposure/cases", "one episode that meets a definition x group whose exposure the person ever had", _Cases)


class _PersonTime(dy.Schema):
    analysis = dy.String(primary_key=True, description="Time-at-risk setting, a file of study/time_at_risk.")
    definition = dy.String(primary_key=True, description="Case definition.")
    group_kind = code(COHORT_GROUP, "What the groups are.", primary_key=True)
    group = dy.String(primary_key=True, description="The group.")
    age_band = dy.String(primary_key=True, description="Age in years, `18-24` or `85+`; `unknown`; `all` where not split by age.")
    sex = dy.String(primary_key=True, description="Sex; `all` where not split by sex.")
    year = dy.String(primary_key=True, description="Calendar year; `all` where not split by year.")
    since_start = dy.String(primary_key=True, description="Days since start of the era, `0-7` or `366+`; `all` where not split.")
    persons = dy.Int64(min=0, description="Distinct persons with at least one day at risk in the stratum.")
    person_days = dy.Int64(min=0, description="Days at risk.", metadata={"unit": "person-days"})
    events = dy.Int64(min=0, description="Episodes that count.")
    cases = dy.Int64(min=0, description="Distinct persons with such an episode.")


PERSON_TIME = Table("exposure/person_time", "one stratum of one group, under one definition and one setting", _PersonTime)
CASE_COURSES = Table("exposure/case_courses", "one course of one person with a candidate episode, ingredient and form", _Eras)


class _CaseObservation(dy.Schema):
    person_id = dy.Int64(primary_key=True, description="Person with a candidate episode.")
    start_day = dy.Int32(primary_key=True, description="First day under observation.", metadata={"unit": "days since 1970-01-01"})
    end_day = dy.Int32(description="Last day under observation.", metadata={"unit": "days since 1970-01-01"})
    sex = code(SEX, "Sex.")
    birth_day = dy.Int32(
        nullable=True, description="Day of birth, or what it is taken for.", metadata={"unit": "days since 1970-01-01"}
    )
    death_day = dy.Int32(
        nullable=True, description="Day of death; empty if none is recorded.", metadata={"unit": "days since 1970-01-01"}
    )


CASE_OBSERVATION = Table(
    "exposure/case_observation", "one stretch under observation of one person with a candidate episode", _CaseObservation
)

"""Layer 6: one row for each number."""

import dataframely as dy

from nms_pv.tables.contract import Table, code
from nms_pv.tables.person_time import COHORT_GROUP

ARM = {
    "reports": "spontaneous reports: reporting measures, never incidence",
    "cohort": "OMOP cohorts: measures with a denominator of people",
}
MEASURE = {
    "reports": "count of distinct reports",
    "reporting_proportion": "reports of the group that meet the definition / all reports of the group",
    "ror": "reporting odds ratio, a d / (b c)",
    "prr": "proportional reporting ratio, (a / (a + b)) / (c / (c + d))",
    "chi2_yates": "chi-squared of the 2x2 table with Yates' correction",
    "ic": "information component, log2((a + 0.5) / (E + 0.5))",
    "fatal_proportion": "reports with outcome death / reports that meet the definition and whose outcome is known",
    "serious_proportion": "reports with a seriousness code / reports that meet the definition and whose outcome is known",
    "incidence_rate": "episodes per 100,000 person-years at risk",
    "incidence_proportion": "persons with an episode / persons at risk",
    "rate_ratio": "incidence rate of the group / that of the reference group",
    "rate_difference": "incidence rate of the group - that of the reference group, per 100,000 person-years",
    "adjusted_rate_ratio": "rate ratio from a regression with age, sex and year",
    "standardised_rate": "incidence rate per 100,000 person-years, directly standardised by age",
    "annual_rate_ratio": "rate ratio of one calendar year to the year before, from a regression with age and sex",
    "annual_rate_ratio_given_mix": "the same, with the generation state in the regression too",
    "rate_change": "incidence rate of the late period - that of the early period, per 100,000 person-years",
    "rate_change_by_mix": "the part of it that the mix of generation states explains",
    "rate_change_within": "the part of it that changed rates within generation states explain",
    "pooled_rate": "incidence rate of the ingredient, pulled towards that of its chemical class",
}
ROLES = {
    "ps": "primary suspect",
    "ps+ss": "primary or secondary suspect",
    "any": "any role but `drug not administered`",
}
DUPLICATES = {
    "collapsed": "one report for each group of probable duplicates",
    "kept": "every case",
}
GROUP_KIND = {
    "all": "all reports of the universe",
    "ingredient": "ingredient of study/drugs.csv",
    "chemical_class": "chemical class of an ingredient that blocks or depletes dopamine",
    "generation": "generation of an antipsychotic",
    "formulation": "form of an antipsychotic",
    "antipsychotic": COHORT_GROUP["antipsychotic"],
    "generation_state": COHORT_GROUP["generation_state"],
    "withdrawal": COHORT_GROUP["withdrawal"],
}


class _Results(dy.Schema):
    result_id = dy.String(
        primary_key=True,
        description=(
            "Readable, stable: `<measure>/<definition>/<roles>/<duplicates>/<group kind>/<group>[/<stratum>]`; cohort arm: "
            "`<measure>/<definition>/<analysis>/<group kind>/<group>[/vs <reference>][/<stratum>]`."
        ),
    )
    arm = code(ARM, "Which arm.")
    measure = code(MEASURE, "Which measure.")
    definition = dy.String(description="Case definition.")
    analysis = dy.String(nullable=True, description="Cohort arm: time-at-risk setting, a file of study/time_at_risk.")
    roles = code(ROLES, "Reports arm: which roles expose.", nullable=True)
    duplicates = code(DUPLICATES, "Reports arm: what is done with probable duplicates.", nullable=True)
    group_kind = code(GROUP_KIND, "What the groups are.")
    group = dy.String(description="The group.")
    reference = dy.String(nullable=True, description="Cohort arm: the group, or period, it is compared with.")
    stratum = dy.String(nullable=True, description="`year=2024`, `year_unknown`, `age=20-39`, ..., joined by `;`; empty for all.")
    numerator = dy.Int64(
        nullable=True,
        min=0,
        description=(
            "Reports: group and definition (cell a); of these, for a proportion of an outcome, those with it. "
            "Cohort: episodes that count, or persons with one for a proportion."
        ),
    )
    denominator = dy.Int64(
        nullable=True,
        min=0,
        description=(
            "Reports: group (a + b); for a proportion of an outcome, cases whose outcome is known. "
            "Cohort: person-days at risk, or persons at risk for a proportion."
        ),
    )
    reference_numerator = dy.Int64(
        nullable=True, min=0, description="Reports: definition outside the group (cell c). Cohort: episodes of the reference."
    )
    reference_denominator = dy.Int64(
        nullable=True, min=0, description="Reports: outside the group (c + d). Cohort: person-days of the reference."
    )
    unit = dy.String(description="What was counted.")
    estimate = dy.Float64(nullable=True, description="The number; empty when undefined.")
    low = dy.Float64(nullable=True, description="Lower limit of the interval.")
    high = dy.Float64(nullable=True, description="Upper limit of the interval.")
    level = dy.Float64(nullable=True, min=0, max=1, description="Nominal coverage of the interval.")
    method = dy.String(description="Method of the estimate and of the interval.")
    screen_met = dy.Bool(nullable=True, description="Does it meet the published screening rule of its measure?")
    undefined_reason = dy.String(nullable=True, description="Why the estimate is empty.")
    suppressed = dy.Bool(description="Hidden in what leaves the study: its count is small, or gives a small one away.")


RESULTS = Table("measures/results", "one number", _Results)

"""Layer 6: one row for each number."""

import dataframely as dy

from nms_pv.tables.contract import Table, code

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
}


class _Results(dy.Schema):
    result_id = dy.String(
        primary_key=True,
        description="Readable and stable: `<measure>/<definition>/<roles>/<duplicates>/<group kind>/<group>[/<stratum>]`.",
    )
    arm = code(ARM, "Which arm.")
    measure = code(MEASURE, "Which measure.")
    definition = dy.String(description="Case definition.")
    roles = code(ROLES, "Which roles expose.")
    duplicates = code(DUPLICATES, "What is done with probable duplicates.")
    group_kind = code(GROUP_KIND, "What the groups are.")
    group = dy.String(description="The group.")
    stratum = dy.String(nullable=True, description="`year=2024`, or `year_unknown`; empty for all.")
    numerator = dy.Int64(
        min=0, description="Group and definition (cell a); of these, for a proportion of an outcome, those with it."
    )
    denominator = dy.Int64(min=0, description="Group (a + b); for a proportion of an outcome, cases whose outcome is known.")
    reference_numerator = dy.Int64(nullable=True, min=0, description="Definition outside the group (cell c).")
    reference_denominator = dy.Int64(nullable=True, min=0, description="Outside the group (c + d).")
    unit = dy.String(description="What was counted.")
    estimate = dy.Float64(nullable=True, description="The number; empty when undefined.")
    low = dy.Float64(nullable=True, description="Lower limit of the interval.")
    high = dy.Float64(nullable=True, description="Upper limit of the interval.")
    level = dy.Float64(nullable=True, min=0, max=1, description="Nominal coverage of the interval.")
    method = dy.String(description="Method of the estimate and of the interval.")
    screen_met = dy.Bool(nullable=True, description="Does it meet the published screening rule of its measure?")
    undefined_reason = dy.String(nullable=True, description="Why the estimate is empty.")
    suppressed = dy.Bool(description="Hidden because the cell is small.")


RESULTS = Table("measures/results", "one number", _Results)

"""Layer 6: the sensitivity grid, and what it comes to."""

import dataframely as dy

from nms_pv.tables.contract import Table, code
from nms_pv.tables.measures import ARM, DUPLICATES, GROUP_KIND, ROLES

COMPARATOR = {
    "all_other_reports": "all other reports of the universe",
    "other_antipsychotics": "other reports that name an antipsychotic in a counted role",
    "first_generation": "time on first-generation antipsychotics alone; for an ingredient, time on haloperidol",
    "other_antipsychotic_time": "all other time on antipsychotics",
}
ERA = {
    "all": "all years",
    "legacy": "reports: files up to 2012Q3, the old layout of FAERS",
    "current": "reports: files from 2012Q4 on",
    "early": "cohort: the early period of the settings",
    "late": "cohort: the late period of the settings",
}
FACTOR = {
    "definition": "case definition",
    "roles": "which roles expose",
    "duplicates": "what is done with probable duplicates",
    "analysis": "setting of time at risk",
    "comparator": "what the group is compared with",
    "era": "which years",
    "rest": "what the choices do together, beyond each alone",
}
EFFECT = {"ror": "reporting odds ratio", "rate_ratio": "ratio of incidence rates"}


class _Grid(dy.Schema):
    specification_id = dy.String(
        primary_key=True,
        description=(
            "`<measure>/<definition>/<roles>/<duplicates>/<comparator>/<era>/<group kind>/<group>`; cohort arm: `<analysis>` in "
            "place of roles and duplicates."
        ),
    )
    arm = code(ARM, "Which arm.")
    measure = code(EFFECT, "What is estimated.")
    group_kind = code(GROUP_KIND, "What the groups are.")
    group = dy.String(description="The group.")
    definition = dy.String(description="Case definition.")
    roles = code(ROLES, "Reports arm: which roles expose.", nullable=True)
    duplicates = code(DUPLICATES, "Reports arm: what is done with probable duplicates.", nullable=True)
    analysis = dy.String(nullable=True, description="Cohort arm: time-at-risk setting.")
    comparator = code(COMPARATOR, "What the group is compared with.")
    era = code(ERA, "Which years.")
    a = dy.Int64(min=0, description="Reports of the group that meet the definition; cohort: its episodes.")
    group_size = dy.Int64(min=0, description="All reports of the group; cohort: its person-days at risk.")
    reference_a = dy.Int64(min=0, description="The same of what it is compared with: cases, episodes.")
    reference_size = dy.Int64(min=0, description="Its reports; cohort: its person-days.")
    unit = dy.String(description="What was counted.")
    estimate = dy.Float64(nullable=True, description="The ratio; empty when undefined.")
    low = dy.Float64(nullable=True, description="Lower limit.")
    high = dy.Float64(nullable=True, description="Upper limit.")
    level = dy.Float64(min=0, max=1, description="Nominal coverage of the interval.")
    method = dy.String(description="Method of the estimate and of the interval.")
    undefined_reason = dy.String(nullable=True, description="Why the estimate is empty.")
    is_main = dy.Bool(description="The specification that the report shows first.")
    data_version = dy.String(description="As in `measures/results`.")


GRID = Table("measures/grid", "one specification: one group under one combination of choices", _Grid)


class _GridSummary(dy.Schema):
    arm = code(ARM, "Which arm.", primary_key=True)
    group_kind = code(GROUP_KIND, "What the groups are.", primary_key=True)
    group = dy.String(primary_key=True, description="The group.")
    measure = code(EFFECT, "What is estimated.")
    specifications = dy.Int64(min=1, description="Combinations of choices.")
    undefined = dy.Int64(min=0, description="Of these, without an estimate.")
    above = dy.Int64(min=0, description="Of those with an estimate, with the lower limit above 1.")
    main = dy.Float64(nullable=True, description="The estimate of the main specification.")
    median = dy.Float64(nullable=True, description="Median of the estimates.")
    lowest = dy.Float64(nullable=True, description="Lowest estimate.")
    highest = dy.Float64(nullable=True, description="Highest estimate.")
    moves_most = code(FACTOR, "The choice with the largest share of the variance (measures/grid_factors).", nullable=True)
    undefined_reason = dy.String(nullable=True, description="Why there is no such choice.")


GRID_SUMMARY = Table("measures/grid_summary", "one group of the grid", _GridSummary)


class _GridFactors(dy.Schema):
    arm = code(ARM, "Which arm.", primary_key=True)
    group_kind = code(GROUP_KIND, "What the groups are.", primary_key=True)
    group = dy.String(primary_key=True, description="The group.")
    factor = code(FACTOR, "Which choice.", primary_key=True)
    levels = dy.Int64(min=0, description="Its levels among the specifications with an estimate.")
    variance_share = dy.Float64(
        nullable=True,
        description="Share of the variance of the logarithms of the estimates that it alone explains; empty when undefined.",
    )
    method = dy.String(description="Method of the share.")
    undefined_reason = dy.String(nullable=True, description="Why the share is empty.")


GRID_FACTORS = Table("measures/grid_factors", "one choice of one group of the grid", _GridFactors)

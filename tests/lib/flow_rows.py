"""Small attrition tables of both arms, for the chapter on attrition."""

import polars as pl

from nms_pv.report.numbers import Row
from nms_pv.tables.attrition import steps


def reports_attrition() -> pl.DataFrame:
    """Two quarters; 100 lines become 80 reports of the universe."""
    parts = []
    for quarter, lines in (("2023Q4", 60), ("2024Q1", 40)):
        parts += [
            steps("sources", f"{quarter}:DEMO", "record", lines, {"quarantined": 2}),
            steps("canonical", f"{quarter}:DEMO", "version", lines - 2, {"later_version": 5}),
            steps("exposure", f"{quarter}:reports", "report", lines - 7, {"no_reaction": 3, "no_suspect_drug": 0}),
        ]
    return pl.concat(parts)


def fates() -> pl.DataFrame:
    """The 80 reports: 4 further copies; of the others 30 without a finding, 30 not met, 10 undecided, 6 met."""
    rows = [(False, None, 4), (True, None, 30), (True, "not_met", 30), (True, "indeterminate", 10), (True, "met", 6)]
    return pl.DataFrame(rows, schema={"is_representative": pl.Boolean, "verdict": pl.String, "n": pl.Int64}, orient="row")


def cohort_attrition() -> pl.DataFrame:
    """One block of persons, two analyses; 50 candidate records become 28 episodes that count under `exact`."""
    return pl.concat(
        [
            steps("canonical", "persons-0001:drug_exposure", "record", 900, {"further_ingredient_of_the_record": -20}),
            steps("canonical", "persons-0001:person", "person", 400, {"no_believed_observation_period": 10}),
            steps("evidence", "persons-0001:episodes", "record, then episode", 50, {"chained_to_an_earlier_record": 10}),
            steps("labels", "persons-0001:pt_only", "subject with a finding", 40, {"not_met": 8, "indeterminate": 2}),
            steps("exposure", "exact:persons", "person", 390, {"unknown_sex_or_birth": 20}),
            steps("exposure", "cohort_incidence:persons", "person", 390, {"unknown_sex_or_birth": 25}),
            steps("exposure", "exact:pt_only:episodes", "episode", 30, {"outside_time_at_risk": 2}),
        ]
    )


def counted(numerator: int, denominator: int, *, suppressed: bool = False) -> Row:
    """A number of the results."""
    return {
        "result_id": "reports/pt_only/ps+ss/collapsed/all/all",
        "measure": "reports",
        "numerator": numerator,
        "denominator": denominator,
        "suppressed": suppressed,
    }

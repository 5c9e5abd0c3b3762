"""The boxes of each arm: what its flow diagram leads through, from what came in to what counts."""

from collections.abc import Collection

import polars as pl

from nms_pv.report.attrition.chart import Box, Boxes, of_results
from nms_pv.report.attrition.flows import Flow
from nms_pv.report.numbers import Row

UNIVERSE = "Universe: reports with a suspect drug and a reaction"


def reports_chart(
    found: list[Flow],
    withheld: Collection[Flow],
    fates: pl.DataFrame,
    counted: Row | None,
    definition: str,
    duplicates: str,
) -> list[Box]:
    """The boxes of the reports arm.

    Parameters
    ----------
    found, withheld
        The flows of the arm that may leave the study, and those that may not.
    fates
        Columns is_representative, verdict (empty: no finding), n: the reports of the universe. Empty where counts are rounded:
        then nothing has to add up, and the difference of two counts tells of nobody.
    counted
        The count of reports of the results under the main setting, with the universe as denominator.
    definition, duplicates
        Of the main setting.

    """
    boxes, is_rounded = Boxes(found, withheld), fates.is_empty()
    collapsed = duplicates == "collapsed"
    staying = fates.filter(pl.col("is_representative") | (not collapsed))
    by_verdict = dict(staying.group_by(pl.col("verdict").fill_null("none")).agg(pl.col("n").sum()).rows())
    whole = "Distinct reports that count" if collapsed else UNIVERSE
    copies = [("further copy of a report that stays", int(fates["n"].sum()) - int(staying["n"].sum()))]
    not_cases = [
        ("no finding that the definitions know", by_verdict.get("none", 0)),
        (f"{definition}: not met", by_verdict.get("not_met", 0)),
        (f"{definition}: cannot be decided, too little documented", by_verdict.get("indeterminate", 0)),
    ]
    return [
        boxes.came("sources", "DEMO", "Lines in the files of reports", "lines"),
        boxes.came("canonical", "DEMO", "Versions of reports", "versions"),
        boxes.came("exposure", "reports", "Cases, each by the version that is shown", "reports"),
        *([boxes.stayed("exposure", "reports", UNIVERSE, "reports", copies)] if collapsed else []),
        of_results(counted, "denominator", whole, "reports", not_cases, starts_anew=is_rounded),
        of_results(counted, "numerator", f"Cases of the main definition, {definition}", "reports", [], starts_anew=is_rounded),
    ]


def cohort_chart(found: list[Flow], withheld: Collection[Flow], counted: Row | None, definition: str, analysis: str) -> list[Box]:
    """The boxes of the cohort arm.

    Parameters
    ----------
    found, withheld
        The flows of the arm that may leave the study, and those that may not.
    counted
        The incidence rate of the results under the main setting: its numerator are the episodes that count.
    definition, analysis
        Of the main setting.

    """
    boxes, at_risk = Boxes(found, withheld), f"{analysis}:persons"
    return [
        boxes.came("canonical", "drug_exposure", "Records of drug exposure", "records"),
        boxes.stayed("canonical", "drug_exposure", "Believed exposures", "record × ingredient", []),
        boxes.came("canonical", "person", "Persons in the source", "persons", starts_anew=True),
        boxes.came("exposure", at_risk, "Persons under believed observation", "persons"),
        boxes.stayed("exposure", at_risk, f"Persons with time at risk ({analysis})", "persons", []),
        boxes.came("evidence", "episodes", "Records that may tell of an episode", "records", starts_anew=True),
        boxes.came("labels", definition, "Candidate episodes", "episodes"),
        boxes.came("exposure", f"{analysis}:{definition}:episodes", f"Episodes that meet {definition}", "episodes"),
        of_results(counted, "numerator", "Episodes that count, any antipsychotic", "episodes", []),
    ]

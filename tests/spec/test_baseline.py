"""Who the cases are: what a clinician finds in the first table of a paper, counted from a handful of reports or persons."""

import polars as pl

from nms_pv.report.baseline.cohort import of_cohort
from nms_pv.report.baseline.counts import with_shares
from nms_pv.report.baseline.reports import MOST_COUNTRIES, of_reports
from nms_pv.tables.canonical import REPORT_OUTCOMES
from nms_pv.tables.exposure import UNIVERSE
from nms_pv.tables.measures import RESULTS
from nms_pv.tables.person_time import PERSON_TIME
from tests.lib.harness import read

REPORTS = """
report | case | age     | sex     | reporter  | country | serious | year
-------+------+---------+---------+-----------+---------+---------+-----
1      | yes  | 20-39   | male    | physician | DE      | yes     | 2019
2      | yes  | unknown | unknown | consumer  |         | yes     | 2020
3      | no   | 85+     | female  | physician | DE      | yes     | 2020
4      | no   | 20-39   | female  | unknown   | FR      | no      | 2020
5      | no   | 5-9     | female  | lawyer    | FR      |         |
"""
OUTCOMES = [("1", "death"), ("1", "hospitalisation"), ("2", "hospitalisation"), ("3", "death")]


def reports(table: str = REPORTS) -> pl.LazyFrame:
    frame = pl.DataFrame(
        [
            {
                "subject_id": row["report"],
                "is_case": row["case"] == "yes",
                "age_band": row["age"],
                "sex": row["sex"],
                "reporter_type": row["reporter"],
                "occurrence_country": row["country"] or None,
                "is_serious": {"yes": True, "no": False, "": None}[row["serious"]],
                "received_year": int(row["year"]) if row["year"] else None,
            }
            for row in read(table)
        ]
    )
    return frame.cast({name: UNIVERSE.types[name] for name in frame.columns if name in UNIVERSE.types}).lazy()


def outcomes() -> pl.LazyFrame:
    frame = pl.DataFrame(OUTCOMES, schema=["subject_id", "outcome"], orient="row")
    return frame.cast({"outcome": REPORT_OUTCOMES.types["outcome"]}).lazy()


def told(table: pl.DataFrame, characteristic: str) -> list[tuple[str, int, int]]:
    """Value, cases, others; in the order in which the reader sees them."""
    wide = table.filter(characteristic=characteristic).pivot("group", index="value", values="n", maintain_order=True)
    return wide.select("value", "cases", "others").rows()


def test_cases_stand_beside_all_other_reports_and_what_is_missing_is_counted_last() -> None:
    table = of_reports(reports(), outcomes())
    assert told(table, "age band") == [("5-9", 0, 1), ("20-39", 1, 1), ("85+", 0, 1), ("not stated", 1, 0)]
    assert told(table, "sex") == [("female", 0, 3), ("male", 1, 0), ("not stated", 1, 0)]
    assert told(table, "reporter") == [("physician", 1, 1), ("lawyer", 0, 1), ("consumer", 1, 0), ("not stated", 0, 1)]
    assert told(table, "country of occurrence") == [("DE", 1, 1), ("FR", 0, 2), ("not stated", 1, 0)]
    assert told(table, "year of receipt") == [("2019", 1, 0), ("2020", 1, 2), ("not stated", 0, 1)]


def test_a_report_with_two_outcomes_counts_in_both_and_one_without_a_table_of_outcomes_is_not_stated() -> None:
    table = of_reports(reports(), outcomes())
    assert told(table, "outcome of the report") == [
        ("death", 1, 1),
        ("hospitalisation", 2, 0),
        ("none coded", 0, 1),
        ("not stated", 0, 1),
    ]


def test_shares_are_of_the_cases_or_of_the_others() -> None:
    table = with_shares(of_reports(reports(), outcomes()))
    female = table.filter(characteristic="sex", value="female")
    assert dict(female.select("group", "share").rows()) == {"cases": 0.0, "others": 1.0}
    assert set(table.select("group", "of").rows()) == {("cases", 2), ("others", 3)}


def test_countries_beyond_the_commonest_are_one_line() -> None:
    countries = [f"{chr(65 + n)}{chr(65 + n)}" for n in range(MOST_COUNTRIES + 2)]
    lines = "\n".join(
        f"{country}{copy} | no | 20-39 | male | nurse | {country} | no | 2020" for country in countries for copy in "12"
    )
    header = "\n".join(REPORTS.strip().splitlines()[:2])
    one_case = "case | yes | 20-39 | male | nurse | ZZ | no | 2020"
    table = of_reports(reports(f"{header}\n{lines}\n{one_case}"), outcomes())
    values = told(table, "country of occurrence")
    assert [value for value, _, _ in values] == [*countries[:MOST_COUNTRIES], "another country"]
    assert values[-1] == ("another country", 1, 4)


PERSON_TIME_OF = """
kind             | group         | age   | sex    | year | persons | days
-----------------+---------------+-------+--------+------+---------+------
antipsychotic    | antipsychotic | all   | all    | all  | 30      | 36525
antipsychotic    | antipsychotic | 20-39 | all    | all  | 20      | 20000
antipsychotic    | antipsychotic | 5-19  | all    | all  | 15      | 16525
generation_state | FGA           | all   | all    | all  | 12      | 7305
generation_state | FGA           | 20-39 | all    | all  | 12      | 7305
generation_state | FGA           | 20-39 | female | 2010 | 12      | 7305
ingredient       | haloperidol   | all   | all    | all  | 12      | 7305
"""
RATES = """
group         | stratum   | episodes | days  | suppressed
--------------+-----------+----------+-------+-----------
antipsychotic |           | 8        | 36525 | no
antipsychotic | age=20-39 | 6        | 20000 | yes
antipsychotic | age=5-19  | 2        | 16525 | yes
FGA           |           | 5        | 7305  | no
FGA           | age=20-39 | 5        | 7305  | no
"""


def person_time() -> pl.DataFrame:
    frame = pl.DataFrame(
        [
            {
                "group_kind": row["kind"],
                "group": row["group"],
                "age_band": row["age"],
                "sex": row["sex"],
                "year": row["year"],
                "since_start": "all",
                "persons": int(row["persons"]),
                "person_days": int(row["days"]),
            }
            for row in read(PERSON_TIME_OF)
        ]
    )
    return frame.cast({name: PERSON_TIME.types[name] for name in frame.columns})


def rates() -> pl.DataFrame:
    frame = pl.DataFrame(
        [
            {
                "result_id": f"{row['group']}:{row['stratum']}",
                "group_kind": "antipsychotic" if row["group"] == "antipsychotic" else "generation_state",
                "group": row["group"],
                "stratum": row["stratum"] or None,
                "numerator": int(row["episodes"]),
                "denominator": int(row["days"]),
                "suppressed": row["suppressed"] == "yes",
            }
            for row in read(RATES)
        ]
    )
    return frame.cast({name: RESULTS.types[name] for name in frame.columns})


def test_exposed_persons_by_age_in_each_state_with_their_time_and_episodes() -> None:
    table = of_cohort(person_time(), rates())
    assert table.select("group", "value", "n", "of", "person_years", "episodes").rows() == [
        ("FGA", "all", 12, 12, 20, 5),
        ("antipsychotic", "all", 30, 30, 100, 8),
        ("FGA", "5-19", 0, 12, 0, 0),
        ("antipsychotic", "5-19", 15, 30, None, None),
        ("FGA", "20-39", 12, 12, 20, 5),
        ("antipsychotic", "20-39", 20, 30, None, None),
    ]


def test_what_the_results_hide_is_hidden_here_too() -> None:
    table = of_cohort(person_time(), rates())
    hidden = table.filter(pl.col("result_id").is_in(["antipsychotic:age=20-39", "antipsychotic:age=5-19"]))
    assert hidden["episodes"].null_count() == hidden["person_years"].null_count() == 2

"""Which sign is first, and what counts as the published order: days from the code, `-1` the day before it, blank not dated."""

import polars as pl
import pytest

from nms_pv.measures.presentation.dates import CODE, first_days
from nms_pv.measures.presentation.order import METHOD, SIGNS, no_order_in_reports, order_numbers
from nms_pv.tables.evidence import FINDINGS
from tests.lib.declared_rows import rows
from tests.lib.harness import CASES, read
from tests.lib.questions import QUESTIONS

CORE = QUESTIONS.presentation.core_signs

GROUP = {"definition": "pt_only", "group_kind": "antipsychotic", "group": "antipsychotic"}
CODE_DAY = 15000
# `alone` and `tied` are the first signs of the case. `order`: no sign comes before one that it should follow; `strict`: and no
# two are on one day. `early`: mental status or rigidity is on the first day; `only`: and nothing else is. Creatine kinase is not
# in the order. `?`: fewer than two signs are dated. `chance`: how often days given to the signs at random would be in order.
ORDER = """
mental_status | rigidity | fever | autonomic | ck | alone         | tied                   | order|strict| early| only | chance
---
-3            | -2       | -1    | 0         | 0  | mental_status |                        | x    | x    | x    | x    | 1/24
0             | 0        | 0     | 0         |    |               | all_four               | x    | -    | x    | -    | 1
-1            | -1       | 0     |           |    |               | mental_status;rigidity | x    | -    | x    | x    | 1/3
-1            |          | -1    | 2         |    |               | mental_status;fever    | x    | -    | x    | -    | 1/3
              | -2       | 0     |           |    | rigidity      |                        | x    | x    | x    | x    | 1/2
0             |          | -2    |           |    | fever         |                        | -    | -    | -    | -    | 1/2
1             | 0        | 2     | 3         |    | rigidity      |                        | -    | -    | x    | x    | 1/24
              |          | 1     |           | -1 | ck            |                        | ?    | ?    | ?    | ?    | ?
              |          | 1     |           |    | ?             | ?                      | ?    | ?    | ?    | ?    | ?
"""
FOUR = "mental_status;rigidity;fever;autonomic"


def days_of(row: dict[str, str]) -> pl.DataFrame:
    days = {sign: [CODE_DAY + int(row[sign]) if row[sign] else None] for sign in SIGNS}
    return pl.DataFrame({"subject_id": ["a"], **days, CODE: [CODE_DAY]}, schema_overrides=dict.fromkeys([*SIGNS, CODE], pl.Int32))


def numbers_of(days: pl.DataFrame) -> pl.DataFrame:
    cases = days.select(subject_id="subject_id", **{name: pl.lit(value) for name, value in GROUP.items()})
    return order_numbers(cases, pl.DataFrame([GROUP]), days, 7, "persons", 0.95)


def mark(found: pl.DataFrame, measure: str, stratum: str) -> str:
    x, n = found.filter(measure=measure, stratum=stratum).select("numerator", "denominator").row(0)
    return "?" if n == 0 else "x" if x == 1 else "-"


@pytest.mark.parametrize("row", read(ORDER), ids=lambda row: "/".join(row[sign] or "." for sign in SIGNS))
def test_one_case(row: dict[str, str]) -> None:
    found = numbers_of(days_of(row))
    for kind in ("alone", "tied"):
        marks = {sign: mark(found, "first_sign_proportion", f"sign={sign};first={kind}") for sign in SIGNS}
        firsts = row[kind].replace("all_four", FOUR).split(";") if row[kind] else []
        assert marks == {sign: "?" if row["alone"] == "?" else "x" if sign in firsts else "-" for sign in SIGNS}
    for column, measure, ties in (
        ("order", "sign_order_proportion", "allowed"),
        ("strict", "sign_order_proportion", "none"),
        ("early", "first_sign_early_proportion", "allowed"),
        ("only", "first_sign_early_proportion", "none"),
    ):
        assert mark(found, measure, f"ties={ties};dated=2") == row[column], column
    chance = found.filter(measure="sign_order_by_chance", stratum="ties=allowed;dated=2")["estimate"][0]
    above, _, below = row["chance"].partition("/")
    assert chance == (None if row["chance"] == "?" else pytest.approx(int(above) / int(below or 1), rel=1e-12))


def test_without_ties_chance_is_one_of_all_orders_and_never_where_two_signs_share_a_day() -> None:
    for table_row, expected in ((0, 1 / 24), (2, 0.0), (4, 0.5)):
        found = numbers_of(days_of(read(ORDER)[table_row]))
        here = found.filter(measure="sign_order_by_chance", stratum="ties=none;dated=2")["estimate"][0]
        assert here == pytest.approx(expected, rel=1e-12)


def test_days_from_the_first_sign_to_the_code_may_be_below_zero() -> None:
    every = pl.concat([days_of(row).with_columns(subject_id=pl.lit(str(n))) for n, row in enumerate(read(ORDER))])
    found = numbers_of(every).filter(measure="first_sign_to_code_days").sort("stratum")
    # First signs at -3, 0, -1, -1, -2, -2, 0, -1, 1: 3, 2, 2, 1, 1, 1, 0, 0 and -1 days before the code.
    assert found["estimate"].to_list() == [0.0, 1.0, 2.0]
    assert found.select("numerator", "denominator").rows() == [(9, 9)] * 3
    assert found["low"].to_list()[1] == 0.0
    assert found.filter(stratum="quantile=0.25")["low"][0] is None


# A finding of the episode, and the day that it gives its sign.
FOUND = """
finding                           | state    | grade | value | precision | sign          | day
---
rigidity                          | present  | core  |       | day       | rigidity      | 1
rigidity                          | absent   | core  |       | day       | rigidity      |
rigidity                          | present  | weak  |       | day       | rigidity      |
rigidity                          | present  | core  |       | month     | rigidity      |
body_temperature                  | measured | core  | 38.4  | day       | fever         | 1
body_temperature                  | measured | core  | 37.0  | day       | fever         |
creatine_kinase                   | measured | core  | 900   | day       | ck            | 1
creatine_kinase                   | measured | core  | 700   | day       | ck            |
diaphoresis                       | present  | core  |       | day       | autonomic     | 1
altered_mental_status             | present  | core  |       | day       | mental_status | 1
agitation                         | present  | core  |       | day       | mental_status |
nms_diagnosis                     | present  | core  |       | day       | nms_diagnosis | 1
nms_diagnosis                     | absent   | core  |       | day       | nms_diagnosis |
"""


@pytest.mark.parametrize("row", read(FOUND), ids=lambda row: "-".join(row.values()))
def test_the_day_of_a_sign(row: dict[str, str]) -> None:
    stated = {
        "subject_id": "a",
        "element": row["finding"],
        "state": row["state"],
        "grade": row["grade"],
        "value": float(row["value"]) if row["value"] else None,
        "upper_limit": 200.0,
        "day": CODE_DAY + 1,
        "day_precision": row["precision"],
    }
    states = pl.DataFrame([{"subject_id": "a", "name": name, "state": 1} for name in CORE.values()])
    found = first_days(CORE, states, rows(FINDINGS, stated), list(CASES.values()))
    days = found[row["sign"]].drop_nulls().to_list()
    assert days == ([CODE_DAY + int(row["day"])] if row["day"] else [])


def test_a_sign_that_is_judged_not_present_has_no_day() -> None:
    once = {"subject_id": "a", "element": "body_temperature", "state": "measured", "grade": "core", "value": 38.4}
    states = pl.DataFrame([{"subject_id": "a", "name": CORE["fever"], "state": 0}])
    found = first_days(CORE, states, rows(FINDINGS, once | {"day": 1, "day_precision": "day"}), list(CASES.values()))
    assert found["fever"].drop_nulls().is_empty()


def test_reports_say_why_they_have_no_order() -> None:
    found = no_order_in_reports(pl.DataFrame([GROUP]), "reports")
    assert found["measure"].to_list() == list(METHOD)
    assert found["estimate"].null_count() == found.height
    assert found["undefined_reason"].str.contains("one event date").all()


def test_a_group_without_a_case_says_so() -> None:
    found = numbers_of(days_of(read(ORDER)[0]).clear())
    assert found["estimate"].null_count() == found.height
    assert found["undefined_reason"].null_count() == 0
    assert found["denominator"].drop_nulls().unique().to_list() == [0]

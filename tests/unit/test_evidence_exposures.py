"""Which drugs become exposures, how far they lie from the event, and where the others went."""

from pathlib import Path

import polars as pl
import pytest

from nms_pv.evidence.reports.exposures import exposure_attrition, exposures
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.long_acting import LongActingProduct, load_long_acting, longest_intervals
from nms_pv.spec.strict import StudyError
from nms_pv.tables.canonical import REPORT_DRUGS, REPORTS
from nms_pv.tables.evidence import EXPOSURES

STUDY = Path(__file__).parents[2] / "study"
DRUGS = load_drugs(STUDY)
INTERVALS = longest_intervals(load_long_acting(STUDY, DRUGS))
EVENT = 19000


def _drugs(*rows: dict) -> pl.LazyFrame:
    usual = {
        "subject_id": "faers:1", "ingredient_reported": "AS REPORTED", "ingredient": "haloperidol", "formulation": "other",
        "role": "PS", "start_day": None, "start_day_precision": "none", "end_day": None, "end_day_precision": "none",
        "dose": None, "dechallenge": "not_documented", "rechallenge": "not_documented", "source_id": "faers:2025Q4:DRUG",
    }  # fmt: skip
    filled = [{**usual, "drug_no": n, "source_line": n + 1, **row} for n, row in enumerate(rows, start=1)]
    return pl.LazyFrame(filled, schema={k: v for k, v in REPORT_DRUGS.types.items() if k in filled[0]})


def _reports(day: int | None = EVENT, precision: str = "day") -> pl.LazyFrame:
    rows = [{"subject_id": "faers:1", "event_day": day, "event_day_precision": precision}]
    return pl.LazyFrame(rows, schema={k: v for k, v in REPORTS.types.items() if k in rows[0]})


def _exposed(*rows: dict, reports: pl.LazyFrame | None = None) -> pl.DataFrame:
    return EXPOSURES.check(exposures(_drugs(*rows), _reports() if reports is None else reports, DRUGS, INTERVALS))


def _dated(start: int | None, start_precision: str, end: int | None = None, end_precision: str = "none") -> dict:
    return {"start_day": start, "start_day_precision": start_precision, "end_day": end, "end_day_precision": end_precision}


def test_one_row_for_each_relation() -> None:
    found = _exposed({"ingredient": "bromocriptine"}, {"ingredient": "haloperidol"})
    assert found.select("course_no", "ingredient", "relation").rows() == [
        (1, "bromocriptine", "withdrawal"),
        (1, "bromocriptine", "treatment"),
        (2, "haloperidol", "antagonist"),
    ]


def test_a_drug_not_given_or_not_coded_is_no_exposure() -> None:
    assert _exposed({"role": "DN"}, {"ingredient": None}).is_empty()


def test_an_ingredient_named_twice_is_one_course_and_long_acting_if_either_is() -> None:
    twice = [
        {"drug_no": 1, "ingredient_reported": "HALOPERIDOL", "formulation": "other"},
        {"drug_no": 1, "ingredient_reported": "HALOPERIDOL DECANOATE", "formulation": "long_acting"},
    ]
    assert _exposed(*twice).select("course_no", "formulation").rows() == [(1, "long_acting")]


@pytest.mark.parametrize(
    ("event", "course", "timing", "since_start", "since_end"),
    [
        ((EVENT, "day"), _dated(EVENT - 10, "day", EVENT - 2, "day"), "known", 10, 2),
        ((EVENT, "day"), _dated(EVENT, "day"), "known", 0, None),
        ((EVENT, "day"), _dated(EVENT - 10, "day", EVENT + 5, "day"), "known", 10, -5),
        ((EVENT, "day"), _dated(EVENT - 10, "day", EVENT - 2, "month"), "known", 10, None),
        ((EVENT, "day"), _dated(None, "none", EVENT - 2, "day"), "start_date_missing", None, 2),
        ((EVENT, "day"), _dated(EVENT - 10, "month"), "start_date_not_exact", None, None),
        ((EVENT, "day"), _dated(EVENT - 10, "padded"), "start_date_not_exact", None, None),
        ((EVENT, "day"), _dated(EVENT + 1, "day"), "event_before_start", None, None),
        ((EVENT, "padded"), _dated(EVENT - 10, "day", EVENT - 2, "day"), "event_date_padded", None, None),
        ((EVENT, "month"), _dated(EVENT - 10, "day"), "event_date_not_exact", None, None),
        ((EVENT, "year"), _dated(EVENT - 10, "day"), "event_date_not_exact", None, None),
        ((None, "none"), _dated(None, "none"), "event_date_missing", None, None),
    ],
)
def test_distance_is_known_only_from_day_to_day(
    event: tuple, course: dict, timing: str, since_start: int | None, since_end: int | None
) -> None:
    found = _exposed(course, reports=_reports(*event))
    assert found.select("timing", "onset_minus_start", "onset_minus_end").row(0) == (timing, since_start, since_end)


def test_kept_and_left_make_the_whole() -> None:
    drugs = _drugs(
        {"role": "DN"},
        {"ingredient": None},
        {"drug_no": 3, "ingredient_reported": "HALOPERIDOL"},
        {"drug_no": 3, "ingredient_reported": "HALDOL"},
        {"ingredient": "xanomeline and trospium"},
        {"ingredient": "bromocriptine"},
    )
    found = exposures(drugs, _reports(), DRUGS, INTERVALS)
    assert exposure_attrition("2025Q4", drugs, DRUGS, found).select("reason", "n_in", "n_left", "n_kept").rows() == [
        ("drug_not_administered", 6, 1, 5),
        ("ingredient_not_coded", 5, 1, 4),
        ("ingredient_named_twice", 4, 1, 3),
        ("no_relation_to_nms", 3, 1, 2),
        ("further_relation_of_the_ingredient", 2, -1, 3),
        ("kept", 3, 0, 3),
    ]
    assert found.height == 3


def test_an_ingredient_the_drug_table_does_not_have_is_an_error() -> None:
    drugs = _drugs({"ingredient": "moonshine"})
    with pytest.raises(StudyError, match=r"2025Q4: drugs are coded to \['moonshine'\]"):
        exposure_attrition("2025Q4", drugs, DRUGS, exposures(drugs, _reports(), DRUGS, INTERVALS))


@pytest.mark.parametrize(
    ("words", "amount", "unit"),
    [
        ("5 MG", 5.0, "mg"),
        ("25mg", 25.0, "mg"),
        (" .5 mg ", 0.5, "mg"),
        ("100 MG/D", 100.0, "mg/day"),
        ("2 mg/day", 2.0, "mg/day"),
        ("10 mg, qd", 10.0, "mg/day"),
        ("100 MG BID", 200.0, "mg/day"),
        ("250 milligram, 2x/Day", 500.0, "mg/day"),
        ("1 GRAM, TID", 3000.0, "mg/day"),
        ("50 mcg QID", 0.2, "mg/day"),
        ("10 mg, UNK", 10.0, "mg"),
        ("25 MG unknown frequency", 25.0, "mg"),
        ("300 milligram, q4weeks", None, None),
        ("10 MG/KG", None, None),
        ("5-10 MG", None, None),
        ("125 mg in AM and 250 mg in PM", None, None),
        ("3 DF, QD", None, None),
        ("2000 IU", None, None),
        ("UNK", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_a_dose_is_read_only_where_it_is_one_plain_amount(words: str | None, amount: float | None, unit: str | None) -> None:
    assert _exposed({"dose": words}).select("dose_amount", "dose_unit").row(0) == (amount, unit)


def test_what_stopping_and_giving_again_did_is_carried() -> None:
    found = _exposed({"dechallenge": "positive", "rechallenge": "does_not_apply"})
    assert found.select("dechallenge", "rechallenge").row(0) == ("positive", "does_not_apply")


def test_a_long_acting_course_acts_for_the_longest_interval_of_its_ingredient() -> None:
    found = _exposed(
        {"ingredient": "paliperidone", "formulation": "long_acting"},
        {"ingredient": "haloperidol", "formulation": "other"},
        {"ingredient": "quetiapine", "formulation": "long_acting"},
    )
    assert found.filter(pl.col("relation") == "antagonist")["dosing_interval_days"].to_list() == [182, None, None]


def test_the_longest_interval_of_an_ingredient_leaves_out_single_doses() -> None:
    products = [LongActingProduct(str(n), "risperidone", (), days) for n, days in enumerate([14, None, 28])]
    assert longest_intervals([*products, LongActingProduct("single", "aripiprazole", (), None)]) == {"risperidone": 28}

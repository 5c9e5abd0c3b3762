"""What is believed of a cell: dates, ages, weights, codes, and text that means nothing."""

from datetime import date

import polars as pl
import pytest

from nms_pv.canonical.faers.countries import country_code
from nms_pv.canonical.faers.values import EPOCH, KG_PER, YEARS_PER, believe, cell, coded, dated, measured, quarter_end, words
from tests.lib.faers import FAERS

RULES = FAERS.rules
END = quarter_end("2025Q4")


def read_date(text: str | None, *, padded: bool = False) -> tuple[date | None, str, str | None]:
    frame = pl.DataFrame({"raw": [text]}, schema={"raw": pl.String})
    cells = frame.select(cell("raw", RULES))
    believed, issues = believe(cells, [dated("day", pl.col("raw"), RULES, END, padded=padded)], "faers:2025Q4:DEMO")
    (value, exact), reason = believed.row(0), issues["reason"].first()
    return (None if value is None else date.fromordinal(EPOCH.toordinal() + value)), exact, reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20240229", (date(2024, 2, 29), "day", None)),
        ("20240201", (date(2024, 2, 1), "day", None)),
        ("202402", (date(2024, 2, 1), "month", None)),
        ("2024", (date(2024, 1, 1), "year", None)),
        ("20141226.0", (date(2014, 12, 26), "day", None)),
        ("202510.0", (date(2025, 10, 1), "month", None)),
        ("2025.0", (date(2025, 1, 1), "year", None)),
        (" 2025 ", (date(2025, 1, 1), "year", None)),
        (None, (None, "none", None)),
        ("", (None, "none", None)),
        ("NA", (None, "none", None)),
        ("NULL", (None, "none", None)),
        ('"NULL"', (None, "none", None)),
        ("20230229", (None, "none", "not_a_date")),
        ("20231301", (None, "none", "not_a_date")),
        ("19 May", (None, "none", "not_a_date")),
        ("202", (None, "none", "not_a_date")),
        ("10190525", (None, "none", "before_earliest_date")),
        ("101702", (None, "none", "before_earliest_date")),
        ("1900", (None, "none", "before_earliest_date")),
        ("19000101", (None, "none", "before_earliest_date")),
        ("00010101", (None, "none", "before_earliest_date")),
        ("30190930", (None, "none", "after_end_of_quarter")),
        ("202601", (None, "none", "after_end_of_quarter")),
        ("20251231", (date(2025, 12, 31), "day", None)),
    ],
)
def test_dates(text: str | None, expected: tuple[date | None, str, str | None]) -> None:
    assert read_date(text) == expected


@pytest.mark.parametrize(
    ("text", "precision"), [("20220101", "padded"), ("20220301", "padded"), ("20220302", "day"), ("2022", "year")]
)
def test_a_first_of_the_month_may_be_filled_in(text: str, precision: str) -> None:
    assert read_date(text, padded=True)[1] == precision


@pytest.mark.parametrize(
    ("quarter", "padded"), [("2004Q1", True), ("2012Q3", True), ("2012Q4", False), ("2021Q2", False), ("2021Q3", True)]
)
def test_quarters_whose_event_dates_are_padded(quarter: str, padded: bool) -> None:
    assert RULES.event_dates_are_padded(quarter) is padded


def read_age(age: str | None, unit: str | None) -> tuple[float | None, str | None]:
    frame = pl.DataFrame({"age": [age], "unit": [unit]}, schema={"age": pl.String, "unit": pl.String})
    value = measured("age_years", pl.col("age"), pl.col("unit"), YEARS_PER, RULES.age_years)
    believed, issues = believe(frame.select(cell("age", RULES), cell("unit", RULES)), [value], "faers:2025Q4:DEMO")
    return believed.item(), issues["reason"].first()


@pytest.mark.parametrize(
    ("age", "unit", "years", "reason"),
    [
        ("61", "YR", 61, None),
        ("61.0", "yr", 61, None),
        ("5", "DEC", 50, None),
        ("55", "DEC", None, "beyond_limits"),
        ("668", "MON", 668 / 12, None),
        ("31028", "DY", 31028 / 365.25, None),
        ("52", "WK", 52 * 7 / 365.25, None),
        ("12", "HR", 0.5 / 365.25, None),
        ("123", "YR", None, "beyond_limits"),
        ("-1", "YR", None, "beyond_limits"),
        ("163/6", "YR", None, "not_a_number"),
        ("U", "YR", None, "not_a_number"),
        ("61", None, None, "no_unit"),
        ("61", "XX", None, "unknown_unit"),
        (None, "YR", None, None),
        ("N/A", "YR", None, None),
    ],
)
def test_ages(age: str | None, unit: str | None, years: float | None, reason: str | None) -> None:
    value, found = read_age(age, unit)
    assert found == reason
    assert value == (None if years is None else pytest.approx(years))


@pytest.mark.parametrize(
    ("weight", "unit", "kg", "reason"),
    [
        ("70", "KG", 70, None),
        ("260", "LBS", 260 * 0.45359237, None),
        ("3200", "GMS", 3.2, None),
        (".58", "KG", 0.58, None),
        (".06", "KG", None, "beyond_limits"),
        ("0.0", "KG", None, "beyond_limits"),
    ],
)
def test_weights(weight: str, unit: str, kg: float | None, reason: str | None) -> None:
    frame = pl.DataFrame({"wt": [weight], "unit": [unit]})
    value = measured("weight_kg", pl.col("wt"), pl.col("unit"), KG_PER, RULES.weight_kg)
    believed, issues = believe(frame.select(cell("wt", RULES), cell("unit", RULES)), [value], "faers:2025Q4:DEMO")
    found, why = believed.item(), issues["reason"].first()
    assert why == reason
    assert found == (None if kg is None else pytest.approx(kg))


def test_an_unlisted_code_is_counted_with_an_example() -> None:
    frame = pl.DataFrame({"role": ["PS", "ps", "ZZ", "YY", None, ""]})
    value = coded("role", pl.col("role"), {"PS": "PS"}, "unknown", empty="not_documented")
    believed, issues = believe(frame.select(cell("role", RULES)), [value], "faers:2024Q1:DRUG")
    assert believed["role"].to_list() == ["PS", "PS", "unknown", "unknown", "not_documented", "not_documented"]
    assert issues.rows() == [("faers:2024Q1:DRUG", "role", "unknown_code", 2, "YY")]


def test_control_characters_are_no_text() -> None:
    frame = pl.DataFrame({"name": ["ATROPINR\x08E SULFATE", "\x00", "\t x \r"]})
    assert frame.select(words("name"))["name"].to_list() == ["ATROPINR E SULFATE", "", "x"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("US", "US"),
        ("UNITED STATES", "US"),
        ("JAPAN", "JP"),
        ("KOREA, REPUBLIC OF", "KR"),
        ("United Kingdom", "GB"),
        ("EU", "EU"),
        ("COUNTRY NOT SPECIFIED", None),
        ("ATLANTIS", None),
    ],
)
def test_countries(name: str, code: str | None) -> None:
    assert country_code(pl.Series([name]), FAERS.countries)["code"].item() == code

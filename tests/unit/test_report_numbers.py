import pytest

from nms_pv.report.numbers import count, percent, rounded
from nms_pv.report.words import clean, shortened


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (104.11, "104"),
        (45.11, "45.1"),
        (9.534, "9.53"),
        (0.0123456, "0.0123"),
        (12345.6, "12,346"),
        (0.0, "0"),
        (-1.234, "−1.23"),
        (0.0000004, "0.000000400"),
        (float("inf"), "∞"),
        (float("nan"), "—"),
    ],
)
def test_three_significant_digits(value: float, text: str) -> None:
    assert rounded(value) == text


def test_counts_and_shares() -> None:
    assert count(1234567) == "1,234,567"
    assert count(-3) == "−3"
    assert percent(1, 8) == "12.5"
    assert percent(0, 0) == "—"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb\u200bc\x00", "abc"),
        ("two\nlines\there", "two lines here"),
        ("At-risk, RISKS; incidence", "At-[…], […]; […]"),
        ("risperidone, asterisk", "risperidone, asterisk"),
        ("naïve Ω 薬", "naïve Ω 薬"),
    ],
)
def test_clean(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_shortened_marks_the_cut() -> None:
    assert shortened("abcdefgh", 8) == "abcdefgh"
    assert shortened("abcdefghi", 8) == "abcdefg…"

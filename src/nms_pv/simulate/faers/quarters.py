"""A quarter of publication as a span of days, and the case and record numbers that belong to it."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from nms_pv.simulate.faers.chance import Ints
from nms_pv.spec.source import SourceRules

EPOCH = date(1970, 1, 1)
FIRST_PUBLISHED = "2004Q1"

# FDA changed systems inside 2012Q3: that file ends on 27 August, and 2012Q4 covers the four months after it.
SYSTEM_CHANGE = date(2012, 8, 28)

# Numbers as large as real ones: seven digits in the legacy files, beyond 21.47 million (so that version 10 needs more than
# 32 bits) ten years later.
LEGACY_CASES, CURRENT_CASES = 150_000, 300_000
LEGACY_RECORDS = 165_000
FIRST_NUMBER = 4_000_000


@dataclass(frozen=True)
class Span:
    """One quarter.

    Days are integers since 1970-01-01, both inclusive. Its case numbers are `first_case` and the `room` - 1 after it, its
    record numbers (legacy: ISR) begin at `first_record`. `is_current`: the primaryid layout, not the ISR layout.
    """

    label: str
    index: int
    is_current: bool
    first_day: int
    last_day: int
    first_case: int
    room: int
    first_record: int

    @property
    def year(self) -> int:
        """Calendar year."""
        return int(self.label[:4])

    @property
    def short(self) -> str:
        """As in file names: 24Q1."""
        return self.label[2:]

    def draw_days(self, rng: np.random.Generator, n: int) -> Ints:
        """Draw days of the quarter, each as likely."""
        return rng.integers(self.first_day, self.last_day + 1, n)


def span(label: str, rules: SourceRules) -> Span:
    """The span of a quarter such as 2024Q1.

    Raises
    ------
    ValueError
        Before 2004Q1, the first quarter that FDA published.
    """
    if label < FIRST_PUBLISHED:
        raise ValueError(f"simulation.quarters: {label} cannot be simulated; the first published quarter is {FIRST_PUBLISHED}")
    year, number = int(label[:4]), int(label[5])
    first, end = date(year, 3 * number - 2, 1), date(year + number // 4, (3 * number) % 12 + 1, 1)
    if label == "2012Q3":
        end = SYSTEM_CHANGE
    if label == "2012Q4":
        first = SYSTEM_CHANGE
    index, change = _index(label), _index(rules.first_current_quarter)
    is_current = index >= change
    return Span(
        label=label,
        index=index,
        is_current=is_current,
        first_day=(first - EPOCH).days,
        last_day=(end - EPOCH).days - 1,
        first_case=FIRST_NUMBER + min(index, change) * LEGACY_CASES + max(index - change, 0) * CURRENT_CASES,
        room=CURRENT_CASES if is_current else LEGACY_CASES,
        first_record=FIRST_NUMBER + index * LEGACY_RECORDS,
    )


def _index(label: str) -> int:
    return (int(label[:4]) - int(FIRST_PUBLISHED[:4])) * 4 + int(label[5]) - 1

"""Exact numbers -> numbers that may leave the study: counts rounded, small ones hidden, what gives them away left out."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from nms_pv.report.numbers import MINUS, Row, count, rounded

DECIMALS = 2
# Percentages from here on with one decimal, so that 99.9 and 100.0 stand under each other; smaller ones with three digits.
ONE_DECIMAL_FROM = 9.95


@dataclass(frozen=True)
class Numbers:
    """What the number columns of one table are; each is named, so that none leaves as it is by oversight.

    `counts` count subjects, `estimated` are counts that a model estimates, `derived` are shares, kappas and other numbers
    computed from counts, `harmless` count no subject, `withheld` never leave. `shares` are pairs of a part and its whole, from
    which `derived` comes.
    """

    counts: tuple[str, ...] = ()
    estimated: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    shares: tuple[tuple[str, str], ...] = ()

    @property
    def all(self) -> set[str]:
        """Every column that is named."""
        return {*self.counts, *self.estimated, *self.derived, *self.harmless, *self.withheld}


@dataclass(frozen=True)
class SmallCells:
    """How numbers leave the study: counts from 1 to below `limit` are hidden; a limit of 0 hides and rounds nothing.

    In a table a hidden count is empty: an exact table has no empty count.
    """

    limit: int

    @property
    def is_open(self) -> bool:
        """Whether everything leaves as it is."""
        return self.limit == 0

    def leave(self, exact: pl.DataFrame, numbers: Numbers) -> pl.DataFrame:
        """The table as it may leave the study.

        Counts are rounded to the nearest multiple of the limit. A row whose whole is smaller than twice the limit is left out:
        in a small group even a zero tells of people. A share whose part, or rest, is hidden is empty.
        """
        if self.is_open:
            return exact
        large = pl.all_horizontal(pl.lit(True), *(pl.col(whole) >= 2 * self.limit for _, whole in numbers.shares))
        gives_away = [
            self._is_small(end) for part, whole in numbers.shares for end in (pl.col(part), pl.col(whole) - pl.col(part))
        ]
        hidden = pl.any_horizontal(pl.lit(False), *gives_away)
        return (
            exact.filter(large)
            .with_columns(
                *(pl.when(~hidden).then(pl.col(name).round(DECIMALS)).alias(name) for name in numbers.derived),
                *((pl.col(name) / self.limit).round() * self.limit for name in numbers.estimated),
                *(self._rounded_or_hidden(pl.col(name)).alias(name) for name in numbers.counts),
            )
            .drop(numbers.withheld)
        )

    def _rounded_or_hidden(self, count: pl.Expr) -> pl.Expr:
        return pl.when(~self._is_small(count)).then(to_nearest(count, self.limit))

    def _is_small(self, value: pl.Expr) -> pl.Expr:
        return value.is_between(1, self.limit - 1)

    def as_file(self, leaving: pl.DataFrame, numbers: Numbers) -> pl.DataFrame:
        """A table that may leave the study, with its hidden counts spelled out."""
        if self.is_open:
            return leaving
        return leaving.with_columns(pl.col(numbers.counts).cast(pl.String).fill_null(self.hidden))

    @property
    def hidden(self) -> str:
        """What stands in place of a hidden count."""
        return f"<{self.limit}"

    def count(self, value: int | None) -> str:
        """A count of subjects as the reader sees it."""
        return self.hidden if value is None else count(value)

    def interval(self, row: Row, show: Callable[[float], str]) -> str:
        """An estimate and, where it has one, its interval."""
        ends = "" if row["low"] is None or row["high"] is None else f" ({show(row['low'])}–{show(row['high'])})"
        return show(row["estimate"]) + ends

    def estimated(self, value: float) -> str:
        """A number of subjects that a model estimates."""
        return rounded(value) if self.is_open else count(round(value))

    def number(self, value: float) -> str:
        """A number derived from counts."""
        return rounded(value) if self.is_open else two_decimals(value)

    def percent(self, share: float) -> str:
        """A share in percent, without the sign."""
        value = 100 * share
        if not self.is_open:
            return _fixed(value, 0)
        return _fixed(value, 1) if abs(value) >= ONE_DECIMAL_FROM else rounded(value)


def to_nearest(count: pl.Expr, limit: int) -> pl.Expr:
    """Counts rounded to the nearest multiple of the limit."""
    return (count + limit // 2) // limit * limit


def two_decimals(value: float) -> str:
    """A number as kappas are printed."""
    return _fixed(value, DECIMALS)


def _fixed(value: float, decimals: int) -> str:
    # Adding 0.0 takes the sign from a zero.
    return f"{round(value, decimals) + 0.0:.{decimals}f}".replace("-", MINUS)

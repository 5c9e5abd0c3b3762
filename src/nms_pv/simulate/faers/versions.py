"""When each case is received: follow-ups in later quarters, probable duplicates, deletions, and cases brought back.

A case plays one part only: it is plain, or it comes again, or it is deleted, or it is deleted and brought back, or it is
the original of a duplicate. So each of these can be checked by itself.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from nms_pv.simulate.faers.chance import Bools, Ints
from nms_pv.simulate.faers.population import NO_DATE, SENDERS
from nms_pv.simulate.faers.quarters import Span

DUPLICATE_SHARE = 0.025  # of all cases
COMES_AGAIN_SHARE, COMES_TWICE_SHARE, SKIPS_A_QUARTER_SHARE = 0.08, 0.2, 0.25
TWO_RECORDS_SHARE = 0.03  # legacy cases with two records in one file
DELETED_SHARE, BROUGHT_BACK_SHARE = 0.006, 0.001
FIRST_DELETED_LIST = "2019Q1"
HIGH_VERSION = 115  # a version number that makes any record number longer than 32 bits

PLAIN, CONTENT_COPY, NUMBER_COPY = "", "same_content", "same_sender_number"


@dataclass(frozen=True)
class Schedule:
    """What becomes of the cases of one quarter.

    `reports`: one row for each time a case is received, in this quarter or a later one: key (the case whose content it
    carries), caseid, position (of the quarter in the simulation), version, received_day, init_day, sender, number_of
    (the case whose sender number it carries), is_reduced (lacks weight and the optional reaction), is_plain,
    duplicate_kind. `deletions`: case numbers by position of the list that names them. `cases`: one row a case, for the truth.
    """

    reports: pl.DataFrame
    deletions: dict[int, list[int]]
    cases: pl.DataFrame


def has_deleted_list(span: Span) -> bool:
    """Is a list of deleted cases published with this quarter?"""
    return span.label >= FIRST_DELETED_LIST


def draw_case_numbers(span: Span, n: int, rng: np.random.Generator) -> Ints:
    """`n` rising case numbers of a quarter, with gaps.

    Raises
    ------
    ValueError
        When the quarter has fewer numbers than cases.
    """
    if n > span.room:
        raise ValueError(
            f"simulation.cases: {n:,} cases in {span.label}, which has room for {span.room:,}; simulate more quarters"
        )
    gap = span.room // n
    return span.first_case + np.arange(n) * gap + rng.integers(0, gap, n)


def schedule(position: int, spans: list[Span], people: pl.DataFrame, copies: Ints, rng: np.random.Generator) -> Schedule:
    """Draw what becomes of each case of the quarter at `position`.

    Parameters
    ----------
    position
        Place of the quarter in `spans`.
    spans
        All simulated quarters in order of time.
    people
        The cases that are no duplicates (`draw_people`).
    copies
        Case numbers kept for the duplicates.
    """
    here, has_next = spans[position], position + 1 < len(spans)
    lists = np.array([p for p in range(position, len(spans)) if has_deleted_list(spans[p])], dtype=np.int64)
    parts = _Parts(people, rng)
    high = parts.take(1 if here.is_current else 0)
    back = parts.take_share(BROUGHT_BACK_SHARE, has_deleted_list(here) and has_next)
    deleted = parts.take_share(DELETED_SHARE, len(lists) > 0)
    again = parts.take_share(COMES_AGAIN_SHARE, has_next)
    two_records = parts.take_share(TWO_RECORDS_SHARE, not here.is_current)
    content, number = parts.take_originals(len(copies))

    version = people["version"].to_numpy().copy()
    version[high] = HIGH_VERSION
    is_reduced = np.zeros(len(people), dtype=np.bool_)
    is_reduced[np.r_[again, back, two_records]] = True
    received = _Received(
        people.select("key", "init_day", "received_day", "sender", version=pl.Series(version)), position, spans, rng
    )
    received.first(is_reduced, parts.untouched)
    received.follow_up(back, np.full(len(back), position + 1), 1)
    received.follow_up(two_records, np.full(len(two_records), position), 1)
    second = np.minimum(position + 1 + (rng.random(len(again)) < SKIPS_A_QUARTER_SHARE), len(spans) - 1)
    received.follow_up(again, second, 1)
    third = (rng.random(len(again)) < COMES_TWICE_SHARE) & (second + 1 < len(spans))
    received.follow_up(again[third], second[third] + 1, 2)
    received.copy_content(content, copies[: len(content)])
    received.copy_number(number, copies[len(content) : len(content) + len(number)])

    named_in = lists[rng.integers(0, min(2, len(lists)), len(deleted))] if len(lists) else lists
    key = people["key"].to_numpy()
    deletions = {p: key[deleted[named_in == p]].tolist() for p in lists.tolist()}
    deletions[position] = [*deletions.get(position, []), *key[back].tolist()]
    reports = pl.concat(received.parts)
    return Schedule(reports, deletions, _cases(reports, spans, key[deleted], key[back]))


class _Parts:
    """Deals the cases out: each is taken once."""

    def __init__(self, people: pl.DataFrame, rng: np.random.Generator) -> None:
        self.order = rng.permutation(len(people))
        known = pl.all_horizontal(pl.col("age_years", "sex", "country").is_not_null(), pl.col("event_precision") != NO_DATE)
        self.is_complete: Bools = people.select(known).to_series().to_numpy()
        self.has_number: Bools = (people["report_type"] != "DIR").to_numpy()
        self.untouched: Bools = np.ones(len(people), dtype=np.bool_)

    def take(self, n: int) -> Ints:
        """The next `n` cases."""
        taken, self.order = self.order[:n], self.order[n:]
        self.untouched[taken] = False
        return np.sort(taken)

    def take_share(self, share: float, is_possible: bool) -> Ints:
        """A share of all cases, and at least one, where it is possible at all."""
        return self.take(max(1, round(share * len(self.untouched))) if is_possible else 0)

    def take_originals(self, copies: int) -> tuple[Ints, Ints]:
        """Originals of content copies (all compared fields are known) and of number copies; the sender has a number."""
        self.order = self.order[self.has_number[self.order]]
        content = self.order[self.is_complete[self.order]][: copies // 2]
        self.order = self.order[~np.isin(self.order, content)]
        number = self.order[: copies - len(content)]
        self.untouched[np.r_[content, number]] = False
        return np.sort(content), np.sort(number)


class _Received:
    """Collects the reports of the cases of one quarter."""

    def __init__(self, base: pl.DataFrame, position: int, spans: list[Span], rng: np.random.Generator) -> None:
        self.base, self.position, self.spans, self.rng = base, position, spans, rng
        self.parts: list[pl.DataFrame] = []

    def first(self, is_reduced: Bools, is_plain: Bools) -> None:
        """Each case as it is received first."""
        self._add(self.base, self.position, is_reduced=is_reduced, is_plain=is_plain)

    def follow_up(self, rows: Ints, position: Ints, later: int) -> None:
        """The same cases again, `later` versions on, in the quarters at `position`."""
        again = self.base[rows]
        start = np.array([span.first_day for span in self.spans])[position]
        end = np.array([span.last_day for span in self.spans])[position]
        start = np.maximum(start, again["received_day"].to_numpy())
        day = start + np.floor(self.rng.random(len(rows)) * (end - start + 1)).astype(np.int64)
        self._add(again.with_columns(pl.col("version") + later, pl.Series("received_day", day)), position)

    def copy_content(self, rows: Ints, caseid: Ints) -> None:
        """The same content under another case number, from another sender, in the same quarter."""
        found = self._soon_after(rows)
        other = (found["sender"].to_numpy() + self.rng.integers(1, len(SENDERS), len(rows))) % len(SENDERS)
        self._add(found.with_columns(sender=pl.Series(other)), self.position, caseid=caseid, number_of=caseid, kind=CONTENT_COPY)

    def copy_number(self, rows: Ints, caseid: Ints) -> None:
        """A slightly other account under another case number, from the same sender under the same number of his.

        Every other one comes a quarter later, if there is one.
        """
        found = self._soon_after(rows)
        later = min(self.position + 1, len(self.spans) - 1)
        position = np.where(np.arange(len(rows)) % 2 == 0, self.position, later)
        day = np.where(position == self.position, found["received_day"], self.spans[later].draw_days(self.rng, len(rows)))
        found = found.with_columns(received_day=pl.Series(day), init_day=pl.Series(day))
        self._add(found, position, caseid=caseid, kind=NUMBER_COPY, is_reduced=True)

    def _soon_after(self, rows: Ints) -> pl.DataFrame:
        """The cases as first versions, received up to three weeks after the original."""
        found = self.base[rows]
        day = found["received_day"].to_numpy() + self.rng.integers(0, 22, len(rows))
        day = np.minimum(day, self.spans[self.position].last_day)
        return found.with_columns(version=pl.lit(1, pl.Int64), received_day=pl.Series(day), init_day=pl.Series(day))

    def _add(
        self,
        found: pl.DataFrame,
        position: Ints | int,
        *,
        caseid: Ints | None = None,
        number_of: Ints | None = None,
        kind: str = PLAIN,
        is_reduced: Bools | bool = False,
        is_plain: Bools | bool = False,
    ) -> None:
        n = len(found)
        self.parts.append(
            found.select(
                "key",
                pl.Series("caseid", found["key"] if caseid is None else caseid),
                pl.Series("position", np.broadcast_to(position, n)),
                "version",
                "received_day",
                "init_day",
                "sender",
                pl.Series("number_of", found["key"] if number_of is None else number_of),
                pl.Series("is_reduced", np.broadcast_to(is_reduced, n)),
                pl.Series("is_plain", np.broadcast_to(is_plain, n)),
                pl.lit(kind).alias("duplicate_kind"),
            )
        )


def _cases(reports: pl.DataFrame, spans: list[Span], deleted: Ints, back: Ints) -> pl.DataFrame:
    """One row a case: key, caseid, latest_quarter, versions, duplicate_of, duplicate_kind, deleted, brought_back."""
    labels = pl.Series([span.label for span in spans])
    cases = (
        reports.lazy()
        .group_by("caseid", "key", "duplicate_kind", maintain_order=True)
        .agg(pl.col("position").max(), pl.len().alias("versions"))
        .collect()
    )
    return cases.select(
        "key",
        "caseid",
        labels.gather(cases["position"]).alias("latest_quarter"),
        "versions",
        pl.when(pl.col("duplicate_kind") != PLAIN).then(pl.col("key")).alias("duplicate_of"),
        pl.when(pl.col("duplicate_kind") != PLAIN).then(pl.col("duplicate_kind")).alias("duplicate_kind"),
        pl.col("caseid").is_in(deleted).alias("deleted"),
        pl.col("caseid").is_in(back).alias("brought_back"),
    ).sort("caseid")

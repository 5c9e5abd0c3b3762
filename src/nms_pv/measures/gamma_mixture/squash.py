"""A table of drugs and events -> few entries that stand for all its cells, those without a report included."""

from typing import NamedTuple

import numpy as np
import polars as pl

from nms_pv.measures.gamma_mixture.likelihood import Cells
from nms_pv.measures.gamma_mixture.margins import Margins
from nms_pv.measures.interval import Floats

BINS_PER_DECADE = 50
# Expected reports lie above 1e-12 and below 1e12 in any table there is.
DECADES_BELOW_ONE = 12
DECADES = 24


class Squashed(NamedTuple):
    """The entries, and the expected reports of each pair in the order in which the pairs were given."""

    cells: Cells
    expected: Floats


def squash(pairs: pl.DataFrame, margins: Margins, bins_per_decade: int = BINS_PER_DECADE) -> Squashed:
    """Squash a table.

    Parameters
    ----------
    pairs
        Columns drug, term, reports: every pair with at least one report, once.
    margins
        Of the drugs and terms of the pairs.
    bins_per_decade
        Bins of expected reports, of equal width on the logarithmic scale, in a factor of 10.

    Returns
    -------
    Squashed
        Cells with the same count whose expected reports lie in one bin are one entry: it has their mean of expected reports,
        and their number as its weight. Cells without a report are never written down: each bin has those of all cells less
        those of the pairs. Cells in which nothing is expected (no common stratum) say nothing and are left out.

    References
    ----------
    DuMouchel W, Pregibon D. KDD 2001:67-76. doi:10.1145/502512.502526 (squashing; memory: to be verified)
    """
    found = _with_profiles(pairs, margins)
    row, column = (found[name].to_numpy() for name in ("drug_no", "term_no"))
    order = np.argsort(row, kind="stable")
    sorted_row = row[order]
    bins = DECADES * bins_per_decade
    cells, sums, expected = np.zeros(bins), np.zeros(bins), np.zeros(len(row))
    for block in margins.blocks():
        members = np.outer(margins.drugs.members[block.first : block.first + len(block.expected)], margins.terms.members)
        place = _bin(block.expected, bins_per_decade)
        seen = place >= 0
        cells += np.bincount(place[seen], members[seen], bins)
        sums += np.bincount(place[seen], members[seen] * block.expected[seen], bins)
        first, last = np.searchsorted(sorted_row, [block.first, block.first + len(block.expected)])
        here = order[first:last]
        expected[here] = block.expected[row[here] - block.first, column[here]]
    observed = found["reports"].to_numpy()
    place = _bin(expected, bins_per_decade)
    empty_cells = cells - np.bincount(place, minlength=bins)
    empty_sums = sums - np.bincount(place, expected, bins)
    is_left = empty_cells > 0
    counts, means, weights = _of_pairs(observed, expected, place, bins)
    return Squashed(
        Cells(
            np.concatenate([np.zeros(is_left.sum()), counts]),
            np.concatenate([empty_sums[is_left] / empty_cells[is_left], means]),
            np.concatenate([empty_cells[is_left], weights]),
        ),
        expected,
    )


def _with_profiles(pairs: pl.DataFrame, margins: Margins) -> pl.DataFrame:
    drugs, terms = (
        of.of_name.rename({"name": name, "profile_no": f"{name}_no"})
        for of, name in ((margins.drugs, "drug"), (margins.terms, "term"))
    )
    return pairs.join(drugs, on="drug", how="left", maintain_order="left").join(
        terms, on="term", how="left", maintain_order="left"
    )


def _of_pairs(observed: Floats, expected: Floats, place: np.ndarray, bins: int) -> tuple[Floats, Floats, Floats]:
    """Counts, mean expected reports and number of the pairs of each count and bin."""
    entry, of_entry = np.unique(observed.astype(np.int64) * bins + place, return_inverse=True)
    weights = np.bincount(of_entry).astype(np.float64)
    return (entry // bins).astype(np.float64), np.bincount(of_entry, expected) / weights, weights


def _bin(expected: Floats, bins_per_decade: int) -> np.ndarray:
    """The bin of each value; -1 where nothing is expected."""
    with np.errstate(divide="ignore"):
        decade = np.log10(expected) + DECADES_BELOW_ONE
    return np.where(expected > 0, np.floor(np.maximum(decade, 0) * bins_per_decade), -1).astype(np.int64)

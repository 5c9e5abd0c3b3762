"""Reports of each drug and of each term by stratum -> the reports that are expected in every cell of their table."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from nms_pv.measures.interval import Floats

# Cells that are expected at a time: 32 MB of floats.
CELLS_AT_A_TIME = 4_000_000


@dataclass(frozen=True)
class Profiles:
    """Drugs, or terms, with the same reports in every stratum are one profile: most are rare, and many are alike.

    `reports` has one row for each profile and one column for each stratum, `members` says how many names share a profile, and
    `of_name` gives the profile of each name: columns name, profile_no.
    """

    reports: csr_array
    members: Floats
    of_name: pl.DataFrame


class Block(NamedTuple):
    """Expected reports of the drug profiles from number `first` on (rows) and of all term profiles (columns)."""

    first: int
    expected: Floats


@dataclass(frozen=True)
class Margins:
    """What the cells of a drug x event table are expected from: distinct reports of drugs, of terms, and in all, by stratum."""

    drugs: Profiles
    terms: Profiles
    reports: Floats

    @property
    def cells(self) -> int:
        """How many cells the table has, with and without reports."""
        return int(self.drugs.members.sum() * self.terms.members.sum())

    def blocks(self) -> Iterator[Block]:
        """Expected reports of every cell, some profiles at a time: ``E = sum_s drug_s term_s / N_s``.

        The product is one of sparse matrices, for few drugs have reports in every stratum, and it runs in the same order
        everywhere, so that its last digits are the same.
        """
        shares = (self.terms.reports.toarray() / self.reports).T
        rows = max(1, CELLS_AT_A_TIME // max(1, shares.shape[1]))
        for first in range(0, len(self.drugs.members), rows):
            yield Block(first, self.drugs.reports[first : first + rows] @ shares)


def margins(drugs: pl.DataFrame, terms: pl.DataFrame, strata: pl.DataFrame) -> Margins:
    """Margins of a table of drugs and terms.

    Parameters
    ----------
    drugs, terms
        Columns name, stratum_no, reports: distinct reports, at least 1, of each name in each stratum.
    strata
        Columns stratum_no, reports: all distinct reports of each stratum.

    """
    numbered = strata.sort("stratum_no").with_row_index("place")
    places = numbered.select("stratum_no", "place")
    return Margins(_profiles(drugs, places), _profiles(terms, places), numbered["reports"].to_numpy().astype(np.float64))


def unstratified(counts: pl.DataFrame) -> pl.DataFrame:
    """The same counts in one stratum."""
    names = [column for column in counts.columns if column not in {"stratum_no", "reports"}]
    if not names:
        return counts.select(pl.lit(0, pl.Int32).alias("stratum_no"), pl.col("reports").sum())
    return counts.group_by(names).agg(pl.lit(0, pl.Int32).alias("stratum_no"), pl.col("reports").sum())


def _profiles(counts: pl.DataFrame, places: pl.DataFrame) -> Profiles:
    of_name = (
        counts.join(places, on="stratum_no").sort("name", "place").group_by("name", maintain_order=True).agg("place", "reports")
    )
    profiles = of_name.group_by("place", "reports", maintain_order=True).agg("name").with_row_index("profile_no")
    lengths = profiles["place"].list.len().to_numpy()
    reports = csr_array(
        (
            profiles["reports"].explode().to_numpy().astype(np.float64),
            profiles["place"].explode().to_numpy(),
            np.concatenate([[0], np.cumsum(lengths)]),
        ),
        shape=(profiles.height, places.height),
    )
    names = profiles.select("profile_no", "name").explode("name")
    return Profiles(reports, profiles["name"].list.len().to_numpy().astype(np.float64), names)

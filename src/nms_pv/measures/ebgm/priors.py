"""Counts of all pairs -> the prior of EBGM under both ways to compute expected reports, and how it was found."""

from typing import Literal, NamedTuple

import polars as pl

from nms_pv.measures.gamma_mixture.fit import Ended, PriorNotFoundError, fit_prior
from nms_pv.measures.gamma_mixture.likelihood import LIKELIHOOD
from nms_pv.measures.gamma_mixture.margins import margins, unstratified
from nms_pv.measures.gamma_mixture.prior import DUMOUCHEL_1999, Prior
from nms_pv.measures.gamma_mixture.squash import squash

PriorName = Literal["fit", "dumouchel_1999"]
FIXED = "none: printed by DuMouchel in 1999 (doi:10.1080/00031305.1999.10474456) and not fitted"
EXPECTED = ["unstratified", "stratified"]
PARAMETERS = list(Prior._fields)


class PairTables(NamedTuple):
    """Rows of `exposure/pairs`, `pair_drugs`, `pair_terms` and `pair_strata`."""

    pairs: pl.DataFrame
    drugs: pl.DataFrame
    terms: pl.DataFrame
    strata: pl.DataFrame


class Found(NamedTuple):
    """The prior, or why there is none; what it was fitted to, and where the starts ended."""

    prior: Prior | None
    likelihood: str
    cells: int
    entries: int
    ends: list[Ended]
    undefined_reason: str | None

    def described(self) -> str:
        """As told in the method of every number that rests on it."""
        if self.prior is None:
            return f"no prior: {self.undefined_reason}"
        return f"prior {self.prior}; its likelihood: {self.likelihood}"


def find_priors(tables: PairTables, choice: PriorName, bins_per_decade: int) -> dict[str, Found]:
    """The prior under each of `EXPECTED`: a ratio to what is expected has another prior when something else is expected."""
    drugs, terms = tables.drugs.rename({"drug": "name"}), tables.terms.rename({"term": "name"})
    strata = tables.strata.select("stratum_no", "reports")
    in_one = tuple(unstratified(frame) for frame in (drugs, terms, strata))
    return {
        expected: _find(tables.pairs, counts, choice, bins_per_decade)
        for expected, counts in zip(EXPECTED, (in_one, (drugs, terms, strata)), strict=True)
    }


def prior_rows(priors: dict[str, Found], pairs: int, choice: PriorName) -> pl.DataFrame:
    """Rows of `measures/ebgm_priors`."""
    nothing = dict.fromkeys(PARAMETERS)
    return pl.DataFrame(
        [
            {"expected": expected, "prior": choice, **(found.prior._asdict() if found.prior else nothing)}
            | {"cells": found.cells, "pairs": pairs, "entries": found.entries}
            | {"likelihood": found.likelihood, "undefined_reason": found.undefined_reason}
            for expected, found in priors.items()
        ],
        schema_overrides=dict.fromkeys(PARAMETERS, pl.Float64) | {"undefined_reason": pl.String},
    )


def start_rows(priors: dict[str, Found]) -> list[dict[str, object]]:
    """Rows of `measures/ebgm_fits`, to 6 significant digits, which are the same on every machine."""
    return [
        {"expected": expected, "start_no": number}
        | {f"start_{name}": value for name, value in ended.start.rounded()._asdict().items()}
        | ended.end.rounded()._asdict()
        | {"log_likelihood": round(ended.log_likelihood, 3), "steps": ended.steps}
        | {"is_converged": ended.is_converged, "is_interior": ended.is_interior}
        for expected, found in priors.items()
        for number, ended in enumerate(found.ends, start=1)
    ]


def _find(pairs: pl.DataFrame, counts: tuple[pl.DataFrame, ...], choice: PriorName, bins_per_decade: int) -> Found:
    of_table = margins(*counts)
    if choice == "dumouchel_1999":
        return Found(DUMOUCHEL_1999, FIXED, of_table.cells, 0, [], None)
    cells = squash(pairs, of_table, bins_per_decade).cells
    entries = len(cells.weight)
    try:
        fit = fit_prior(cells)
    except PriorNotFoundError as error:
        return Found(None, LIKELIHOOD, of_table.cells, entries, error.ends, error.reason)
    return Found(fit.prior, LIKELIHOOD, of_table.cells, entries, fit.ends, None)

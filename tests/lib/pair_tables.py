"""Tables of drugs and terms, made of counts, and the margins that go with them."""

import numpy as np
import polars as pl

from nms_pv.measures.gamma_mixture.margins import Margins, margins
from nms_pv.measures.gamma_mixture.prior import Prior
from nms_pv.measures.interval import Floats


def names(letter: str, n: int) -> pl.Series:
    return pl.Series([f"{letter}{number:04d}" for number in range(n)], dtype=pl.String)


def pairs_of(counts: np.ndarray) -> pl.DataFrame:
    """The pairs with reports of a matrix of drugs (rows) and terms (columns)."""
    row, column = np.nonzero(counts)
    drugs, terms = (names(letter, n) for letter, n in zip("DT", counts.shape, strict=True))
    return pl.DataFrame({"drug": drugs.gather(row), "term": terms.gather(column), "reports": counts[row, column]})


def margins_of(counts: np.ndarray) -> Margins:
    """Margins by stratum of an array of strata, drugs and terms in which every report has one drug and one term."""
    of_strata = pl.DataFrame({"stratum_no": np.arange(len(counts)), "reports": counts.sum(axis=(1, 2))})
    return margins(
        _long(names("D", counts.shape[1]), counts.sum(axis=2)),
        _long(names("T", counts.shape[2]), counts.sum(axis=1)),
        of_strata.filter(pl.col("reports") > 0),
    )


def drawn(prior: Prior, expected: Floats, random: np.random.Generator) -> tuple[Floats, np.ndarray]:
    """Ratios from the prior, and Poisson counts around ratio x expected."""
    first = random.gamma(prior.alpha_1, 1 / prior.beta_1, expected.shape)
    second = random.gamma(prior.alpha_2, 1 / prior.beta_2, expected.shape)
    ratio = np.where(random.random(expected.shape) < prior.weight, first, second)
    return ratio, random.poisson(ratio * expected)


def _long(of: pl.Series, counts: np.ndarray) -> pl.DataFrame:
    stratum, name = np.nonzero(counts)
    return pl.DataFrame({"name": of.gather(name), "stratum_no": stratum, "reports": counts[stratum, name]})

"""What happened: the kind of event of each case, its reaction terms and its outcomes."""

import numpy as np
import polars as pl

from nms_pv.simulate.faers.chance import Bools, Ints, count_within, pick
from nms_pv.simulate.faers.rates import Mix
from nms_pv.simulate.faers.terms import BACKGROUND, DIAGNOSES, OUTCOMES, SIGNS, Event

# Mean number of background terms beyond the first, so that reports have about three terms.
MORE_TERMS, MORE_TERMS_BESIDE_SIGNS = 2.15, 0.7
RECURRED_SHARE = 0.004

_WORDS = [
    *(DIAGNOSES[event] for event in DIAGNOSES),
    *((term, sign.element) for sign in SIGNS for term in sign.terms),
    *((term, element) for term, (_, element) in BACKGROUND.items()),
]
# The same words may be drawn as a sign and as background: one number for both.
_TERMS = list(dict.fromkeys(term for term, _ in _WORDS))
_NUMBER = {term: number for number, term in enumerate(_TERMS)}
_ELEMENT = {term: element for term, element in reversed(_WORDS)}


def draw_events(exposure: Ints, mix: Mix, rng: np.random.Generator) -> Ints:
    """Kind of event of each case, given the ingredient that it suspects."""
    n = len(exposure)
    event = np.full(n, int(Event.OTHER))
    for kind, probability in (
        (Event.HYPERTHERMIA, mix.hyperthermia),
        (Event.SEROTONIN, mix.serotonin),
        (Event.NMS_LIKE, mix.nms_like),
        (Event.NMS, mix.nms),
    ):
        # NMS is drawn last and wins, so that its probability is exactly the planted one.
        event[rng.random(n) < probability[exposure]] = int(kind)
    return event


def draw_reactions(key: Ints, event: Ints, rng: np.random.Generator) -> pl.DataFrame:
    """Reaction terms: one row a case and term, the diagnosis first, then signs, then background.

    Columns: key, place (1, 2, ...), term, element (empty where the term means none), recurred, is_optional (the last term
    of its case, without a meaning, beside others: an earlier or another account of the case may lack it).
    """
    n = len(key)
    rows, terms = [], []
    for kind, (term, _) in DIAGNOSES.items():
        rows.append(np.flatnonzero(event == kind))
        terms.append(np.full(len(rows[-1]), _NUMBER[term]))
    for sign in SIGNS:
        shares = np.array([0.0, *sign.shares])
        rows.append(np.flatnonzero(rng.random(n) < shares[event]))
        numbers = np.array([_NUMBER[term] for term in sign.terms])
        terms.append(numbers[pick(rng, list(sign.terms.values()), len(rows[-1]))])
    has_signs = (event != Event.OTHER) & (event != Event.NMS_LIKE)
    mean = np.where(event == Event.OTHER, MORE_TERMS, MORE_TERMS_BESIDE_SIGNS)
    rows.append(np.repeat(np.arange(n), rng.geometric(1 / (1 + mean)) - has_signs))
    numbers = np.array([_NUMBER[term] for term in BACKGROUND])
    terms.append(numbers[pick(rng, [weight for weight, _ in BACKGROUND.values()], len(rows[-1]))])
    return _frame(key, np.concatenate(rows), np.concatenate(terms), rng)


def _frame(key: Ints, rows: Ints, terms: Ints, rng: np.random.Generator) -> pl.DataFrame:
    _, first = np.unique(rows * len(_TERMS) + terms, return_index=True)
    order = first[np.lexsort((first, rows[first]))]
    rows, terms = rows[order], terms[order]
    place = count_within(rows)
    is_last: Bools = np.r_[rows[1:] != rows[:-1], True]
    element = np.array([_ELEMENT[term] for term in _TERMS])
    is_optional = is_last & (place > 1) & (element[terms] == "")
    return pl.DataFrame(
        {
            "key": key[rows],
            "place": place,
            "term": pl.Series(_TERMS).gather(terms),
            "element": pl.Series([_ELEMENT[term] or None for term in _TERMS]).gather(terms),
            "recurred": rng.random(len(rows)) < RECURRED_SHARE,
            "is_optional": is_optional,
        }
    )


def draw_outcomes(event: Ints, rng: np.random.Generator) -> dict[str, Bools]:
    """Outcome codes of each case, none or several."""
    return {code: rng.random(len(event)) < np.array(shares)[event] for code, shares in OUTCOMES.items()}


def elements_of(reactions: pl.DataFrame) -> pl.DataFrame:
    """Planted elements of each case that has one, in order of the alphabet, joined by `;`."""
    return (
        reactions.lazy()
        .filter(pl.col("element").is_not_null())
        .select("key", "element")
        .unique()
        .sort("key", "element")
        .group_by("key", maintain_order=True)
        .agg(pl.col("element").str.join(";").alias("elements"))
        .collect()
    )

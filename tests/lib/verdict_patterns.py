"""Patterns of verdicts, written as a clinician reads them: `+` met, `-` not met, `?` indeterminate."""

import numpy as np

from nms_pv.measures.definitions.patterns import MET, NOT_MET, UNDECIDED, Patterns, collapsed

MARKS = {"+": MET, "-": NOT_MET, "?": UNDECIDED}


def patterns(names: str, counts: dict[str, int]) -> Patterns:
    """`patterns("pt_only iec_2011", {"++": 7, "+?": 2})`."""
    states = np.array([[MARKS[mark] for mark in marks] for marks in counts], np.int8)
    return collapsed(tuple(names.split()), states, np.array(list(counts.values()), np.int64))


def drawn_patterns(
    random: np.random.Generator,
    n: int,
    share: float,
    sensitivity: list[float],
    specificity: list[float],
    missing: float = 0.0,
) -> Patterns:
    """Patterns of n subjects drawn from a two-class latent class model; the first indicator is `pt_only`."""
    in_class_1 = random.random(n) < share
    met = np.where(in_class_1[:, None], sensitivity, 1 - np.array(specificity))
    states = (random.random(met.shape) < met).astype(np.int8)
    states[random.random(met.shape) < missing] = UNDECIDED
    names = ("pt_only", *(f"sign_{j}" for j in range(1, len(sensitivity))))
    return collapsed(names, states, np.ones(n, np.int64))

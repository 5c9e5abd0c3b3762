"""Cases with planted presentations."""

import numpy as np
import polars as pl

from nms_pv.measures.presentation.clusters import Described

FEATURES = 12
CORE = 5


def planted(cases: int, seed: int, *, apart: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Documented features, shape (cases, 12), and the presentation, 0 typical (60 %) or 1.

    In a typical case each of the first six features is documented with a probability of 0.85, otherwise with 0.2; the other six
    with 0.1 and 0.5. Not `apart`: every feature with 0.3 in all cases.
    """
    random = np.random.default_rng(seed)
    latent = (random.random(cases) >= 0.6).astype(np.int64)  # noqa: PLR2004
    shares = np.array([[0.85] * 6 + [0.1] * 6, [0.2] * 6 + [0.5] * 6]) if apart else np.full((2, FEATURES), 0.3)
    return random.random((cases, FEATURES)) < shares[latent], latent


def described(present: np.ndarray) -> Described:
    """The first five features are the core signs."""
    subjects = pl.Series([f"r{n:05}" for n in range(len(present))])
    names = [f"f{n}" for n in range(present.shape[1])]
    return Described(subjects, names, present, np.arange(present.shape[1]) < CORE)

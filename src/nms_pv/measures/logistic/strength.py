"""How strong the ridge is: the strength under which reports that were left out are predicted best."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from nms_pv.measures.interval import Counts, Floats
from nms_pv.measures.logistic.patterns import patterns

FEWEST_OF_EACH = 2


def cross_validated_strength(
    design: Floats, successes: Counts, trials: Counts, strengths: Sequence[float], folds: int, seed: int
) -> float:
    """The strength of `strengths` with the largest cross-validated log-likelihood; of equals the weakest.

    Parameters
    ----------
    design
        Covariates, all penalised alike; the constant is added and not penalised (patterns x columns).
    successes, trials
        Subjects with the outcome, and all subjects, one per pattern. Unit: subjects.
    strengths
        Strengths to choose from, as for `ridge`.
    folds, seed
        Subjects are dealt to so many folds at random: those with the outcome evenly, the others by chance.

    Notes
    -----
    Fits by scikit-learn (LogisticRegression with an L2 penalty, C = 1 / strength).

    Raises
    ------
    ValueError
        When fewer than two subjects have the outcome, or all have it: no fold can then be predicted from the others.
    """
    from threadpoolctl import threadpool_limits

    data = patterns(design, successes, trials)
    counts = np.column_stack([data.successes, data.trials - data.successes]).astype(np.int64)
    if (counts.sum(axis=0) < FEWEST_OF_EACH).any():
        raise ValueError("at least two subjects with the outcome and two without it are needed")
    # scikit-learn, which takes longer to import than all else here, wants one row for each outcome of a pattern.
    both = np.vstack([data.design, data.design])
    outcome = np.repeat([1, 0], data.trials.size)
    rng = np.random.default_rng(seed)
    share_of = np.vstack([_dealt(counts[:, 0], folds, rng), rng.multinomial(counts[:, 1], np.full(folds, 1 / folds))])
    # In one thread, as in `climb.fitted`.
    with threadpool_limits(1):
        scores = [
            sum(_predicted(both, outcome, share_of, fold, strength) for fold in range(folds)) for strength in sorted(strengths)
        ]
    return sorted(strengths)[int(np.argmax(scores))]


def _dealt(counts: npt.NDArray[np.int64], folds: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Subjects of each pattern in each fold (patterns x folds), folds of equal size but for one subject."""
    pattern_of = rng.permutation(np.repeat(np.arange(counts.size), counts))
    dealt = np.zeros((counts.size, folds), dtype=np.int64)
    np.add.at(dealt, (pattern_of, np.arange(pattern_of.size) % folds), 1)
    return dealt


def _predicted(
    design: Floats, outcome: npt.NDArray[np.int64], share_of: npt.NDArray[np.int64], fold: int, strength: float
) -> float:
    """Log-likelihood of one fold under the fit to the others."""
    from sklearn.linear_model import LogisticRegression

    left_out = share_of[:, fold]
    fitted_to = share_of.sum(axis=1) - left_out
    model = LogisticRegression(C=1 / strength, solver="newton-cholesky", tol=1e-6, max_iter=200)
    log_p = model.fit(design, outcome, sample_weight=fitted_to).predict_log_proba(design)
    return float(left_out @ np.where(outcome == 1, log_p[:, 1], log_p[:, 0]))

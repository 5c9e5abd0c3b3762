"""Features and reference -> cross-fitted, calibrated probabilities, by scikit-learn.

Penalised logistic regression (ridge, C = 1) on indicators; Platt's sigmoid is fitted to predictions for subjects that the
regression did not see. All subjects of a group (probable duplicates, or one person) lie in one fold, so no subject's probability
comes from a model that saw it or a copy of it.

References
----------
Platt J. Advances in Large Margin Classifiers 1999:61-74 (memory: to be verified).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nms_pv.measures.interval import Floats

FOLDS = 5
SEED = 20110
# A probability is told to so many decimals, and is never quite 0 or 1: the last digits differ from processor to processor.
DECIMALS = 6

Ints = npt.NDArray[np.int64]


class CrossFitted(NamedTuple):
    """For each of n subjects its probability and fold (from 0); for each fold the weights of k features, shape (folds, k)."""

    probability: Floats
    fold: Ints
    weights: Floats


def cross_fitted(present: npt.NDArray[np.int8], reference: Ints, group: Ints) -> CrossFitted:
    """The probability of each subject, from a model of the folds it is not in.

    Parameters
    ----------
    present
        Indicators of features, shape (n, k).
    reference
        1, 0, or -1 for a subject without a reference: it gets a probability, and no model learns from it. Shape (n,). Needs
        about ten groups with 1 and ten with 0: then the folds of all but a fold have both.
    group
        Number of its group, from 0; shape (n,).

    Returns
    -------
    CrossFitted
        Weights are on the scale of the calibrated log odds.

    """
    from threadpoolctl import threadpool_limits

    fold = folds(reference, group)
    probability, weights = np.empty(len(fold)), np.empty((FOLDS, present.shape[1]))
    # In one thread: the last digits of sums, and so the bytes, do not depend on the number of processors.
    with threadpool_limits(1):
        for this in range(FOLDS):
            train, test = (fold != this) & (reference >= 0), fold == this
            model = _fitted(present[train], reference[train], group[train])
            calibrated = model.calibrated_classifiers_[0]
            weights[this] = -calibrated.calibrators[0].a_ * calibrated.estimator.coef_[0]
            probability[test] = model.predict_proba(present[test])[:, 1]
    least = 10.0**-DECIMALS
    return CrossFitted(np.clip(np.round(probability, DECIMALS), least, 1 - least), fold, weights)


def folds(reference: Ints, group: Ints) -> Ints:
    """The fold of each subject, from 0: groups of one kind (with 1, with 0, both, neither) after the other are dealt out in turn.

    So the folds have the same number of groups of each kind, give or take one. Within a kind the order is drawn, with a fixed
    seed. scikit-learn's StratifiedGroupKFold takes minutes where there are many thousand groups.
    """
    groups = group.max() + 1
    has = np.zeros((2, groups), dtype=np.int8)
    for kind in (0, 1):
        has[kind, group[reference == kind]] = 1
    order = np.lexsort((np.random.default_rng(SEED).permutation(groups), has[0] + 2 * has[1]))
    fold = np.empty(groups, dtype=np.int64)
    fold[order] = np.arange(groups) % FOLDS
    return fold[group]


def _fitted(present: npt.NDArray[np.int8], reference: Ints, group: Ints):  # type: ignore[no-untyped-def]  # noqa: ANN202
    # scikit-learn takes longer to import than all else here.
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.linear_model import LogisticRegression

    fold = folds(reference, group)
    splits = [(np.flatnonzero(fold != this), np.flatnonzero(fold == this)) for this in range(FOLDS)]
    regression = LogisticRegression(C=1.0, max_iter=1000)
    return CalibratedClassifierCV(regression, method="sigmoid", cv=splits, ensemble=False).fit(present, reference)

"""Clusters of patterns, how well they are apart, and how stable they are: in the data, and in noise.

k-means on the distinct patterns, weighted by the number of cases, and not a hierarchy on Jaccard distances: documented signs are
few, so that many cases share one pattern, and k-means takes their numbers as weights and is the same as on all cases; its centres
are the shares of cases with each sign, which is what a clinician reads; between yes and no, its squared distance is the number of
signs in which two cases differ. Its time goes with the patterns, so that it can be repeated on many resamples; a hierarchy
needs all pairs of cases.

References
----------
Hennig C. Comput Stat Data Anal 2007;52:258-71. doi:10.1016/j.csda.2006.11.025 (memory: to be verified): bootstrap, Jaccard.
Rousseeuw PJ. J Comput Appl Math 1987;20:53-65. doi:10.1016/0377-0427(87)90125-7 (memory: to be verified): silhouette.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from nms_pv.measures.interval import Flags, Floats
from nms_pv.measures.presentation.patterns import Integers, Weighted, collapsed

STARTS = 10


class Noise(NamedTuple):
    """Each data set of noise: the mean Jaccard similarity of its weakest cluster, and its silhouette."""

    weakest: Floats
    silhouette: Floats


@contextmanager
def one_thread() -> Iterator[None]:
    """Sums in one order whatever the machine; set once around many clusterings, because it costs as much as one of them."""
    # Only libraries that are loaded already are held back.
    import sklearn.cluster  # noqa: F401
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield


def clustered(points: Flags, n: Integers, k: int, seed: int) -> Integers:
    """The cluster, from 0, of each pattern: weighted k-means, the best of several seeded starts.

    Parameters
    ----------
    points, n
        Distinct patterns, shape (patterns, features), and cases of each, 1 or more.
    k
        Clusters, at most as many as patterns.
    seed
        The same seed gives the same clusters.
    """
    from sklearn.cluster import KMeans

    fit = KMeans(k, n_init=STARTS, tol=0, random_state=seed).fit(points.astype(np.float64), sample_weight=n.astype(np.float64))
    return np.asarray(fit.labels_, dtype=np.int64)


def silhouette(points: Flags, n: Integers, labels: Integers) -> float:
    """Mean silhouette of all cases, by the number of features in which two cases differ.

    ``s = (b - a) / max(a, b)`` with a the mean distance to the other cases of its cluster and b to the cases of the nearest other
    cluster; 0 for a case that is alone, and where a and b are 0. Between -1 and 1.
    """
    clusters = np.unique(labels)
    sizes = np.array([n[labels == one].sum() for one in clusters])
    having = np.array([n[labels == one] @ points[labels == one] for one in clusters])
    # Who has a feature differs in it from those of the cluster who have it not, and the other way round.
    total = points @ (sizes[:, None] - having).T + ~points @ having.T
    own = labels[:, None] == clusters
    a = total[own] / np.maximum(sizes[labels_at(labels, clusters)] - 1, 1)
    b = np.where(own, np.inf, total / sizes).min(axis=1)
    alone = sizes[labels_at(labels, clusters)] == 1
    widest = np.maximum(a, b)
    width = np.where(alone | (widest == 0), 0.0, (b - a) / np.where(widest == 0, 1, widest))
    return float(n @ width / n.sum())


def labels_at(labels: Integers, clusters: Integers) -> Integers:
    """Where each label stands among the clusters."""
    return np.searchsorted(clusters, labels)


def resampled(n: Integers, resamples: int, seed: int) -> Integers:
    """Cases of each pattern in bootstrap resamples of all cases, shape (resamples, patterns)."""
    return np.random.default_rng(seed).multinomial(n.sum(), n / n.sum(), size=resamples)


def stability(points: Flags, labels: Integers, k: int, resamples: Integers, seed: int) -> Floats:
    """Mean Jaccard similarity of each cluster to the most similar cluster of each resample.

    Parameters
    ----------
    points, labels
        Patterns, and their clusters from 0 to k - 1.
    k
        Clusters.
    resamples
        Cases of each pattern, shape (resamples, patterns).
    seed
        Of the clustering of resamples.

    Returns
    -------
    Floats
        Shape (k,): the mean over resamples of the largest ``|C and D| / |C or D|``, C the cases of the resample that lie in the
        cluster and D the clusters that the resample is divided into; cases drawn twice count twice. 0 for a resample without a
        case of the cluster.

    Notes
    -----
    A resample of fewer than k patterns is divided into as many as it has.
    """
    similar = np.zeros((len(resamples), k))
    for row, n in enumerate(resamples):
        drawn = n > 0
        found = clustered(points[drawn], n[drawn], min(k, int(drawn.sum())), seed)
        both = np.zeros((k, k), dtype=np.int64)
        np.add.at(both, (labels[drawn], found), n[drawn])
        either = both.sum(axis=1, keepdims=True) + both.sum(axis=0, keepdims=True) - both
        similar[row] = (both / np.maximum(either, 1)).max(axis=1)
    return similar.mean(axis=0)


def noise(present: Flags, k: int, noises: int, resamples: int, seed: int) -> Noise:
    """The same on features permuted independently over cases: each as frequent as it is, and none going with another.

    A feature that half of the cases have divides noise stably, too: a cluster means something only where it is more stable than
    that.
    """
    random = np.random.default_rng(seed)
    weakest, widths = [], []
    for _ in range(noises):
        data: Weighted = collapsed(random.permuted(present, axis=0))
        labels = clustered(data.points, data.n, k, seed)
        found = stability(data.points, labels, k, resampled(data.n, resamples, seed), seed)
        weakest.append(found.min())
        widths.append(silhouette(data.points, data.n, labels))
    return Noise(np.array(weakest), np.array(widths))


def monte_carlo_p(observed: float, in_noise: Floats) -> float:
    """``(1 + number of data sets of noise that are at least as extreme) / (1 + number of data sets)``.

    References
    ----------
    Davison AC, Hinkley DV. Bootstrap methods and their application. Cambridge 1997, section 4.2 (memory: to be verified).
    """
    return float((1 + (in_noise >= observed).sum()) / (1 + in_noise.size))

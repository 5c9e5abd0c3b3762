"""Cases of the main definition -> typical and atypical presentations, named by their core signs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from nms_pv.measures.interval import Flags, Floats
from nms_pv.measures.presentation.clustering import (
    Noise,
    clustered,
    noise,
    one_thread,
    resampled,
    silhouette,
    stability,
)
from nms_pv.measures.presentation.patterns import Weighted, collapsed, telling
from nms_pv.spec.questions import PresentationSettings

PRIMARY = 2
TRIED = (2, 3, 4)
TYPICAL, ATYPICAL = "typical", "atypical"


@dataclass(frozen=True)
class Described:
    """Cases of one definition, sorted: `present`, shape (cases, names), and which of the names are core signs."""

    subjects: pl.Series
    names: Sequence[str]
    present: Flags
    is_core: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Clustering:
    """Cases in k clusters; `rank` of each case, 0 for the typical one, in falling order of the mean number of core signs."""

    k: int
    rank: npt.NDArray[np.int64]
    silhouette: float
    stability: Floats

    @property
    def names(self) -> list[str]:
        """Of the clusters, in order of rank."""
        others = range(1, self.k)
        return [TYPICAL, *(ATYPICAL if self.k == PRIMARY else f"{ATYPICAL}_{n}" for n in others)]

    def of_cluster(self, cluster: int) -> Flags:
        """The cases that are in it."""
        return self.rank == cluster


def why_not(described: Described, settings: PresentationSettings) -> str | None:
    """Why nothing is clustered; nothing where it is."""
    cases, patterns = len(described.subjects), len(collapsed(telling(described.present)).n)
    fewest = max(settings.fewest_patterns, *TRIED)
    if cases >= settings.fewest_cases and patterns >= fewest:
        return None
    return (
        f"{cases} cases with {patterns} different patterns of documented features; at least {settings.fewest_cases} cases and "
        f"{fewest} patterns are asked for"
    )


def clusterings(described: Described, settings: PresentationSettings) -> list[Clustering]:
    """The cases in 2, 3 and 4 clusters, each with its stability."""
    data = collapsed(telling(described.present))
    drawn = resampled(data.n, settings.resamples, settings.seed)
    with one_thread():
        return [_clustering(described, data, k, drawn, settings.seed) for k in TRIED]


def in_noise(described: Described, settings: PresentationSettings) -> Noise:
    """Two clusters of noise, many times."""
    with one_thread():
        return noise(telling(described.present), PRIMARY, settings.noises, settings.noise_resamples, settings.seed)


def _clustering(described: Described, data: Weighted, k: int, drawn: npt.NDArray[np.int64], seed: int) -> Clustering:
    labels = clustered(data.points, data.n, k, seed)
    of_case = labels[data.place]
    order = sorted(range(k), key=lambda one: _coreness(described, of_case == one), reverse=True)
    similar = stability(data.points, labels, k, drawn, seed)
    return Clustering(k, np.argsort(order)[of_case], silhouette(data.points, data.n, labels), similar[order])


def _coreness(described: Described, members: Flags) -> tuple[float, ...]:
    """Mean number of core signs; if equal, of all features, then size, then the shares themselves."""
    inside = described.present[members]
    return (inside[:, described.is_core].sum() / len(inside), inside.sum() / len(inside), len(inside), *inside.mean(axis=0))

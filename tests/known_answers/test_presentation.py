"""Clusters of presentations against the R packages cluster and fpc, and base R, on the same resamples."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.presentation import clustering
from nms_pv.measures.presentation.clustering import clustered, one_thread, silhouette, stability
from nms_pv.measures.presentation.patterns import collapsed
from nms_pv.measures.proportions import clopper_pearson

RECIPES = Path(__file__).parent / "recipes"


@pytest.fixture(scope="module")
def present() -> np.ndarray:
    return pl.read_csv(RECIPES / "presentation_cases.csv").to_numpy().astype(bool)


@pytest.fixture(scope="module")
def answers() -> pl.DataFrame:
    return pl.read_csv(RECIPES / "presentation.csv", null_values="NA")


@pytest.mark.parametrize("k", [2, 3])
def test_silhouette_sizes_and_stability(
    present: np.ndarray, answers: pl.DataFrame, k: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clustering, "STARTS", 40)
    data = collapsed(present)
    drawn = pl.read_csv(RECIPES / "presentation_resamples.csv", has_header=False).to_numpy() - 1
    resamples = np.array([np.bincount(data.place[row], minlength=len(data.n)) for row in drawn])
    with one_thread():
        labels = clustered(data.points, data.n, k, seed=1)
        similar = stability(data.points, labels, k, resamples, seed=1)
    sizes = np.bincount(labels, data.n)
    order = np.argsort(-sizes)
    said = {what: answers.filter(what=what, k=k)["value"].to_numpy() for what in ("silhouette", "size", "stability")}
    np.testing.assert_allclose(silhouette(data.points, data.n, labels), said["silhouette"][0], rtol=1e-12)
    np.testing.assert_array_equal(sizes[order], said["size"])
    np.testing.assert_allclose(similar[order], said["stability"], rtol=1e-12)


def test_profile_of_the_larger_cluster(present: np.ndarray, answers: pl.DataFrame) -> None:
    data = collapsed(present)
    with one_thread():
        labels = clustered(data.points, data.n, 2, seed=1)[data.place]
    inside = present[labels == np.bincount(labels).argmax()]
    share = clopper_pearson(inside.sum(axis=0), np.full(present.shape[1], len(inside)), 0.95)
    said = answers.filter(pl.col("what").str.starts_with("share_")).select("value", "low", "high").to_numpy()
    np.testing.assert_allclose(np.stack(share, axis=1), said, rtol=1e-10)

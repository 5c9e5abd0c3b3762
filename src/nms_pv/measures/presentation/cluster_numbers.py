"""Clusters -> their profiles, sizes by group, and stability against noise, as numbers."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from nms_pv.measures.course.numbers import NUMBERS, VALUES, not_computed, numbers, shares
from nms_pv.measures.presentation.clustering import STARTS, Noise, monte_carlo_p
from nms_pv.measures.presentation.clusters import PRIMARY, TYPICAL, Clustering, Described
from nms_pv.measures.presentation.generations import METHOD as DIFFERENCE_METHOD
from nms_pv.measures.presentation.generations import against_first, with_difference
from nms_pv.measures.proportions import clopper_pearson
from nms_pv.spec.questions import PresentationSettings
from nms_pv.tables.clusters import CLUSTERS

# Below the first a cluster is dissolved, below the second a pattern, above it stable: Hennig's customary marks (memory).
DISSOLVED, STABLE = 0.6, 0.75
# Means over seeded resamples: the last digits differ from processor to processor.
DECIMALS = 9
CLUSTERING = (
    f"k-means of the features documented as present, on distinct patterns weighted by their cases, best of {STARTS} seeded "
    "starts; the cluster with the higher mean number of core signs is typical. Only what is documented counts, so that atypical "
    "is partly poorly documented"
)
SHARE = "; Clopper-Pearson interval of the share, the clusters taken as given"
METHOD = {
    "cluster_proportion": f"cases of the cluster / cases; {CLUSTERING}{SHARE}",
    "cluster_difference": f"{DIFFERENCE_METHOD}; {CLUSTERING}",
    "cluster_core_signs": f"mean number of core signs documented as present; {CLUSTERING}",
    "cluster_documented_elements": f"mean number of clustered features documented as present; {CLUSTERING}",
    "cluster_silhouette": (
        "mean silhouette of all cases, by the number of features in which two cases differ; the largest tells the number of "
        "clusters, between 2 and 4, at which they are furthest apart"
    ),
    "cluster_silhouette_p": "(1 + data sets of noise with a silhouette as large) / (1 + data sets of noise); {}",
    "cluster_stability": (
        "mean Jaccard similarity to the most similar cluster of each of {} bootstrap resamples of cases (Hennig 2007); below 0.6 "
        "dissolved, from 0.6 a pattern, from 0.75 stable: "
    ),
    "cluster_stability_in_noise": "mean over data sets of noise of the stability of the weaker cluster; {}",
    "cluster_stability_p": (
        "(1 + data sets of noise whose weaker cluster is as stable as the weaker one here) / (1 + data sets of noise); {}"
    ),
}
NOISE = "{} data sets, each feature permuted over the cases independently, {} resamples of each"


def cluster_profiles(
    described: Described, found: Sequence[Clustering], arm: str, definition: str, unit: str, level: float
) -> pl.DataFrame:
    """Rows of `measures/clusters`: how often each feature is documented in each cluster.

    The interval is that of a share of fixed cases. Cases are put together by these very features, so that differences between
    clusters are made as much as found, and are not tested.
    """
    frames = [CLUSTERS.empty()]
    for one in found:
        for cluster, name in enumerate(one.names):
            inside = described.present[one.of_cluster(cluster)]
            present, cases = inside.sum(axis=0), len(inside)
            share = clopper_pearson(present, np.full(present.size, cases), level)
            columns = {"element": list(described.names), "is_core": described.is_core, "present": present}
            limits = {"share": share.estimate, "low": share.low, "high": share.high}
            frame = pl.DataFrame(columns | limits).with_columns(
                arm=pl.lit(arm),
                definition=pl.lit(definition),
                k=pl.lit(one.k),
                cluster=pl.lit(name),
                cases=pl.lit(cases),
                level=pl.lit(level),
                unit=pl.lit(unit),
                method=pl.lit(f"documented as present / cases of the cluster; {CLUSTERING}{SHARE}"),
            )
            frames.append(frame.select(pl.col(column).cast(dtype) for column, dtype in CLUSTERS.types.items()))
    return pl.concat(frames)


def cluster_shares(
    described: Described, found: Sequence[Clustering], cases: pl.DataFrame, apart: pl.DataFrame, unit: str, level: float
) -> pl.DataFrame:
    """Size of each cluster and its share by group; those but the typical one against the first generation.

    Parameters
    ----------
    described, found
        The cases and their clusters.
    cases
        definition, group_kind, group, subject_id: the groups they count in.
    apart
        The same of cases on one generation only.
    unit, level
        As in the results.

    Returns
    -------
    pl.DataFrame
        `NUMBERS`, stratum `k=2;cluster=atypical`.
    """
    parts = []
    for one in found:
        named = pl.DataFrame(
            {"subject_id": described.subjects, "cluster": np.array(one.names)[one.rank]},
            schema_overrides={"cluster": pl.String},
        )
        strata = pl.DataFrame({"stratum": [f"k={one.k};cluster={name}" for name in one.names]})
        told = named.with_columns(stratum=pl.lit(f"k={one.k};cluster=") + pl.col("cluster"))
        counted = _by_cluster(cases, told, strata)
        parts.append(shares(counted, "cluster_proportion", unit, METHOD["cluster_proportion"], "no case in the group", level))
        others = strata.filter(~pl.col("stratum").str.ends_with(f"={TYPICAL}"))
        sides = against_first(_by_cluster(apart, told, others), ["definition", "group_kind", "stratum"])
        parts.append(numbers(with_difference(sides, level), "cluster_difference", unit, METHOD["cluster_difference"]))
    return pl.concat(parts)


def _by_cluster(cases: pl.DataFrame, told: pl.DataFrame, strata: pl.DataFrame) -> pl.DataFrame:
    group = ["definition", "group_kind", "group"]
    inside = cases.join(told, on="subject_id")
    sizes = inside.group_by(group).agg(denominator=pl.len().cast(pl.Int64))
    counts = inside.group_by(*group, "stratum").agg(numerator=pl.len().cast(pl.Int64))
    every = sizes.join(strata, how="cross").join(counts, on=[*group, "stratum"], how="left")
    return every.with_columns(pl.col("numerator").fill_null(0)).sort(*group, "stratum")


def cluster_descriptions(
    described: Described, found: Sequence[Clustering], in_noise: Noise, settings: PresentationSettings, unit: str
) -> pl.DataFrame:
    """Mean numbers of signs, silhouette and stability of each clustering, and the latter two against noise.

    Parameters
    ----------
    described, found
        The cases and their clusters; the one of two clusters stands against noise.
    in_noise
        `noise` of two clusters.
    settings, unit
        Numbers of resamples, and what was counted.

    Returns
    -------
    pl.DataFrame
        `NUMBERS` but for the address, with strata `k=2`, `k=2;cluster=typical`. No limits: they are values of these data. A mean
        has its sum as numerator.
    """
    rows = [row for one in found for row in _values(described, one, settings)]
    rows += _against_noise(next(one for one in found if one.k == PRIMARY), in_noise, settings)
    frame = pl.DataFrame(rows, schema_overrides={"numerator": pl.Int64, "denominator": pl.Int64}, infer_schema_length=None)
    empty = [pl.lit(None, pl.Float64).alias(name) for name in VALUES[1:]]
    return frame.with_columns(*empty, unit=pl.lit(unit), undefined_reason=pl.lit(None, pl.String))


def _against_noise(two: Clustering, in_noise: Noise, settings: PresentationSettings) -> list[dict[str, object]]:
    """Whether two clusters are more stable, and further apart, than those of every data set of noise."""
    how = NOISE.format(settings.noises, settings.noise_resamples)
    mean = METHOD["cluster_stability_in_noise"].format(how)
    rows = [_row("cluster_stability_in_noise", f"k={PRIMARY}", in_noise.weakest.mean(), mean)]
    values = {
        "cluster_stability_p": (two.stability.min(), in_noise.weakest, "stable"),
        "cluster_silhouette_p": (two.silhouette, in_noise.silhouette, "apart"),
    }
    for measure, (observed, noisy, what) in values.items():
        answer = f"more {what} than in every one" if (noisy < observed).all() else f"not more {what} than in every one"
        p = monte_carlo_p(float(observed), noisy)
        rows.append(_row(measure, f"k={PRIMARY}", p, f"{METHOD[measure].format(how)}; {answer}"))
    return rows


def _values(described: Described, one: Clustering, settings: PresentationSettings) -> list[dict[str, object]]:
    rows = [_row("cluster_silhouette", f"k={one.k}", one.silhouette, METHOD["cluster_silhouette"])]
    for cluster, name in enumerate(one.names):
        stratum, inside = f"k={one.k};cluster={name}", described.present[one.of_cluster(cluster)]
        similar = float(one.stability[cluster])
        means = {"cluster_core_signs": inside[:, described.is_core], "cluster_documented_elements": inside}
        for measure, signs in means.items():
            counts = {"numerator": int(signs.sum()), "denominator": len(inside)}
            rows.append(_row(measure, stratum, signs.sum() / len(inside), METHOD[measure]) | counts)
        method = METHOD["cluster_stability"].format(settings.resamples) + word(similar)
        rows.append(_row("cluster_stability", stratum, similar, method))
    return rows


def word(similar: float) -> str:
    """The customary word for a mean Jaccard similarity."""
    return "dissolved" if similar < DISSOLVED else "a pattern" if similar < STABLE else "stable"


def _row(measure: str, stratum: str, value: float, method: str) -> dict[str, object]:
    empty = {"numerator": None, "denominator": None}
    return {"measure": measure, "stratum": stratum, "estimate": round(float(value), DECIMALS), "method": method, **empty}


def not_clustered(address: pl.DataFrame, unit: str, reason: str) -> pl.DataFrame:
    """One row a measure that says why nothing is clustered."""
    measures = [measure for measure in METHOD if measure != "cluster_difference"]
    rows = address.with_columns(stratum=pl.lit(f"k={PRIMARY}"))
    return pl.concat([pl.DataFrame(schema=NUMBERS), *(not_computed(rows, one, unit, CLUSTERING, reason) for one in measures)])

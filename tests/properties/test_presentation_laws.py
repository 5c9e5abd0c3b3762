"""What must hold for elements and clusters of presentations, whatever the cases; and what is recovered where it is planted."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nms_pv.measures.presentation.clustering import monte_carlo_p, resampled, silhouette
from nms_pv.measures.presentation.clusters import clusterings, in_noise, why_not
from nms_pv.measures.presentation.elements import element_counts, element_shares
from nms_pv.measures.presentation.patterns import collapsed, presence, telling
from nms_pv.spec.questions import PresentationSettings
from tests.lib.presentation_cases import described, planted
from tests.lib.questions import QUESTIONS

LEVEL = 0.95
QUICK = QUESTIONS.presentation.model_copy(update={"resamples": 1, "noises": 2, "noise_resamples": 2})
unhurried = settings(deadline=None, max_examples=5)
seeds = st.integers(0, 2**32 - 1)


def ranks(present: np.ndarray, chosen: PresentationSettings = QUICK) -> list[np.ndarray]:
    return [one.rank for one in clusterings(described(present), chosen)]


@given(seeds)
@unhurried
def test_order_of_cases_changes_nothing(seed: int) -> None:
    present, _ = planted(60, seed)
    order = np.random.default_rng(seed).permutation(60)
    for here, there in zip(clusterings(described(present), QUICK), clusterings(described(present[order]), QUICK), strict=True):
        np.testing.assert_array_equal(here.rank[order], there.rank)
        np.testing.assert_allclose(here.stability, there.stability, rtol=0, atol=1e-12)
        assert here.silhouette == pytest.approx(there.silhouette, abs=1e-12)


@given(seeds)
@unhurried
def test_a_repeated_or_constant_feature_changes_nothing(seed: int) -> None:
    present, _ = planted(60, seed)
    constant = np.zeros((60, 1), dtype=bool)
    more = np.hstack([present, present[:, -1:], constant, ~constant])
    for here, with_more in zip(ranks(present), ranks(more), strict=True):
        np.testing.assert_array_equal(here, with_more)


def test_the_order_of_the_settings_changes_nothing() -> None:
    chosen = QUESTIONS.presentation
    assert chosen.model_copy(update={"elements": chosen.elements[::-1]}).clustered == chosen.clustered


@given(seeds)
@unhurried
def test_weights_are_repeated_rows(seed: int) -> None:
    present, _ = planted(60, seed)
    twice = np.repeat(present, 2, axis=0)
    data, of_twice = collapsed(telling(present)), collapsed(telling(twice))
    np.testing.assert_array_equal(data.points, of_twice.points)
    np.testing.assert_array_equal(2 * data.n, of_twice.n)
    for here, there in zip(ranks(present), ranks(twice), strict=True):
        np.testing.assert_array_equal(np.repeat(here, 2), there)


@given(seeds, st.integers(2, 4))
@unhurried
def test_silhouette_of_patterns_is_that_of_all_cases(seed: int, k: int) -> None:
    random = np.random.default_rng(seed)
    data = collapsed(random.random((40, 4)) < 0.5)  # noqa: PLR2004
    labels = random.integers(0, k, len(data.n))
    if np.unique(labels).size < 2:  # noqa: PLR2004
        return
    one_by_one = silhouette(data.points[data.place], np.ones(40, dtype=np.int64), labels[data.place])
    here = silhouette(data.points, data.n, labels)
    assert -1 <= here <= 1
    assert here == pytest.approx(one_by_one, abs=1e-12)


@given(seeds)
@unhurried
def test_resamples_have_as_many_cases(seed: int) -> None:
    n = collapsed(planted(60, seed)[0]).n
    drawn = resampled(n, 5, seed)
    assert (drawn.sum(axis=1) == n.sum()).all()
    np.testing.assert_array_equal(drawn, resampled(n, 5, seed))


@given(st.lists(st.floats(0, 1), max_size=20), st.floats(0, 1))
def test_a_p_value_is_never_0_and_falls_with_what_is_observed(noisy: list[float], observed: float) -> None:
    values = np.array(noisy)
    p = monte_carlo_p(observed, values)
    assert 0 < p <= 1
    assert monte_carlo_p(observed + 0.1, values) <= p


@pytest.mark.parametrize("present", [np.ones((90, 5), dtype=bool), np.zeros((90, 5), dtype=bool), np.zeros((0, 5), dtype=bool)])
def test_equal_patterns_are_not_clustered(present: np.ndarray) -> None:
    reason = why_not(described(present), QUICK)
    assert reason is not None
    assert f"{len(present)} cases with {min(1, len(present))} different patterns" in reason


def test_few_patterns_or_cases_are_not_clustered_whatever_the_settings() -> None:
    present = np.repeat(np.array([[1, 0], [0, 1], [1, 1]], dtype=bool), 40, axis=0)
    assert why_not(described(present), QUICK.model_copy(update={"fewest_patterns": 2})) is not None
    assert why_not(described(planted(49, 1)[0]), QUICK) is not None
    assert why_not(described(planted(50, 1)[0]), QUICK) is None


@given(seeds)
@unhurried
def test_an_element_that_cannot_be_assessed_changes_no_other_row(seed: int) -> None:
    random = np.random.default_rng(seed)
    cell = {"definition": "d", "group_kind": "all", "group": "all", "stratum": None}
    cases = pl.DataFrame([cell | {"subject_id": str(n)} for n in range(12)], schema_overrides={"stratum": pl.String})
    states = pl.DataFrame([{"subject_id": str(n), "name": "fever", "state": int(random.integers(0, 2))} for n in range(8)])
    asked = pl.DataFrame(schema={"definition": pl.String, "element": pl.String})
    told = pl.DataFrame(
        {"element": ["fever", "blind"], "not_shown": [None, "it cannot"], "can_be_absent": [True, False]},
        schema_overrides={"not_shown": pl.String},
    )
    frames = []
    for names in (["fever"], ["fever", "blind"]):
        counts = element_counts(cases, states, cases.select(cases.columns[:4]).unique(), names)
        frames.append(element_shares(counts, told, asked, "cases", LEVEL))
    alone, both = frames
    assert both.filter(pl.col("stratum") == "element=fever").equals(alone)
    assert both.filter(pl.col("stratum") == "element=blind")["undefined_reason"].unique().to_list() == ["it cannot"]
    subjects = cases.select("subject_id")
    seen = presence(subjects, states, ["fever", "blind"])
    np.testing.assert_array_equal(telling(seen), telling(presence(subjects, states, ["fever"])))


@pytest.mark.proof
def test_planted_presentations_are_recovered_and_noise_is_recognised(capsys: pytest.CaptureFixture[str]) -> None:
    from sklearn.metrics import adjusted_rand_score

    chosen = QUESTIONS.presentation.model_copy(update={"resamples": 10, "noises": 19, "noise_resamples": 4})
    found, false_alarms, samples = [], 0, 12
    for seed in range(samples):
        present, latent = planted(300, seed)
        case = described(present)
        two, noise = clusterings(case, chosen)[0], in_noise(case, chosen)
        p_values = (monte_carlo_p(two.stability.min(), noise.weakest), monte_carlo_p(two.silhouette, noise.silhouette))
        found.append((adjusted_rand_score(latent, two.rank), (two.rank == latent).mean(), two.stability.min(), *p_values))
        empty = described(planted(300, 1000 + seed, apart=False)[0])
        nothing, noise = clusterings(empty, chosen)[0], in_noise(empty, chosen)
        false_alarms += monte_carlo_p(nothing.silhouette, noise.silhouette) <= 0.05 + 1e-9  # noqa: PLR2004
    rand, named, stable, p_stable, p_apart = np.array(found).T
    with capsys.disabled():
        print(  # noqa: T201
            f"\nplanted presentations, {samples} samples of 300: adjusted Rand {rand.min():.2f} to {rand.max():.2f} (mean "
            f"{rand.mean():.2f}); named right {named.mean():.3f}; weaker stability {stable.min():.2f} at least; more stable than "
            f"all noise {(p_stable <= 0.05 + 1e-9).mean():.2f}, further apart {(p_apart <= 0.05 + 1e-9).mean():.2f}; "  # noqa: PLR2004
            f"noise taken for clusters {false_alarms} of {samples}"
        )
    assert rand.mean() > 0.75  # noqa: PLR2004
    assert named.min() > 0.85  # noqa: PLR2004
    assert (p_stable <= 0.05 + 1e-9).mean() >= 0.9  # noqa: PLR2004
    assert (p_apart <= 0.05 + 1e-9).all()  # noqa: PLR2004
    # Binomial (12, 0.05): more than 3 happen with a probability of 0.002.
    assert false_alarms <= 3  # noqa: PLR2004


@pytest.mark.proof
def test_intervals_of_shares_cover_the_planted_share(capsys: pytest.CaptureFixture[str]) -> None:
    """Counted and shown by element and group: 2,000 groups of 40 cases, a sign documented with 0.05, 0.3 and 0.7."""
    samples, cases, truth = 2000, 40, {"a": 0.05, "b": 0.3, "c": 0.7}
    drawn = np.random.default_rng(7).random((samples * cases, 3)) < list(truth.values())
    who, which = np.nonzero(drawn)
    states = pl.DataFrame({"subject_id": who, "name": np.array(list(truth))[which], "state": 1}).cast({"subject_id": pl.String})
    subjects = pl.DataFrame({"subject_id": np.arange(samples * cases)}).with_columns(
        pl.col("subject_id").cast(pl.String),
        definition=pl.lit("d"),
        group_kind=pl.lit("sample"),
        group=(pl.col("subject_id") // cases).cast(pl.String),
        stratum=pl.lit(None, pl.String),
    )
    counts = element_counts(subjects, states, subjects.drop("subject_id").unique(), list(truth))
    can = pl.DataFrame({"element": list(truth), "not_shown": pl.Series([None] * 3, dtype=pl.String), "can_be_absent": True})
    found = element_shares(counts, can, pl.DataFrame(schema={"definition": pl.String, "element": pl.String}), "cases", LEVEL)
    shares = found.filter(measure="element_documented_proportion").with_columns(
        truth=pl.col("stratum").str.strip_prefix("element=").replace_strict(truth)
    )
    covered = shares.group_by("truth").agg(pl.col("truth").is_between("low", "high").mean().alias("covered")).sort("truth")
    with capsys.disabled():
        print(f"\nexact intervals of shares in {cases} cases: {dict(covered.iter_rows())}")  # noqa: T201
    assert (covered["covered"] > LEVEL - 3 * np.sqrt(LEVEL * (1 - LEVEL) / samples)).all()

"""What must hold for agreement, latent classes and corrected counts, whatever the verdicts."""

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from nms_pv.measures.definitions.accuracy import accuracy_of, corrected_rows, model
from nms_pv.measures.definitions.agreement import agreement, agreement_of_all, verdict_pairs
from nms_pv.measures.definitions.alpha import krippendorff_alpha
from nms_pv.measures.definitions.features import share_difference
from nms_pv.measures.definitions.kappa import kappa, observed_agreement, pabak, positive_agreement
from nms_pv.measures.definitions.latent_class import fit
from nms_pv.measures.definitions.misclassification import Accuracy, rogan_gladen
from nms_pv.measures.definitions.patterns import STATE_OF_VERDICT, Patterns, add_up, collapsed, tally, verdict_states
from nms_pv.measures.definitions.sets import cuts, definition_counts, definition_sets
from tests.lib.verdict_patterns import drawn_patterns

unhurried = settings(deadline=None, max_examples=25)
few = settings(deadline=None, max_examples=6)
counts = st.integers(0, 5_000)
cells = st.tuples(counts, counts, counts, counts)
levels = st.sampled_from([0.9, 0.95, 0.99])
words = st.sampled_from(list(STATE_OF_VERDICT))
subjects = st.lists(st.tuples(words, words, words), min_size=1, max_size=30)
seeds = st.integers(0, 10_000)
NAMES = ["a_1990", "b_1995", "c_2000"]


def verdicts(rows: list[tuple[str, ...]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"subject_id": f"faers:{n}", "definition": name, "verdict": verdict}
            for n, row in enumerate(rows)
            for name, verdict in zip(NAMES, row, strict=True)
        ]
    )


def patterns_of(rows: list[tuple[str, ...]]) -> Patterns:
    return add_up([tally(verdict_states(verdicts(rows), NAMES), NAMES)], NAMES)


def same(one: Patterns, other: Patterns) -> bool:
    return one.names == other.names and np.array_equal(one.states, other.states) and np.array_equal(one.n, other.n)


@given(subjects)
@unhurried
def test_patterns_are_the_subjects_counted(rows: list[tuple[str, ...]]) -> None:
    found = patterns_of(rows)
    told = {tuple(row): int(n) for row, n in zip(found.states.tolist(), found.n, strict=True)}
    stated = [tuple(STATE_OF_VERDICT[verdict] for verdict in row) for row in rows]
    assert told == {pattern: stated.count(pattern) for pattern in stated}


@given(subjects, st.integers(0, 30))
@unhurried
def test_parts_add_up_wherever_they_are_cut(rows: list[tuple[str, ...]], cut: int) -> None:
    parts = [part for part in (rows[:cut], rows[cut:]) if part]
    assert same(add_up([tally(verdict_states(verdicts(part), NAMES), NAMES) for part in parts], NAMES), patterns_of(rows))


@given(subjects, st.permutations(NAMES))
@unhurried
def test_the_order_of_definitions_does_not_matter(rows: list[tuple[str, ...]], order: list[str]) -> None:
    found = patterns_of(rows)
    turned = found.onto(order)
    assert same(turned.onto(NAMES), found)
    assert agreement(turned, 0.95, "subjects").equals(agreement(found, 0.95, "subjects"))


@given(subjects)
@unhurried
def test_every_table_counts_every_subject(rows: list[tuple[str, ...]]) -> None:
    found = patterns_of(rows)
    pairs = verdict_pairs(found, [("a_1990", "b_1995"), ("a_1990", "c_2000")], "subjects")
    assert pairs.group_by("definition_b").agg(pl.col("n").sum())["n"].to_list() == [len(rows)] * 2
    measures = agreement(found, 0.95, "subjects")
    assert measures.select(
        pl.sum_horizontal("both", "only_a", "only_b", "neither", "left_out")
    ).to_series().unique().to_list() == [len(rows)]
    assert definition_sets(found, "subjects")["n"].sum() == len(rows)
    sizes = definition_counts(found, "subjects")
    assert sizes.select(pl.sum_horizontal("met", "not_met", "indeterminate")).to_series().to_list() == [len(rows)] * 3


@given(subjects)
@unhurried
def test_a_number_is_given_or_a_reason(rows: list[tuple[str, ...]]) -> None:
    found = patterns_of(rows)
    for table in (agreement(found, 0.95, "subjects"), agreement_of_all(found, 0.95, 20, 1, "subjects")):
        assert (table["estimate"].is_null() == table["undefined_reason"].is_not_null()).all()
        assert (table["estimate"].is_not_null() | table["low"].is_null()).all()


@given(cells, levels)
@unhurried
def test_kappa_does_not_ask_who_is_first_nor_what_is_called_met(table: tuple[int, int, int, int], level: float) -> None:
    a, b, c, d = table
    here = np.array(kappa(a, b, c, d, level))
    np.testing.assert_allclose(kappa(a, c, b, d, level), here, atol=1e-9)
    np.testing.assert_allclose(kappa(d, c, b, a, level), here, atol=1e-9)


@given(cells, levels)
@unhurried
def test_doubling_the_counts_leaves_kappa_and_narrows_its_limits(table: tuple[int, int, int, int], level: float) -> None:
    one, two = (kappa(*(times * np.array(table)), level) for times in (1, 2))
    np.testing.assert_allclose(two.estimate, one.estimate, atol=1e-12)
    if np.isfinite(one.low) and one.low > -1 and one.high < 1:
        np.testing.assert_allclose(one.high - one.low, np.sqrt(2) * (two.high - two.low), rtol=1e-6)


@given(cells, levels)
@unhurried
def test_kappa_is_at_most_observed_agreement_and_pabak_lies_on_its_scale(table: tuple[int, int, int, int], level: float) -> None:
    observed, adjusted, found = (measure(*table, level) for measure in (observed_agreement, pabak, kappa))
    np.testing.assert_allclose(adjusted, 2 * np.array(observed) - 1)
    if np.isfinite(found.estimate):
        assert found.estimate <= observed.estimate + 1e-12
    assert not positive_agreement(*table[:3]) > 1


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(1, 50)), min_size=1, max_size=8))
@unhurried
def test_alpha_does_not_ask_what_is_called_met(rows: list[tuple[int, int, int]]) -> None:
    values, n = np.array(rows)[:, :2], np.array(rows)[:, 2]
    here, turned = (krippendorff_alpha(v, n, 0.95, 20, 1) for v in (values, values[:, ::-1]))
    np.testing.assert_allclose(np.array(turned[:3], float), np.array(here[:3], float), atol=1e-12)
    assert np.isnan(here.estimate) or here.estimate <= 1


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(1, 9)), min_size=1, max_size=8))
@unhurried
def test_a_higher_cut_never_has_more_cases(rows: list[tuple[int, int, int]]) -> None:
    points = pl.DataFrame(
        [{"definition": "a", "points_low": min(x, y), "points_high": max(x, y), "n": n} for x, y, n in rows],
        schema={"definition": pl.String, "points_low": pl.Int32, "points_high": pl.Int32, "n": pl.Int64},
    )
    found = cuts(points, "subjects").sort("cut")
    assert found["cut"].to_list() == list(range(1, max(max(x, y) for x, y, _ in rows) + 1))
    assert (found["met"].diff().drop_nulls() <= 0).all()
    assert (found["not_met"].diff().drop_nulls() >= 0).all()
    assert set(found.select(pl.sum_horizontal("met", "indeterminate", "not_met")).to_series()) <= {points["n"].sum()}


@given(seeds, st.permutations([1, 2, 3, 4]))
@few
def test_the_order_of_indicators_and_the_seed_do_not_move_the_classes(seed: int, order: list[int]) -> None:
    drawn = drawn_patterns(np.random.default_rng(seed), 3000, 0.3, [0.9, 0.8, 0.7, 0.8, 0.85], [0.95, 0.9, 0.9, 0.95, 0.8], 0.1)
    turned = drawn.onto(["pt_only", *(f"sign_{j}" for j in order)])
    here, there = fit(drawn, seed=1), fit(turned, seed=2)
    places = [0, *order]
    np.testing.assert_allclose(there.parameters[[0]], here.parameters[[0]], atol=1e-4)
    np.testing.assert_allclose(there.parameters[1:6], here.parameters[1:6][places], atol=1e-4)
    np.testing.assert_allclose(there.parameters[6:], here.parameters[6:][places], atol=1e-4)


@given(seeds)
@few
def test_calling_met_not_met_turns_the_classes_round(seed: int) -> None:
    drawn = drawn_patterns(np.random.default_rng(seed), 3000, 0.3, [0.9, 0.8, 0.7, 0.8], [0.95, 0.9, 0.9, 0.95])
    turned = collapsed(drawn.names, (1 - drawn.states).astype(np.int8), drawn.n)
    here, there = fit(drawn, seed=1).parameters, fit(turned, seed=1).parameters
    np.testing.assert_allclose(there, 1 - np.array([here[0], *here[5:], *here[1:5]]), atol=1e-4)


@given(seeds)
@few
def test_doubling_the_subjects_leaves_the_classes(seed: int) -> None:
    drawn = drawn_patterns(np.random.default_rng(seed), 2000, 0.3, [0.9, 0.8, 0.7, 0.8], [0.95, 0.9, 0.9, 0.95])
    doubled = collapsed(drawn.names, drawn.states, 2 * drawn.n)
    np.testing.assert_allclose(fit(doubled, seed=1).parameters, fit(drawn, seed=1).parameters, atol=1e-5)


@given(seeds)
@few
def test_corrected_by_its_own_model_every_definition_has_as_many_cases_as_class_1(seed: int) -> None:
    drawn = drawn_patterns(np.random.default_rng(seed), 3000, 0.3, [0.9, 0.8, 0.7, 0.8], [0.95, 0.9, 0.9, 0.95])
    found = model("m", "decided", drawn, 0.95, 1, "subjects")
    assert found.fitted
    rows = corrected_rows([found], drawn.names, {})
    expected = 3000 * found.fitted.classes.parameters[0]
    np.testing.assert_allclose(rows["estimate"].to_numpy(), expected, rtol=1e-5)
    np.testing.assert_allclose(rows["low"].to_numpy(), rows["low"][0], rtol=1e-4)
    # Of the size of the limits of the class itself, which are symmetric on another scale.
    width = 3000 * (found.fitted.limits.high[0] - found.fitted.limits.low[0])
    np.testing.assert_allclose((rows["high"] - rows["low"]).to_numpy(), width, rtol=0.15)
    assert (accuracy_of(found.fitted, 0).covariance.diagonal() > 0).all()


@given(st.integers(0, 500), st.integers(1, 500), st.floats(0.05, 1), st.floats(0.05, 1), levels)
@unhurried
def test_a_corrected_count_lies_among_the_subjects(
    x: int, more: int, sensitivity: float, specificity: float, level: float
) -> None:
    corrected = rogan_gladen(x, x + more, Accuracy(sensitivity, specificity, np.diag([0, 0.01, 0.01])), level)
    if corrected.undefined_reason is None:
        assert 0 <= corrected.low <= corrected.estimate <= corrected.high <= x + more
    else:
        assert np.isnan(corrected[:3]).all()


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300), st.integers(0, 300), levels)
@unhurried
def test_swapping_the_groups_turns_the_difference(x: int, rest_1: int, y: int, rest_0: int, level: float) -> None:
    here = np.array(share_difference(x, x + rest_1, y, y + rest_0, level))
    turned = np.array(share_difference(y, y + rest_0, x, x + rest_1, level))
    np.testing.assert_allclose(turned, -here[[0, 2, 1]])
    if np.isfinite(here[0]):
        assert -1 - 1e-12 <= here[1] <= here[0] <= here[2] <= 1 + 1e-12

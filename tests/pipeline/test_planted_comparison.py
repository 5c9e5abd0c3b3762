"""Comparisons find what is planted, as often as their intervals say."""

import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.comparison.compared import Settings
from nms_pv.measures.comparison.exact import conditional_ror, mid_p
from nms_pv.measures.comparison.shrunk import pooled_ratios
from nms_pv.measures.comparison.stratified import breslow_day_tarone, mantel_haenszel_ror
from nms_pv.measures.comparison.write import write_comparison
from nms_pv.measures.interval import Interval
from nms_pv.measures.reports.disproportionality import ror
from nms_pv.simulate.faers.rates import Mix, planted_mix
from nms_pv.spec.drugs import DrugTable, load_drugs
from nms_pv.spec.indications import load_indications
from tests.lib.layers import run_layers, truth

LEVEL = 0.95


@pytest.fixture(scope="module")
def drugs(repository: Path) -> DrugTable:
    return load_drugs(repository / "study")


@pytest.fixture(scope="module")
def planted(drugs: DrugTable) -> tuple[Mix, np.ndarray]:
    mix = planted_mix(drugs)
    return mix, mix.shares(2018)


def say(capsys: pytest.CaptureFixture[str], text: str) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{text}\n")


def covered(found: Interval, truth: np.ndarray) -> tuple[int, int]:
    """How many defined intervals hold the truth, of how many."""
    defined = np.isfinite(found.estimate)
    return int(((found.low <= truth) & (truth <= found.high) & defined).sum()), int(defined.sum())


@pytest.mark.proof
def test_ratios_among_antipsychotics_cover_the_planted_ones(
    planted: tuple[Mix, np.ndarray], capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever is reported, the planted odds ratio is the same, so strata change nothing but the width.

    Studies are drawn from the planted shares of reports, in 12 strata of unequal size: what the simulator plants, without its
    files.
    """
    mix, shares = planted
    is_antipsychotic = np.array([drug.is_antipsychotic for drug in mix.drugs]) & (shares[:-1] > 0)
    p = mix.nms[:-1][is_antipsychotic]
    share = shares[:-1][is_antipsychotic]
    cases, others = share * p, share * (1 - p)
    # Against the other antipsychotics, each of which is one of the mix.
    truth = cases * (others.sum() - others) / (others * (cases.sum() - cases))
    random = np.random.default_rng(31)
    strata = random.dirichlet(np.full(12, 2.0))
    tables = {"crude": [0, 0], "Mantel-Haenszel": [0, 0]}
    bias: list[float] = []
    rejected = tested = 0
    expects = 24_000 * cases >= 5
    for _ in range(150):
        events = random.poisson(24_000 * strata[:, None] * cases)
        rest = random.poisson(24_000 * strata[:, None] * others)
        a, b = events.T[expects], rest.T[expects]
        c, d = events.sum(axis=1) - a, rest.sum(axis=1) - b
        stratified = mantel_haenszel_ror(a, b, c, d, LEVEL)
        crude = ror(a.sum(axis=1), b.sum(axis=1), c.sum(axis=1), d.sum(axis=1), LEVEL)
        for name, found in (("crude", crude), ("Mantel-Haenszel", stratified)):
            here, of = covered(found, truth[expects])
            tables[name] = [tables[name][0] + here, tables[name][1] + of]
        bias += list(np.log(stratified.estimate / truth[expects])[np.isfinite(stratified.estimate)])
        p_same = breslow_day_tarone(a, b, c, d, 1).p
        rejected, tested = rejected + (p_same < 1 - LEVEL).sum(), tested + np.isfinite(p_same).sum()
    shares_covered = {name: here / of for name, (here, of) in tables.items()}
    say(
        capsys,
        f"coverage against other antipsychotics: {shares_covered} of {tables['crude'][1]}; mean log bias {np.mean(bias):+.3f}; "
        f"homogeneity rejected at 5 %: {rejected / tested:.3f} of {tested}",
    )
    assert all(0.935 <= share <= 0.97 for share in shares_covered.values())
    assert abs(np.mean(bias)) < 0.06
    assert rejected / tested <= 0.065


@pytest.mark.proof
def test_simulated_reports_give_the_planted_ratios_among_antipsychotics(
    drugs: DrugTable, repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Through all layers, crude and stratified; indications are planted without regard to the event."""
    settings = Settings(comparators=["haloperidol"], indications=list(load_indications(repository / "study")))
    seen: dict[str, list[int]] = {}
    bias: list[float] = []
    for seed in range(5):
        folder = tmp_path / str(seed)
        params = run_layers(folder, seed=seed, cases=6000, quarters=["2012Q3", "2021Q4"])
        write_comparison(
            folder / "4_labels", folder / "5_exposure", folder / "7", drugs, params, settings, "reports:000000000000"
        )
        results = pl.read_parquet(folder / "7" / "comparison" / "results.parquet").filter(
            definition="pt_only", roles="ps+ss", duplicates="collapsed", reference="other antipsychotics"
        )
        for group, ratio in planted_among_antipsychotics(folder, drugs).items():
            of_group = results.filter(pl.format("{}/{}", "group_kind", "group") == group)
            numbers = of_group.filter(pl.col("measure").is_in(["ror", "ror_stratified"]), pl.col("estimate").is_not_null())
            for row in numbers.iter_rows(named=True):
                kind = f"{row['measure']} {str(row['stratum'] or '').split('=')[0]}".strip()
                here = seen.setdefault(kind, [0, 0])
                here[0] += row["low"] <= ratio <= row["high"]
                here[1] += 1
                if kind == "ror_stratified":
                    bias.append(np.log(row["estimate"] / ratio))
    told = {kind: f"{inside} of {of} = {inside / of:.3f}" for kind, (inside, of) in seen.items()}
    say(capsys, f"coverage among antipsychotics, through all layers: {told}; mean log bias, stratified: {np.mean(bias):+.3f}")
    for inside, of in seen.values():
        assert inside / of > LEVEL - 3 * np.sqrt(LEVEL * (1 - LEVEL) / of)
    assert abs(np.mean(bias)) < 0.2


def planted_among_antipsychotics(folder: Path, drugs: DrugTable) -> dict[str, float]:
    """Odds ratios of ingredients that expect at least 5 cases, and of generations, against the other antipsychotics."""
    antipsychotics = [name for name, drug in drugs.drugs.items() if drug.is_antipsychotic]
    rates = truth(folder, "rates").filter(pl.col("ingredient").is_in(antipsychotics))
    rates = rates.with_columns(a=pl.col("share_of_reports") * pl.col("nms_share")).with_columns(
        b=pl.col("share_of_reports") - pl.col("a")
    )
    all_a, all_b = rates["a"].sum(), rates["b"].sum()
    cases = truth(folder, "cases").height
    ingredients = rates.filter(pl.col("a") * cases >= 5).select(pl.format("ingredient/{}", "ingredient"), "a", "b")
    generations = rates.group_by(group=pl.format("generation/{}", "generation")).agg(pl.col("a", "b").sum())
    rows = [*ingredients.iter_rows(), *generations.sort("group").iter_rows()]
    return {group: a * (all_b - b) / (b * (all_a - a)) for group, a, b in rows}


@pytest.mark.proof
def test_pooled_ratios_cover_the_planted_ones(planted: tuple[Mix, np.ndarray], capsys: pytest.CaptureFixture[str]) -> None:
    """In classes of at least three planted ingredients."""
    mix, shares = planted
    p, share = mix.nms[:-1], shares[:-1]
    all_cases = (shares * mix.nms).sum()
    classes: dict[str, list[int]] = {}
    for at, drug in enumerate(mix.drugs):
        if drug.blocks_or_depletes_dopamine and share[at] > 0:
            classes.setdefault(drug.chemical_class, []).append(at)
    random = np.random.default_rng(32)
    here = of = 0
    closer, ratios = [], []
    for _ in range(25):
        reports = random.poisson(24_000 * share)
        events = random.binomial(reports, p)
        total_cases = random.poisson(24_000 * (all_cases - (share * p).sum())) + events.sum()
        for members in (found for found in classes.values() if len(found) >= 3):
            expected = reports[members] * total_cases / 24_000
            pooled = pooled_ratios(events[members], expected, LEVEL)
            if pooled.undefined_reason is not None:
                continue
            truth = p[members] / all_cases
            inside, counted = covered(Interval(pooled.estimate, pooled.low, pooled.high), truth)
            here, of = here + inside, of + counted
            alone = events[members] / expected
            closer.append(((pooled.estimate - truth) ** 2).mean())
            ratios.append(((alone - truth) ** 2).mean())
    say(
        capsys,
        f"coverage of pooled ratios: {here} of {of} = {here / of:.3f} (nominal {LEVEL}); mean squared error "
        f"{np.mean(closer):.2f}, unpooled {np.mean(ratios):.2f}",
    )
    assert 0.93 <= here / of <= 0.99
    assert np.mean(closer) < np.mean(ratios)


@pytest.mark.proof
def test_exact_ratios_and_tests_hold_their_level(capsys: pytest.CaptureFixture[str]) -> None:
    """Sparse tables: the exact interval covers at least as often as it says, and the mid-p test rejects about so often."""
    random = np.random.default_rng(33)
    group, reference = np.full(250, 150), np.full(250, 900)
    said = []
    for odds_ratio in (0.4, 1.0, 3.0):
        odds = 0.02 / 0.98 * odds_ratio
        a, c = random.binomial(group, odds / (1 + odds)), random.binomial(reference, 0.02)
        found = conditional_ror(a, group - a, c, reference - c, LEVEL)
        defined = np.isfinite(found.low)
        inside = ((found.low <= odds_ratio) & (np.nan_to_num(found.high, nan=np.inf) >= odds_ratio))[defined].mean()
        said.append(f"odds ratio {odds_ratio}: exact interval covers {inside:.3f}")
        assert inside >= LEVEL - 2 * np.sqrt(LEVEL * (1 - LEVEL) / defined.sum())
    a, c = random.binomial(150, 0.02, 20_000), random.binomial(900, 0.02, 20_000)
    p = mid_p(a, 150 - a, c, 900 - c)
    rejected = (p < 1 - LEVEL).mean()
    say(capsys, "; ".join([*said, f"mid-p rejects a true null hypothesis at 5 % in {rejected:.4f} of 20,000"]))
    assert rejected < 0.055


@pytest.mark.proof
def test_a_masked_ratio_is_unmasked_as_planted(planted: tuple[Mix, np.ndarray], capsys: pytest.CaptureFixture[str]) -> None:
    """Leaving out haloperidol gives the planted ratio against the rest."""
    mix, shares = planted
    names = [drug.ingredient for drug in mix.drugs]
    masker, masked = names.index("haloperidol"), names.index("quetiapine")
    cases, others = shares * mix.nms, shares * (1 - mix.nms)
    kept = np.ones(len(shares), dtype=bool)
    kept[[masker, masked]] = False
    truth = cases[masked] * others[kept].sum() / (others[masked] * cases[kept].sum())
    random = np.random.default_rng(34)
    events, rest = random.poisson(24_000 * cases, (400, len(shares))), random.poisson(24_000 * others, (400, len(shares)))
    found = ror(events[:, masked], rest[:, masked], events[:, kept].sum(axis=1), rest[:, kept].sum(axis=1), LEVEL)
    inside, of = covered(found, np.full(400, truth))
    say(capsys, f"coverage with the masker left out: {inside} of {of} = {inside / of:.3f}")
    assert 0.92 <= inside / of <= 0.98

from pathlib import Path

import numpy as np
import pytest

from nms_pv.simulate.faers.chance import Purpose, pick, stream
from nms_pv.simulate.faers.events import draw_events
from nms_pv.simulate.faers.names import catalogue
from nms_pv.simulate.faers.quarters import span
from nms_pv.simulate.faers.rates import MIX, Mix, planted_mix, planted_odds_ratio, planted_rates
from nms_pv.simulate.faers.terms import Event
from nms_pv.spec.drugs import DrugTable, load_drugs
from nms_pv.spec.source import load_faers


@pytest.fixture(scope="module")
def table(repository: Path) -> DrugTable:
    return load_drugs(repository / "study")


@pytest.fixture(scope="module")
def mix(table: DrugTable) -> Mix:
    return planted_mix(table)


def test_planted_odds_ratio_equals_the_odds_ratio_of_the_expected_table() -> None:
    shares, nms = np.array([0.1, 0.2, 0.7]), np.array([0.10, 0.05, 0.01])
    a, b = 0.1 * 0.10, 0.1 * 0.90
    c, d = 0.2 * 0.05 + 0.7 * 0.01, 0.2 * 0.95 + 0.7 * 0.99
    assert planted_odds_ratio(shares, nms)[0] == pytest.approx(a * d / (b * c), rel=1e-12)


def test_planted_odds_ratio_of_an_ingredient_never_reported_is_undefined() -> None:
    ratio = planted_odds_ratio(np.array([0.0, 0.3, 0.7]), np.array([0.1, 0.05, 0.01]))
    assert np.isnan(ratio[0])
    assert np.isfinite(ratio[1])


@pytest.mark.parametrize("year", [2011, 2024])
def test_a_large_draw_has_the_planted_odds_ratios(year: int, mix: Mix) -> None:
    n = 4_000_000
    exposure = pick(stream(1, 0, Purpose.PEOPLE), mix.shares(year), n)
    is_nms = draw_events(exposure, mix, stream(1, 0, Purpose.EVENTS)) == Event.NMS
    planted = planted_odds_ratio(mix.shares(year), mix.nms)
    everyone = np.bincount(exposure, minlength=len(mix.nms))
    events = np.bincount(exposure[is_nms], minlength=len(mix.nms))
    z = []
    for i in np.flatnonzero(everyone[:-1] > 0):
        a, b = events[i], everyone[i] - events[i]
        c, d = events.sum() - a, n - everyone[i] - (events.sum() - a)
        error = np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
        z.append((np.log(a * d / (b * c)) - np.log(planted[i])) / error)
    # 50 ratios: a mean square near 1 says that the errors are those of sampling alone.
    assert np.abs(z).max() < 4
    assert 0.5 < np.mean(np.square(z)) < 1.7


def test_rates_over_quarters_weigh_them_by_cases(repository: Path, mix: Mix) -> None:
    rules = load_faers(repository / "study").rules
    old, new = span("2005Q1", rules), span("2024Q1", rules)
    rates = {row["ingredient"]: row for row in planted_rates(mix, [old, new], [100, 300]).iter_rows(named=True)}
    i = list(MIX).index("brexpiprazole")
    assert mix.shares(2005)[i] == 0
    assert rates["brexpiprazole"]["share_of_reports"] == pytest.approx(0.75 * mix.shares(2024)[i], abs=1e-6)
    assert rates["brexpiprazole"]["generation"] == "TGA"
    assert "brexpiprazole" not in planted_rates(mix, [old], [100])["ingredient"]


def test_first_generation_gives_way_to_second_and_third(mix: Mix) -> None:
    def share(generation: str, year: int) -> float:
        return sum(s for d, s in zip(mix.drugs, mix.shares(year)[:-1], strict=True) if d.generation == generation)

    for year in (2004, 2014, 2024):
        assert mix.shares(year).sum() == pytest.approx(1)
    assert share("FGA", 2004) > share("FGA", 2014) > share("FGA", 2024)
    assert share("TGA", 2004) < share("TGA", 2014) < share("TGA", 2024)


def test_drug_table_without_a_planted_ingredient_is_refused(table: DrugTable) -> None:
    poorer = DrugTable(
        {k: d for k, d in table.drugs.items() if k != "haloperidol"},
        table.ingredients_of_name,
        table.long_acting_names,
        table.rules,
    )
    with pytest.raises(ValueError, match=r"lacks \['haloperidol'\]"):
        planted_mix(poorer)


def test_drug_table_without_a_companion_is_refused(table: DrugTable, mix: Mix) -> None:
    poorer = DrugTable(
        {k: d for k, d in table.drugs.items() if k != "dantrolene"},
        table.ingredients_of_name,
        table.long_acting_names,
        table.rules,
    )
    with pytest.raises(ValueError, match=r"lacks \['dantrolene'\]"):
        catalogue(poorer, mix, 2024)


def test_background_drug_that_becomes_listed_is_left_out(table: DrugTable, mix: Mix) -> None:
    richer = DrugTable(
        table.drugs, {**table.ingredients_of_name, "METFORMIN": ("metformin",)}, table.long_acting_names, table.rules
    )
    before, after = (set(catalogue(t, mix, 2024).rows["drugname"]) for t in (table, richer))
    assert before - after == {"METFORMIN", "GLUCORELL"}  # GLUCORELL holds METFORMIN HYDROCHLORIDE

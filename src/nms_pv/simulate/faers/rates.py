"""What is planted: how often each ingredient is suspected, how often its reports are NMS, and the odds ratio that follows.

All numbers are invented for the SIMULATED input. Only their order (high-potency first generation above second above third)
is meant to look like the literature; none of them is an estimate of anything.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from nms_pv.simulate.faers.chance import Floats
from nms_pv.simulate.faers.quarters import Span
from nms_pv.spec.drugs import Drug, DrugTable

EXPOSED_SHARE = 0.30  # share of reports that suspect an ingredient of the drug table
BACKGROUND_NMS = 0.001  # share of NMS among the other reports
NMS_LIKE_PER_NMS = 0.35  # reports with the signs but without the term, for each report with the term
BACKGROUND_NMS_LIKE = 0.0005
BACKGROUND_SEROTONIN, BACKGROUND_HYPERTHERMIA = 0.0005, 0.0001
SEROTONIN_AMONG_SEROTONERGIC, HYPERTHERMIA_AMONG_TRIGGERS = 0.05, 0.10

# Share of a generation relative to 2012, multiplied once for each year since.
DRIFT = {"FGA": 0.955, "SGA": 1.0, "TGA": 1.05}
DRIFT_FROM_YEAR = 2012

DIGITS = 6  # of what is written: the last binary digits of a sum may differ between processors

# ingredient: (weight in the mix of 2012, probability that a report that suspects it is NMS, first year it is reported)
MIX: dict[str, tuple[float, float, int]] = {
    "haloperidol": (10.0, 0.090, 2004),
    "chlorpromazine": (3.0, 0.045, 2004),
    "levomepromazine": (1.5, 0.050, 2004),
    "fluphenazine": (1.5, 0.100, 2004),
    "perphenazine": (1.0, 0.055, 2004),
    "trifluoperazine": (0.8, 0.080, 2004),
    "thioridazine": (0.8, 0.030, 2004),
    "pipamperone": (0.6, 0.030, 2004),
    "bromperidol": (0.6, 0.080, 2004),
    "benperidol": (0.5, 0.085, 2004),
    "flupentixol": (1.2, 0.080, 2004),
    "zuclopenthixol": (1.4, 0.070, 2004),
    "pimozide": (0.6, 0.060, 2004),
    "tiotixene": (0.5, 0.080, 2004),
    "loxapine": (0.8, 0.050, 2004),
    "sulpiride": (1.2, 0.030, 2004),
    "tiapride": (0.7, 0.030, 2004),
    "cyamemazine": (0.9, 0.035, 2004),
    "melperone": (0.7, 0.030, 2004),
    "droperidol": (0.8, 0.050, 2004),
    "prochlorperazine": (1.5, 0.020, 2004),
    "risperidone": (11.0, 0.035, 2004),
    "olanzapine": (10.0, 0.040, 2004),
    "quetiapine": (12.0, 0.020, 2004),
    "clozapine": (9.0, 0.030, 2004),
    "paliperidone": (5.0, 0.025, 2007),
    "ziprasidone": (2.5, 0.022, 2004),
    "amisulpride": (1.8, 0.030, 2004),
    "zotepine": (0.7, 0.035, 2004),
    "blonanserin": (0.7, 0.025, 2008),
    "asenapine": (1.2, 0.018, 2009),
    "iloperidone": (0.6, 0.015, 2010),
    "lurasidone": (2.2, 0.015, 2010),
    "lumateperone": (1.5, 0.015, 2020),
    "aripiprazole": (9.0, 0.018, 2004),
    "brexpiprazole": (2.2, 0.012, 2015),
    "cariprazine": (2.2, 0.013, 2015),
    "metoclopramide": (4.0, 0.012, 2004),
    "domperidone": (1.2, 0.006, 2004),
    "promethazine": (1.6, 0.006, 2004),
    "tetrabenazine": (1.2, 0.020, 2008),
    "deutetrabenazine": (1.2, 0.012, 2017),
    "valbenazine": (1.4, 0.008, 2017),
    "levodopa": (2.0, 0.020, 2004),
    "lithium": (2.0, 0.006, 2004),
    "sertraline": (4.0, 0.003, 2004),
    "fluoxetine": (3.0, 0.003, 2004),
    "venlafaxine": (3.0, 0.003, 2004),
    "tramadol": (2.5, 0.002, 2004),
    "sevoflurane": (1.2, 0.002, 2004),
    "suxamethonium": (1.0, 0.002, 2004),
}


@dataclass(frozen=True)
class Mix:
    """The planted mix: ingredients in a fixed order, and arrays with one more place, the last, for reports that suspect none."""

    drugs: tuple[Drug, ...]
    nms: Floats
    nms_like: Floats
    serotonin: Floats
    hyperthermia: Floats

    @property
    def none(self) -> int:
        """Position that stands for a report that suspects no ingredient of the table."""
        return len(self.drugs)

    def shares(self, year: int) -> Floats:
        """Share of each ingredient among the reports of a year; the last is the share that suspects none."""
        weights = np.array([self._weight(drug, year) for drug in self.drugs])
        return np.r_[EXPOSED_SHARE * weights / weights.sum(), 1 - EXPOSED_SHARE]

    def _weight(self, drug: Drug, year: int) -> float:
        weight, _, first_year = MIX[drug.ingredient]
        drift = DRIFT.get(drug.generation or "", 1.0) if drug.is_antipsychotic else 1.0
        return weight * drift ** (year - DRIFT_FROM_YEAR) if year >= first_year else 0.0


def planted_mix(table: DrugTable) -> Mix:
    """The mix, with what the drug table says of each ingredient.

    Raises
    ------
    ValueError
        When the drug table lacks an ingredient of the mix.
    """
    missing = sorted(set(MIX) - set(table.drugs))
    if missing:
        raise ValueError(f"study/drugs.csv lacks {missing}, which the simulator plants; add the rows, or take them out of `MIX`")
    drugs = tuple(table.drugs[name] for name in MIX)
    nms = np.array([MIX[drug.ingredient][1] for drug in drugs])
    blocks = np.array([drug.blocks_or_depletes_dopamine for drug in drugs])
    return Mix(
        drugs=drugs,
        nms=np.r_[nms, BACKGROUND_NMS],
        nms_like=np.r_[np.where(blocks, NMS_LIKE_PER_NMS * nms, BACKGROUND_NMS_LIKE), BACKGROUND_NMS_LIKE],
        serotonin=_among(drugs, "serotonergic", SEROTONIN_AMONG_SEROTONERGIC, BACKGROUND_SEROTONIN),
        hyperthermia=_among(drugs, "mh_trigger", HYPERTHERMIA_AMONG_TRIGGERS, BACKGROUND_HYPERTHERMIA),
    )


def _among(drugs: tuple[Drug, ...], relation: str, probability: float, background: float) -> Floats:
    """`probability` for drugs whose first relation to NMS it is, `background` for all others and for none."""
    return np.array([probability if drug.relations[:1] == [relation] else background for drug in drugs] + [background])


def planted_odds_ratio(shares: Floats, nms: Floats) -> Floats:
    """The marginal reporting odds ratio of each ingredient.

    A report suspects (as primary or secondary suspect) one ingredient i of the table, with probability P_i, or none, with
    P_0. It is then NMS with probability p_i. Exposed = suspects i; all other reports, those that suspect another
    ingredient included, are the reference. So the expected cells of the 2x2 table are, for each report,

        a = P_i p_i,  b = P_i (1 - p_i),  c = sum over j != i of P_j p_j,  d = sum over j != i of P_j (1 - p_j)

    and ROR_i = a d / (b c). Duplicates, versions and deletions are planted without regard to ingredient and event, so they
    leave it as it is.

    Parameters
    ----------
    shares
        P_i over all simulated reports, the last place for none; they add up to 1.
    nms
        p_i, in the same order.

    Returns
    -------
    One odds ratio for each ingredient, without the last place; infinite or NaN where an ingredient is never reported.
    """
    events = shares * nms
    c = events.sum() - events
    d = (1 - shares) - c
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (events * d) / (shares * (1 - nms) * c)
    return ratio[:-1]


def planted_rates(mix: Mix, spans: list[Span], cases: list[int]) -> pl.DataFrame:
    """What is planted for each ingredient that the quarters contain.

    Parameters
    ----------
    mix
        The planted mix.
    spans
        The simulated quarters.
    cases
        Cases of each quarter, in the same order.
    """
    shares = np.average([mix.shares(span.year) for span in spans], axis=0, weights=cases)
    ratio = planted_odds_ratio(shares, mix.nms)
    rows = [
        (drug.ingredient, drug.generation, round(float(shares[i]), DIGITS), float(mix.nms[i]), round(float(ratio[i]), DIGITS))
        for i, drug in enumerate(mix.drugs)
        if shares[i] > 0
    ]
    columns = ["ingredient", "generation", "share_of_reports", "nms_share", "planted_ror"]
    return pl.DataFrame(rows, schema=columns, orient="row").sort("ingredient")

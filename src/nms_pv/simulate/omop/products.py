"""What is planted: the products, how often each is started, and the rate of NMS by ingredient and time since its start.

All numbers are invented for the SIMULATED cohort; none of them is an estimate of anything. Rates do not depend on calendar time,
age or sex. The mix of products drifts from first to second and third generation, and nothing else does, so that the planted
overall rate falls because of the mix alone. Dates of market entry are ignored for the same reason: a product that enters later
would change the mix within its generation.
"""

from dataclasses import dataclass

import numpy as np

from nms_pv.simulate.omop.chance import Floats
from nms_pv.spec.drugs import DrugTable

PER_YEARS, DAYS_PER_YEAR = 100_000, 365.25

# Share of the generations among antipsychotic courses that start anew, in the first and in the last year; straight in between.
GENERATION_SHARES = {"FGA": (0.55, 0.15), "SGA": (0.40, 0.60), "TGA": (0.05, 0.25)}

# Episodes for 100,000 person-years at risk, before the multiplier by days since start: more than in print, so that few people
# show every figure.
BASE_RATES = {
    "haloperidol": 640.0,
    "chlorpromazine": 400.0,
    "fluphenazine": 720.0,
    "perphenazine": 400.0,
    "thioridazine": 320.0,
    "trifluoperazine": 600.0,
    "loxapine": 400.0,
    "pimozide": 440.0,
    "risperidone": 240.0,
    "olanzapine": 200.0,
    "quetiapine": 140.0,
    "ziprasidone": 160.0,
    "paliperidone": 200.0,
    "clozapine": 240.0,
    "lurasidone": 140.0,
    "aripiprazole": 120.0,
    "metoclopramide": 80.0,
    "tetrabenazine": 240.0,
}

# First day since the start of the era, and the multiplier of the base rate from that day to the next bound.
MULTIPLIERS = {0: 6.0, 8: 3.0, 31: 1.5, 91: 0.8, 366: 0.6}

# After the stop of levodopa: episodes for 100,000 person-years of the days after the era; no multiplier.
WITHDRAWAL_INGREDIENT, WITHDRAWAL_RATE, WITHDRAWAL_DAYS = "levodopa", 6000.0, 7


@dataclass(frozen=True)
class Product:
    """One product: a Clinical Drug of the vocabulary.

    `weight`: how often it is started, within its generation, or as share of persons for what is no antipsychotic.
    `interval_days`: days between two injections of a long-acting product, the longest in study/long_acting.csv; 0 for any other.
    `ingredients`: its ingredients in the drug table; the rate of NMS is that of the first.
    """

    name: str
    ingredients: tuple[str, ...]
    weight: float
    interval_days: int = 0

    @property
    def ingredient(self) -> str:
        """The ingredient that it is planted for."""
        return self.ingredients[0]


def _tablet(ingredient: str, strength: int, weight: float) -> Product:
    return Product(f"{ingredient} {strength} MG Oral Tablet", (ingredient,), weight)


def _injection(name: str, ingredient: str, weight: float, interval_days: int) -> Product:
    return Product(name, (ingredient,), weight, interval_days)


ANTIPSYCHOTICS = (
    _tablet("haloperidol", 5, 0.30),
    _injection("haloperidol decanoate 100 MG/ML Injectable Solution", "haloperidol", 0.08, 28),
    _tablet("chlorpromazine", 100, 0.14),
    _tablet("fluphenazine", 5, 0.09),
    _injection("fluphenazine decanoate 25 MG/ML Injectable Solution", "fluphenazine", 0.08, 28),
    _tablet("perphenazine", 8, 0.09),
    Product("amitriptyline 25 MG / perphenazine 2 MG Oral Tablet", ("perphenazine", "amitriptyline"), 0.06),
    _tablet("thioridazine", 50, 0.05),
    _tablet("trifluoperazine", 5, 0.05),
    _tablet("loxapine", 25, 0.04),
    _tablet("pimozide", 2, 0.02),
    _tablet("risperidone", 2, 0.20),
    _injection("risperidone microspheres 25 MG Injection", "risperidone", 0.04, 14),
    _tablet("olanzapine", 10, 0.20),
    _tablet("quetiapine", 100, 0.24),
    _tablet("ziprasidone", 40, 0.06),
    _tablet("paliperidone", 6, 0.05),
    _injection("paliperidone palmitate 156 MG/ML Injectable Suspension", "paliperidone", 0.05, 28),
    _tablet("clozapine", 100, 0.11),
    _tablet("lurasidone", 40, 0.05),
    _tablet("aripiprazole", 10, 0.90),
    _injection("aripiprazole 400 MG Injection [Abilify Maintena]", "aripiprazole", 0.10, 28),
)
OTHERS = (
    _tablet("metoclopramide", 10, 0.040),
    _tablet("tetrabenazine", 25, 0.006),
    _tablet("levodopa", 100, 0.060),
    _tablet("lithium", 300, 0.080),
)
TREATMENTS = (_tablet("bromocriptine", 5, 0.30), Product("dantrolene 25 MG Oral Capsule", ("dantrolene",), 0.35))
# Position in this list is the number of the product everywhere else.
PRODUCTS = (*ANTIPSYCHOTICS, *OTHERS, *TREATMENTS)
LITHIUM = next(number for number, product in enumerate(PRODUCTS) if product.ingredient == "lithium")


def check_listed(table: DrugTable) -> None:
    """See that the drug table has every ingredient that is planted.

    Raises
    ------
    ValueError
        When it lacks one.

    """
    missing = sorted({ingredient for product in PRODUCTS for ingredient in product.ingredients} - set(table.drugs))
    if missing:
        raise ValueError(
            f"study/drugs.csv lacks {missing}, which the simulator plants; add the rows, or take them out of `PRODUCTS`"
        )


def generation_weights(table: DrugTable) -> dict[str, Floats]:
    """For each generation the weights of the antipsychotic products; they add up to 1."""
    weights = {}
    for generation in GENERATION_SHARES:
        found = [product.weight * (table.drugs[product.ingredient].generation == generation) for product in ANTIPSYCHOTICS]
        weights[generation] = np.array(found) / sum(found)
    return weights


def start_shares(table: DrugTable, years: int) -> Floats:
    """Share of each antipsychotic product among courses that start anew; shape (years, products), rows add up to 1."""
    passed = np.linspace(0, 1, years)
    weights = generation_weights(table)
    shares = np.zeros((years, len(ANTIPSYCHOTICS)))
    for generation, (first, last) in GENERATION_SHARES.items():
        shares += np.outer(first + (last - first) * passed, weights[generation])
    return shares

"""Person-time as layer 5 counts it, from stretches of time at risk that a test states."""

import numpy as np
import polars as pl

from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Generations
from nms_pv.tables.person_time import ALL, PERSON_TIME

STRATA = ["age_band", "sex", "year", "since_start"]
MARGINS = [[], *([name] for name in STRATA), ["age_band", "sex", "year"]]
SETTING = ["analysis", "definition"]
STRETCH = {
    "analysis": "exact",
    "definition": "pt_only",
    "person": 1,
    "ingredient": "haloperidol",
    "formulation": "other",
    "state": "FGA",
    "age_band": "20-39",
    "sex": "female",
    "year": "2010",
    "since_start": "0-7",
    "days": 8,
    "events": 0,
}


def stretches(*stated: dict[str, object]) -> pl.DataFrame:
    """Stretches at risk of one person each; what is not stated is as in `STRETCH`."""
    return pl.DataFrame([STRETCH | row for row in stated])


def person_time(time: pl.DataFrame, table: DrugTable, generations: Generations) -> pl.DataFrame:
    """Rows of `exposure/person_time` of all groups that the stretches belong to: the margins, and age x sex x year."""
    in_groups = time.join(_groups(table, generations), on="ingredient")
    antipsychotics = in_groups.filter(group_kind="antipsychotic")
    state = antipsychotics.with_columns(group_kind=pl.lit("generation_state"), group="state")
    form = antipsychotics.with_columns(group_kind=pl.lit("formulation"), group="formulation")
    everything = pl.concat([in_groups, state, form])
    return PERSON_TIME.check(pl.concat(_margin(everything, split) for split in MARGINS))


def random_stretches(seed: int, persons: int, episodes: int, table: DrugTable, years: range = range(2009, 2012)) -> pl.DataFrame:
    """Stretches of persons who take one drug each, few of whom have an episode; three settings that differ a little."""
    random = np.random.default_rng(seed)
    drugs = [drug for drug in table.drugs.values() if drug.blocks_or_depletes_dopamine]
    shares = 1 / np.arange(1, len(drugs) + 1)
    drug = random.choice(len(drugs), persons, p=shares / shares.sum())
    state = [drugs[number].generation or "switch" for number in drug]
    one = pl.DataFrame(
        {
            "person": np.arange(persons),
            "ingredient": [drugs[number].ingredient for number in drug],
            "formulation": random.choice(["long_acting", "other"], persons, p=[0.2, 0.8]),
            "state": np.where(random.random(persons) < 0.1, "switch", state),
            "age_band": random.choice(
                ["0-19", "20-39", "40-64", "65-74", "75-84", "85+", "unknown"], persons, p=[0.1, 0.3, 0.3, 0.1, 0.1, 0.09, 0.01]
            ),
            "sex": random.choice(["female", "male", "unknown"], persons, p=[0.5, 0.49, 0.01]),
            "year": random.choice([str(year) for year in years], persons),
            "since_start": random.choice(["0-7", "8-30", "31-90", "91-365", "366+"], persons),
            "days": random.integers(1, 400, persons),
            "events": np.isin(np.arange(persons), random.choice(persons, episodes, replace=False))
            * random.choice([1, 1, 1, 2], persons),
        }
    )
    settings = [("exact", "pt_only", 1.0), ("cohort_incidence", "pt_only", 0.8), ("exact", "iec_2011", 0.5)]
    return pl.concat(
        one.with_columns(
            analysis=pl.lit(analysis), definition=pl.lit(definition), events=pl.col("events") * (random.random(persons) < kept)
        )
        for analysis, definition, kept in settings
    )


def _groups(table: DrugTable, generations: Generations) -> pl.DataFrame:
    rows = []
    for drug in table.drugs.values():
        if drug.blocks_or_depletes_dopamine:
            rows += [(drug.ingredient, "ingredient", drug.ingredient), (drug.ingredient, "chemical_class", drug.chemical_class)]
        if drug.is_antipsychotic:
            rows += [(drug.ingredient, "antipsychotic", "antipsychotic")]
            rows += [(drug.ingredient, "generation", drug.generation_under(generations))]
    return pl.DataFrame(rows, schema=["ingredient", "group_kind", "group"], orient="row")


def _margin(time: pl.DataFrame, split: list[str]) -> pl.DataFrame:
    with_event = pl.col("person").filter(pl.col("events") > 0)
    return (
        time.group_by(*SETTING, "group_kind", "group", *split)
        .agg(
            persons=pl.col("person").n_unique().cast(pl.Int64),
            person_days=pl.col("days").sum().cast(pl.Int64),
            events=pl.col("events").sum().cast(pl.Int64),
            cases=with_event.n_unique().cast(pl.Int64),
        )
        .with_columns(pl.lit(ALL).alias(name) for name in STRATA if name not in split)
        .select(*PERSON_TIME.types)
    )

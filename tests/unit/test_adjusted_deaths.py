"""Odds of death, each characteristic given the others: planted ones are found, and what is not known is left out."""

import sys

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.course.adjusted import NOBODY_THERE, SUBJECT, adjusted_odds

ADDRESS = {"definition": "pt_only", "analysis": "exact"}
LEVEL = 0.95
# Odds ratios against FGA, others, women, and per 10 years of age.
PLANTED = {"SGA": 0.5, "long_acting": 1.8, "male": 1.5, "age, per 10 years": 1.4}


def subjects(random: np.random.Generator, number: int) -> pl.DataFrame:
    generation = random.choice(["FGA", "SGA", "mixed"], number, p=[0.5, 0.35, 0.15])
    depot, male = random.random(number) < 0.25, random.random(number) < 0.55
    age, year = random.uniform(18, 90, number), random.integers(2005, 2021, number)
    odds = 0.12 * np.where(generation == "SGA", PLANTED["SGA"], 1) * np.where(depot, PLANTED["long_acting"], 1)
    odds *= np.where(male, PLANTED["male"], 1) * PLANTED["age, per 10 years"] ** ((age - 50) / 10)
    columns = {
        "died": random.random(number) < odds / (1 + odds),
        "generation": generation,
        "long_acting": depot,
        "sex": np.where(male, "male", "female"),
        "age": age,
        "year": year,
    }
    return pl.DataFrame(columns, schema=SUBJECT)


def test_who_lacks_age_sex_or_year_is_left_out_and_said() -> None:
    known = subjects(np.random.default_rng(1), 60)
    lacking = pl.concat(
        [known.head(1).with_columns(age=pl.lit(None, pl.Float64)), known.head(1).with_columns(sex=pl.lit("unknown"))]
    )
    here, there = (adjusted_odds(rows, ADDRESS, "generation", "persons", LEVEL) for rows in (known, pl.concat([known, lacking])))
    assert here.drop("method").equals(there.drop("method"))
    assert there["method"][0].endswith("N = 60; left out because age, sex or year is not known: 2")


def test_counts_of_both_sides_stand_beside_the_odds_ratio() -> None:
    known = subjects(np.random.default_rng(2), 200)
    row = adjusted_odds(known, ADDRESS, "generation", "persons", LEVEL).row(by_predicate=pl.col("group") == "SGA", named=True)
    second, first = (known.filter(generation=name) for name in ("SGA", "FGA"))
    assert (row["numerator"], row["denominator"]) == (second["died"].sum(), second.height)
    assert (row["reference_numerator"], row["reference_denominator"], row["reference"]) == (
        first["died"].sum(),
        first.height,
        "FGA",
    )


@pytest.mark.parametrize("group", ["SGA", "TGA", "long_acting", "male"])
def test_an_empty_side_has_a_reason(group: str) -> None:
    """Firth's penalty would give a number all the same."""
    known = subjects(np.random.default_rng(3), 40).with_columns(
        generation=pl.lit("FGA"), long_acting=pl.lit(False), sex=pl.lit("female")
    )
    row = adjusted_odds(known, ADDRESS, "generation", "persons", LEVEL).row(by_predicate=pl.col("group") == group, named=True)
    assert (row["estimate"], row["undefined_reason"]) == (None, NOBODY_THERE)


def test_without_subjects_every_odds_ratio_has_a_reason() -> None:
    found = adjusted_odds(pl.DataFrame(schema=SUBJECT), ADDRESS, "generation", "persons", LEVEL)
    assert found["estimate"].null_count() == found.height == found["undefined_reason"].count()


@pytest.mark.proof
def test_intervals_cover_planted_odds_ratios(capsys: pytest.CaptureFixture[str]) -> None:
    random = np.random.default_rng(20260106)
    runs, hits = 100, dict.fromkeys(PLANTED, 0)
    for _ in range(runs):
        found = adjusted_odds(subjects(random, 400), ADDRESS, "generation", "persons", LEVEL)
        limits = {group: (low, high) for group, low, high in found.select("group", "low", "high").iter_rows()}
        for group, truth in PLANTED.items():
            low, high = limits[group]
            hits[group] += low <= truth <= high
    with capsys.disabled():
        sys.stdout.write(
            f"\nadjusted odds ratios of death, coverage at level {LEVEL}: { ({g: n / runs for g, n in hits.items()}) }\n"
        )
    assert min(hits.values()) / runs > LEVEL - 3 * np.sqrt(LEVEL * (1 - LEVEL) / runs), hits

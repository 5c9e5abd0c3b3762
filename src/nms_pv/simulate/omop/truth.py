"""The truth tables: what was planted into the SIMULATED cohort."""

from pathlib import Path

import polars as pl

from nms_pv.simulate.omop.episodes import History
from nms_pv.simulate.omop.eras import BANDS, EXPOSED, WITHDRAWN, person_time
from nms_pv.simulate.omop.products import (
    ANTIPSYCHOTICS,
    BASE_RATES,
    MULTIPLIERS,
    WITHDRAWAL_INGREDIENT,
    WITHDRAWAL_RATE,
    start_shares,
)
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import CohortSimulation
from nms_pv.tables.contract import replacing

DIGITS = 6
EPISODE_COLUMNS = (
    "person_id",
    "day",
    "last_day",
    "ingredient",
    "ingredients",
    "kind",
    "since_start",
    "days_since_start",
    "is_coded",
    "is_fatal",
)


def write_truth(history: History, defects: dict[str, int], table: DrugTable, simulation: CohortSimulation, folder: Path) -> None:
    """Write what was planted.

    `planted_rates.csv`: one row an ingredient, kind and band of days since start: rate, episodes for 100,000 person-years.
    `planted_mix.csv`: one row a year and product: its share among antipsychotic courses that start anew.
    `planted_person_time.csv`: one row an ingredient, kind, year and band: days at risk and expected episodes.
    `planted_episodes.csv`: one row a true episode. `planted_defects.csv`: one row a kind of defect.
    """
    _write(_rates(table), folder / "planted_rates.csv")
    _write(_mix(table, simulation), folder / "planted_mix.csv")
    _write(person_time(history.at_risk), folder / "planted_person_time.csv")
    _write(history.episodes.select(EPISODE_COLUMNS), folder / "planted_episodes.csv")
    _write(pl.DataFrame({"defect": list(defects), "rows": list(defects.values())}).sort("defect"), folder / "planted_defects.csv")


def _rates(table: DrugTable) -> pl.DataFrame:
    rows = [
        (name, table.drugs[name].generation, EXPOSED, band, base, multiplier, base * multiplier)
        for name, base in BASE_RATES.items()
        for band, multiplier in zip(BANDS, MULTIPLIERS.values(), strict=True)
    ]
    rows.append((WITHDRAWAL_INGREDIENT, None, WITHDRAWN, "all", WITHDRAWAL_RATE, 1.0, WITHDRAWAL_RATE))
    columns = ["ingredient", "generation", "kind", "since_start", "base_rate", "multiplier", "rate"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def _mix(table: DrugTable, simulation: CohortSimulation) -> pl.DataFrame:
    years = range(simulation.first_year, simulation.last_year + 1)
    rows = [
        (year, product.name, product.ingredient, table.drugs[product.ingredient].generation, round(float(share), DIGITS))
        for year, shares in zip(years, start_shares(table, len(years)), strict=True)
        for product, share in zip(ANTIPSYCHOTICS, shares, strict=True)
    ]
    return pl.DataFrame(rows, schema=["year", "product", "ingredient", "generation", "share_of_starts"], orient="row")


def _write(frame: pl.DataFrame, path: Path) -> None:
    with replacing(path) as partial:
        frame.write_csv(partial)

"""The drug rows of each case: suspects, background, co-medication and treatment, with courses of therapy."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from nms_pv.simulate.faers.chance import Bools, Floats, Ints, count_within, lognormal_days, pick
from nms_pv.simulate.faers.names import (
    BACKGROUND_GROUP,
    COMEDICATION,
    INDICATIONS,
    SEROTONERGIC_PARTNERS,
    TREATMENTS,
    Catalogue,
)
from nms_pv.simulate.faers.population import NO_DATE, TO_THE_DAY, TO_THE_MONTH, TO_THE_YEAR
from nms_pv.simulate.faers.quarters import Span
from nms_pv.simulate.faers.rates import Mix
from nms_pv.simulate.faers.terms import Event

PRIMARY_SHARE = 0.8  # of exposures: primary suspect; the others are secondary beside a background drug
MORE_DRUGS = 1.7  # mean number of further background drugs
BACKGROUND_ROLES = {"C": 0.66, "SS": 0.32, "I": 0.02}
COMEDICATION_SHARE = 0.5
UNKNOWN_INDICATION = "Product used for unknown indication"

# Days from the start of the suspect to the event: median and spread (sigma of the logarithm).
ONSET_NMS, ONSET_NMS_DEPOT, ONSET_OTHER = 6.0, 16.0, 40.0
SPREAD_NMS, SPREAD_OTHER = 0.9, 1.5
LONGEST_COURSE = 4000
DATE_PRECISION = (0.72, 0.17, 0.11)  # of known dates: to the day, the month, the year

TRAILING_PERIOD = ("2014Q3", "2021Q4", 0.45)  # quarters in which generic names end in a period, and their share
WHO_CODE = ("2004Q1", "2021Q4", 0.02)
STRENGTH_SHARE, FORM_SHARE, MIXED_CASE_SHARE = 0.03, 0.02, 0.08
LONG_NAME = 40  # longer names stay as they are: the source cuts names at 80 characters
PROD_AI_MISSING = 0.02
DOSES = (1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 25.0, 50.0, 100.0, 200.0, 300.0)
FREQUENCIES = {"QD": 5.0, "BID": 3.0, "TID": 1.0, "/WK": 0.5, "": 3.0}


@dataclass(frozen=True)
class _Block:
    """Drug rows of one kind: case (row of the people), variant of the catalogue, role, what it is given for."""

    row: Ints
    variant: Ints
    role: Ints
    is_exposure: bool = False
    is_treatment: bool = False


ROLES = ("PS", "SS", "C", "I")
_PS, _SS, _C, _I = range(4)


def draw_drugs(
    people: pl.DataFrame, event: Ints, mix: Mix, names: Catalogue, span: Span, rng: np.random.Generator
) -> pl.DataFrame:
    """Drug rows, sorted by case and number.

    Each case has one primary suspect. Of the drug table it suspects its exposure and nothing else: other listed drugs are
    concomitant only, and further suspects are background drugs.

    Columns: key, drug_seq, role, ingredient (as the drug table or `background` names it, empty for what nobody knows), drugname,
    prod_ai, route, indication, start_day, start_precision, end_day, end_precision, dechal, rechal, dose, frequency, is_listed.
    """
    exposure = people["exposure"].to_numpy()
    blocks = _blocks(exposure, event, mix, names, rng)
    row = np.concatenate([block.row for block in blocks])
    order = np.lexsort((np.arange(len(row)), row))
    row = row[order]
    variant = np.concatenate([block.variant for block in blocks])[order]
    role = np.concatenate([block.role for block in blocks])[order]
    is_exposure = np.concatenate([np.full(len(block.row), block.is_exposure) for block in blocks])[order]
    is_treatment = np.concatenate([np.full(len(block.row), block.is_treatment) for block in blocks])[order]
    rows = names.rows[variant]
    is_listed = rows["group"] != BACKGROUND_GROUP
    is_nms = np.isin(event[row], (Event.NMS, Event.NMS_LIKE)) & is_exposure
    is_depot = rows["is_long_acting"].to_numpy()
    return pl.DataFrame(
        {
            "key": people["key"].gather(row),
            "drug_seq": count_within(row),
            "role": pl.Series(ROLES).gather(role),
            "ingredient": rows["group"].zip_with(is_listed, rows["prod_ai"]),
            "drugname": _decorate(rows, span, rng),
            "prod_ai": pl.select(pl.when(pl.Series(rng.random(len(row)) >= PROD_AI_MISSING)).then(rows["prod_ai"])).to_series(),
            "route": _sometimes(rows["route"], 0.6, rng),
            "indication": _indication(rows, rng),
            **_courses(
                people["event_day"].to_numpy()[row],
                people["init_day"].to_numpy()[row],
                is_nms,
                is_depot,
                is_exposure,
                is_treatment,
                rng,
            ),
            **_challenges(is_nms, rng),
            **_doses(len(row), rng),
            "is_listed": is_listed,
        }
    )


def _blocks(exposure: Ints, event: Ints, mix: Mix, names: Catalogue, rng: np.random.Generator) -> list[_Block]:
    n = len(exposure)
    listed = [drug.ingredient for drug in mix.drugs]
    exposed = np.flatnonzero(exposure != mix.none)
    is_primary = rng.random(len(exposed)) < PRIMARY_SHARE
    primary, secondary = exposed[is_primary], exposed[~is_primary]
    others = np.setdiff1d(np.arange(n), primary)
    more = np.repeat(np.arange(n), rng.geometric(1 / (1 + MORE_DRUGS), n) - 1)
    share = np.where(exposure != mix.none, COMEDICATION_SHARE, COMEDICATION_SHARE / 5)
    beside = np.flatnonzero(rng.random(n) < share)
    roles = np.array([ROLES.index(role) for role in BACKGROUND_ROLES])
    blocks = [
        _Block(primary, names.draw(listed, exposure[primary], rng), np.full(len(primary), _PS), is_exposure=True),
        _Block(others, _background(names, len(others), rng), np.full(len(others), _PS)),
        _Block(secondary, names.draw(listed, exposure[secondary], rng), np.full(len(secondary), _SS), is_exposure=True),
        _Block(more, _background(names, len(more), rng), roles[pick(rng, list(BACKGROUND_ROLES.values()), len(more))]),
        _concomitant(beside, COMEDICATION, names, rng),
        _concomitant(np.flatnonzero(event == Event.SEROTONIN), SEROTONERGIC_PARTNERS, names, rng),
    ]
    patients = np.flatnonzero(np.isin(event, (Event.NMS, Event.NMS_LIKE)))
    for ingredient, probability in TREATMENTS.items():
        treated = patients[rng.random(len(patients)) < probability]
        variant = names.draw([ingredient], np.zeros(len(treated), dtype=np.int64), rng)
        blocks.append(_Block(treated, variant, np.full(len(treated), _C), is_treatment=True))
    return blocks


def _background(names: Catalogue, n: int, rng: np.random.Generator) -> Ints:
    return names.draw([BACKGROUND_GROUP], np.zeros(n, dtype=np.int64), rng)


def _concomitant(rows: Ints, weights: dict[str, float], names: Catalogue, rng: np.random.Generator) -> _Block:
    drug = pick(rng, list(weights.values()), len(rows))
    return _Block(rows, names.draw(list(weights), drug, rng), np.full(len(rows), _C))


def _decorate(rows: pl.DataFrame, span: Span, rng: np.random.Generator) -> pl.Series:
    """Drug names as reporters write them: in mixed case, with strength or form, WHO-Drug code or trailing period."""
    name, is_generic, style, number = pl.col("drugname"), pl.col("is_generic"), pl.col("style"), pl.col("number")
    drawn = rows.with_columns(
        style=pl.Series(rng.random(len(rows))), number=pl.Series(rng.integers(100_000, 2_000_000, len(rows)))
    )
    periods = TRAILING_PERIOD[2] if TRAILING_PERIOD[0] <= span.label <= TRAILING_PERIOD[1] else 0.0
    codes = WHO_CODE[2] if WHO_CODE[0] <= span.label <= WHO_CODE[1] else 0.0
    strength, form, mixed_case, code, period = np.cumsum([STRENGTH_SHARE, FORM_SHARE, MIXED_CASE_SHARE, codes, periods]).tolist()
    styled = (
        pl.when(name.str.len_bytes() > LONG_NAME)
        .then(name)
        .when(style < strength)
        .then(pl.format("{} {} MG", name, (number % 10 + 1) * 5))
        .when((style < form) & ~pl.col("is_long_acting"))
        .then(pl.format("{} TABLETS", name))
        .when(style < mixed_case)
        .then(name.str.to_titlecase())
        .when(is_generic & (style < code))
        .then(pl.format("{}/{}/", name.str.pad_end(35), number.cast(pl.String).str.zfill(8)))
        .when(is_generic & (style < period))
        .then(pl.format("{}.", name))
        .otherwise(name)
    )
    return drawn.select(styled.alias("drugname")).to_series()


def _sometimes(values: pl.Series, share: float, rng: np.random.Generator) -> pl.Series:
    return pl.select(pl.when(pl.Series(rng.random(len(values)) < share)).then(values)).to_series()


def _indication(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    """Indication of each drug row; a kind of indication is replaced by one of its terms."""
    found = rows["indication"]
    for kind, terms in INDICATIONS.items():
        drawn = pl.Series(list(terms)).gather(pick(rng, list(terms.values()), len(rows)))
        found = found.zip_with(found != kind, drawn)
    chance = pl.Series("chance", rng.random(len(rows)))
    stated = pl.when(chance < 0.42).then(found).when(chance < 0.62).then(pl.lit(UNKNOWN_INDICATION))
    return pl.select(stated.alias("indication")).to_series()


def _courses(
    event_day: Ints,
    reported_day: Ints,
    is_nms: Bools,
    is_depot: Bools,
    is_exposure: Bools,
    is_treatment: Bools,
    rng: np.random.Generator,
) -> dict[str, Ints]:
    """Start and end of each course and how exactly they are known; nothing is known that comes after the first report.

    The suspect of an NMS report starts days to weeks before the event (a depot earlier) and stops within days after it;
    treatment starts after the event; everything else starts weeks to months before and mostly goes on.
    """
    n = len(event_day)
    median: Floats = np.where(is_nms, np.where(is_depot, ONSET_NMS_DEPOT, ONSET_NMS), ONSET_OTHER)
    sigma = np.where(is_nms, SPREAD_NMS, SPREAD_OTHER)
    before = np.minimum(np.floor(median * np.exp(sigma * rng.standard_normal(n))), LONGEST_COURSE).astype(np.int64)
    start = np.minimum(event_day + np.where(is_treatment, rng.integers(0, 4, n), -before), reported_day)
    end = np.where(is_nms, event_day + rng.integers(0, 4, n), start + 7 + lognormal_days(rng, 60, 1.0, n))
    precision = np.array([TO_THE_DAY, TO_THE_MONTH, TO_THE_YEAR])
    is_started = rng.random(n) < np.where(is_exposure, 0.7, 0.3)
    is_ended = is_started & (end <= reported_day) & (rng.random(n) < np.where(is_exposure, 0.6, 0.4))
    return {
        "start_day": start,
        "start_precision": np.where(is_started, precision[pick(rng, DATE_PRECISION, n)], NO_DATE),
        "end_day": end,
        "end_precision": np.where(is_ended, precision[pick(rng, DATE_PRECISION, n)], NO_DATE),
    }


def _challenges(is_nms: Bools, rng: np.random.Generator) -> dict[str, pl.Series]:
    n = len(is_nms)
    usual = pick(rng, (0.45, 0.08, 0.03, 0.32, 0.12), n)
    stopped = pick(rng, (0.20, 0.52, 0.04, 0.22, 0.02), n)
    codes = pl.Series(["", "Y", "N", "U", "D"])
    rechallenge = pick(rng, (0.86, 0.006, 0.014, 0.10, 0.02), n)
    return {"dechal": codes.gather(np.where(is_nms, stopped, usual)), "rechal": codes.gather(rechallenge)}


def _doses(n: int, rng: np.random.Generator) -> dict[str, pl.Series]:
    dose = pl.Series(DOSES).gather(rng.integers(0, len(DOSES), n))
    frequency = pl.Series(list(FREQUENCIES)).gather(pick(rng, list(FREQUENCIES.values()), n))
    return {"dose": _sometimes(dose, 0.45, rng), "frequency": frequency}

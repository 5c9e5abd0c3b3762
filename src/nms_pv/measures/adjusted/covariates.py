"""What a reporting odds ratio is adjusted for: who the report is about, who sent it when and whence, and co-medication."""

from collections.abc import Callable

import polars as pl

from nms_pv.spec.drugs import Drug, DrugTable

REPORT_COVARIATES = ["age_band", "sex", "period", "reporter", "country"]
YEARS_OF_PERIOD = 5
ANTIPSYCHOTIC = "antipsychotic"
UNKNOWN = "unknown"
# Members of the European Economic Area, the United Kingdom and Switzerland: one set of duties to report. `EU` masks a member.
# fmt: off
EUROPE = [
    "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "EU", "FI", "FR", "GB", "GR", "HR", "HU",
    "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
]
# fmt: on
OWN_GROUP = ["US", "JP"]
HEALTH_PROFESSIONAL = "health professional"
REPORTER_GROUP = {
    "physician": HEALTH_PROFESSIONAL,
    "pharmacist": HEALTH_PROFESSIONAL,
    "nurse": HEALTH_PROFESSIONAL,
    "health_professional": HEALTH_PROFESSIONAL,
    "other_health_professional": HEALTH_PROFESSIONAL,
    "lawyer": "lawyer",
    "consumer": "consumer",
    "unknown": UNKNOWN,
}
_IS: dict[str, Callable[[Drug], bool]] = {
    ANTIPSYCHOTIC: lambda drug: drug.is_antipsychotic,
    "lithium": lambda drug: drug.ingredient == "lithium",
    "serotonergic": lambda drug: "serotonergic" in drug.relations and drug.ingredient != "lithium",
    "benzodiazepine": lambda drug: "tx_benzodiazepine" in drug.roles,
    "anticholinergic": lambda drug: "anticholinergic" in drug.relations,
    "dopaminergic": lambda drug: "withdrawal" in drug.relations,
    "antiemetic": lambda drug: bool({"da_antagonist_antiemetic", "da_antagonist_gi"} & set(drug.roles)),
}
CO_MEDICATION = list(_IS)
BIT = {kind: 1 << place for place, kind in enumerate(CO_MEDICATION)}


def kinds_of(drug: Drug) -> list[str]:
    """The kinds of co-medication that an ingredient is; an antipsychotic is nothing else (ziprasidone, sulpiride, ...)."""
    return [ANTIPSYCHOTIC] if drug.is_antipsychotic else [kind for kind, is_one in _IS.items() if is_one(drug)]


def bits(drugs: DrugTable) -> pl.DataFrame:
    """Columns ingredient and kinds: the sum of `BIT` over its kinds, 0 for none."""
    rows = [(drug.ingredient, sum(BIT[kind] for kind in kinds_of(drug))) for drug in drugs.drugs.values()]
    return pl.DataFrame(rows, schema={"ingredient": pl.String, "kinds": pl.Int64}, orient="row")


def has(kind: str) -> pl.Expr:
    """Whether `kinds` holds this kind."""
    return ((pl.col("kinds") // BIT[kind]) % 2 == 1).alias(kind)


def report_covariates(universe: pl.DataFrame) -> pl.DataFrame:
    """Columns subject_id and `REPORT_COVARIATES`, as text; what is not known is a level of its own.

    The period is the first of `YEARS_OF_PERIOD` years of receipt: patterns, and with them time and memory, stay few however
    long reports were collected. The country is that of the event, else that of the reporter: `US`, `JP`, `Europe` (EEA,
    United Kingdom, Switzerland) or `other`.
    """
    country = pl.coalesce("occurrence_country", "reporter_country")
    return universe.select(
        "subject_id",
        "age_band",
        sex=pl.col("sex").cast(pl.String),
        period=(pl.col("received_year") // YEARS_OF_PERIOD * YEARS_OF_PERIOD).cast(pl.String).fill_null(UNKNOWN),
        reporter=pl.col("reporter_type").cast(pl.String).replace_strict(REPORTER_GROUP),
        country=pl.when(country.is_null())
        .then(pl.lit(UNKNOWN))
        .when(country.is_in(OWN_GROUP))
        .then(country)
        .when(country.is_in(EUROPE))
        .then(pl.lit("Europe"))
        .otherwise(pl.lit("other")),
    )

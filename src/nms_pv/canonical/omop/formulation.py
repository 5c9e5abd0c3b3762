"""The name of a drug -> long-acting or not, and the days between its doses."""

import polars as pl

from nms_pv.canonical.omop.study import CohortStudy, LongActingProduct
from nms_pv.tables.canonical import FORMULATION

FORM = pl.Enum(list(FORMULATION))
BETWEEN_WORDS = r"[^\p{L}\p{N}]+"


def long_acting_names(study: CohortStudy) -> pl.DataFrame:
    """The names that tell a long-acting product.

    Returns
    -------
    Columns concept_set (the ingredient), words, is_salt, interval_days. A name that no product of study/long_acting.csv has gets
    the shortest interval of the ingredient's products; a name that several have gets the shortest of theirs. The interval is
    empty where none is listed: a single dose.

    """
    rows = [
        (drug.ingredient, name, name.startswith(drug.ingredient.upper()), _interval(name, drug.ingredient, study.long_acting))
        for drug in study.drugs.drugs.values()
        for name in drug.long_acting_names
    ]
    schema = {"concept_set": pl.String, "words": pl.String, "is_salt": pl.Boolean, "interval_days": pl.Int32}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(_as_words("words"))


def formulations(drugs: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Add formulation and interval_days to named drugs.

    A drug is long-acting if its name holds a long-acting name of its ingredient as whole words. The interval is that of the
    brand in the name before that of the salt (3-month paliperidone palmitate is told by its brand only), and of several the
    longest name.

    Parameters
    ----------
    drugs
        Columns row (unique), concept_set (the ingredient), drug_name.
    names
        As `long_acting_names`.

    """
    best = (
        drugs.select("row", "concept_set", _as_words("drug_name"))
        .join(names, on="concept_set")
        .filter(pl.col("drug_name").str.contains(pl.col("words"), literal=True))
        .sort("row", "is_salt", pl.col("words").str.len_chars(), "words", descending=[False, False, True, False])
        .unique("row", keep="first")
        .select("row", "interval_days", pl.lit("long_acting", FORM).alias("formulation"))
    )
    return drugs.join(best, on="row", how="left", maintain_order="left").with_columns(pl.col("formulation").fill_null("other"))


def _interval(name: str, ingredient: str, products: list[LongActingProduct]) -> int | None:
    of_ingredient = [p for p in products if p.ingredient == ingredient and p.names]
    of_name = [p for p in of_ingredient if name in p.names]
    return min((p.interval_days for p in of_name or of_ingredient if p.interval_days is not None), default=None)


def _as_words(column: str) -> pl.Expr:
    """Upper case, one blank around each word, so that whole words can be looked for as text."""
    words = pl.col(column).str.to_uppercase().str.replace_all(BETWEEN_WORDS, " ").str.strip_chars()
    return pl.concat_str(pl.lit(" "), words, pl.lit(" ")).alias(column)

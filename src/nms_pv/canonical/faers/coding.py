"""Reported drug names -> ingredients of study/drugs.csv: exact match after cleaning, combinations split."""

import re

import polars as pl

from nms_pv.canonical.faers.names import OUTER, STEPS, clean, with_candidates
from nms_pv.spec.drugs import DrugTable
from nms_pv.tables.canonical import UNCODED_NAMES

# What joins ingredients in a free-text name; the active-ingredient field uses the backslash only.
JOINTS = r"\s*[\\/+;,&]\s*|\s+AND\s+|\s+WITH\s+|\s+W/\s*"
# What ends a word of a name.
WORD_ENDS = r"[\s,;()]"
NOT_STATED = "(NOT STATED)"
COMMONEST = 200
NEAR = 0.92
# Names compared at a time: bounds the table of similarities to about 80 MB.
BATCH = 20_000


def code_names(pairs: pl.DataFrame, drugs: DrugTable) -> pl.DataFrame:
    """Code each distinct pair of drug name and active-ingredient field.

    Parameters
    ----------
    pairs
        Columns drug_name and prod_ai, each pair once; either may be null.

    Returns
    -------
    Columns drug_name, prod_ai, ingredient_reported, ingredient, coding_method, formulation; one row for each ingredient of a
    pair. The active-ingredient field decides; only where none of its ingredients is listed does the name as reported.

    """
    rows = pairs.with_row_index("pair")
    by_field = _parts(rows, "prod_ai", r"\\")
    by_name = _parts(rows, "drug_name", None)
    found = lookup(pl.concat([by_field, by_name]).select("name").unique(), drugs)
    field = by_field.join(found, on="name", how="left").with_columns(pl.lit("active_ingredient").alias("coding_method"))
    whole = by_name.join(found, on="name", how="left")
    name = _split_unlisted(whole, drugs).with_columns(pl.lit("drug_name").alias("coding_method"))
    return _choose(rows, field, name).join(rows, on="pair").drop("pair")


def lookup(names: pl.DataFrame, drugs: DrugTable) -> pl.DataFrame:
    """The ingredients that each clean name means: columns name, ingredient, is_long_acting; names that mean none are absent."""
    listed = pl.DataFrame(
        {"listed": list(drugs.ingredients_of_name), "ingredient": [list(i) for i in drugs.ingredients_of_name.values()]},
        schema={"listed": pl.String, "ingredient": pl.List(pl.String)},
    )
    candidates = with_candidates(_promising(names, drugs), drugs.rules)
    for step in STEPS:
        candidates = candidates.join(listed, left_on=step, right_on="listed", how="left", maintain_order="left").rename(
            {"ingredient": f"{step}_means"}
        )
    depot = [name for name, drug in drugs.drugs.items() if drug.long_acting_names]
    matched = pl.coalesce(pl.when(pl.col(f"{step}_means").is_not_null()).then(pl.col(step)) for step in STEPS)
    return (
        candidates.select(
            "name",
            pl.coalesce(f"{step}_means" for step in STEPS).alias("ingredient"),
            matched.alias("matched"),
            "says_long_acting",
        )
        .filter(pl.col("ingredient").is_not_null())
        .explode("ingredient")
        .select(
            "name",
            "ingredient",
            (
                pl.col("ingredient").is_in(depot)
                & (pl.col("says_long_acting") | pl.col("matched").is_in(list(drugs.long_acting_names)))
            ).alias("is_long_acting"),
        )
    )


def uncoded_names(counts: pl.DataFrame, drugs: DrugTable) -> pl.DataFrame:
    """The commonest uncoded names, and all that resemble an antipsychotic name, for review (columns name, rows)."""
    import numpy as np
    from rapidfuzz.distance import JaroWinkler
    from rapidfuzz.process import cdist

    if counts.is_empty():
        return UNCODED_NAMES.empty()
    known = sorted({name for drug in drugs.drugs.values() if drug.is_antipsychotic for name in drug.names})
    names = counts.sort(["rows", "name"], descending=[True, False])
    nearest: list[str] = []
    similarity: list[float] = []
    for batch in names["name"].to_frame().iter_slices(BATCH):
        scores = cdist(
            batch["name"].to_list(), known, scorer=JaroWinkler.similarity, score_cutoff=NEAR, dtype=np.float32, workers=-1
        )
        nearest += [known[i] for i in scores.argmax(axis=1)]
        similarity += scores.max(axis=1).round(4).tolist()
    is_near = pl.Series(similarity) >= NEAR
    return (
        names.with_columns(
            pl.when(is_near).then(pl.Series(nearest)).alias("near"),
            pl.when(is_near).then(pl.Series(similarity, dtype=pl.Float64)).alias("similarity"),
        )
        .with_row_index("rank")
        .filter((pl.col("rank") < COMMONEST) | pl.col("near").is_not_null())
        .drop("rank")
    )


def _promising(names: pl.DataFrame, drugs: DrugTable) -> pl.DataFrame:
    """The names that hold the first word of a listed name: cleaning only takes words away, so no other can equal one."""
    first_words = sorted({re.split(WORD_ENDS, name)[0] for name in drugs.ingredients_of_name})
    words = pl.col("name").str.extract_all(f"[^{WORD_ENDS[1:]}+")
    return names.filter(words.list.eval(pl.element().is_in(first_words)).list.any())


def _parts(rows: pl.DataFrame, column: str, joint: str | None) -> pl.DataFrame:
    """The clean names in a column, one row each: pair, name."""
    names = rows.select("pair", pl.col(column).alias("name")).drop_nulls()
    if joint is not None:
        names = names.with_columns(pl.col("name").str.split("\\")).explode("name")
    return names.with_columns(clean(pl.col("name"))).filter(pl.col("name") != "").unique(["pair", "name"], maintain_order=True)


def _split_unlisted(whole: pl.DataFrame, drugs: DrugTable) -> pl.DataFrame:
    """A name that is not listed as a whole is split at its joints; it counts if at least one part is listed."""
    unlisted = whole.filter(pl.col("ingredient").is_null()).select("pair", "name").filter(pl.col("name").str.contains(JOINTS))
    parts = (
        unlisted.with_columns(clean(pl.col("name").str.replace_all(JOINTS, "\\")).str.split("\\"))
        .explode("name")
        .with_columns(pl.col("name").str.strip_chars(OUTER))
        .filter(pl.col("name") != "")
        .unique(["pair", "name"], maintain_order=True)
    )
    listed = parts.join(lookup(parts.select("name").unique(), drugs), on="name", how="inner")
    return pl.concat([whole, listed.select(whole.columns)])


def _choose(rows: pl.DataFrame, field: pl.DataFrame, name: pl.DataFrame) -> pl.DataFrame:
    coded_by_field = field.filter(pl.col("ingredient").is_not_null()).select("pair").unique()
    coded_by_name = (
        name.filter(pl.col("ingredient").is_not_null()).select("pair").unique().join(coded_by_field, on="pair", how="anti")
    )
    depot_names = (
        name.filter(pl.col("is_long_acting")).select("pair", "ingredient", pl.lit(True).alias("named_long_acting")).unique()
    )
    from_field = field.join(coded_by_name, on="pair", how="anti")
    from_name = name.filter(pl.col("ingredient").is_not_null()).join(coded_by_name, on="pair", how="semi")
    without_field = rows.select("pair").join(field.select("pair").unique(), on="pair", how="anti")
    uncoded = (
        name.filter(pl.col("ingredient").is_null())
        .join(without_field, on="pair", how="semi")
        .join(coded_by_name, on="pair", how="anti")
    )
    nameless = without_field.join(name.select("pair").unique(), on="pair", how="anti").select(
        "pair", pl.lit(NOT_STATED).alias("name")
    )
    together = pl.concat([from_field, from_name, uncoded, nameless], how="diagonal")
    several = pl.col("ingredient").is_not_null() & (pl.col("name").count().over("pair", "name") > 1)
    return (
        together.join(depot_names, on=["pair", "ingredient"], how="left")
        .select(
            "pair",
            pl.when(several).then(pl.col("ingredient").str.to_uppercase()).otherwise("name").alias("ingredient_reported"),
            "ingredient",
            pl.when(pl.col("ingredient").is_null()).then(pl.lit("uncoded")).otherwise("coding_method").alias("coding_method"),
            pl.when(pl.col("is_long_acting").fill_null(False) | pl.col("named_long_acting").fill_null(False))
            .then(pl.lit("long_acting"))
            .otherwise(pl.lit("other"))
            .alias("formulation"),
        )
        .unique(["pair", "ingredient_reported"], keep="first", maintain_order=True)
    )

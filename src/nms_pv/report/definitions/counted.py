"""Tables of the measures -> the small tables that the chapter shows; numbers are still exact."""

import polars as pl

NOT_FOR_ALL = "given for chosen subjects only, so not compared with the others; it stands in the section on review"


def of_something_else(known: pl.DataFrame, first: str) -> list[str]:
    """Definitions (rows of `labels/definitions`) of other syndromes than NMS, `first` leading."""
    others = known.filter(pl.col("syndrome") != "nms", "is_computed")
    return others.sort(pl.col("definition") != first, "syndrome", "definition")["definition"].to_list()


def definitions(known: pl.DataFrame, counts: pl.DataFrame, main: str) -> dict[str, pl.DataFrame]:
    """Which definitions have counts, and why the others have none.

    Parameters
    ----------
    known
        Rows of `labels/definitions`.
    counts
        Rows of `measures/definition_counts`.
    main
        The definition that leads; the others of its syndrome follow by name, then those of other syndromes.

    Returns
    -------
    `definition_counts`: definition, title, syndrome, status, met, not_met, indeterminate, unit.
    `definitions_not_counted`: definition, title, syndrome, status, why_not.

    """
    ordered = known.sort(pl.col("definition") != main, "syndrome", "definition")
    described = ["definition", "title", "syndrome", "status"]
    without = ordered.join(counts, on="definition", how="anti", maintain_order="left")
    return {
        "definition_counts": ordered.select(described).join(counts, on="definition", how="inner", maintain_order="left"),
        "definitions_not_counted": without.select(*described, pl.col("why_not").fill_null(NOT_FOR_ALL)),
    }


def with_possible(cuts: pl.DataFrame) -> pl.DataFrame:
    """Rows of `measures/cuts` with `possible`: subjects that reach the cut, or could with what is not documented."""
    return cuts.with_columns(possible=pl.col("met") + pl.col("indeterminate"))


def with_counted(features: pl.DataFrame) -> pl.DataFrame:
    """Rows of `measures/features` with `counted`: the subjects that the reading counts."""
    decided = pl.col("present") + pl.col("absent")
    every = decided + pl.col("not_documented")
    return features.with_columns(counted=pl.when(pl.col("reading") == "decided").then(decided).otherwise(every))


def overlap(pairs: pl.DataFrame, nms: str, others: list[str]) -> pl.DataFrame:
    """How one definition of NMS overlaps with each definition of something else.

    Parameters
    ----------
    pairs
        Rows of `measures/verdict_pairs`.
    nms
        The definition of NMS.
    others
        The definitions of something else; the first leads, the others follow in this order.

    Returns
    -------
    Columns nms_definition, other_definition, nms_only, other_only, both, neither, undecidable, unit; a subject on whom either is
    indeterminate is undecidable.

    """
    here, there = (pl.col(f"verdict_{side}") for side in "ab")
    groups = {
        "nms_only": (here == "met") & (there == "not_met"),
        "other_only": (here == "not_met") & (there == "met"),
        "both": (here == "met") & (there == "met"),
        "neither": (here == "not_met") & (there == "not_met"),
        "undecidable": (here == "indeterminate") | (there == "indeterminate"),
    }
    return (
        pairs.filter(pl.col("definition_a") == nms, pl.col("definition_b").is_in(others))
        .group_by(nms_definition="definition_a", other_definition="definition_b")
        .agg(**{name: pl.col("n").filter(group).sum() for name, group in groups.items()}, unit=pl.col("unit").first())
        .sort(pl.col("other_definition").cast(pl.Enum(others)))
    )


def bands(ranking: pl.LazyFrame) -> pl.DataFrame:
    """Candidates by band of probability (empty where there is none), reference and whether it was calibrated."""
    kinds = ["reference", "unit", "is_calibrated", "band"]
    return ranking.group_by(kinds).agg(candidates=pl.len().cast(pl.Int64)).sort(kinds, nulls_last=True).collect()

"""Small counts outside the results: what of attrition and concept sets may leave the study."""

import polars as pl

# What counts people with the syndrome: the results say how many count, and the difference would say how many do not.
OF_EPISODES = "episode|subject"


def attrition_to_publish(attrition: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """Attrition (rows of `attrition`) without the scopes that count episodes, and those in which a count of people is small."""
    scope = ["layer", "scope"]
    is_small = pl.any_horizontal(pl.col("n_left", "n_kept").is_between(1, smallest - 1))
    of_people = pl.col("unit") == "person"
    small = attrition.filter(of_people & is_small).select(scope).unique()
    return attrition.filter(~pl.col("unit").str.contains(OF_EPISODES)).join(small, on=scope, how="anti", maintain_order="left")


def concepts_to_publish(concepts: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """Resolved concepts (rows of `canonical/resolved_concepts`) without the counts of records of sets that have a small one."""
    is_small = pl.col("records").is_between(1, smallest - 1).any().over("domain", "concept_set")
    return concepts.with_columns(pl.when(~is_small).then("records"))

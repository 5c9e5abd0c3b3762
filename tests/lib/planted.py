"""How many planted cases each definition finds (recall), and how many of those it finds are planted (precision)."""

import polars as pl


def accuracy(verdicts: pl.DataFrame, true: set[str]) -> pl.DataFrame:
    """One row a definition: `met`, `true` of these, `recall`, `precision`, `open` (planted cases it leaves indeterminate)."""
    met, is_true = pl.col("verdict") == "met", pl.col("subject_id").is_in(true)
    return (
        verdicts.group_by("definition")
        .agg(met=met.sum(), true=(met & is_true).sum(), open=(is_true & (pl.col("verdict") == "indeterminate")).sum())
        .with_columns(
            recall=pl.col("true") / len(true), precision=pl.when(pl.col("met") > 0).then(pl.col("true") / pl.col("met"))
        )
        .sort("definition")
    )


def told(found: pl.DataFrame, cases: int) -> str:
    """The table as text, one line a definition."""
    head = f"SIMULATED: of {cases} planted cases, by definition: met, recall, precision, left open"
    lines = [
        f"  {row['definition']:24} {row['met']:5} {row['recall']:7.3f} "
        + (f"{row['precision']:7.3f}" if row["precision"] is not None else "      -")
        + f" {row['open']:5}"
        for row in found.iter_rows(named=True)
    ]
    return "\n".join([head, *lines])

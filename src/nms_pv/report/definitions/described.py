"""Labels -> trigger, treatment and causality among the subjects that meet one definition; withdrawal is never pooled."""

import polars as pl

from nms_pv.tables.labels import GIVEN, TREATMENT, TRIGGER

# A withdrawal has its own course and its own treatment, and where the trigger is ambiguous it may be one.
STRATUM = {
    "not_withdrawal": "antagonist, depleter, another drug or none documented",
    "withdrawal": "a dopaminergic drug was stopped",
    "ambiguous": "more than one kind of trigger fits, a withdrawal perhaps among them",
}
NONE_DOCUMENTED = "none_documented"
CERTAINTIES = ["dated", "suspected_undated", "undated"]


def distributions(
    verdicts: pl.LazyFrame, triggers: pl.LazyFrame, treatments: pl.LazyFrame, causality: pl.LazyFrame, *, definition: str
) -> dict[str, pl.DataFrame]:
    """What is documented of the subjects that meet a definition.

    Parameters
    ----------
    verdicts, triggers, treatments, causality
        Tables of layer 4, all parts.
    definition
        The definition that is met.

    Returns
    -------
    `triggers`: trigger, n, dated, suspected_undated, undated (subjects by how well timing supports it), of (all of them).
    `treatments`: stratum (of `STRATUM`), treatment or `none_documented`, n, given, before_event, ambiguous (of
    n, by when), of (all of the stratum).
    `who_umc`: stratum (relation of the drug), who_umc, n, of (subjects x suspected drug of the stratum).
    `naranjo`: stratum, naranjo_band_low, naranjo_band_high, n, of. Every declared trigger and treatment has a row.

    """
    met = verdicts.filter(pl.col("definition") == definition, pl.col("verdict") == "met").select("subject_id").collect().lazy()
    by_subject = _of(triggers, met, "trigger", "certainty")
    strata = by_subject.select("subject_id", stratum=_stratum())
    judged = _of(causality, met, "relation", "who_umc", "naranjo_band_low", "naranjo_band_high")
    return {
        "triggers": _triggers(by_subject),
        "treatments": _treatments(strata, _of(treatments, met, "treatment", "given")),
        "who_umc": _by_relation(judged, ["who_umc"]),
        "naranjo": _by_relation(judged, ["naranjo_band_low", "naranjo_band_high"]),
    }


def _of(table: pl.LazyFrame, subjects: pl.LazyFrame, *columns: str) -> pl.DataFrame:
    return table.select("subject_id", *columns).join(subjects, on="subject_id", how="semi").collect(engine="streaming")


def _stratum() -> pl.Expr:
    trigger = pl.col("trigger").cast(pl.String)
    own = trigger.is_in(["withdrawal", "ambiguous"])
    return pl.when(own).then(trigger).otherwise(pl.lit("not_withdrawal")).cast(pl.Enum(list(STRATUM)))


def _count(condition: pl.Expr) -> pl.Expr:
    return condition.sum().cast(pl.Int64)


def _triggers(by_subject: pl.DataFrame) -> pl.DataFrame:
    every = pl.DataFrame({"trigger": list(TRIGGER)}, schema={"trigger": pl.Enum(list(TRIGGER))})
    counted = by_subject.group_by("trigger").agg(
        n=pl.len().cast(pl.Int64), **{name: _count(pl.col("certainty") == name) for name in CERTAINTIES}
    )
    return _filled(every, counted, ["trigger"], of=pl.lit(by_subject.height, pl.Int64))


def _treatments(strata: pl.DataFrame, treatments: pl.DataFrame) -> pl.DataFrame:
    kinds = pl.Enum([*TREATMENT, NONE_DOCUMENTED])
    found = treatments.with_columns(pl.col("treatment").cast(pl.String).cast(kinds), pl.col("given").cast(pl.String))
    without = strata.join(treatments, on="subject_id", how="anti").select(
        "subject_id", treatment=pl.lit(NONE_DOCUMENTED, kinds), given=pl.lit(None, pl.String)
    )
    counted = (
        pl.concat([found, without])
        .join(strata, on="subject_id")
        .group_by("stratum", "treatment")
        .agg(n=pl.len().cast(pl.Int64), **{name: _count(pl.col("given") == name) for name in GIVEN})
    )
    sizes = strata.group_by("stratum").agg(of=pl.len().cast(pl.Int64)).sort("stratum")
    every = sizes.join(pl.DataFrame({"treatment": kinds.categories}, schema={"treatment": kinds}), how="cross")
    return _filled(every, counted, ["stratum", "treatment"], of=pl.col("of"))


def _by_relation(judged: pl.DataFrame, kinds: list[str]) -> pl.DataFrame:
    of = pl.len().cast(pl.Int64)
    sizes = judged.group_by(stratum="relation").agg(of=of)
    counted = judged.group_by("relation", *kinds).agg(n=of).rename({"relation": "stratum"})
    return counted.join(sizes, on="stratum").sort("stratum", *kinds).select("stratum", *kinds, "n", "of")


def _filled(every: pl.DataFrame, counted: pl.DataFrame, key: list[str], of: pl.Expr) -> pl.DataFrame:
    counts = [name for name in counted.columns if name not in key]
    joined = every.join(counted, on=key, how="left", maintain_order="left")
    return joined.select(*key, pl.col(counts).fill_null(0), of.alias("of"))

"""A few reports and what the comparisons make of them."""

from collections.abc import Sequence

import polars as pl

from nms_pv.measures.comparison.compared import Settings, Study, comparisons, tally_part, together
from nms_pv.measures.comparison.tally import Part, all_reports, antipsychotic_reports
from nms_pv.tables.canonical import SEX
from nms_pv.tables.exposure import REPORT_INDICATION_GROUPS, REPORT_INGREDIENTS
from tests.lib.small_study import MAIN, TABLE_GENERATIONS, drug_table

SETTINGS = Settings(comparators=["haloperidol"], indications=["schizophrenia", "nausea"])
DRUGS = drug_table()
STUDY = Study(
    everyone=all_reports(DRUGS, TABLE_GENERATIONS),
    antipsychotics=antipsychotic_reports(DRUGS, TABLE_GENERATIONS),
    definitions=["pt_only"],
    main=MAIN,
    settings=SETTINGS,
    level=0.95,
)
CLASS_OF = pl.DataFrame(
    [("haloperidol", "butyrophenone"), ("risperidone", "benzisoxazole"), ("aripiprazole", "quinolinone")],
    schema=["group", "chemical_class"],
    orient="row",
)
UNIVERSE_TYPES = {
    "subject_id": pl.String,
    "received_year": pl.Int32,
    "is_representative": pl.Boolean,
    "age_band": pl.String,
    "sex": pl.Enum(list(SEX)),
}
Report = dict[str, object]


def part(*reports: Report) -> Part:
    """Reports with `drugs` (ingredient -> role), and where stated `case`, `indications`, `age`, `sex`, `year`, `copy`."""
    named = [(f"r:{i}", r) for i, r in enumerate(reports, start=1)]
    return Part(
        universe=pl.DataFrame(
            [
                (subject, r.get("year"), not r.get("copy"), r.get("age", "unknown"), r.get("sex", "unknown"))
                for subject, r in named
            ],
            schema=UNIVERSE_TYPES,
            orient="row",
        ),
        ingredients=pl.DataFrame(
            [(subject, drug, "other", role) for subject, r in named for drug, role in r["drugs"].items()],
            schema=REPORT_INGREDIENTS.types,
            orient="row",
        ),
        indications=pl.DataFrame(
            [(subject, name) for subject, r in named for name in r.get("indications", [])],
            schema=REPORT_INDICATION_GROUPS.types,
            orient="row",
        ),
        met=pl.DataFrame(
            [(subject, "pt_only") for subject, r in named if r.get("case")],
            schema={"subject_id": pl.String, "definition": pl.String},
            orient="row",
        ),
    )


def numbers(parts: Sequence[Part], study: Study = STUDY) -> pl.DataFrame:
    """Every number, with its cells; `reference` and `stratum` are empty where a frame has none."""
    found = comparisons(together([tally_part(one, study) for one in parts]), study, CLASS_OF)
    columns = ["definition", "roles", "duplicates", "group_kind", "group", "reference", "stratum"]
    values = ["numerator", "denominator", "reference_numerator", "reference_denominator", "estimate", "low", "high"]
    frames = [
        one.frame.with_columns(pl.lit(None, pl.String).alias(name) for name in columns if name not in one.frame.columns).select(
            pl.lit(one.measure).alias("measure"),
            pl.col(columns).cast(pl.String),
            pl.col(values[:4]).cast(pl.Int64),
            pl.col(values[4:]).cast(pl.Float64),
            pl.col("undefined_reason").cast(pl.String),
            method=pl.lit(one.method) if isinstance(one.method, str) else one.method,
        )
        for one in found
    ]
    return pl.concat(frames)


def one(found: pl.DataFrame, group: str, reference: str | None, **where: str | None) -> dict[str, object]:
    """The number of a group against a reference, under the main setting unless stated."""
    asked = {"measure": "ror", "roles": "ps+ss", "duplicates": "collapsed", "stratum": None} | where
    is_it = [pl.col(name).eq_missing(pl.lit(value, pl.String)) for name, value in asked.items()]
    named = (pl.col("group") == group) & pl.col("reference").eq_missing(pl.lit(reference, pl.String))
    return found.row(by_predicate=pl.all_horizontal(named, *is_it), named=True)


def cells(row: dict[str, object]) -> tuple[object, ...]:
    """(a, of), (c, of)."""
    return row["numerator"], row["denominator"], row["reference_numerator"], row["reference_denominator"]

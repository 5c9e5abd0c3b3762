"""Writes the counts of all pairs of drugs and terms: names and strata become integers part by part, then the core counts."""

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from nms_pv.exposure.engine import Engine
from nms_pv.exposure.reports.pairs import ReportRows, drug_counts, pair_counts, term_counts, with_margins
from nms_pv.spec.params import Main
from nms_pv.tables.canonical import NOT_ADMINISTERED, REPORT_DRUGS, REPORT_EVENTS, SUSPECT_ROLES
from nms_pv.tables.exposure import PAIR_DRUGS, PAIR_STRATA, PAIR_STRATUM, PAIR_TERMS, PAIRS, UNIVERSE
from nms_pv.tables.parts import part_names

EXPOSES = {
    "ps": pl.col("role") == "PS",
    "ps+ss": pl.col("role").is_in(SUSPECT_ROLES),
    "any": pl.col("role") != NOT_ADMINISTERED,
}
COUNTS = {"collapsed": pl.col("is_representative"), "kept": pl.lit(value=True)}


def write_pairs(canonical: Path, out: Path, main: Main, engine: Engine) -> None:
    """Read `canonical` and `universe/` below `out`; write `pairs`, `pair_drugs`, `pair_terms` and `pair_strata` below `out`.

    A drug is the listed ingredient, or its cleaned name as reported where it is not listed; an event is the reported term. Roles
    and duplicates count as `main` says. Of the rows, one part is in memory at a time.
    """
    parts = [_Part(canonical, out, name, main) for name in part_names(UNIVERSE, out / "universe")]
    counted = pl.concat([part.reports().group_by(PAIR_STRATUM).agg(reports=pl.len().cast(pl.Int64)) for part in parts])
    strata = counted.group_by(PAIR_STRATUM).agg(pl.col("reports").sum()).sort(PAIR_STRATUM).with_row_index("stratum_no")
    drugs = _numbered("drug", (part.drugs() for part in parts))
    terms = _numbered("term", (part.terms() for part in parts))
    with TemporaryDirectory(dir=out) as folder:
        rows = [part.coded(strata, drugs, terms, Path(folder), engine) for part in parts]
        of_drugs = engine.once(drug_counts(rows, max(1, strata.height)))
        of_terms = engine.once(term_counts(rows, max(1, strata.height)))
        pairs = engine.collect(with_margins(pair_counts(rows, max(1, terms.height)), of_drugs, of_terms))
        by_drug, by_term = engine.collect(of_drugs), engine.collect(of_terms)
    PAIR_STRATA.write(strata, out / "pair_strata.parquet")
    PAIR_DRUGS.write(_named(by_drug, drugs), out / "pair_drugs.parquet")
    PAIR_TERMS.write(_named(by_term, terms), out / "pair_terms.parquet")
    PAIRS.write(_named(_named(pairs, drugs), terms), out / "pairs.parquet")


class _Part:
    """The counted reports of one part, and what they name."""

    def __init__(self, canonical: Path, out: Path, name: str, main: Main) -> None:
        self.canonical, self.out, self.name, self.main = canonical, out, name, main

    def reports(self) -> pl.DataFrame:
        """Columns subject_id, report_no, and the stratum."""
        return (
            UNIVERSE.scan(self.out / "universe" / self.name)
            .filter(COUNTS[self.main.duplicates])
            .select("subject_id", *PAIR_STRATUM)
            .collect()
            .with_row_index("report_no")
        )

    def drugs(self) -> pl.LazyFrame:
        """Columns report_no, drug."""
        rows = REPORT_DRUGS.scan(self.canonical / "report_drugs" / self.name).filter(EXPOSES[self.main.roles])
        return self._of_counted(rows.select("subject_id", drug=pl.coalesce("ingredient", "ingredient_reported")))

    def terms(self) -> pl.LazyFrame:
        """Columns report_no, term."""
        rows = REPORT_EVENTS.scan(self.canonical / "report_events" / self.name)
        return self._of_counted(rows.select("subject_id", term="term_key"))

    def coded(self, strata: pl.DataFrame, drugs: pl.DataFrame, terms: pl.DataFrame, folder: Path, engine: Engine) -> ReportRows:
        """The rows as integers, each once, kept in `folder`."""
        numbered = self.reports().join(strata, on=PAIR_STRATUM, nulls_equal=True).select("report_no", "stratum_no")
        named = self.drugs().collect().join(drugs, on="drug").select("report_no", "drug_no").unique()
        reported = self.terms().collect().join(terms, on="term").select("report_no", "term_no").unique()
        files = [folder / f"{kind}-{self.name}" for kind in ("drugs", "terms", "reports")]
        for frame, path in zip((named, reported, numbered), files, strict=True):
            frame.cast(pl.Int32).write_parquet(path)
        return ReportRows(*(engine.scan([path]) for path in files))

    def _of_counted(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        counted = self.reports().lazy().select("subject_id", "report_no")
        return rows.join(counted, on="subject_id").drop("subject_id")


def _numbered(name: str, rows: Iterable[pl.LazyFrame]) -> pl.DataFrame:
    """Every name once, in order, with its number from 0 up."""
    names = pl.concat([part.select(name).unique().collect() for part in rows]).unique()
    return names.sort(name).with_row_index(f"{name}_no")


def _named(counts: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """The counts with the name in place of its number."""
    number, name = names.columns
    return counts.with_columns(names[name].gather(counts[number]).alias(name)).drop(number)

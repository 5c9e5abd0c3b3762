"""Checks of data quality of both arms for the report, with numbers that are plausible and made up, and a hostile item."""

from pathlib import Path

import polars as pl

from nms_pv.measures.quality.rows import COUNTED, quality_rows
from nms_pv.tables.quality import ALL, CHECKS, QUALITY

HOSTILE_ITEM = "<script>alert(7)</script> =1+1\u202e high risk"
QUARTERS = ["2011Q4", "2012Q3", "2012Q4"]
YEARS = ["2018", "2019", "2020"]
BY_ITEM = ("value_emptied", "candidate_element", "incoherent_record")
ONCE = ("quarantined_rows", "coded_records", "birth_to_the_day", "sex_known", "last_exposure_to_end", "end_to_retrieval")
VERSION = {"reports": "reports:0123456789ab", "cohort": "cohort:0123456789ab"}


def write_quality(data: Path) -> None:
    """Write `quality/quality.parquet` of both arms below `data/6_measures`."""
    for arm, folder in (("reports", "."), ("cohort", "cohort")):
        QUALITY.write(quality(arm), data / "6_measures" / folder / "quality" / "quality.parquet")


def quality(arm: str) -> pl.DataFrame:
    """Rows of `measures/quality` of one arm."""
    dated = QUARTERS if arm == "reports" else YEARS
    source = "faers" if arm == "reports" else "omop:drug_exposure"
    counts: list[tuple[object, ...]] = []
    for number, check in enumerate(CHECKS[arm]):
        items = [HOSTILE_ITEM, "fever"] if check in BY_ITEM else [ALL]
        once = check in ONCE or (arm == "cohort" and check in BY_ITEM)
        for place, period in enumerate([ALL] if once else dated):
            for item in items:
                counts.append((source, period, check, item, 7 * number + 10 * place + 1, 4_000, 3 * number + 20 * place, None))
    counts += [("faers", quarter, "tables_loaded", ALL, 0, 7, None, None) for quarter in ("2012Q1", "2012Q2") if arm == "reports"]
    return quality_rows(pl.DataFrame(counts, schema=COUNTED, orient="row"), arm, VERSION[arm])

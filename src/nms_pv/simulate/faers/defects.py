"""Plants defects in the rendered tables of a quarter and writes down where each is."""

import numpy as np
import polars as pl

from nms_pv.simulate.faers.chance import Bools, Ints
from nms_pv.simulate.faers.defect_list import DEFECTS, Defect
from nms_pv.simulate.faers.layout import GLUE
from nms_pv.simulate.faers.quarters import Span

TRUTH_SCHEMA = {
    "quarter": pl.String,
    "table": pl.String,
    "defect": pl.String,
    "line": pl.Int64,
    "count": pl.Int64,
    "expected": pl.String,
}
Record = tuple[str, str, str, int | None, int, str]

# Numbers of rows that belong to no case: case numbers above, record numbers below those of all cases.
STRANGE_CASES, STRANGE_RECORDS, STRANGERS_PER_QUARTER = 90_000_000, 3_000_000, 1_000
HEADER_LINES = 1
INT32_MAX = 2**31 - 1


def plant(
    tables: dict[str, pl.DataFrame], span: Span, is_last_quarter: bool, rng: np.random.Generator
) -> tuple[dict[str, pl.DataFrame], list[Record]]:
    """Plant the defects of a quarter.

    Parameters
    ----------
    tables
        The tables of the quarter as `rendering.render` gives them.
    span
        The quarter.
    is_last_quarter
        Some defects stand in the last simulated quarter only.
    rng
        Random numbers: which rows.

    Returns
    -------
    The tables with defects, and one record for each planted row (quarter, table, defect, line in the file, 1, expected
    behaviour) and for each defect of many rows (line empty, number of rows).
    """
    planter = _Planter(span, rng)
    wanted = [d for d in DEFECTS if d.first <= span.label <= d.last and (is_last_quarter or not d.only_in_last_quarter)]
    records = _widespread(tables, span)
    done = dict(tables)
    for table in tables:
        done[table], found = planter.table(tables[table], [d for d in wanted if d.table == table])
        records += found
    return done, records


class _Planter:
    """Plants rows and cells, and hands out numbers that belong to no case."""

    def __init__(self, span: Span, rng: np.random.Generator) -> None:
        self.span, self.rng = span, rng
        self.strangers = 0

    def table(self, rows: pl.DataFrame, defects: list[Defect]) -> tuple[pl.DataFrame, list[Record]]:
        """One table with its defects."""
        chosen = self._choose(rows, defects)
        copied = np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *(at for d, at in chosen if d.copied)]))
        planted = rows[np.insert(np.arange(len(rows)), copied + 1, copied)] if len(copied) else rows
        where = [(d, at + np.searchsorted(copied, at) + d.copied) for d, at in chosen]
        planted = planted.with_columns(pl.lit(None, pl.String).alias("trailing"))
        glued = np.concatenate([np.zeros(0, dtype=np.int64), *(at for d, at in where if GLUE in d.cells.values())])
        records: list[Record] = []
        for defect, at in where:
            for place in at.tolist():
                planted = _set(planted, place, self._cells(defect))
                line = place + HEADER_LINES + 1 - int((glued < place).sum())
                records.append((self.span.label, defect.table, defect.name, line, 1, defect.expected))
        return planted, records

    def _choose(self, rows: pl.DataFrame, defects: list[Defect]) -> list[tuple[Defect, Ints]]:
        """Rows for each defect; no row serves two."""
        free = np.ones(len(rows), dtype=np.bool_)
        chosen = []
        for defect in defects:
            candidates = np.flatnonzero(_suitable(rows, defect) & free)
            at = np.sort(self.rng.choice(candidates, min(defect.rows, len(candidates)), replace=False))
            free[at] = False
            free[np.minimum(at + 1, len(rows) - 1)] = False
            chosen.append((defect, at))
        return chosen

    def _cells(self, defect: Defect) -> dict[str, str | None]:
        if defect.identity == "same":
            return defect.cells
        number = self.span.index * STRANGERS_PER_QUARTER + self.strangers
        self.strangers += 1
        record = f"{STRANGE_CASES + number}1" if self.span.is_current else str(STRANGE_RECORDS + number)
        # Without the numbers of the sender and the authority, or it would be a probable duplicate of the case it copies.
        return {"primaryid": record, "caseid": str(STRANGE_CASES + number), "mfr_num": None, "auth_num": None, **defect.cells}


def _set(rows: pl.DataFrame, place: int, cells: dict[str, str | None]) -> pl.DataFrame:
    changed = {}
    for column, value in cells.items():
        if column in rows.columns:
            old = rows[column][place]
            changed[column] = rows[column].scatter(place, value if value is None else value.replace("{}", str(old)))
    return rows.with_columns(**changed)


def _suitable(rows: pl.DataFrame, defect: Defect) -> Bools:
    if defect.on == "last_row":
        return np.arange(len(rows)) == len(rows) - 1
    is_plain = pl.col("is_plain")
    is_background = is_plain & ~pl.col("is_listed") & (pl.col("role_cod") == "C") if "role_cod" in rows.columns else is_plain
    follows = {
        "plain": is_plain,
        "dated": is_plain & (pl.col("event_dt").str.len_bytes() == 8),
        "started": is_plain & ~pl.col("is_listed") & pl.col("start_dt").is_not_null(),
        "background": is_background,
        "background_pair": is_background & is_background.shift(-1),
        "last_drug": is_plain & (pl.col("primaryid") != pl.col("primaryid").shift(-1)),
    }
    return rows.select(follows[defect.on].fill_null(False).alias("fits")).to_series().to_numpy()


def _widespread(tables: dict[str, pl.DataFrame], span: Span) -> list[Record]:
    """Defects of many rows, which the rendering itself makes."""
    found = [
        ("DEMO", "record_number_beyond_int32", pl.col("primaryid").cast(pl.Int64) > INT32_MAX, "kept: numbers have 64 bits"),
        ("DEMO", "masked_country", pl.col("occr_country") == "EU", "read as EU, a masked country"),
        ("DRUG", "period_after_name", pl.col("drugname").str.ends_with("."), "coded without the period"),
        ("DRUG", "who_code_after_name", pl.col("drugname").str.contains(r"/\d{8}/$"), "coded without the code"),
        ("DRUG", "name_of_80_characters", pl.col("drugname").str.len_bytes() == 80, "kept: the source cuts names"),
        (
            "DRUG",
            "repeated_drug_number",
            ~pl.struct("primaryid", "drug_seq").is_first_distinct(),
            "one drug with several dosages",
        ),
        ("REAC", "comma_in_term", pl.col("pt").str.contains(",", literal=True), "kept: one term"),
        (
            "REAC",
            "term_in_capitals",
            pl.col("pt").is_not_null() & pl.lit(not span.is_current),
            "equals the same term in mixed case",
        ),
    ]
    counted = [
        (table, name, int(tables[table].select(test.sum()).item() or 0), expected) for table, name, test, expected in found
    ]
    return [(span.label, table, name, None, count, expected) for table, name, count, expected in counted if count]

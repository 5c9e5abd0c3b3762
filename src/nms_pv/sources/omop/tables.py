"""Which tables of a source are read: found, recognised, and complete."""

import re
from dataclasses import replace

from nms_pv.sources.omop.select import COLUMNS, REQUIRED, VERSION_COLUMNS, first_rows
from nms_pv.sources.omop.source import CdmError, Found, Source, lowered


def find_tables(source: Source) -> dict[str, Found]:
    """The tables of the model by name, each with its required columns, and those that state versions, where they are.

    Raises
    ------
    CdmError
        Naming every table and every required column that is missing, what was found, and what to do.

    """
    found: dict[str, Found] = {}
    for table in source.tables():
        name = table.path[-1].lower()
        if name not in COLUMNS and name not in VERSION_COLUMNS:
            continue
        if name in found:
            raise CdmError(
                f"{source.name}: {found[name].path[-1]!r} and {table.path[-1]!r} both look like table {name}, and only one can "
                "be. Rename one."
            )
        found[name] = _with_named_columns(source, table)
    problems = [problem for name in COLUMNS for problem in _missing(name, found.get(name))]
    if problems:
        raise CdmError(
            f"{source.name}: {'; '.join(problems)}. Tables found that are read: {', '.join(sorted(found)) or 'none'}. Needed are "
            f"the tables {', '.join(COLUMNS)} of an OMOP common data model 5.3 or 5.4. If the CDM has no such records, add an "
            "empty table with the CDM's columns."
        )
    return found


def _missing(name: str, found: Found | None) -> list[str]:
    if found is None:
        return [f"table {name} is missing"]
    columns = [column for column in REQUIRED[name] if column not in found.columns]
    if not columns:
        return []
    have = ", ".join(found.columns) or "none"
    return [f"table {name} has no column {', '.join(columns)} (its columns: {have})"]


def _with_named_columns(source: Source, table: Found) -> Found:
    """The table with its real column names, where a tool took the header of an empty file for its only row.

    Eunomia's DuckDB file has such tables: columns `column0`, `column1`, ... and one row with the names.
    """
    if not all(re.fullmatch(r"column\d+", name) for name in table.columns):
        return table
    rows = source.read(first_rows(table, source.dialect, 2)).read_all().to_pylist()
    if len(rows) != 1:
        return table
    (row,) = rows
    stored = {str(row[column]): column for column in table.columns.values()}
    names = lowered(list(stored), table.path[-1], source.name)
    return replace(table, columns={name: stored[given] for name, given in names.items()})

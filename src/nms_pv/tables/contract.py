"""What a table is: declared once, written only through its declaration, in key order, never half-written."""

from dataclasses import dataclass
from pathlib import Path

import dataframely as dy
import polars as pl

from nms_pv.tables.errors import UserError

DAY_PRECISION = {
    "day": "known to the day",
    "month": "only year and month are known; the day number is the first of the month",
    "year": "only the year is known; the day number is the first of January",
    "padded": "the source fills unknown days with 01, so a first of the month may be the whole month",
    "none": "no date",
}


class ContractError(UserError):
    """Rows that do not fit the declaration of their table."""


def code(meanings: dict[str, str], description: str, *, nullable: bool = False, primary_key: bool = False) -> dy.Enum:
    """A closed set of codes, each with its meaning."""
    return dy.Enum(
        list(meanings),
        nullable=nullable,
        primary_key=primary_key,
        description=description,
        metadata={"meanings": meanings},
    )


def day(description: str) -> dy.Int32:
    """Integer days since 1970-01-01, empty when there is no date."""
    return dy.Int32(nullable=True, description=description, metadata={"unit": "days since 1970-01-01"})


def precision(of: str) -> dy.Enum:
    """The precision that goes with a `day` column."""
    return code(DAY_PRECISION, f"How exactly {of} is known.")


@dataclass(frozen=True)
class Table:
    """A declared table: its layer and name, what one row is, and its columns."""

    name: str
    grain: str
    schema: type[dy.Schema]

    @property
    def key(self) -> list[str]:
        """The columns that together are unique, in sort order."""
        return list(self.schema.primary_key())

    @property
    def types(self) -> dict[str, pl.DataType]:
        """Column names and their Polars types, in declared order."""
        return {name: column.dtype for name, column in self.schema.columns().items()}

    def empty(self) -> pl.DataFrame:
        """The table without rows."""
        return pl.DataFrame(schema=self.types)

    def check(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows with declared types and column order, sorted by key.

        Raises
        ------
        ContractError
            Naming every rule that is broken, with the number of rows and an example.

        """
        undeclared = sorted(set(frame.columns) - set(self.types))
        missing = sorted(set(self.types) - set(frame.columns))
        if undeclared or missing:
            raise ContractError(f"{self.name}: undeclared columns {undeclared}, missing columns {missing}")
        try:
            typed = frame.select(pl.col(name).cast(dtype) for name, dtype in self.types.items())
        except pl.exceptions.InvalidOperationError as error:
            raise ContractError(f"{self.name}: a value is not of the declared type or set: {error}") from error
        _, failure = self.schema.filter(typed)
        if len(failure):
            broken = "; ".join(f"{rule}: {count} row(s)" for rule, count in sorted(failure.counts().items()))
            example = failure.invalid().row(0, named=True)
            raise ContractError(f"{self.name} (grain: {self.grain}): {broken}. First such row: {example}")
        return (typed if typed.select(_in_order(self.key)).item() else typed.sort(self.key)).rechunk()

    def write(self, frame: pl.DataFrame, path: Path) -> None:
        """Check the rows and write them to `path`; a reader sees the whole file or none of it."""
        checked = self.check(frame)
        with replacing(path) as partial:
            checked.write_parquet(partial, compression="zstd", statistics=True)

    def scan(self, path: Path) -> pl.LazyFrame:
        """Read the table lazily from a file, or from a folder with one file for each part.

        Raises
        ------
        ContractError
            When nothing lies there, or its columns are not those declared.

        """
        files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
        if not files or not files[0].exists():
            raise ContractError(f"{self.name}: nothing to read at {path}. Run `dvc repro`, or `dvc pull` if a remote has it.")
        found = dict(pl.read_parquet_schema(files[0]))
        if found != self.types:
            different = sorted(set(found.items()) ^ set(self.types.items()), key=str)
            raise ContractError(f"{self.name}: {files[0]} does not have the declared columns; they differ in {different}")
        return pl.scan_parquet(files)


def _in_order(key: list[str]) -> pl.Expr:
    """Whether the rows stand in order of the key already, which costs far less to see than to sort."""
    follows = pl.lit(value=True)
    for name in reversed(key):
        before = pl.col(name).shift()
        follows = (pl.col(name) > before) | ((pl.col(name) == before) & follows)
    return follows.fill_null(value=True).all()


class replacing:  # noqa: N801 (used as a verb, like open)
    """Write beside, then rename: `with replacing(path) as partial: ...`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.partial = path.with_name(path.name + ".partial")

    def __enter__(self) -> Path:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return self.partial

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self.partial.replace(self.path)
        else:
            self.partial.unlink(missing_ok=True)

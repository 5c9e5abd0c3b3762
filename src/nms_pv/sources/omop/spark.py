"""Tables of the catalogue of the current Spark session."""

import re
from collections.abc import Iterator

import pyarrow as pa

from nms_pv.sources.omop.source import CdmError, Dialect, Found, lowered

# More rows than this at a time are not brought to this machine.
ROWS_AT_A_TIME = 2_000_000


class Spark:
    """The tables of one schema (or `catalogue.schema`) of a Spark catalogue."""

    dialect = Dialect(quote="`", asks_for_needed_rows=True)

    def __init__(self, schema: str) -> None:
        if not re.fullmatch(r"\w+(\.\w+)*", schema):
            raise CdmError("The schema after `spark:` is not understood. Give spark:SCHEMA or spark:CATALOGUE.SCHEMA.")
        try:
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise CdmError(
                "Reading from Spark needs pyspark. Run `pip install nms-pv[spark]`, and have Java installed."
            ) from error
        self.name = f"spark:{schema}"
        self._schema = schema
        self._session = SparkSession.builder.getOrCreate()

    def tables(self) -> list[Found]:
        """All tables of the schema.

        Raises
        ------
        CdmError
            When the catalogue has no such schema.

        """
        catalog = self._session.catalog
        if not catalog.databaseExists(self._schema):
            known = ", ".join(sorted(database.name for database in catalog.listDatabases()))
            raise CdmError(f"{self.name}: the catalogue has no such schema; it has {known}. Check the name.")
        names = sorted(table.name for table in catalog.listTables(self._schema) if not table.isTemporary)
        return [self._found((*self._schema.split("."), name)) for name in names]

    def read(self, query: str) -> pa.RecordBatchReader:
        """The rows of one SELECT, brought here in slices so that the whole is never in memory."""
        frame = self._session.sql(query)
        slices = frame.count() // ROWS_AT_A_TIME + 1
        if slices == 1:
            return frame.toArrow().to_reader()
        schema = frame.limit(0).toArrow().schema
        return pa.RecordBatchReader.from_batches(schema, self._sliced(query, frame.columns, slices))

    def close(self) -> None:
        """Leave the session to whoever started it."""

    def _sliced(self, query: str, columns: list[str], slices: int) -> Iterator[pa.RecordBatch]:
        from pyspark.sql import functions

        frame = self._session.sql(query)
        for number in range(slices):
            part = frame.where(functions.pmod(functions.xxhash64(*columns), functions.lit(slices)) == number)
            yield from part.toArrow().to_batches()

    def _found(self, path: tuple[str, ...]) -> Found:
        columns = self._session.table(".".join(f"`{part}`" for part in path)).columns
        return Found(path, lowered(columns, path[-1], self.name), "spark", self.name)

"""The one place that writes SELECTs: only tables and columns that are listed here are asked for, and every name is quoted."""

from collections.abc import Iterable, Mapping

from nms_pv.sources.omop.source import Dialect, Found
from nms_pv.spec.strict import StudyError
from nms_pv.tables.cdm import CDM_TABLES

LINE = "source_line"
# Read for their versions, not kept.
VERSION_COLUMNS = {
    "cdm_source": ("cdm_version", "vocabulary_version"),
    "vocabulary": ("vocabulary_id", "vocabulary_version"),
}
COLUMNS = {name: tuple(column for column in table.types if column != LINE) for name, table in CDM_TABLES.items()}
REQUIRED = {
    name: tuple(c for c, declared in table.schema.columns().items() if not declared.nullable and c != LINE)
    for name, table in CDM_TABLES.items()
}


def select(name: str, found: Found, dialect: Dialect, *, where: str = "", with_: str = "") -> str:
    """The SELECT of the listed columns of one listed table that are there, under their lower-case names."""
    listed = COLUMNS.get(name) or VERSION_COLUMNS[name]
    cells = [
        f"{dialect.cell.format(identifier(found.columns[column], dialect))} AS {identifier(column, dialect)}"
        for column in listed
        if column in found.columns
    ]
    return f"{with_}SELECT {', '.join(cells)} FROM {relation(found, dialect)}{where}"


def first_rows(found: Found, dialect: Dialect, rows: int) -> str:
    """The SELECT of the first rows with all columns, to recognise a header that was taken for a row."""
    cells = ", ".join(identifier(name, dialect) for name in found.columns.values())
    return f"SELECT {cells} FROM {relation(found, dialect)} LIMIT {rows}"


def relation(found: Found, dialect: Dialect) -> str:
    """The quoted name of a table."""
    return ".".join(identifier(part, dialect) for part in found.path)


def identifier(name: str, dialect: Dialect) -> str:
    """A quoted name."""
    return f"{dialect.quote}{name.replace(dialect.quote, 2 * dialect.quote)}{dialect.quote}"


def literal(text: str) -> str:
    r"""A quoted text, the same in every dialect.

    Raises
    ------
    StudyError
        When it holds a backslash or a control character, which not all dialects read alike.

    """
    if "\\" in text or not text.isprintable():
        raise StudyError(
            f"study/drugs.csv or study/concept_sets.csv: {text!r} holds a backslash or a control character; remove it"
        )
    return "'" + text.replace("'", "''") + "'"


class Needed:
    """Which rows a study needs of a source that is asked over a network: those of listed concepts, and those without one.

    A concept is wanted if it is listed (by code, or as an ingredient by name), if a listed one maps to it, or if it is a
    descendant of either, or a product with such an ingredient. Persons, periods of observation and deaths are always all
    needed: they are the denominator.
    """

    def __init__(self, names: Iterable[str], codes: Mapping[str, Iterable[str]]) -> None:
        self.names = sorted(set(names))
        self.codes = {vocabulary: sorted(set(codes[vocabulary])) for vocabulary in sorted(codes)}

    def query(self, name: str, tables: Mapping[str, Found], dialect: Dialect) -> str:
        """The SELECT of the needed rows of one table."""
        condition = self._condition(name, tables[name], dialect)
        if not condition:
            return select(name, tables[name], dialect)
        return select(name, tables[name], dialect, with_=self._wanted(tables, dialect), where=f" WHERE {condition}")

    def _condition(self, name: str, found: Found, dialect: Dialect) -> str:
        def has(column: str, test: str) -> str:
            return f"{identifier(found.columns[column], dialect)} {test}"

        wanted = "IN (SELECT concept_id FROM wanted)"
        match name:
            case "concept":
                return f"{has('concept_id', wanted)} OR {has('vocabulary_id', '= ' + literal('UCUM'))}"
            case "concept_relationship":
                return f"{has('relationship_id', '= ' + literal('Maps to'))} AND {has('concept_id_2', wanted)}"
            case "concept_ancestor":
                return f"{has('ancestor_concept_id', wanted)} AND {has('descendant_concept_id', wanted)}"
            case "drug_strength":
                return has("ingredient_concept_id", wanted)
            case "drug_exposure" | "condition_occurrence" | "measurement" | "procedure_occurrence":
                stem = name.partition("_")[0]
                concepts = [f"{stem}_concept_id", f"{stem}_source_concept_id"]
                if concepts[0] not in found.columns:
                    return ""
                tests = [has(column, wanted) for column in concepts if column in found.columns]
                return " OR ".join([*tests, has(concepts[0], "= 0"), has(concepts[0], "IS NULL")])
        return ""

    def _wanted(self, tables: Mapping[str, Found], dialect: Dialect) -> str:
        def of(table: str, column: str) -> str:
            return identifier(tables[table].columns[column], dialect)

        def among(column: str, texts: Iterable[str]) -> str:
            return f"{column} IN ({', '.join(literal(text) for text in texts)})"

        concept, ancestor, related, strength = (
            relation(tables[t], dialect) for t in ("concept", "concept_ancestor", "concept_relationship", "drug_strength")
        )
        listed = [
            f"({of('concept', 'vocabulary_id')} = {literal(vocabulary)} AND {among(of('concept', 'concept_code'), codes)})"
            for vocabulary, codes in self.codes.items()
        ]
        listed += [among(f"lower({of('concept', 'concept_name')})", self.names)] if self.names else []
        return (
            f"WITH listed AS (SELECT {of('concept', 'concept_id')} AS concept_id FROM {concept} WHERE {' OR '.join(listed)}), "
            f"mapped AS (SELECT concept_id FROM listed UNION SELECT {of('concept_relationship', 'concept_id_2')} FROM {related} "
            f"WHERE {of('concept_relationship', 'relationship_id')} = {literal('Maps to')} "
            f"AND {of('concept_relationship', 'concept_id_1')} IN (SELECT concept_id FROM listed)), "
            f"wanted AS (SELECT concept_id FROM mapped UNION SELECT {of('concept_ancestor', 'descendant_concept_id')} "
            f"FROM {ancestor} WHERE {of('concept_ancestor', 'ancestor_concept_id')} IN (SELECT concept_id FROM mapped) "
            f"UNION SELECT {of('drug_strength', 'drug_concept_id')} FROM {strength} "
            f"WHERE {of('drug_strength', 'ingredient_concept_id')} IN (SELECT concept_id FROM mapped)) "
        )

"""Sets of cases by what is documented of them, in both arms: elements and treatments."""

from collections.abc import Collection

import polars as pl

from nms_pv.report.cases.behind import OF_WHOLE_GROUP, named
from nms_pv.report.cases.read import SUBJECT, Subjects
from nms_pv.report.numbers import Row
from nms_pv.spec.definitions import Definition

# Grades at which words count as the element: what only suggests it does not.
COUNTED_GRADES = ["core", "context"]
# What the numerator of each counts of the element that its stratum names.
OF_ELEMENTS = {
    "element_documented_proportion": "present",
    "element_present_proportion": "present",
    "element_difference": "present",
    "element_not_documented_proportion": "not documented",
}
OF_TREATMENTS = frozenset(["treatment_proportion", "treatment_combination_proportion"])
GIVEN_AFTER, NONE_GIVEN = "given", "none_documented"
# Stops and restarts of the drug are no treatment against the syndrome.
NOT_AGAINST_IT = "antagonist_"


def strata_of(row: Row) -> list[str]:
    """The sets that the stratum of a number names, all of which narrow down its group."""
    stratum = row["stratum"] or ""
    if not stratum or row["measure"] in OF_WHOLE_GROUP:
        return []
    if row["measure"] in OF_TREATMENTS:
        return [stratum]
    element, *others = stratum.split(";")
    counted = OF_ELEMENTS.get(row["measure"])
    return [f"{element}/{counted}" if counted else element, *others]


def elements_of(definitions: Collection[Definition], elements: Collection[str]) -> list[str]:
    """Every item as `<definition>:<item>`, and the elements that are looked at by themselves."""
    items = (f"{definition.name}:{item}" for definition in definitions for item in definition.items)
    return sorted({*items, *elements})


def element_sets(subjects: Subjects, elements: Collection[str]) -> list[pl.DataFrame]:
    """Who has each element documented as present, `element=fever/present`, and who has nothing documented of it."""
    wanted = pl.DataFrame({"element": sorted(elements)}, schema={"element": pl.String})
    said = pl.concat([_items(subjects.verdicts, "met"), _items(subjects.verdicts, "failed"), _in_words(subjects.findings)])
    known = said.join(wanted, on="element", how="semi")
    silent = subjects.about.select(SUBJECT).join(wanted, how="cross").join(known, on=[SUBJECT, "element"], how="anti")
    return [
        named(known.filter("is_present"), pl.format("element={}/present", "element")),
        named(silent, pl.format("element={}/not documented", "element")),
    ]


def treatment_sets(subjects: Subjects, treatments: pl.DataFrame) -> list[pl.DataFrame]:
    """Who has each treatment documented, by when, and what each was given against the syndrome after the event.

    Parameters
    ----------
    subjects
        All cases.
    treatments
        Rows of `labels/treatments` of these.
    """
    texts = treatments.select(SUBJECT, pl.col("treatment", "given").cast(pl.String))
    against_it = pl.col("given") == GIVEN_AFTER, ~pl.col("treatment").str.starts_with(NOT_AGAINST_IT)
    given = texts.filter(against_it).group_by(SUBJECT).agg(pl.col("treatment").unique().sort().str.join("+"))
    of_each = subjects.about.select(SUBJECT).join(given, on=SUBJECT, how="left")
    return [
        named(texts, pl.format("treatment={};given={}", "treatment", "given")),
        named(of_each, "given=" + pl.col("treatment").fill_null(NONE_GIVEN)),
    ]


def _items(verdicts: pl.DataFrame, column: str) -> pl.DataFrame:
    judged = verdicts.select(SUBJECT, "definition", item=pl.col(column).str.split(";")).explode("item")
    return judged.select(SUBJECT, element=pl.format("{}:{}", "definition", "item"), is_present=pl.lit(column == "met"))


def _in_words(findings: pl.DataFrame) -> pl.DataFrame:
    """Elements that words document: present where any finding says so."""
    said = findings.filter(
        pl.col("grade").cast(pl.String).is_in(COUNTED_GRADES), pl.col("state").cast(pl.String).is_in(["present", "absent"])
    )
    return said.group_by(SUBJECT, "element").agg(is_present=(pl.col("state").cast(pl.String) == "present").any())

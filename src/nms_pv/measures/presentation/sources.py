"""What items and elements rest on, and whether a source can show that they are absent, or show them at all."""

from collections.abc import Sequence

import polars as pl

from nms_pv.spec.definitions import Definition, ElementUse
from nms_pv.tables.evidence import MEASURED

NOT_ASSESSABLE = "the source cannot show it: its definition lists it as not assessable there"
NEVER_TOLD = "no finding of the whole arm, in cases or others, tells of it, so that nothing shows that this source could"
# How a definition names the source of each arm in `not_assessable`.
SOURCE_OF = {"reports": "faers", "cohort": "omop"}


def parts_of(definition: Definition, item: str) -> dict[str, ElementUse]:
    """The elements that an item is, or is combined of, by name; exposures are no signs and are left out."""
    if item in definition.combined:
        return {k: use for name in definition.combined[item].names() for k, use in parts_of(definition, name).items()}
    return {item: definition.elements[item]} if item in definition.elements else {}


def uses_of(name: str, definitions: Sequence[Definition]) -> dict[str, ElementUse]:
    """The elements that `<definition>:<item>`, or an element by itself, is read from, by name.

    An element by itself is what words say at the grades that count as it.
    """
    definition, _, item = name.rpartition(":")
    if not definition:
        return {name: ElementUse.model_validate({"from": [name], "grades": ["core", "context"]})}
    return parts_of(next(one for one in definitions if one.name == definition), item)


def assessable(names: Sequence[str], definitions: Sequence[Definition], arm: str, told: pl.DataFrame) -> pl.DataFrame:
    """Whether the source of an arm can show each name, and can show that it is absent.

    Parameters
    ----------
    names
        Items and elements.
    definitions
        Of the study, each element with its tests, as they are loaded.
    arm
        `reports` or `cohort`.
    told
        Columns element and state: every combination in `evidence/findings` of the whole arm, cases or not.

    Returns
    -------
    pl.DataFrame
        Columns element, not_shown (why the source cannot show it: each part is listed in `not_assessable`, or none has a finding
        in the whole arm; empty where it can), can_be_absent (a part is denied, or the quantity of one of its tests is measured,
        at least once in the arm).
    """
    found = set(told.select("element", pl.col("state").cast(pl.String)).iter_rows())
    denied, measured, present = ({name for name, its in found if its == state} for state in ("absent", MEASURED, "present"))
    rows = []
    for name in names:
        uses = uses_of(name, definitions)
        sources = {source for use in uses.values() for source in use.sources}
        quantities = {test.of for use in uses.values() for test in use.measured or []}
        is_told = bool(sources & (denied | present) or quantities & measured)
        why = NOT_ASSESSABLE if set(uses) <= _blind(name, definitions, arm) else None if is_told else NEVER_TOLD
        rows.append((name, why, bool(sources & denied or quantities & measured)))
    return pl.DataFrame(rows, schema={"element": pl.String, "not_shown": pl.String, "can_be_absent": pl.Boolean}, orient="row")


def _blind(name: str, definitions: Sequence[Definition], arm: str) -> set[str]:
    """What the definition of an item says that the source can never show."""
    own = name.rpartition(":")[0]
    return {part for one in definitions if one.name == own for part in one.not_assessable.get(SOURCE_OF[arm], [])}

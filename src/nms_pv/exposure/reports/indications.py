"""canonical -> exposure: the groups of indications that each report that counts states, for whichever of its drugs."""

from collections.abc import Mapping, Sequence

import polars as pl

from nms_pv.tables.attrition import steps
from nms_pv.tables.exposure import REPORT_INDICATION_GROUPS


def report_indications(universe: pl.DataFrame, indications: pl.DataFrame, groups: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """The rows of `exposure/report_indications`; a report whose indications are in no group has none.

    Parameters
    ----------
    universe
        Rows of `exposure/universe`.
    indications
        Rows of `canonical/report_indications`: subject_id, term_key.
    groups
        Terms in capitals of each group of indications.

    """
    return _grouped(_of_universe(indications, universe), groups).unique().sort(REPORT_INDICATION_GROUPS.key)


def indication_attrition(
    scope: str, indications: pl.DataFrame, universe: pl.DataFrame, groups: Mapping[str, Sequence[str]]
) -> pl.DataFrame:
    """Why reported indications do not count, in the order in which they leave; a term of two groups counts in both."""
    of_universe = _of_universe(indications, universe)
    listed = of_universe.filter(_term().is_in([term for terms in groups.values() for term in terms]))
    grouped = _grouped(of_universe, groups)
    left = {
        "report_not_counted": indications.height - of_universe.height,
        "indication_in_no_group": of_universe.height - listed.height,
        "another_group_of_the_same_term": listed.height - grouped.height,
        "same_group_of_the_report": grouped.height - grouped.unique().height,
    }
    return steps("exposure", scope, "reported indication", indications.height, left)


def _of_universe(indications: pl.DataFrame, universe: pl.DataFrame) -> pl.DataFrame:
    return indications.join(universe, on="subject_id", how="semi")


def _term() -> pl.Expr:
    # The source writes a circumflex for an apostrophe in some quarters.
    return pl.col("term_key").str.replace_all("^", "'", literal=True)


def _grouped(indications: pl.DataFrame, groups: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """One row for each reported indication and group that it belongs to."""
    terms = [(term, group) for group, of_group in groups.items() for term in of_group]
    listed = pl.DataFrame(terms, schema={"term_key": pl.String, "indication": pl.String}, orient="row")
    return indications.select("subject_id", _term()).join(listed, on="term_key").select("subject_id", "indication")

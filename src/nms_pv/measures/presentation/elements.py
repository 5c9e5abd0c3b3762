"""How often each element is documented, by group, and how generations differ."""

from collections.abc import Mapping, Sequence

import polars as pl

from nms_pv.measures.course.numbers import VALUES, numbers
from nms_pv.measures.definitions.patterns import MET
from nms_pv.measures.presentation.cases import CELL, Presented
from nms_pv.measures.presentation.generations import METHOD as DIFFERENCE_METHOD
from nms_pv.measures.presentation.generations import against_first, with_difference
from nms_pv.measures.proportions import clopper_pearson
from nms_pv.measures.rows import with_interval

ONLY_PRESENT = (
    "in this source it is only ever documented where it is present, so that its share of those in whom it is documented says "
    "nothing; see element_documented_proportion"
)
NO_CASE = "no case in the group"
NOBODY = "in no case of the group is it documented as present or absent"
ASKED_FOR = "; the definition of a case asks for it, or for a part of it"
ZERO = "; 0: documented for no case, which is no evidence that none had it"
SHARE = "; Clopper-Pearson interval"
METHOD = {
    "element_documented_proportion": (
        "documented as present / all cases: a lower bound, for what is not documented may have been there" + SHARE
    ),
    "element_present_proportion": (
        "documented as present / documented as present or absent, measured values among them. Who has a word for it and no "
        "measurement counts only where it is present, which raises the share" + SHARE
    ),
    "element_not_documented_proportion": "documented neither as present nor as absent / all cases" + SHARE,
}
COMPARED = "one of {} comparisons under this definition, without correction: some leave 0 out by chance alone"


def element_counts(cases: pl.DataFrame, states: pl.DataFrame, shown: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Numbers of cases in each cell: all (`n`), and those in whom each element is `present` or `absent`.

    Parameters
    ----------
    cases, shown
        As in `Presented`.
    states
        subject_id, name and state of every element that is documented in a subject.
    names
        The elements.

    Returns
    -------
    pl.DataFrame
        `CELL`, element, n, present, absent.
    """
    sizes = cases.group_by(CELL).agg(n=pl.len())
    counted = (
        cases.join(states.rename({"name": "element"}), on="subject_id")
        .group_by(*CELL, "element")
        .agg(present=(pl.col("state") == MET).sum(), absent=(pl.col("state") != MET).sum())
    )
    cells = pl.concat([shown, sizes.select(CELL)]).unique()
    elements = pl.DataFrame({"element": list(names)}, schema={"element": pl.String})
    return (
        cells.join(sizes, on=CELL, how="left", nulls_equal=True)
        .join(elements, how="cross")
        .join(counted, on=[*CELL, "element"], how="left", nulls_equal=True)
        .with_columns(pl.col("n", "present", "absent").cast(pl.Int64).fill_null(0))
        .sort(*CELL, "element")
    )


def element_shares(counts: pl.DataFrame, assessable: pl.DataFrame, asked: pl.DataFrame, unit: str, level: float) -> pl.DataFrame:
    """How often each element is documented as present, is present where documented, and is not documented at all.

    Parameters
    ----------
    counts
        `element_counts`.
    assessable
        element, not_shown, can_be_absent.
    asked
        definition and element of what a definition itself asks for.
    unit
        What was counted.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    pl.DataFrame
        `NUMBERS`, stratum `element=iec_2011:fever`, with `;age=40-64` or `;sex=female` behind. x of n with the exact binomial
        interval.

    Notes
    -----
    Undefined without a case; where the source cannot show the element; and, as a share of those in whom it is documented, where
    the source never says that it is absent, or nobody has it documented. A definition that asks for an element has it in nearly
    all its cases, which the method then says.
    """
    known = _with_method(counts.join(assessable, on="element", how="left"), asked)
    documented = pl.col("present") + pl.col("absent")
    counted = {
        "element_documented_proportion": (pl.col("n"), pl.col("present")),
        "element_present_proportion": (documented, pl.col("present")),
        "element_not_documented_proportion": (pl.col("n"), pl.col("n") - documented),
    }
    parts = []
    for measure, (denominator, numerator) in counted.items():
        frame = known.with_columns(numerator=numerator, denominator=denominator, stratum=_stratum())
        found = with_interval(frame, clopper_pearson(frame["numerator"].to_numpy(), frame["denominator"].to_numpy(), level))
        reason = _why_not_assessable(measure)
        empty = pl.when(pl.col("n") == 0).then(pl.lit(NO_CASE)).otherwise(pl.lit(NOBODY))
        zero = pl.when(pl.col("numerator") == 0, pl.lit(measure == "element_documented_proportion")).then(pl.lit(ZERO))
        told = found.with_columns(pl.when(reason.is_null()).then(pl.col(VALUES)), undefined_reason=pl.coalesce(reason, empty))
        parts.append(numbers(told, measure, unit, pl.lit(METHOD[measure]) + pl.col("asked_for") + zero.otherwise(pl.lit(""))))
    return pl.concat(parts)


def _why_not_assessable(measure: str) -> pl.Expr:
    """Empty where the source can assess the element."""
    is_never_absent = ~pl.col("can_be_absent") & pl.lit(measure == "element_present_proportion")
    return pl.coalesce("not_shown", pl.when(is_never_absent).then(pl.lit(ONLY_PRESENT)))


def element_differences(
    presented: Presented, states: pl.DataFrame, assessable: pl.DataFrame, asked: pl.DataFrame, unit: str, level: float
) -> pl.DataFrame:
    """How much more often an element is documented in each generation than in the first.

    Parameters and result as `element_shares`; `reference` is the first generation. Cases on one generation only, each in one
    group: independent.

    Notes
    -----
    Undefined when a side has no case, and where the source cannot show the element. Coverage of the limits: `share_difference`.
    """
    cases = presented.apart.with_columns(stratum=pl.lit(None, pl.String)).select(*CELL, "subject_id")
    wanted = presented.shown.filter(pl.col("group_kind") == presented.apart_kind)
    counts = element_counts(cases, states, wanted, assessable["element"].to_list())
    counted = _with_method(counts.join(assessable, on="element", how="left"), asked)
    sides = against_first(
        counted.rename({"present": "numerator", "n": "denominator"}).drop("absent"),
        ["definition", "group_kind", "element"],
    )
    found = with_difference(sides, level)
    told = found.with_columns(
        pl.when(pl.col("not_shown").is_null()).then(pl.col(VALUES)),
        undefined_reason=pl.coalesce("not_shown", "undefined_reason"),
        stratum=pl.format("element={}", "element"),
    ).with_columns(compared=pl.col("estimate").count().over("definition"))
    method = pl.lit(f"{DIFFERENCE_METHOD}; ") + pl.format(COMPARED, "compared") + pl.col("asked_for")
    return numbers(told, "element_difference", unit, method)


def asked_for(rests_on: Mapping[str, frozenset[str]], definitions: Sequence[str], names: Sequence[str]) -> pl.DataFrame:
    """Definition and element of every element that the definition itself rests on; `rests_on` is `evidence_of`."""
    rows = [(d, name) for d in definitions for name in names if rests_on[d] & rests_on.get(name, frozenset({name}))]
    return pl.DataFrame(rows, schema={"definition": pl.String, "element": pl.String}, orient="row")


def _with_method(counts: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    marked = asked.with_columns(asked_for=pl.lit(ASKED_FOR))
    return counts.join(marked, on=["definition", "element"], how="left").with_columns(pl.col("asked_for").fill_null(""))


def _stratum() -> pl.Expr:
    return pl.concat_str(pl.format("element={}", "element"), "stratum", separator=";", ignore_nulls=True)

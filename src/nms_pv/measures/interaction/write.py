"""labels and exposure -> numbers of drug pairs, under the main definition and duplicates.

Every role names a drug: an interaction is as much with what was taken along as with what was suspected.
"""

from pathlib import Path

import polars as pl

from nms_pv.measures.interaction.pairs import ONE, SEVERAL, Together, add_up, pair_cells, polypharmacy_cells, tally_part
from nms_pv.measures.interaction.statistics import Cells, additive_contrast, omega, why_undefined
from nms_pv.measures.interval import difference
from nms_pv.measures.proportions import clopper_pearson
from nms_pv.measures.reports.disproportionality import SCREEN_LEVEL, ic_screen, ror
from nms_pv.measures.reports.main_parts import main_parts
from nms_pv.measures.reports.results import REPORTS
from nms_pv.measures.rows import result_rows, with_interval, write_results
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Main, Params

METHOD = {
    "omega": (
        "log2((n111 + 0.5) / (E111 + 0.5)), expected odds added up; gamma interval; any role; screen: lower 95 % limit > 0; "
        "reference: reports that name neither"
    ),
    "additive_contrast": (
        "p11 - p10 - p01 + p00 of reporting proportions; MOVER interval from Clopper-Pearson limits; any role; "
        "reference: reports that name neither"
    ),
    "ror": "a d / (b c); log-normal (Wald) interval; any role",
    "proportion_difference": "difference of reporting proportions; MOVER interval from Clopper-Pearson limits; any role",
}


def write_interaction(labels: Path, exposure: Path, out: Path, drugs: DrugTable, params: Params, version: str) -> None:
    """Read `labels/verdicts` and `exposure`, write `interaction/results.parquet` below `out`.

    Raises
    ------
    ContractError
        When labels and exposure do not have the same parts, or the main definition has no verdicts.
    """
    parts = main_parts(labels, exposure, params.main)
    together = add_up([tally_part(part.reports, part.ingredients, drugs, params.generations) for part in parts])
    rows = [
        result_rows(frame, measure, arm="reports", unit=REPORTS, method=METHOD[measure], level=params.level)
        for measure, frame in interaction_numbers(together, params.main, params.level).items()
    ]
    write_results(pl.concat(rows), out / "interaction" / "results.parquet", version)


def interaction_numbers(together: Together, main: Main, level: float) -> dict[str, pl.DataFrame]:
    """For each measure, its groups with their address, counts, estimate and limits, or why there is none."""
    setting = {"definition": main.definition, "roles": "any", "duplicates": main.duplicates}
    address = [pl.lit(value).alias(name) for name, value in setting.items()]
    pairs, several = pair_cells(together), polypharmacy_cells(together)
    cells = Cells(*(pairs[name].to_numpy() for name in Cells._fields))
    named_pairs = pairs.select(
        *address,
        "group",
        group_kind=pl.lit("pair"),
        numerator="x11",
        denominator="n11",
        reference_numerator="x00",
        reference_denominator="n00",
        undefined_reason=pl.Series(why_undefined(cells).tolist(), dtype=pl.String),
    )
    a, n1, c, n0 = (several[name].to_numpy() for name in several.columns)
    named_several = several.select(
        *address,
        group=pl.lit(SEVERAL),
        group_kind=pl.lit("polypharmacy"),
        reference=pl.lit(ONE),
        numerator="a",
        denominator="n1",
        reference_numerator="c",
        reference_denominator="n0",
        undefined_reason=pl.lit(_why_not_compared(*several.row(0)), pl.String),
    )
    together_more = ic_screen(omega(cells, SCREEN_LEVEL).low)
    return {
        "omega": with_interval(named_pairs, omega(cells, level)).with_columns(screen_met=pl.Series(together_more)),
        "additive_contrast": with_interval(named_pairs, additive_contrast(cells, level)),
        "ror": with_interval(named_several, ror(a, n1 - a, c, n0 - c, level)),
        "proportion_difference": with_interval(
            named_several, difference(clopper_pearson(a, n1, level), clopper_pearson(c, n0, level))
        ),
    }


def _why_not_compared(a: int, n1: int, c: int, n0: int) -> str | None:
    """The first empty margin or cell, in words."""
    reasons = {
        f"no report names {SEVERAL}": n1 == 0,
        "no report names one antipsychotic alone": n0 == 0,
        f"no report that names {SEVERAL} meets the definition": a == 0,
        "no report that names one antipsychotic alone meets the definition": c == 0,
        f"every report that names {SEVERAL} meets the definition": a == n1,
        "every report that names one antipsychotic alone meets the definition": c == n0,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)

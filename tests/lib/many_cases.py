"""A page taken apart into what is drawn and its blocks of data, and the cases of a study many times over."""

import re
from dataclasses import replace

import polars as pl

from nms_pv.report.cases.embedded import CasesOfArm
from nms_pv.report.cases.read import Subjects
from nms_pv.report.page import DATA_OF_SCRIPT

BLOCK = re.compile(r'<script type="application/gzip" id="data-([^"]+)">([^<]*)</script>\n?')
# Lines of one copy lie so far from those of the next.
LINES = 10**9
# Mixed, so that copies do not stand beside each other, where they would be packed to nothing.
SEED = 7
OWN_LINES = ("findings", "exposures", "rows")
OF_SUBJECTS = ("about", "members", "findings", "exposures", "verdicts")


def without_data(html: str) -> tuple[str, dict[str, str]]:
    """The page as it is before its data are put in, and the blocks by name."""
    blocks = dict(BLOCK.findall(html))
    start = BLOCK.search(html)
    if start is None:
        raise ValueError("a page without data")
    return BLOCK.sub(lambda found: DATA_OF_SCRIPT if found.start() == start.start() else "", html), blocks


def multiplied(cases: CasesOfArm, times: int) -> CasesOfArm:
    """The cases so many times, mixed: each copy another subject with lines of its own, in the same sets."""
    frames = {name: _copies(getattr(cases.subjects, name), name, times) for name in (*OF_SUBJECTS, "rows")}
    height = cases.subjects.about.height
    order = pl.int_range(height * times, eager=True).shuffle(seed=SEED)
    place_of = order.arg_sort().to_list()
    frames["about"] = frames["about"][order]
    sets = {
        name: frozenset(place_of[place + copy * height] for place in members for copy in range(times))
        for name, members in cases.sets.positions.items()
    }
    people = [person + copy * LINES for copy in range(times) for person in cases.sets.people]
    mixed = [people[place] for place in order]
    return CasesOfArm(Subjects(cases.subjects.arm, **frames), replace(cases.sets, positions=sets, people=mixed))


def _copies(rows: pl.DataFrame, name: str, times: int) -> pl.DataFrame:
    copies = []
    for copy in range(times):
        changed = [pl.format("{}.{}", "subject_id", pl.lit(copy)).alias("subject_id")] if name in OF_SUBJECTS else []
        changed += [pl.col("source_line") + copy * LINES] if name in OWN_LINES else []
        copies.append(rows.with_columns(changed))
    return pl.concat(copies)

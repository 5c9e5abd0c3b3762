"""The lists of deleted cases of a quarter."""

import numpy as np

from nms_pv.simulate.faers.defects import Record
from nms_pv.simulate.faers.layout import deleted_lines, deleted_member, line_end
from nms_pv.simulate.faers.quarters import Span

# Numbers of cases that were in no file: below those of all cases. Two of them stand in every list.
UNKNOWN_FROM, UNKNOWN_TO, UNKNOWN_CASES = 3_100_000, 3_900_000, 40
IN_EVERY_LIST = (3_950_001, 3_950_002)
ONE_OFF_LIST = ("2019Q1", "deleted/AllDeletedCases.txt")


def deleted_lists(span: Span, cases: list[int], rng: np.random.Generator) -> tuple[dict[str, bytes], list[Record]]:
    """Files of deleted cases by member name, and what is wrong in them.

    Parameters
    ----------
    span
        A quarter with lists.
    cases
        Case numbers to be deleted.
    rng
        Random numbers: which unknown cases are named too.
    """
    unknown = np.unique(rng.integers(UNKNOWN_FROM, UNKNOWN_TO, UNKNOWN_CASES)).tolist()
    with_tab = list(IN_EVERY_LIST)
    lines = deleted_lines(span, sorted([*cases, *unknown]), with_tab)
    files = {deleted_member(span): _bytes(lines, span)}
    if span.label == ONE_OFF_LIST[0]:
        files[ONE_OFF_LIST[1]] = _bytes([str(case) for case in unknown], span)
    records: list[Record] = [
        (span.label, "DELETED", "case_in_no_file", None, len(unknown) + len(IN_EVERY_LIST), "deletes nothing"),
        *((span.label, "DELETED", "tab_after_number", len(lines) - 1 + i, 1, "read as the number") for i in range(len(with_tab))),
    ]
    if lines[0].isspace():
        records.append((span.label, "DELETED", "blank_first_line", 1, 1, "skipped"))
    return files, records


def _bytes(lines: list[str], span: Span) -> bytes:
    end = line_end(span)
    return "".join(line + end for line in lines).encode()

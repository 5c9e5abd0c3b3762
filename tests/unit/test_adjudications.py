import re
from pathlib import Path

import pytest

from nms_pv.spec.adjudications import COLUMNS, Adjudication, load_adjudications, write_adjudications
from nms_pv.spec.strict import StudyError

HEADER = ",".join(COLUMNS)
GOOD = "faers:1,nms,AB,2026-03-31,,case-1"


def load(folder: Path, *lines: str) -> list[Adjudication]:
    (folder / "adjudications.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load_adjudications(folder)


def test_the_study_starts_with_a_file_that_can_be_read(repository: Path) -> None:
    assert isinstance(load_adjudications(repository / "study"), list)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    said = [
        Adjudication("faers:2", "cannot_tell", "Dr Ä", "2026-03-31", 'he said "no", twice', "case-2"),
        Adjudication("faers:1", "nms", "AB", "2026-03-30", "", "case-1"),
    ]
    write_adjudications(said, tmp_path)
    assert load_adjudications(tmp_path) == said, "in the order of the file"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["subject_id,verdict"], "the header is ['subject_id', 'verdict']; it must be"),
        ([HEADER, "faers:1,nms"], "lines [2] have not 6 cells"),
        ([HEADER, GOOD, f"{GOOD},more"], "lines [3] have not 6 cells"),
        ([HEADER, GOOD, GOOD], "line 2: 'AB' judges 'faers:1' 2 times; keep one line; line 3"),
        ([HEADER, "faers:1,NMS,AB,2026-03-31,,case-1"], "line 2: verdict is 'NMS'; known are nms, not_nms, cannot_tell"),
        ([HEADER, "faers:1,nms,AB,31.3.2026,,case-1"], "line 2: date is '31.3.2026'; write it as 2026-03-31"),
        ([HEADER, ",nms,,2026-03-31,,"], "line 2: subject_id is empty; line 2: reviewer is empty; line 2: case_hash is empty"),
        ([HEADER, '"faers:1'], "cannot be read as CSV"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(tmp_path: Path, lines: list[str], said: str) -> None:
    with pytest.raises(StudyError, match=re.escape(said)) as caught:
        load(tmp_path, *lines)
    assert "adjudications.csv" in str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="A study without reviews has only the header there"):
        load_adjudications(tmp_path)

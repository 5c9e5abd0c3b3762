"""Whatever stands in a file: it is read or refused with a reason, and every line is accounted for."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from nms_pv.sources.faers.header import read_header
from nms_pv.sources.faers.lines import read_records
from nms_pv.sources.faers.rows import check_rows
from nms_pv.sources.faers.text import SourceError, stage_text
from tests.lib.faers import FAERS

CELL = st.text(alphabet=st.sampled_from(list("0123456789 aZ$\"'\\;,\t\r\x00é漢")), max_size=6)
LINE = st.lists(CELL, max_size=9).map("$".join)
GOOD = st.tuples(st.integers(1, 10**12), st.integers(1, 10**9)).map(lambda n: f"{n[0]}${n[1]}$DE")
END = st.sampled_from(["\n", "\r\n"])


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(st.one_of(GOOD, LINE), max_size=30), end=END, last=st.booleans())
@example(lines=["1$1$DE1$1$DE"], end="\n", last=False)
@example(lines=["1$2$DE" + "31$3$HO"], end="\r\n", last=True)
@example(lines=["$$", "$$$", "1$1$"], end="\n", last=True)
def test_lines_in_are_rows_kept_rejected_blank_or_copies(lines: list[str], end: str, last: bool) -> None:
    content = (end.join(["primaryid$caseid$outc_cod", *lines]) + (end if last else "")).encode()
    with TemporaryDirectory() as folder:
        raw = Path(folder) / "raw"
        raw.write_bytes(content)
        with raw.open("rb") as stream:
            staged = stage_text(stream, Path(folder) / "text", "the file")
        header = read_header("primaryid$caseid$outc_cod", FAERS, "2024Q1", "OUTC", "the file")
        try:
            rows = check_rows(read_records(staged.path, header), header, FAERS, "the file")
        except SourceError as error:
            assert "the file" in str(error)
            return
    assert rows.lines + rows.glued == rows.kept.height + rows.rejected_records + rows.blank + rows.copies
    assert rows.rejected["reasons"].str.len_chars().min() != 0
    assert rows.kept["primaryid"].str.contains(r"^\s*\d{1,18}(\.0)?\s*$").all()


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=400))
def test_any_bytes_become_text_or_an_error(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        raw = Path(folder) / "raw"
        raw.write_bytes(content)
        try:
            with raw.open("rb") as stream:
                staged = stage_text(stream, Path(folder) / "text", "the file")
        except SourceError:
            return
        staged.path.read_text(encoding="utf-8")
        assert staged.bytes == len(content)

import hashlib
from collections import Counter
from pathlib import Path

import pytest

from nms_pv.simulate.faers.terms import NMS_TERM
from tests.lib.simulated import QUARTERS, archive_of, raw_lines, rows, simulate, truth

LEGACY = ("2011Q4", "2012Q3")
DECOY = "9000000"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    return simulate(tmp_path_factory.mktemp("simulated"), repository / "study")


def hashes(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*.*"))}


def case_of(folder: Path, quarter: str) -> dict[str, str]:
    """Case number of each record number."""
    number, case = ("isr", "case") if quarter in LEGACY else ("primaryid", "caseid")
    return {row[number]: row[case] for row in rows(folder, quarter, "DEMO")}


def is_planted(case: str) -> bool:
    """Is it a case, and not a row that a defect needed?"""
    return bool(case) and len(case) < 9 and not case.startswith("90")


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(folder: Path, tmp_path: Path, repository: Path) -> None:
    study = repository / "study"
    assert hashes(simulate(tmp_path / "again", study)) == hashes(folder)
    other = hashes(simulate(tmp_path / "other", study, seed=8))
    assert set(other) == set(hashes(folder))
    # The planted rates and associations are the same for every seed: they are what is drawn from.
    assert {name for name, found in other.items() if found == hashes(folder)[name]} == {
        "truth/planted_associations.csv",
        "truth/planted_rates.csv",
    }


def test_quarters_are_taken_in_order_of_time(tmp_path: Path, repository: Path) -> None:
    study = repository / "study"
    forth = simulate(tmp_path / "forth", study, cases=200, quarters=["2018Q2", "2021Q4"])
    back = simulate(tmp_path / "back", study, cases=200, quarters=["2021Q4", "2018Q2", "2021Q4"])
    assert hashes(forth) == hashes(back)


def test_all_cases_are_in_the_truth_once(folder: Path) -> None:
    cases = [row["caseid"] for row in truth(folder, "cases")]
    assert len(cases) == len(set(cases)) == 7000
    found = {case for quarter in QUARTERS for case in case_of(folder, quarter).values() if is_planted(case)}
    assert found == set(cases)


def test_versions_and_latest_quarter_are_those_of_the_files(folder: Path) -> None:
    received: dict[str, list[tuple[str, str]]] = {}
    for quarter in QUARTERS:
        for record, case in case_of(folder, quarter).items():
            received.setdefault(case, []).append((quarter, record))
    for row in truth(folder, "cases"):
        seen = received[row["caseid"]]
        assert (int(row["versions"]), row["latest_quarter"]) == (len(seen), seen[-1][0]), row
    across_eras = [case for case, seen in received.items() if seen[0][0] in LEGACY and seen[-1][0] not in LEGACY]
    assert len(across_eras) > 20


def test_later_versions_have_higher_numbers(folder: Path) -> None:
    highest: dict[str, int] = {}
    for quarter in QUARTERS:
        name = ("case", "foll_seq") if quarter in LEGACY else ("caseid", "caseversion")
        for row in rows(folder, quarter, "DEMO"):
            if is_planted(row[name[0]]):
                version = int(row[name[1]] or 0) + 1 if quarter in LEGACY else int(row[name[1]])
                assert version >= highest.get(row[name[0]], 1)
                highest[row[name[0]]] = version


def test_planted_nms_is_what_the_reaction_files_say(folder: Path) -> None:
    with_term = set()
    for quarter in QUARTERS:
        case = case_of(folder, quarter)
        number = _number(quarter)
        with_term |= {case[row[number]] for row in rows(folder, quarter, "REAC") if row["pt"].upper() == NMS_TERM.upper()}
    planted = {row["caseid"] for row in truth(folder, "cases") if row["is_nms"] == "true"}
    assert len(planted) > 40
    assert with_term == planted
    assert all(
        row["event"] == "nms" and "nms_diagnosis" in row["elements"] for row in truth(folder, "cases") if row["is_nms"] == "true"
    )


def test_deleted_and_brought_back_cases_are_in_the_lists(folder: Path) -> None:
    listed = {q: {line.strip() for line in raw_lines(folder, q, "DELETED")} for q in ("2021Q4", "2024Q1", "2025Q4")}
    deleted = [row for row in truth(folder, "cases") if row["deleted"] == "true"]
    back = [row for row in truth(folder, "cases") if row["brought_back"] == "true"]
    assert len(deleted) > 20
    assert back
    for row in deleted:
        assert any(row["caseid"] in cases and quarter >= row["latest_quarter"] for quarter, cases in listed.items())
    for row in back:
        (quarter,) = (q for q, cases in listed.items() if row["caseid"] in cases)
        assert quarter < row["latest_quarter"]
    known = {row["caseid"] for row in deleted + back}
    others = {row["caseid"] for row in truth(folder, "cases")} - known
    assert not others & set().union(*listed.values())


def last_report(folder: Path) -> dict[str, tuple[str, dict[str, str]]]:
    """Quarter and DEMO row in which each case stands last."""
    found = {}
    for quarter in QUARTERS:
        for row in rows(folder, quarter, "DEMO"):
            found[row["case" if quarter in LEGACY else "caseid"]] = (quarter, row)
    return found


def test_duplicates_share_content_or_sender_number(folder: Path) -> None:
    reports = last_report(folder)
    contents = {q: {c: _sets(folder, q, t, c) for t, c in (("DRUG", "drugname"), ("REAC", "pt"))} for q in QUARTERS}
    copies = [row for row in truth(folder, "cases") if row["duplicate_of"]]
    assert 0.02 < len(copies) / 7000 < 0.03
    kinds = Counter(row["duplicate_kind"] for row in copies)
    assert kinds["same_content"] > 70
    assert kinds["same_sender_number"] > 70
    for row in copies:
        (quarter, copy), (first_quarter, original) = reports[row["caseid"]], reports[row["duplicate_of"]]
        same_number = (copy["mfr_sndr"], copy["mfr_num"]) == (original["mfr_sndr"], original["mfr_num"])
        if row["duplicate_kind"] == "same_sender_number":
            assert same_number
            assert copy["event_dt"] == ""
            continue
        assert quarter == first_quarter
        assert copy["mfr_sndr"] != original["mfr_sndr"]
        for column in ("event_dt", "age", "sex" if "sex" in copy else "gndr_cod", "reporter_country"):
            assert copy[column] == original[column] != ""
        for column, names in contents[quarter].items():
            assert names[copy[_number(quarter)]] == names[original[_number(quarter)]], (row, column)


def _number(quarter: str) -> str:
    return "isr" if quarter in LEGACY else "primaryid"


def _sets(folder: Path, quarter: str, table: str, column: str) -> dict[str, set[str]]:
    """Distinct drugs or reactions by record number."""
    found: dict[str, set[str]] = {}
    for row in rows(folder, quarter, table):
        found.setdefault(row[_number(quarter)], set()).add(row[column])
    return found


def test_the_universe_is_every_case(folder: Path) -> None:
    for quarter in QUARTERS:
        case = case_of(folder, quarter)
        number = _number(quarter)
        with_suspect = {row[number] for row in rows(folder, quarter, "DRUG") if row["role_cod"] in ("PS", "SS")}
        with_reaction = {row[number] for row in rows(folder, quarter, "REAC")}
        assert {n for n, c in case.items() if is_planted(c)} <= with_suspect & with_reaction | _glued(folder, quarter)


def _glued(folder: Path, quarter: str) -> set[str]:
    """Record numbers of glued lines, which the plain reader of this test leaves out."""
    lines = raw_lines(folder, quarter, "DRUG")
    fields = lines[0].count("$") + (2 if quarter in LEGACY else 1)
    return {cell for line in lines if line.count("$") >= fields for cell in line.split("$")}


def test_rates_name_generation_and_odds_ratio(folder: Path) -> None:
    rates = {row["ingredient"]: row for row in truth(folder, "rates")}
    assert list(rates) == sorted(rates)
    assert len(rates) > 45
    assert float(rates["haloperidol"]["planted_ror"]) > float(rates["quetiapine"]["planted_ror"]) > 1
    assert (rates["haloperidol"]["generation"], rates["metoclopramide"]["generation"]) == ("FGA", "")


def test_event_dates_are_partial_or_padded_by_era(folder: Path) -> None:
    for quarter in QUARTERS:
        dates = [row["event_dt"] for row in rows(folder, quarter, "DEMO") if row["event_dt"]]
        lengths = {len(d.removesuffix(".0")) for d in dates}
        first_of_month = sum(d[6:8] == "01" for d in dates) / len(dates)
        is_padded = quarter in LEGACY or quarter >= "2021Q3"
        assert lengths == ({8} if is_padded else {4, 6, 8})
        assert (first_of_month > 0.2) == is_padded
        assert {len(row["start_dt"]) for row in rows(folder, quarter, "THER") if row["start_dt"]} == {4, 6, 8}


def test_too_many_cases_for_a_quarter_are_refused(tmp_path: Path, repository: Path) -> None:
    with pytest.raises(ValueError, match="has room for 150,000; simulate more quarters"):
        simulate(tmp_path, repository / "study", cases=150_001, quarters=["2011Q4"])
    assert not list(tmp_path.rglob("*.zip*"))


def test_few_cases_do(tmp_path: Path, repository: Path) -> None:
    folder = simulate(tmp_path, repository / "study", cases=100)
    assert len(truth(folder, "cases")) == 100
    assert archive_of(folder, "2024Q1").stat().st_size > 1000

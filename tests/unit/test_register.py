import csv
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from nms_pv.sources.faers import register
from nms_pv.sources.faers.archive import ArchiveError
from nms_pv.sources.faers.quarters import find_quarters
from nms_pv.sources.faers.record import RecordError, read_record, sha256_of
from nms_pv.sources.faers.register import Added, add_faers
from nms_pv.sources.faers.text import SourceError
from nms_pv.sources.tracked import RegisterError
from nms_pv.spec.params import Inputs, load_params
from nms_pv.spec.source import FaersSpec, load_faers
from tests.lib.faers_files import contents, quarter_files, write_folder, write_study, write_zip

TODAY = date(2026, 11, 22)
SWITCHED = ["inputs.reports: simulated -> faers", "inputs.cohort: simulated_cdm -> none"]
LFS_POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 133\n"


@pytest.fixture(scope="module")
def faers(repository: Path) -> FaersSpec:
    return load_faers(repository / "study")


@pytest.fixture
def project(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study whose DVC is played by one line; the real one is in `dvc_project`."""
    monkeypatch.setattr(register, "track", lambda project, target: (project / "data/1_sources/faers.dvc").write_text("outs:\n"))
    return write_study(repository, tmp_path / "study")


@pytest.fixture
def dvc_project(repository: Path, tmp_path: Path) -> Path:
    folder = write_study(repository, tmp_path / "study")
    (folder / ".dvc").rmdir()
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run([sys.executable, "-m", "dvc", "init", "-q"], cwd=folder, check=True)
    subprocess.run([sys.executable, "-m", "dvc", "config", "core.analytics", "false"], cwd=folder, check=True)
    return folder


def recorded(project: Path) -> list[dict[str, str]]:
    with (project / "study/sources/faers_files.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def kept(project: Path) -> list[str]:
    folder = project / "data/1_sources/faers"
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def refused(paths: list[Path], project: Path, faers: FaersSpec, said: str) -> None:
    before = contents(project)
    with pytest.raises((RegisterError, ArchiveError, SourceError), match=said):
        add_faers(paths, project, faers, TODAY)
    assert contents(project) == before


def test_a_zip_is_kept_as_it_was_downloaded(project: Path, tmp_path: Path, faers: FaersSpec) -> None:
    zipped = write_zip(tmp_path / "in" / "faers_ascii_2025q4.zip", quarter_files())
    assert add_faers([zipped], project, faers, TODAY) == Added(["2025Q4"], [], [], SWITCHED)
    copy = project / "data/1_sources/faers/2025Q4/faers_ascii_2025q4.zip"
    assert copy.read_bytes() == zipped.read_bytes()
    assert recorded(project) == [
        {
            "quarter": "2025Q4",
            "file": "2025Q4/faers_ascii_2025q4.zip",
            "bytes": str(zipped.stat().st_size),
            "sha256": sha256_of(zipped),
            "origin": "faers_ascii_2025q4.zip",
            "retrieved": "2026-11-22",
        }
    ]
    assert not list(project.rglob("*.partial"))


@pytest.mark.parametrize("name", ["download", "download.ZIP", "download.zip"])
def test_the_kept_zip_has_the_usual_ending(project: Path, tmp_path: Path, faers: FaersSpec, name: str) -> None:
    add_faers([write_zip(tmp_path / name, quarter_files())], project, faers, TODAY)
    assert kept(project) == ["2025Q4/download.zip"]


def test_tables_and_deleted_lists_of_a_folder_are_kept_with_their_names(project: Path, tmp_path: Path, faers: FaersSpec) -> None:
    files = quarter_files() | {"ASCII/notes.md": b"mine", "ASCII/._DEMO25Q4.txt": b"x"}
    done = add_faers([write_folder(tmp_path / "faers_ascii_2025q4", files)], project, faers, TODAY)
    expected = {name: content for name, content in files.items() if name.startswith(("ASCII/D", "ASCII/R", "Deleted"))}
    expected |= {name: files[name] for name in ("ASCII/OUTC25Q4.txt", "ASCII/INDI25Q4.txt", "ASCII/THER25Q4.txt")}
    folder = project / "data/1_sources/faers/2025Q4"
    assert {name: content for name, content in contents(folder).items() if content != b"/"} == expected
    assert done.warnings == [f"{tmp_path / 'faers_ascii_2025q4'}: not FAERS files, left out: ASCII/notes.md."]
    assert {row["origin"] for row in recorded(project)} == {"faers_ascii_2025q4"}


@pytest.mark.parametrize("change", [str.upper, str.lower])
def test_any_case_of_names_is_recognised(project: Path, tmp_path: Path, faers: FaersSpec, change: object) -> None:
    files = {change(name): content for name, content in quarter_files("2012Q3").items()}  # type: ignore[operator]
    assert add_faers([write_folder(tmp_path / "q", files)], project, faers, TODAY) == Added(["2012Q3"], [], [], SWITCHED)


def test_the_misnamed_demo_of_2018q1_is_recognised(tmp_path: Path, faers: FaersSpec) -> None:
    files = quarter_files("2018Q1")
    files["ascii/DEMO18Q1_new.txt"] = files.pop("ASCII/DEMO18Q1.txt")
    found = find_quarters([write_zip(tmp_path / "q.zip", files)], faers, {})
    assert [quarter.name for quarter in found.quarters] == ["2018Q1"]


def test_a_folder_is_searched_for_zips_and_quarters(project: Path, tmp_path: Path, faers: FaersSpec) -> None:
    given = tmp_path / "faers"
    write_zip(given / "old" / "aers_ascii_2004q1.zip", quarter_files("2004Q1"))
    write_folder(given / "faers_ascii_2025q4", quarter_files("2025Q4"))
    write_folder(given / "flat", {name.split("/")[-1]: content for name, content in quarter_files("2024Q1").items()})
    write_zip(given / "meddra.zip", {"pt.asc": b"1"})
    (given / "._faers_ascii_2025q4.zip").write_bytes(b"AppleDouble")
    done = add_faers([given], project, faers, TODAY)
    assert done.added == ["2004Q1", "2024Q1", "2025Q4"]
    assert done.warnings == [f"{given}: not FAERS files, left out: meddra.zip."]
    assert {row["quarter"]: row["origin"] for row in recorded(project)} == {
        "2004Q1": "faers/old/aers_ascii_2004q1.zip",
        "2024Q1": "faers/flat",
        "2025Q4": "faers/faers_ascii_2025q4",
    }


def test_the_inner_folder_of_a_quarter_can_be_given(project: Path, tmp_path: Path, faers: FaersSpec) -> None:
    folder = write_folder(tmp_path / "q", quarter_files())
    add_faers([folder / "ASCII"], project, faers, TODAY)
    assert "2025Q4/DEMO25Q4.txt" in kept(project)


def test_input_is_switched_and_nothing_else_of_the_settings(project: Path, tmp_path: Path, faers: FaersSpec) -> None:
    before = (project / "params.yaml").read_text(encoding="utf-8").splitlines()
    add_faers([write_zip(tmp_path / "q.zip", quarter_files())], project, faers, TODAY)
    after = (project / "params.yaml").read_text(encoding="utf-8").splitlines()
    assert [(old, new) for old, new in zip(before, after, strict=True) if old != new] == [
        ("  reports: simulated  # the default", "  reports: faers  # the default"),
        ("  cohort: simulated_cdm", "  cohort: none"),
    ]
    assert load_params(project / "params.yaml").inputs == Inputs(reports="faers", cohort="none")


@pytest.mark.parametrize(("before", "after"), [("omop", "omop"), ("none", "none"), ("simulated_cdm", "none")])
def test_a_real_cohort_stays_and_a_simulated_one_goes(
    project: Path, tmp_path: Path, faers: FaersSpec, before: str, after: str
) -> None:
    params = project / "params.yaml"
    text = params.read_text(encoding="utf-8").replace("cohort: simulated_cdm", f"cohort: {before}", 1)
    params.write_text(text.replace("reports: simulated", f"reports: {'none' if before == 'omop' else 'simulated'}", 1), "utf-8")
    add_faers([write_zip(tmp_path / "q.zip", quarter_files())], project, faers, TODAY)
    assert load_params(params).inputs == Inputs(reports="faers", cohort=after)


def test_settings_that_cannot_be_switched_leave_everything_as_it_was(project: Path, tmp_path: Path, faers: FaersSpec) -> None:
    params = project / "params.yaml"
    params.write_text(
        params.read_text(encoding="utf-8").replace("  reports: simulated", '  "reports": simulated'), encoding="utf-8"
    )
    refused(
        [write_zip(tmp_path / "q.zip", quarter_files())], project, faers, "Set `reports: faers`, `cohort: none` there by hand"
    )


def test_the_same_quarter_again_changes_nothing(project: Path, tmp_path: Path, faers: FaersSpec) -> None:
    zipped = write_zip(tmp_path / "q.zip", quarter_files())
    add_faers([zipped], project, faers, TODAY)
    before = contents(project)
    zipped.rename(tmp_path / "renamed.zip")
    assert add_faers([tmp_path / "renamed.zip"], project, faers, date(2027, 1, 1)) == Added([], ["2025Q4"], [], [])
    assert contents(project) == before


def test_a_second_quarter_joins_the_first(project: Path, tmp_path: Path, faers: FaersSpec) -> None:
    add_faers([write_zip(tmp_path / "b.zip", quarter_files("2025Q4"))], project, faers, TODAY)
    zips = [tmp_path / "b.zip", write_zip(tmp_path / "a.zip", quarter_files("2024Q1"))]
    assert add_faers(zips, project, faers, TODAY) == Added(["2024Q1"], ["2025Q4"], [], [])
    assert [row["file"] for row in recorded(project)] == ["2024Q1/a.zip", "2025Q4/b.zip"]


def test_other_bytes_for_a_quarter_that_is_there_are_refused(project: Path, tmp_path: Path, faers: FaersSpec) -> None:
    add_faers([write_zip(tmp_path / "q.zip", quarter_files())], project, faers, TODAY)
    other = write_zip(tmp_path / "other.zip", quarter_files() | {"ASCII/DEMO25Q4.txt": b"changed"})
    refused([other], project, faers, "2025Q4 is already in the study with other bytes .* To replace it")


def test_an_origin_can_be_an_address(project: Path, tmp_path: Path, faers: FaersSpec) -> None:
    zipped = write_zip(tmp_path / "q.zip", quarter_files())
    add_faers([zipped], project, faers, TODAY, {zipped: "https://example.org/q.zip"})
    assert recorded(project)[0]["origin"] == "https://example.org/q.zip"


def test_missing_core_tables_are_all_named(project: Path, tmp_path: Path, faers: FaersSpec) -> None:
    folder = write_folder(tmp_path / "q", quarter_files(tables=("DEMO", "OUTC")))
    refused([folder], project, faers, "q: no DRUG table; no REAC table. Each quarter needs")


def test_a_missing_further_table_is_a_warning(project: Path, tmp_path: Path, faers: FaersSpec) -> None:
    zipped = write_zip(tmp_path / "q.zip", quarter_files(tables=("DEMO", "DRUG", "REAC", "THER", "RPSR", "INDI")))
    assert add_faers([zipped], project, faers, TODAY).warnings == [
        "2025Q4: no OUTC table, so this cannot be assessed in the quarter: outcomes: seriousness and death."
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ASCII/DEMO24Q1.txt": b"a"}, r"several quarters: 2024Q1 \(ASCII/DEMO24Q1.txt\), 2025Q4 .* a folder of its own"),
        ({"ASCII/copy/DEMO25Q4.txt": b"a"}, "DEMO stands there more than once"),
        ({"ASCII/DEMO25Q4_new.txt": b"a"}, "DEMO stands there more than once"),
        ({"ASCII/THER25Q4.txt": b""}, "'ASCII/THER25Q4.txt' is empty"),
        (
            {"ASCII/DRUG25Q4.txt": LFS_POINTER},
            "ASCII/DRUG25Q4.txt: a Git-LFS pointer stands in place of the file. Run `git lfs pull`",
        ),
        ({"SIMULATED.txt": b"seed 1"}, "these files are simulated .* never mixed"),
        ({"sub/simulated.TXT": b"seed 1"}, "these files are simulated"),
    ],
)
@pytest.mark.parametrize("form", ["zip", "folder"])
def test_unusable_quarters_are_refused(
    project: Path, tmp_path: Path, faers: FaersSpec, changes: dict[str, bytes], said: str, form: str
) -> None:
    write = {"zip": write_zip, "folder": write_folder}[form]
    refused([write(tmp_path / f"q.{form}", quarter_files() | changes)], project, faers, said)


def test_simulated_files_beside_real_ones_are_refused(project: Path, tmp_path: Path, faers: FaersSpec) -> None:
    write_zip(tmp_path / "in" / "q.zip", quarter_files())
    (tmp_path / "in" / "SIMULATED.txt").write_text("seed 1")
    refused([tmp_path / "in"], project, faers, "these files are simulated")


def test_a_quarter_number_above_four_is_refused(project: Path, tmp_path: Path, faers: FaersSpec) -> None:
    refused([write_zip(tmp_path / "q.zip", quarter_files("2025Q7"))], project, faers, "a year has Q1 to Q4")


def test_two_paths_with_one_quarter_are_refused(project: Path, tmp_path: Path, faers: FaersSpec) -> None:
    zipped, folder = write_zip(tmp_path / "q.zip", quarter_files()), write_folder(tmp_path / "q", quarter_files())
    refused([zipped, folder], project, faers, "2025Q4 is given twice: .*q.* and .*q.*Give only one")
    refused([zipped, zipped], project, faers, "2025Q4 is given twice")


def test_nothing_of_faers_is_refused(project: Path, tmp_path: Path, faers: FaersSpec) -> None:
    refused([write_zip(tmp_path / "q.zip", {"a.csv": b"1"})], project, faers, "holds no FAERS table. Expected are .*DEMO25Q4.txt")
    refused([write_folder(tmp_path / "q", {"a.csv": b"1"})], project, faers, "holds no FAERS table")
    write_zip(tmp_path / "xml" / "faers_xml_2025q4.zip", {"xml/1_ADR25Q4.xml": b"1"})
    refused([tmp_path / "xml"], project, faers, "xml: holds no FAERS table")
    refused([tmp_path / "missing"], project, faers, "there is no such zip or folder")


def test_a_damaged_table_is_refused_before_anything_is_kept(project: Path, tmp_path: Path, faers: FaersSpec) -> None:
    good = write_zip(tmp_path / "a.zip", quarter_files("2024Q1"))
    bad = write_zip(tmp_path / "b.zip", quarter_files("2024Q2"))
    content = bad.read_bytes()
    start = content.index(b"THER24Q2.txt") + len("THER24Q2.txt") + 3
    bad.write_bytes(content[:start] + b"\xff\xff" + content[start + 2 :])
    refused([good, bad], project, faers, "'ASCII/THER24Q2.txt' is damaged")


def test_a_folder_that_is_no_dvc_repository_is_refused(project: Path, tmp_path: Path, faers: FaersSpec) -> None:
    (project / ".dvc").rmdir()
    refused([write_zip(tmp_path / "q.zip", quarter_files())], project, faers, "is no DVC repository.* Run `dvc init`")


@pytest.mark.parametrize("failure", [RegisterError("dvc"), KeyboardInterrupt()])
@pytest.mark.parametrize("earlier", [False, True])
def test_a_failure_at_the_end_undoes_everything(
    project: Path, tmp_path: Path, faers: FaersSpec, monkeypatch: pytest.MonkeyPatch, failure: BaseException, earlier: bool
) -> None:
    if earlier:
        add_faers([write_zip(tmp_path / "a.zip", quarter_files("2024Q1"))], project, faers, TODAY)

    def half_way(project: Path, target: Path) -> None:
        (project / "data/1_sources/faers.dvc").write_text("half")
        (project / "data/1_sources/.gitignore").write_text("/faers\n")
        raise failure

    before = contents(project)
    monkeypatch.setattr(register, "track", half_way)
    with pytest.raises(type(failure)):
        add_faers([write_zip(tmp_path / "q.zip", quarter_files())], project, faers, TODAY)
    assert contents(project) == before


def test_a_full_disk_is_told_and_undone(project: Path, tmp_path: Path, faers: FaersSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "q.zip")

    monkeypatch.setattr(register.shutil, "copyfile", full)
    refused([write_zip(tmp_path / "q.zip", quarter_files())], project, faers, "No space left on device. Nothing was added")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: (folder / "2024Q1/a.zip").unlink(), "2024Q1/a.zip was added but is absent"),
        (lambda folder: (folder / "2024Q1/a.zip").write_bytes(b"x"), "2024Q1/a.zip is not the file that was added"),
        (lambda folder: (folder / "2024Q1/b.txt").write_bytes(b"x"), "2024Q1/b.txt was never added"),
        (shutil.rmtree, "2024Q1/a.zip was added but is absent"),
    ],
)
def test_kept_files_that_are_not_as_recorded_stop_the_next_addition(
    project: Path, tmp_path: Path, faers: FaersSpec, damage: object, said: str
) -> None:
    add_faers([write_zip(tmp_path / "a.zip", quarter_files("2024Q1"))], project, faers, TODAY)
    damage(project / "data/1_sources/faers")  # type: ignore[operator]
    refused([write_zip(tmp_path / "b.zip", quarter_files())], project, faers, said)


@pytest.mark.parametrize("text", ["quarter,file\n", "quarter,file,bytes,sha256,origin,retrieved\n2024Q1,a,many,0,o,d\n"])
def test_a_record_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "faers_files.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecordError, match="Restore the file from git"):
        read_record(path)


def test_added_files_are_tracked_by_dvc(dvc_project: Path, tmp_path: Path, faers: FaersSpec) -> None:
    add_faers([write_zip(tmp_path / "a.zip", quarter_files("2024Q1"))], dvc_project, faers, TODAY)
    add_faers([write_folder(tmp_path / "b", quarter_files("2025Q4"))], dvc_project, faers, TODAY)
    tracked = (dvc_project / "data/1_sources/faers.dvc").read_text(encoding="utf-8")
    assert "path: faers" in tracked
    assert "nfiles: 9" in tracked
    status = subprocess.run([sys.executable, "-m", "dvc", "data", "status"], cwd=dvc_project, capture_output=True, text=True)
    assert "uncommitted" not in status.stdout.lower(), status.stdout


def test_a_refusal_of_dvc_is_told_and_undone(dvc_project: Path, tmp_path: Path, faers: FaersSpec) -> None:
    (dvc_project / ".gitignore").write_text("data/\n")
    refused(
        [write_zip(tmp_path / "a.zip", quarter_files())], dvc_project, faers, "`dvc add data/1_sources/faers` failed.*ignored"
    )


@pytest.mark.shared
def test_every_file_of_all_90_quarters_is_recognised(shared: Path, faers: FaersSpec) -> None:
    wrong = {}
    with (shared / "data/faers_layout/members.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        named = faers.member(row["member"])
        kind = "ignored" if row["kind"] not in ("table", "deleted_cases") or row["table"] == "stat" else row["kind"]
        table = row["table"].upper() if kind == "table" else ""
        if not named or (named.kind, named.table) != (kind, table):
            wrong[row["member"]] = named
    assert len({row["quarter"] for row in rows}) == 90
    assert not wrong


@pytest.mark.shared
def test_every_quarter_has_all_tables_and_names_itself(shared: Path, faers: FaersSpec, tmp_path: Path) -> None:
    quarters: dict[str, dict[str, bytes]] = {}
    with (shared / "data/faers_layout/members.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            quarters.setdefault(row["quarter"], {})[row["member"]] = b"1"
    for quarter, files in quarters.items():
        found = find_quarters([write_zip(tmp_path / f"{quarter}.zip", files)], faers, {})
        assert [each.name for each in found.quarters] == [quarter.upper()]
        assert not found.warnings


@pytest.mark.shared
def test_real_quarters_can_be_added(shared: Path, project: Path, faers: FaersSpec) -> None:
    done = add_faers([shared / "data/faers"], project, faers, TODAY)
    assert done.added == ["2004Q1", "2012Q4", "2017Q2", "2020Q3", "2024Q1", "2025Q4", "2026Q2"]
    assert {warning[:22] for warning in done.warnings} == {
        *(f"2020Q3: no {table} table," for table in ("INDI", "THER")),
        *(f"2024Q1: no {table} table," for table in ("OUTC", "INDI", "THER", "RPSR")),
    }

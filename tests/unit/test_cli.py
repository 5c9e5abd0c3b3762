import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner, Result

from nms_pv.audit.case import UnknownCaseError
from nms_pv.cli import app
from nms_pv.report import of_study
from nms_pv.report.papers import write as papers_module
from nms_pv.sources.faers import register
from nms_pv.spec.params import Params
from nms_pv.tables.contract import ContractError
from tests.lib.exports_server import Exports, publishing
from tests.lib.faers_files import quarter_files, write_study, write_zip

HEAVY = ("polars", "dataframely", "pydantic", "httpx2", "dvc", "matplotlib", "scipy", "pandas", "pyarrow", "duckdb")


@pytest.fixture
def project(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(register, "track", lambda project, target: (project / "data/1_sources/faers.dvc").write_text("outs:\n"))
    folder = write_study(repository, tmp_path / "study")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def exports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Exports]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    zipped = write_zip(tmp_path / "published.zip", quarter_files("2024Q1"))
    with publishing({"faers_ascii_2024q1.zip": zipped.read_bytes()}) as published:
        monkeypatch.setenv("NMS_PV_FAERS_URL", published.url)
        yield published


@pytest.fixture
def explain(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("nms_pv.audit.explain")
    monkeypatch.setitem(sys.modules, "nms_pv.audit.explain", module)
    return module


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The build of each report that is asked for; only its page is written."""
    asked = []

    def write_report_of(project: Path, out: Path, params: Params) -> None:
        assert project.resolve() == Path.cwd()
        asked.append(params.leaving.build)
        out.mkdir(exist_ok=True)
        (out / "index.html").touch()

    monkeypatch.setattr(of_study, "write_report_of", write_report_of)
    return asked


def set_build(project: Path, build: str) -> None:
    params = project / "params.yaml"
    text = params.read_text(encoding="utf-8")
    assert "  build: auto" in text
    params.write_text(text.replace("  build: auto", f"  build: {build}"), encoding="utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def failed(result: Result, said: str) -> None:
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert not result.stdout


def test_add(project: Path, tmp_path: Path) -> None:
    zipped = write_zip(tmp_path / "q.zip", quarter_files() | {"notes.md": b""})
    result = run("add", "faers", str(zipped))
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        "Added: 2025Q4. The study now runs on real reports: `dvc repro`.\n"
        "Changed in params.yaml: inputs.reports: simulated -> faers; inputs.cohort: simulated_cdm -> none. "
        "Simulated and real input are never mixed.\n"
    )
    assert result.stderr == f"Warning: {zipped}: not FAERS files, left out: notes.md.\n"
    assert run("add", "faers", str(zipped)).stdout == "Already there with the same bytes: 2025Q4.\n"


def test_add_tells_errors_in_one_line(project: Path, tmp_path: Path) -> None:
    failed(run("add", "faers", str(tmp_path / "missing.zip")), "missing.zip: there is no such zip or folder")
    failed(run("add", "faers", str(write_zip(tmp_path / "q.zip", {"a": b""}))), "q.zip: holds no FAERS table")


def test_add_tells_errors_of_the_study(project: Path, tmp_path: Path) -> None:
    (project / "params.yaml").write_text("inputs: nothing\n")
    failed(run("add", "faers", str(write_zip(tmp_path / "q.zip", quarter_files()))), "params.yaml: inputs")


@pytest.mark.parametrize("missing", ["params.yaml", "dvc.yaml"])
@pytest.mark.parametrize(
    "command",
    [
        ("add", "faers", "."),
        ("add", "omop", "."),
        ("fetch", "faers", "2024Q1"),
        ("explain", "faers:1"),
        ("report", "out"),
        ("papers",),
    ],
)
def test_a_folder_that_is_no_study_is_refused(project: Path, explain: ModuleType, missing: str, command: tuple[str, ...]) -> None:
    vars(explain)["explain"] = lambda subject_id, project: ""
    (project / missing).unlink()
    failed(run(*command), f"{project}: is no study, since it has no {missing}. Go to its folder first.")


def test_fetch_downloads_and_adds(project: Path, exports: Exports) -> None:
    result = run("fetch", "faers", "2024Q1")
    assert result.exit_code == 0, result.output
    name = "faers_ascii_2024q1.zip"
    for folder in ("data/downloads", "data/1_sources/faers/2024Q1"):
        assert (project / folder / name).read_bytes() == exports.files[name]
    assert f",{exports.url}/{name}," in (project / "study/sources/faers_files.csv").read_text()


def test_fetch_into_another_folder(project: Path, tmp_path: Path, exports: Exports) -> None:
    assert run("fetch", "faers", "2024Q1", "--to", str(tmp_path / "zips")).exit_code == 0
    assert (tmp_path / "zips" / "faers_ascii_2024q1.zip.sha256").exists()
    assert not (project / "data/downloads").exists()


def test_fetch_tells_errors_in_one_line(project: Path, exports: Exports) -> None:
    failed(run("fetch", "faers", "2024"), "'2024' is no range of quarters")
    failed(run("fetch", "faers", "2031Q4"), "2031Q4 is not published under these addresses")


def test_explain(project: Path, explain: ModuleType) -> None:
    vars(explain)["explain"] = lambda subject_id, project: f"{subject_id} in {project.resolve()}"
    simulated = "SIMULATED: this study runs on made-up input; nobody below exists.\n\n"
    assert run("explain", "faers:7").stdout == f"{simulated}faers:7 in {project}\n"
    params = project / "params.yaml"
    real = params.read_text(encoding="utf-8").replace("reports: simulated", "reports: faers").replace("simulated_cdm", "none")
    params.write_text(real, encoding="utf-8")
    assert run("explain", "faers:7").stdout == f"faers:7 in {project}\n"


def test_explain_tells_expected_errors_and_keeps_the_trace_of_others(project: Path, explain: ModuleType) -> None:
    def broken(subject_id: str, project: Path) -> str:
        raise {"table": ContractError, "case": UnknownCaseError, "other": ValueError}[subject_id]("nothing to read")

    vars(explain)["explain"] = broken
    failed(run("explain", "table"), "nothing to read")
    failed(run("explain", "case"), "nothing to read")
    assert type(run("explain", "other").exception) is ValueError


@pytest.mark.parametrize(
    ("arguments", "build", "said"),
    [
        ((), "auto", "reports: internal\ncohort: internal\n"),
        (("--build", "shareable"), "shareable", "reports: shareable\ncohort: shareable\n"),
        (("--build", "internal"), "internal", "reports: internal\ncohort: internal\n"),
    ],
)
def test_report_under_a_build(project: Path, builds: list[str], arguments: tuple[str, ...], build: str, said: str) -> None:
    before = (project / "params.yaml").read_bytes()
    out = Path("shared report")
    for _ in range(2):
        assert run("report", str(out), *arguments).stdout == f"{said}{out / 'index.html'}\n"
    assert builds == [build, build]
    assert (project / "params.yaml").read_bytes() == before


def test_report_leaves_the_files_of_others_alone(project: Path, builds: list[str]) -> None:
    (project / "mine").mkdir()
    (project / "mine" / "notes.txt").touch()
    failed(run("report", "mine"), "mine: has files, but no index.html of an earlier run. Name an empty folder")
    failed(run("papers", "--out", "mine"), "mine: has files, but no contents.csv of an earlier run. Name an empty folder")
    failed(run("report", "params.yaml"), "params.yaml: is a file. Name a folder.")
    failed(run("report", "./reports"), "reports: is what `dvc repro` writes. Name another folder.")
    assert not builds


def test_report_of_one_arm_names_no_other(project: Path, builds: list[str]) -> None:
    params = project / "params.yaml"
    params.write_text(params.read_text(encoding="utf-8").replace("cohort: simulated_cdm", "cohort: none"), encoding="utf-8")
    assert run("report", "out").stdout == "reports: internal\nout/index.html\n"


@pytest.mark.parametrize(("build", "written"), [("auto", "auto"), ("shareable", "shareable"), ("internal", "auto")])
def test_papers_are_never_of_the_internal_build(
    project: Path, builds: list[str], monkeypatch: pytest.MonkeyPatch, build: str, written: str
) -> None:
    def write_papers(study: Path, out: Path, write_report: Callable[[Path], None]) -> list[Path]:
        assert (study.resolve(), out) == (project, Path("papers"))
        write_report(project / "report")
        return [out / "contents.csv", out / "methods.txt"]

    monkeypatch.setattr(papers_module, "write_papers", write_papers)
    set_build(project, build)
    assert run("papers").stdout == "papers: 2 files; contents.csv lists tables and figures.\n"
    assert builds == [written]


def test_a_report_before_the_first_run_tells_what_to_do(project: Path) -> None:
    failed(run("report", "out"), "is missing. Run `dvc repro`, or `dvc pull` if a remote has it.")


@pytest.mark.parametrize(
    "arguments", [(), ("add",), ("fetch",), ("add", "faers"), ("add", "omop"), ("fetch", "faers"), ("explain",), ("report",)]
)
def test_incomplete_commands_are_usage_errors(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_help_loads_nothing_heavy() -> None:
    code = f"import sys, nms_pv.cli; print([name for name in {HEAVY} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"

"""dvc.yaml must tell the truth about the code: DVC does not follow Python imports (treeverse/dvc#9195)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "nms_pv"
FILES = [ROOT / "dvc.yaml", ROOT / "data" / "1_sources" / "dvc.yaml"]
SHARED = ("tables", "spec")
LAYERS = ("sources", "canonical", "evidence", "labels", "exposure", "measures", "report")


def stages() -> Iterator[tuple[str, dict]]:
    for file in FILES:
        yield from yaml.safe_load(file.read_text(encoding="utf-8"))["stages"].items()


def imported_files(path: Path) -> set[Path]:
    """Files of this package that `path` imports directly, wherever in the file it does."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: use absolute imports"
            names |= {str(node.module)} | {f"{node.module}.{alias.name}" for alias in node.names}
    found: set[Path] = set()
    for name in names:
        parts = name.split(".")
        if parts[0] == "nms_pv":
            stem = PACKAGE.joinpath(*parts[1:])
            packages = [PACKAGE.joinpath(*parts[1:n], "__init__.py") for n in range(2, len(parts) + 1)]
            found |= {p for p in (stem.with_suffix(".py"), stem / "__init__.py", *packages) if p.exists()}
    return found - {PACKAGE / "__init__.py"}


def import_closure(path: Path) -> set[Path]:
    seen: set[Path] = set()
    todo = {path}
    while todo:
        current = todo.pop()
        seen.add(current)
        todo |= imported_files(current) - seen
    return seen


@pytest.mark.parametrize(("name", "stage"), list(stages()), ids=[name for name, _ in stages()])
def test_stage_depends_on_all_the_code_it_runs_and_no_more(name: str, stage: dict) -> None:
    script = ROOT / stage["cmd"].split()[1]
    deps = [ROOT / dep for dep in stage["deps"] if dep.startswith(("src/", "pipelines/"))]
    needed = import_closure(script)
    uncovered = [f for f in needed if not any(f == d or d in f.parents for d in deps)]
    unused = [d for d in deps if not any(f == d or d in f.parents for f in needed)]
    assert not uncovered, f"stage {name!r} runs code it does not depend on: {sorted(map(str, uncovered))}"
    assert not unused, f"stage {name!r} depends on code it does not run: {sorted(map(str, unused))}"


@pytest.mark.parametrize(("name", "stage"), list(stages()), ids=[name for name, _ in stages()])
def test_stage_says_what_it_does_and_depends_on_the_library_versions(name: str, stage: dict) -> None:
    assert stage["desc"]
    assert name == "environment" or "data/environment.json" in stage["deps"]


@pytest.mark.parametrize(("name", "stage"), list(stages()), ids=[name for name, _ in stages()])
def test_no_stage_depends_on_a_folder_that_several_stages_fill(name: str, stage: dict) -> None:
    outs = [out if isinstance(out, str) else next(iter(out)) for _, s in stages() for out in (*s["outs"], *s.get("metrics", []))]
    fan_in = [dep for dep in stage["deps"] if any(out.startswith(f"{dep}/") for out in outs)]
    assert not fan_in, f"stage {name!r}: DVC cannot restore {fan_in} in a fresh clone; list the outputs one by one"


def test_package_init_imports_nothing() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]


@pytest.mark.parametrize("layer", [*LAYERS, "simulate"])
def test_layers_meet_only_through_tables(layer: str) -> None:
    for path in (PACKAGE / layer).rglob("*.py"):
        reached = {f.relative_to(PACKAGE).parts[0] for f in imported_files(path)}
        assert reached <= {layer, *SHARED}, f"{path} imports from {sorted(reached - {layer, *SHARED})}"


@pytest.mark.parametrize("shared", SHARED)
def test_tables_and_spec_know_no_layer(shared: str) -> None:
    for path in (PACKAGE / shared).rglob("*.py"):
        reached = {f.relative_to(PACKAGE).parts[0] for f in imported_files(path)}
        assert reached <= set(SHARED), f"{path} imports from {sorted(reached - set(SHARED))}"


@pytest.mark.parametrize("path", sorted((ROOT / "pipelines").glob("*.py")), ids=lambda p: p.name)
def test_pipelines_are_thin(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    defined = [n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    assert defined == ["main"], f"{path.name} defines {defined}: move logic to src/nms_pv/"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 40

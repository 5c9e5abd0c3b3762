"""Write the generated pages of docs/, or check that they are current: `python -m nms_pv.docs [--check]`."""

import sys
from pathlib import Path

from nms_pv.spec.concept_sets import load_concept_sets
from nms_pv.spec.definition_docs import document as document_definitions
from nms_pv.spec.definition_files import load_definitions, load_differential
from nms_pv.spec.measurements import load_measurements
from nms_pv.tables.catalog import document as document_tables
from nms_pv.tables.contract import replacing


def pages(project: Path) -> dict[Path, str]:
    """The generated pages: where each lies, and what it must say."""
    study = project / "study"
    return {
        project / "docs" / "tables.md": document_tables(),
        project / "docs" / "definitions.md": document_definitions(
            load_definitions(study), load_differential(study), load_measurements(study), load_concept_sets(study)
        ),
    }


def stale_pages(project: Path) -> list[Path]:
    """The pages that are absent or say something else than the code."""
    return [path for path, text in pages(project).items() if not path.exists() or path.read_text(encoding="utf-8") != text]


def main(arguments: list[str]) -> int:
    """Write the pages; with `--check` only say which are stale."""
    project = Path.cwd()
    if "--check" in arguments:
        stale = stale_pages(project)
        for path in stale:
            sys.stderr.write(f"{path.relative_to(project)} is stale: run `make docs`\n")
        return 1 if stale else 0
    for path, text in pages(project).items():
        with replacing(path) as partial:
            partial.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

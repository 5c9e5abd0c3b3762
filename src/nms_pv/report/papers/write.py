"""One run of the report -> a folder for the authors of a paper."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import polars as pl

from nms_pv.report.papers.citation import Run, as_bibtex, as_cff, read_citation
from nms_pv.report.papers.extra import EXTRA, needed
from nms_pv.report.papers.formats import write_table
from nms_pv.report.papers.journal import Sized, sizes, write_figure
from nms_pv.report.papers.table import PaperTable, paper_table
from nms_pv.report.svg import keeping_drawings
from nms_pv.spec.params import load_params
from nms_pv.tables.contract import replacing
from nms_pv.tables.export import write_csv

HOLDER = {"reports": "Publisher of the reports", "cohort": "Holder of the common data model"}


def write_papers(project: Path, out: Path, write_report: Callable[[Path], None]) -> list[Path]:
    """Write every table and figure of the report for a paper, with methods and citation.

    Parameters
    ----------
    project
        Folder of the study: CITATION.cff, params.yaml and data/environment.json are read there.
    out
        Folder that gets `tables/`, `figures/`, `contents.csv`, `methods.txt`, `CITATION.cff` and `citation.bib`; tables and
        figures of an earlier run are removed.
    write_report
        Writes the report into a folder. It is run once, so that tables, figures and methods are those of the page.

    Returns
    -------
    list
        The files written, in order.

    Raises
    ------
    UserError
        When a library of the extra `papers` is not installed, or CITATION.cff lacks title or authors.

    """
    for module in EXTRA:
        needed(module)
    citation = read_citation(project / "CITATION.cff")
    simulated = load_params(project / "params.yaml").inputs.simulated
    with tempfile.TemporaryDirectory() as folder, keeping_drawings() as drawings:
        write_report(Path(folder))
        frames = {path.stem: pl.read_csv(path, infer_schema_length=None) for path in sorted(Path(folder, "tables").glob("*.csv"))}
        data = _data_versions(Path(folder, "results.parquet"), simulated=simulated)
        methods = Path(folder, "methods.txt").read_text(encoding="utf-8")
    version = json.loads((project / "data" / "environment.json").read_text(encoding="utf-8"))["nms-pv"]
    titles = dict(frames["definitions"].select("name", "title").rows())
    tables = [paper_table(name, frame, titles, version, simulated=simulated) for name, frame in frames.items() if frame.height]
    figures = [sized for drawing in drawings for sized in sizes(drawing)]
    run = Run(version, data, simulated)
    texts = {"methods.txt": methods, "CITATION.cff": as_cff(citation, run), "citation.bib": as_bibtex(citation, run)}

    written = [path for table in tables for path in write_table(table, out / "tables")]
    written += [path for sized in figures for path in write_figure(sized, out / "figures")]
    _remove_stale(out, set(written))
    write_csv(_contents(tables, figures), out / "contents.csv")
    for name, text in texts.items():
        with replacing(out / name) as partial:
            partial.write_text(text, encoding="utf-8", newline="\n")
    return [*written, out / "contents.csv", *(out / name for name in texts)]


def _data_versions(results: Path, *, simulated: bool) -> dict[str, tuple[str, str]]:
    """By arm, the version of its data and who holds them; published numbers are no data of ours."""
    found = pl.scan_parquet(results).filter(pl.col("arm") != "literature").select(pl.col("arm").cast(pl.String), "data_version")
    versions = found.unique().sort("arm", "data_version").collect()
    by_arm = versions.group_by("arm", maintain_order=True).agg(pl.col("data_version").str.join(", "))
    return {arm: (version, "nms-pv, simulator" if simulated else HOLDER[arm]) for arm, version in by_arm.rows()}


def _contents(tables: list[PaperTable], figures: list[Sized]) -> pl.DataFrame:
    """One row for each table and figure: file name, title, size, and what a journal will object to."""
    rows: list[tuple[object, ...]] = [("table", table.name, table.title, None, None, None, "") for table in tables]
    rows += [
        ("figure", f.name, f.drawing.title, round(f.width, 1), round(f.height, 1), round(f.smallest_text, 1), f.note)
        for f in figures
    ]
    columns = ("kind", "name", "title", "width_mm", "height_mm", "smallest_text_pt", "note")
    sizes_of = ("width_mm", "height_mm", "smallest_text_pt")
    schema = {name: pl.Float64 if name in sizes_of else pl.String for name in columns}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _remove_stale(out: Path, written: set[Path]) -> None:
    for folder, suffixes in (("tables", ("html", "tex", "docx")), ("figures", ("svg", "pdf", "png"))):
        for suffix in suffixes:
            for stale in set((out / folder).glob(f"*.{suffix}")) - written:
                stale.unlink()

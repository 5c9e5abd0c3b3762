"""Files, reports and findings -> how reliable, complete, coherent and timely the reports are, quarter by quarter."""

from pathlib import Path

from nms_pv.measures.quality.candidates import elements_of
from nms_pv.measures.quality.write import write_report_quality
from nms_pv.measures.rows import data_version
from nms_pv.spec.elements import load_elements
from nms_pv.tables.errors import run
from nms_pv.tables.sources import FILES


def main() -> None:
    data = Path("data")
    version = data_version("reports", FILES, data / "1_sources" / "files.parquet")
    elements = elements_of(load_elements(Path("study")))

    write_report_quality(data, data / "6_measures" / "quality", elements, version)


if __name__ == "__main__":
    run(main)

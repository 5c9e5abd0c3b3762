"""Numbers -> reports/index.html and the tables beside it."""

from pathlib import Path

from nms_pv.report.of_study import REPORTS, write_report_of
from nms_pv.spec.params import load_params
from nms_pv.tables.errors import run


def main() -> None:
    write_report_of(Path(), REPORTS, load_params(Path("params.yaml")))


if __name__ == "__main__":
    run(main)

"""Reports -> those that count, and the ingredients they expose."""

from pathlib import Path

from nms_pv.exposure.reports.write import write_exposure
from nms_pv.tables.errors import run


def main() -> None:
    write_exposure(Path("data/2_canonical"), Path("data/5_exposure"))


if __name__ == "__main__":
    run(main)

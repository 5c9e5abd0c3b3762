"""Write the versions of the numeric libraries; every other stage depends on them."""

from pathlib import Path

from nms_pv.audit.environment import write_environment
from nms_pv.tables.errors import run


def main() -> None:
    write_environment(Path("data/environment.json"))


if __name__ == "__main__":
    run(main)

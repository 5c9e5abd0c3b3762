"""The parts of a table: one file for each quarter, so that no step needs a whole source in memory."""

from pathlib import Path

from nms_pv.tables.contract import ContractError, Table

# Runs over sorted rows keep one core busy: two parts at a time keep two.
PARTS_AT_A_TIME = 2


def part_names(table: Table, folder: Path) -> list[str]:
    """The file names of the parts of `table` in `folder`, in order.

    Raises
    ------
    ContractError
        When there is none.

    """
    names = sorted(path.name for path in folder.glob("*.parquet"))
    if not names:
        raise ContractError(f"{table.name}: no part file in {folder}. Run `dvc repro`, or `dvc pull` if a remote has it.")
    return names


def keep_only(names: list[str], folder: Path) -> None:
    """Delete the other part files in `folder`: a part of an earlier run would be counted again."""
    for path in folder.glob("*.parquet"):
        if path.name not in names:
            path.unlink()

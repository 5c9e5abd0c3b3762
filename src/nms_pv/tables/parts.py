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


def common_parts(*places: tuple[Table, Path]) -> list[str]:
    """The file names of the parts of several tables, in order: every table has the same.

    Parameters
    ----------
    places
        Tables and the folders of their parts.

    Raises
    ------
    ContractError
        When a table has no part, or other parts than the first.

    """
    (first, first_folder), *others = places
    names = part_names(first, first_folder)
    for table, folder in others:
        different = sorted(set(names) ^ set(part_names(table, folder)))
        if different:
            raise ContractError(
                f"{table.name} in {folder} and {first.name} in {first_folder} must have the same parts; only one of them has "
                f"{different}. Run `dvc repro`"
            )
    return names


def keep_only(names: list[str], folder: Path) -> None:
    """Delete the other part files in `folder`: a part of an earlier run would be counted again."""
    for path in folder.glob("*.parquet"):
        if path.name not in names:
            path.unlink()

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real files kept beside the checkout; a test that asks for them is skipped where they are absent."""
    folder = Path(os.environ.get("NMS_PV_SHARED", REPOSITORY.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"no real files at {folder}; set NMS_PV_SHARED to the folder that has them")
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest file first, so that both cores end together."""
    items.sort(key=lambda item: "test_whole_run" not in item.nodeid)

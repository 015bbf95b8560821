"""One whole system for the tests with real records. They are read where they lie (COMPLAINTS_DATA) and never copied."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from local.places import CHECKOUT
from whole import System, whole_system


@pytest.fixture(scope="session")
def data_folder() -> Path:
    folder = Path(os.environ.get("COMPLAINTS_DATA") or CHECKOUT.parent / "shared" / "data")
    assert folder.is_dir(), f"the real records are not in {folder}: name their folder in COMPLAINTS_DATA"
    return folder


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    async with whole_system(tmp_path_factory.mktemp("system")) as running:
        yield running

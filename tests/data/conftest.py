"""Where the real records are: the folder named by COMPLAINTS_DATA. They are read where they lie and never copied."""

import os
from pathlib import Path

import pytest

from local.places import CHECKOUT


@pytest.fixture(scope="session")
def data_folder() -> Path:
    folder = Path(os.environ.get("COMPLAINTS_DATA") or CHECKOUT.parent / "shared" / "data")
    assert folder.is_dir(), f"the real records are not in {folder}: name their folder in COMPLAINTS_DATA"
    return folder

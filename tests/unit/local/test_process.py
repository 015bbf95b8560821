"""A process that nobody could find again does not run."""

import sys
from pathlib import Path

import pytest

from local.process import Process


def test_what_cannot_be_recorded_is_not_left_running(tmp_path: Path) -> None:
    """On a full disk a broker was started without a record: no status named it, and nobody stopped it after a kill."""
    record = tmp_path / f"{'x' * 250}.json"  # a name with no room for the one under which it is written first
    process = Process("part", (sys.executable, "-c", "input()"), record, tmp_path / "part.log")
    with pytest.raises(OSError, match="too long"):
        process.start()
    assert process.exit_code is not None

"""A process that nobody could find again does not run."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from local.process import Process, recorded, signal_if_there


def test_what_cannot_be_recorded_is_not_left_running(tmp_path: Path) -> None:
    """On a full disk a broker was started without a record: no status named it, and nobody stopped it after a kill."""
    record = tmp_path / f"{'x' * 250}.json"  # a name with no room for the one under which it is written first
    process = Process("part", (sys.executable, "-c", "input()"), record, tmp_path / "part.log")
    with pytest.raises(OSError, match="too long"):
        process.start()
    assert process.exit_code is not None


def test_who_was_started_before_the_clock_was_put_is_still_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel counts its boot time by the new clock: `complaints down` said that nothing runs, and no start found
    what a killed supervisor had left.
    """
    process = Process("part", (sys.executable, "-c", "import time; time.sleep(60)"), tmp_path / "p", tmp_path / "log")
    process.start()
    try:
        put = tmp_path / "proc"
        put.mkdir()
        (put / str(process.pid)).symlink_to(f"/proc/{process.pid}")
        (put / "stat").write_text(f"btime {psutil.boot_time() + 3600:.0f}\n")
        monkeypatch.setattr(psutil, "PROCFS_PATH", str(put))
        found = recorded(process.record)
        assert found is not None
        assert found.pid == process.pid
    finally:
        process.kill()


def test_who_ends_by_itself_before_it_is_stopped_ends_no_start() -> None:
    """What an earlier run left behind was mostly ending already: a start was over where the signal came too late."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    signal_if_there(gone.pid, signal.SIGKILL)

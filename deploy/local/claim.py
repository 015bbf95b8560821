"""Whose a folder of data is: one supervisor holds it at a time, and stops what an earlier one left running.

Must not: start a part, or know what lies in the folder.
"""

import fcntl
import os
import sys
from collections.abc import Callable
from typing import IO

from local.errors import LocalError
from local.places import DataDir
from local.process import WHOLE, reclaim, recorded, write_record


class AlreadyRunning(LocalError):
    """Another supervisor runs on the same data; the message names it."""


class DataUnusable(LocalError):
    """The folder of the data cannot be made or written; the message says why."""


class Claim:
    """A folder held by this process; the kernel gives its lock back however we end."""

    def __init__(self, data: DataDir) -> None:
        """Raises AlreadyRunning, DataUnusable."""
        self._run = data.run
        try:
            data.run.mkdir(parents=True, exist_ok=True)
            self._lock: IO[str] = (data.run / "supervisor.lock").open("w")
        except OSError as error:
            raise DataUnusable(
                f"{error.filename}: {error.strerror}; name a folder that this user can write with --data"
            ) from None
        mine = data.run / "supervisor.json"
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            other = recorded(mine)
            raise AlreadyRunning(
                f"a supervisor runs on {data.root} already"
                + (f" (pid {other.pid})" if other else "")
                + "; stop it with `complaints down`"
            ) from None
        (data.run / "status.json").unlink(missing_ok=True)  # who was killed said last that all is ready
        write_record(mine, os.getpid(), sys.orig_argv)

    def clear_orphans(self, say: Callable[[str], None]) -> None:
        """Stop what an earlier, killed supervisor left running: first who uses the stores, then the stores."""
        records = [path for path in self._run.glob("*.json") if path.stem not in WHOLE]
        for record in sorted(records, key=lambda path: path.stem in {"kafka", "postgres"}):
            pid = reclaim(record)
            if pid is not None:
                say(f"stopped {record.stem} (pid {pid}), which an earlier run had left behind")

    def give_back(self) -> None:
        """Nobody runs here any more."""
        (self._run / "status.json").unlink(missing_ok=True)
        (self._run / "supervisor.json").unlink(missing_ok=True)
        self._lock.close()

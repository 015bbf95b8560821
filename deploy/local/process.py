"""One process of ours: started in a session of its own, recorded on disk, stopped in order.

The record (pid, start, command) outlives us: after a kill -9 of the supervisor the next start finds what was
left running and stops it, and never mistakes a stranger for its own.
"""

import asyncio
import json
import os
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psutil

from local.errors import LocalError
from local.places import CHECKOUT, write_private

LOG_BYTES_MAX = 20_000_000
KILL_SECONDS_MAX = 10.0
ORPHAN_SECONDS_MAX = 8.0
"""How long what an earlier run left behind may take to stop."""
LAST_LINES = 15
"""So much of a log a message repeats."""
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
POLL_SECONDS = 0.02
WHOLE = frozenset({"supervisor", "status"})
"""Records that are of no part."""


class Part(Protocol):
    """What a supervisor runs: a process that knows when it is ready."""

    process: "Process"

    async def start(self) -> None:
        """Start and wait until it is ready; raises a `LocalError` that says why it is not."""

    async def stop(self) -> bool:
        """Stop in order; False where it had to be killed."""


class NotStopped(LocalError):
    """A process is still there after SIGKILL; only the operating system can say why."""


@dataclass
class Process:
    """A program that we run. `record` is the file that remembers it, `log` takes its output."""

    name: str
    command: Sequence[str]
    record: Path
    log: Path
    environment: Mapping[str, str] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    _popen: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def pid(self) -> int | None:
        """Its process id, None where it does not run."""
        return self._popen.pid if self._popen is not None and self.alive else None

    @property
    def alive(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs or before it was started. Negative: minus the signal that killed it."""
        return None if self._popen is None else self._popen.poll()

    def start(self) -> None:
        """Start it. What an earlier, killed supervisor left under the same record is stopped first."""
        assert not self.alive, f"{self.name} runs already"
        reclaim(self.record)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES_MAX:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as output:
            self._popen = subprocess.Popen(
                list(self.command),
                cwd=CHECKOUT,
                env=dict(self.environment) if self.environment is not None else None,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            write_record(self.record, self._popen.pid, self.command, stop_signal=self.stop_signal)
        except OSError:  # a full disk: without a record nobody would find it again
            self.kill()
            raise

    async def stop(self, limit_seconds: float) -> bool:
        """Ask it to end and wait; after the limit kill it. False where it had to be killed."""
        if self._popen is None:
            return True
        self.send(signal.SIGCONT)
        self.send(self.stop_signal)
        in_order = await self.ended(limit_seconds)
        if not in_order:
            self.send(signal.SIGKILL)
            if not await self.ended(KILL_SECONDS_MAX):
                raise NotStopped(f"{self.name} (pid {self._popen.pid}) is still there after SIGKILL")
        self.record.unlink(missing_ok=True)
        return in_order

    async def ended(self, limit_seconds: float) -> bool:
        """True as soon as it has ended, False where it still runs after the limit."""
        deadline = time.monotonic() + limit_seconds
        while self.alive:
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(POLL_SECONDS)
        return True

    async def why_silent(
        self, answers: Callable[[], Awaitable[bool]], *, limit_seconds: float, stop_limit_seconds: float
    ) -> str | None:
        """Wait until it answers: None. Where it ended, or did not answer in time, it is stopped: why, and its log."""
        deadline = time.monotonic() + limit_seconds
        while not await answers():
            if not self.alive or time.monotonic() > deadline:
                ended = f"ended with {self.exit_code}" if not self.alive else "does not answer"
                await self.stop(stop_limit_seconds)
                return f"{ended}; the end of its log:\n{self.last_lines()}"
            await asyncio.sleep(POLL_SECONDS)
        return None

    def kill(self) -> None:
        """SIGKILL, as a crash would be, and wait until it is gone."""
        if self._popen is not None:
            self.send(signal.SIGKILL)
            self._popen.wait(KILL_SECONDS_MAX)

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, where it still runs."""
        if self._popen is not None and self.alive:
            self._popen.send_signal(number)

    def last_lines(self) -> str:
        """The end of its log, for a message about why it failed."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - 16_384))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-LAST_LINES:])


def write_record(
    record: Path, pid: int, command: Sequence[str], *, stop_signal: signal.Signals = signal.SIGTERM
) -> None:
    """Remember who runs: pid, start and command together name one process for ever."""
    try:
        started = _started(pid)
    except OSError:  # it ended at once; whoever waits for it will see that
        return
    known = {"pid": pid, "started": started, "command": list(command), "stop_signal": stop_signal.name}
    write_private(record, json.dumps(known))


def _started(pid: int) -> str:
    """When it was started, in the kernel's ticks since this boot: by the clock it would move where that is put."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    return f"{BOOT_ID.read_text().strip()}/{ticks}"


def recorded(record: Path) -> psutil.Process | None:
    """The running process that the record names, None where it is gone or the pid belongs to somebody else now."""
    try:
        known = json.loads(record.read_text())
        process = psutil.Process(known["pid"])
        same_start = _started(process.pid) == known["started"]
        running = process.status() != psutil.STATUS_ZOMBIE
        # A launcher (setpriv) is replaced by what it launches: the end of the command stays.
        same_command = process.cmdline()[-1:] == known["command"][-1:]
    except (OSError, ValueError, KeyError, psutil.NoSuchProcess):
        return None
    return process if same_start and running and same_command else None


def left_behind(records: Path) -> dict[str, int]:
    """Who still runs of those whose records lie in that folder, the supervisor itself left out: pid by name."""
    named = {path.stem: recorded(path) for path in sorted(records.glob("*.json")) if path.stem not in WHOLE}
    return {name: process.pid for name, process in named.items() if process is not None}


def signal_if_there(pid: int, number: signal.Signals) -> None:
    """For a process that may end by itself at any moment: between a look and the signal, too."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def reclaim(record: Path) -> int | None:
    """Stop what the record names, if it still runs: our own orphan. Its pid, or None where there was none."""
    orphan = recorded(record)
    if orphan is not None:
        stop_signal = signal.Signals[json.loads(record.read_text())["stop_signal"]]
        for number, wait_seconds in (
            (signal.SIGCONT, 0.0),
            (stop_signal, ORPHAN_SECONDS_MAX),
            (signal.SIGKILL, KILL_SECONDS_MAX),
        ):
            deadline = time.monotonic() + wait_seconds
            if recorded(record) is not None:
                signal_if_there(orphan.pid, number)
            while recorded(record) is not None and time.monotonic() < deadline:
                time.sleep(POLL_SECONDS)
        if recorded(record) is not None:
            raise NotStopped(f"{record.stem} (pid {orphan.pid}) of an earlier run is still there after SIGKILL")
    record.unlink(missing_ok=True)
    return None if orphan is None else orphan.pid

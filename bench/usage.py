"""What each process used: CPU seconds while something was measured, and memory. Must not: start or ask anybody."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

MIB = 2**20
BENCH = "bench"
"""This process: it publishes, consumes for the bare pipe, and looks how far everybody is."""
OTHERS = "rest of the machine"

Pids = Callable[[], Mapping[str, int]]
"""Process ids by part, those that run just now."""


@dataclass
class Spent:
    """A stretch of time in seconds, and the CPU seconds of each process in it, its children's included."""

    seconds: float = 0.0
    cpu_seconds: dict[str, float] = field(default_factory=dict)


@contextmanager
def spent(pids: Pids) -> Iterator[Spent]:
    """Measures until the block ends. A process that starts within it counts from its start."""
    result = Spent()
    before, busy, started = _cpu(pids()), _busy(), time.monotonic()
    yield result
    result.seconds = round(time.monotonic() - started, 3)
    result.cpu_seconds = {name: round(now - before.get(name, 0.0), 2) for name, now in _cpu(pids()).items()}
    ours = sum(result.cpu_seconds.values())
    result.cpu_seconds[OTHERS] = round(max(0.0, _busy() - busy - ours), 2)


def memory(pids: Pids) -> dict[str, dict[str, float]]:
    """MiB by part: `rss` counts shared pages once in each process, `pss` shares them out (so its sum is true)."""
    result = {}
    for name, pid in {**pids(), BENCH: os.getpid()}.items():
        family = [psutil.Process(pid)] if name == BENCH else _family(pid)
        rss = pss = 0
        for process in family:
            try:
                seen = process.memory_full_info()
            except psutil.NoSuchProcess:
                continue
            rss += seen.rss
            pss += seen.pss
        result[name] = {"rss_mib": round(rss / MIB, 1), "pss_mib": round(pss / MIB, 1)}
    return result


def _cpu(pids: Mapping[str, int]) -> dict[str, float]:
    """CPU seconds until now; of ended children too, as their parent has counted them."""
    seconds = {}
    for name, pid in pids.items():
        total = 0.0
        for process in _family(pid):
            try:
                total += sum(process.cpu_times()[:4])  # user, system, and both of children that have ended
            except psutil.NoSuchProcess:
                continue
        seconds[name] = total
    own = psutil.Process().cpu_times()
    return {**seconds, BENCH: own.user + own.system}


def _family(pid: int) -> list[psutil.Process]:
    try:
        head = psutil.Process(pid)
        return [head, *head.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _busy() -> float:
    """CPU seconds of the whole machine, by whomever."""
    times = psutil.cpu_times()
    idle: float = times.idle + getattr(times, "iowait", 0.0)
    return float(sum(times[:8])) - idle  # guest time is part of user time

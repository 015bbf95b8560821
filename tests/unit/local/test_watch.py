"""What `make run` keeps up: a part that ended is started again, however that failed before."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from local.errors import LocalError
from local.watch import Watch

LIMIT_SECONDS = 20.0


@dataclass
class Ended:
    """A part whose process has ended; itself the process that is looked at."""

    alive: bool = False
    exit_code: int = 1
    up: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def process(self) -> "Ended":
        return self

    async def stop(self) -> bool:
        self.alive = False
        return True


@pytest.mark.parametrize("failure", [LocalError("no"), OSError(28, "No space left on device")], ids=("own", "disk"))
async def test_a_start_that_failed_is_tried_again(failure: Exception) -> None:
    """A full disk takes neither the record of a process nor its log; with room again all goes on by itself."""
    part, failures, said = Ended(), [failure], list[str]()

    async def start(_: str) -> None:
        if failures:
            raise failures.pop()
        part.alive = True
        part.up.set()

    parts: dict[str, Any] = {"kafka": part}
    watch = Watch(parts, start, restart=True, say=said.append)
    watch.keep_up("kafka")
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            await part.up.wait()
    finally:
        watch.end()
    assert any("could not be started" in line for line in said)


async def test_who_waited_in_vain_for_a_crashed_store_is_not_taken_for_ready() -> None:
    """It may run still, and never get ready: it is stopped before it is started again."""
    kafka, intake, asked = Ended(), Ended(), list[str]()

    async def start(name: str) -> None:
        asked.append(f"{name} {intake.alive}")
        if name == "kafka":
            kafka.alive = True
        elif len(asked) == 1:
            intake.alive = True
            watch.keep_up("kafka")  # which has ended meanwhile
            raise LocalError("intake is not ready after 60 s")

    parts: dict[str, Any] = {"kafka": kafka, "intake": intake}
    watch = Watch(parts, start, restart=True, say=asked.append)
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            await watch.start("intake")
    finally:
        watch.end()
    assert asked[-1] == "intake False"


async def test_a_start_that_fails_by_itself_is_told() -> None:
    """Only where somebody crashed meanwhile is it tried again."""
    asked = list[str]()

    async def start(name: str) -> None:
        asked.append(name)
        raise LocalError("its settings are wrong")

    with pytest.raises(LocalError, match="its settings are wrong"):
        await Watch({}, start, restart=True, say=asked.append).start("intake")
    assert asked == ["intake"]

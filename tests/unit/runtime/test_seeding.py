"""Rulebooks that ship are published only by a service that has read its log (L4)."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from runtime import seeding
from runtime.commands import still_reading
from runtime.intents import Outcome
from runtime.problems import Problem
from runtime.rows import VerdictRow


class Service:
    """Tables that stand at the log's start, or at its end; somebody published calendar/cn under that name long ago."""

    def __init__(self, rules: Path, *, end: int, reached: int) -> None:
        self.end, self.at = end, reached
        self.said: list[str] = []
        self.settings = SimpleNamespace(rules_dir=rules)
        self.log = self.commands = self.store = self
        self.partitions = 1

    async def ends(self, partitions: set[int]) -> dict[int, int]:
        return dict.fromkeys(partitions, self.end)

    async def read_up_to(self, _: int, end: int) -> None:
        if self.at < end:
            raise still_reading()

    async def stand(self, *_: object) -> Any:  # noqa: ANN401 - only its books are asked for
        return SimpleNamespace(books={"calendar/cn": "a book"} if self.at == self.end else {})

    async def admitted(self, _: object) -> dict[str, VerdictRow]:
        return {}

    async def carry_out(self, intent: Any) -> Outcome:  # noqa: ANN401
        self.said.append(intent.stream)
        return Outcome(VerdictRow(0, 0, "", "", True, None, None))  # type: ignore[arg-type]


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    (tmp_path / "calendar").mkdir()
    for name in ("cn", "uk"):
        (tmp_path / "calendar" / f"{name}.toml").write_text("")
    return tmp_path


async def test_nothing_is_published_before_the_log_is_read(rules: Path) -> None:
    """ADR 10: a rulebook that stands in the log already is never drafted by a start whose tables are folded anew."""
    service: Any = Service(rules, end=7, reached=0)
    with pytest.raises(Problem, match="still reading"):
        await seeding._publish_all(service, ("calendar",))
    assert service.said == []


async def test_what_the_log_does_not_have_is_published(rules: Path) -> None:
    """ADR 10: and what somebody published under that name is left alone."""
    service: Any = Service(rules, end=7, reached=7)
    await seeding._publish_all(service, ("calendar",))
    assert service.said == ["rulebook/calendar/uk"] * 2

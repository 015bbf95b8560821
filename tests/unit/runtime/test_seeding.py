"""Rulebooks that ship are published only by a service that has read its log (L4)."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from events.decider import Refused
from events.ids import outside_event_id
from events.table import Finding
from runtime import seeding
from runtime.commands import still_reading
from runtime.intents import Outcome
from runtime.problems import Problem
from runtime.rows import VerdictRow

STEPS = ("draft", "approval")
ADMITTED = VerdictRow(0, 0, "", "", True, None, None)  # type: ignore[arg-type]
WRONG = Finding("week", "it is never open", "open it")


def named(name: str, step: str) -> str:
    return outside_event_id(source="shipped", source_event_id=f"{name}/{step}")


class Service:
    """Tables that stand at the log's start, or at its end; somebody published calendar/cn under that name long ago."""

    def __init__(self, rules: Path, *, end: int, reached: int) -> None:
        self.end, self.at = end, reached
        self.said: list[str] = []
        self.before: tuple[str, ...] = ()
        """The steps of each rulebook that were admitted before."""
        self.refuses: dict[str, Outcome] = {}
        """What becomes of a step, where it is not admitted."""
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

    async def admitted(self, event_ids: list[str]) -> dict[str, VerdictRow]:
        return {each: ADMITTED for step, each in zip(STEPS, event_ids, strict=True) if step in self.before}

    async def carry_out(self, intent: Any) -> Outcome:  # noqa: ANN401
        self.said.append(intent.stream)
        name = intent.stream.removeprefix("rulebook/")
        step = next(one for one in STEPS if intent.event_id == named(name, one))
        return self.refuses.get(step, Outcome(ADMITTED))


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


@pytest.mark.parametrize(
    ("before", "said"),
    [((), []), (("draft",), ["rulebook/calendar/cn"] * 2), (("draft", "approval"), []), (("approval",), [])],
)
async def test_a_start_after_a_crash_goes_on_where_that_one_ended(
    rules: Path, before: tuple[str, ...], said: list[str]
) -> None:
    """L4: what was drafted and not approved is approved; what somebody else drafted is theirs."""
    (rules / "calendar" / "uk.toml").unlink()
    service: Any = Service(rules, end=7, reached=7)
    service.before = before
    await seeding._publish_all(service, ("calendar",))
    assert service.said == said


@pytest.mark.parametrize(
    ("step", "outcome", "told"),
    [
        ("draft", Outcome(refused=Refused("unfit", "x")), "calendar/uk: unfit"),
        ("draft", Outcome(refused=Refused("unfit", "x", (WRONG,))), f"calendar/uk: unfit; {WRONG}"),
        ("approval", Outcome(refused=Refused("unfit", "x", (WRONG,))), f"calendar/uk: unfit; {WRONG}"),
        ("draft", Outcome(), "calendar/uk: nobody could say in time whether it counts"),
        ("approval", Outcome(), "calendar/uk: nobody could say in time whether it counts"),
    ],
)  # fmt: skip
async def test_what_could_not_be_published_is_named(rules: Path, step: str, outcome: Outcome, told: str) -> None:
    """The service is not ready without it."""
    service: Any = Service(rules, end=7, reached=7)
    service.refuses = {step: outcome}
    with pytest.raises(seeding.NotPublished) as error:
        await seeding._publish_all(service, ("calendar",))
    assert str(error.value) == told


async def test_a_draft_that_somebody_settled_meanwhile_is_left_as_it_is(rules: Path) -> None:
    service: Any = Service(rules, end=7, reached=7)
    service.refuses = {"approval": Outcome(refused=Refused("draft-settled", "x"))}
    await seeding._publish_all(service, ("calendar",))
    assert service.said == ["rulebook/calendar/uk"] * 2


@pytest.mark.parametrize("spoil", [lambda path: path.write_bytes(b"\xff"), lambda path: (path.unlink(), path.mkdir())])
async def test_a_file_that_cannot_be_read_is_named(rules: Path, spoil: Callable[[Path], object]) -> None:
    spoil(rules / "calendar" / "uk.toml")
    with pytest.raises(seeding.NotPublished, match=r"^calendar/uk: the file cannot be read \(\w+\)$"):
        await seeding._publish_all(Service(rules, end=7, reached=7), ("calendar",))  # type: ignore[arg-type]

"""How `complaints rebuild` waits: a look that gets no answer is no end of the waiting, only its limit is."""

import asyncio

import pytest

from local import repair
from local.repair import NotInTime


class Busy:
    """A connection to a database under load: what it answers, look by look; None is no answer in time."""

    def __init__(self, *answers: int | None) -> None:
        self._answers = list(answers)

    async def fetchval(self, _query: str) -> int:
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if answer is None:
            raise TimeoutError
        return answer

    @property
    def left(self) -> int:
        """How many answers are still to come; the last one stays."""
        return len(self._answers)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks come one right after the other."""
    monkeypatch.setattr(repair, "LOOK_SECONDS", 0.001)


def test_a_look_without_an_answer_says_not_yet() -> None:
    """L18: the reader goes on whoever looks; a heavy fold makes single looks slow."""
    database = Busy(None, 3, None, None, 10)
    asyncio.run(repair._until_read(database, "triage", 10))
    assert database.left == 1


@pytest.mark.parametrize("answer", [None, 3])
def test_only_the_limit_of_the_whole_ends_the_waiting(answer: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repair, "REBUILD_SECONDS_MAX", 0.1)
    with pytest.raises(NotInTime, match="triage has not read the log within"):
        asyncio.run(repair._until_read(Busy(answer), "triage", 10))

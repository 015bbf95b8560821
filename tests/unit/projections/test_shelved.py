"""A rulebook as its stream tells it: what became of each version, and which one counts (L24)."""

from datetime import UTC, datetime, timedelta

from events.rulebook import EscalationApproved, EscalationDrafted, EscalationDraftRefused
from projections.views.rulebooks import shelved
from projections.views.told import stamp
from told import Log

STREAM = "rulebook/calendar/cn"
MARCH = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def drafted(version: int, day: int, effective: int) -> EscalationDrafted:
    return EscalationDrafted(
        at=MARCH + day * DAY, version=version, text=f"text {version}", why="a holiday",
        consulted=("legal",), by="li.na", effective_at=MARCH + effective * DAY, applies_to_running=True,
    )  # fmt: skip


def written(version: int, day: int, effective: int) -> dict[str, object]:
    return {
        "version": version, "text": f"text {version}", "why": "a holiday", "consulted": ["legal"], "by": "li.na",
        "effective_at": stamp(MARCH + effective * DAY), "applies_to_running": True,
        "drafted_at": stamp(MARCH + day * DAY), "state": "drafted",
    }  # fmt: skip


FIRST = {**written(1, 0, 0), "state": "approved", "known_at": stamp(MARCH + DAY), "approved_by": "wang"}
SECOND = {**written(2, 5, 5), "state": "refused", "refused_by": "wang", "refused_because": "a slip"}
THIRD = {**written(3, 19, 10), "state": "approved", "known_at": stamp(MARCH + 20 * DAY), "approved_by": "zhao"}


def test_each_version_says_what_became_of_it_and_which_counts_when() -> None:
    """Version 3, known on day 20, holds from day 10 on; what was refused by the law of the log is no word on it."""
    log = Log()
    log.tell(STREAM, drafted(1, 0, 0), EscalationApproved(at=MARCH + DAY, version=1, by="wang"), drafted(2, 5, 5))
    log.refuse(STREAM, EscalationApproved(at=MARCH + 6 * DAY, version=2, by="zhao"))
    log.tell(
        STREAM,
        EscalationDraftRefused(at=MARCH + 6 * DAY, version=2, why="a slip", by="wang"),
        drafted(3, 19, 10),
        EscalationApproved(at=MARCH + 20 * DAY, version=3, by="zhao"),
        drafted(4, 30, 30),
    )
    found = shelved(log.records)
    assert found is not None
    fourth = written(4, 30, 30)
    assert [found.version(number) for number in range(1, 6)] == [FIRST, SECOND, THIRD, fourth, None]
    assert found.draft() == fourth
    told = [FIRST, SECOND, THIRD, fourth]
    assert found.lines() == [{name: value for name, value in one.items() if name != "text"} for one in told]
    for day, known, version in ((-1, None, None), (5, None, FIRST), (15, None, THIRD), (15, 15, FIRST)):
        assert found.at(MARCH + day * DAY, None if known is None else MARCH + known * DAY) == version


def test_a_rulebook_without_a_draft_has_none_and_one_of_which_nothing_counts_is_none() -> None:
    log = Log()
    log.tell(STREAM, drafted(1, 0, 0), EscalationApproved(at=MARCH + DAY, version=1, by="wang"))
    found = shelved(log.records)
    assert found is not None
    assert found.draft() is None
    refused = Log()
    refused.refuse(STREAM, drafted(1, 0, 0))
    assert shelved(refused.records) is None
    assert shelved([]) is None

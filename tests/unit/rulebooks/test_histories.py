"""A clock is counted again from facts and rulebook texts alone, as of any instant, as far as it was known at any."""

from datetime import datetime, timedelta, timezone

import pytest

from events.decider import UnknownRulebook
from events.escalation import (
    ClockExtended,
    ClockMet,
    ClockPaused,
    ClockRecalculated,
    ClockResumed,
    ClockStarted,
    ClockStopped,
)
from events.fact import Fact
from proof_text import checked
from published import HOLIDAY, LONG_AGO, OFFICE, PACK, published
from rulebooks.histories import NotCounted, Recorded, book, proof_of, reckoned, terms_of
from rulebooks.state import Books
from shipped import text

ANSWER, RESOLVE = "desk:answer", "desk:resolve"
SHANGHAI = timezone(timedelta(hours=8))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """March 2026 in Shanghai; the second is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


MONDAY_AT_THREE = at(2, 15)


def told(*facts: Fact) -> list[Recorded]:
    """These facts, each known when it happened."""
    return [Recorded(f"event-{number}", fact.at, fact) for number, fact in enumerate(facts)]


BOOKS: Books = {
    "calendar/office": book(told(*published(OFFICE), *published(OFFICE + HOLIDAY, version=2, at=at(3, 9)))),
    "pack/desk": book(told(*published(PACK))),
    "calendar/cn": book(told(*published(text("calendar", "cn")))),
    "pack/cn-12315": book(told(*published(text("pack", "cn-12315")))),
}


def started(clock: str = ANSWER, start: datetime = MONDAY_AT_THREE, calendar: str = "office@1") -> ClockStarted:
    policy = clock.replace(":", "/") + "@1"
    return ClockStarted(at=start, clock=clock, due=at(4, 10), policy=policy, calendar=calendar)


PAUSED = ClockPaused(at=at(2, 16), clock=ANSWER, reason="evidence", lawful=True, by="x")
RESUMED = ClockResumed(at=at(3, 10), clock=ANSWER, by="x")
EXTENDED = ClockExtended(
    at=at(3, 16), clock=ANSWER, reason="x", amount=2, unit="business-hours", due=at(4, 15), by="x", noticed_at=at(3, 15)
)
RECALCULATED = ClockRecalculated(
    at=at(3, 9), clock=RESOLVE, cause="a late holiday", policy="desk/resolve@1", calendar="office@2"
)


def test_pauses_and_extensions_move_the_due_time() -> None:
    """Ten hours from Monday 15:00; two open hours of pause, then two more hours."""
    state = reckoned(told(started(), PAUSED, RESUMED, EXTENDED), BOOKS, ANSWER, at(3, 17))
    assert (state.due, state.paused) == (at(4, 15), timedelta(hours=2))
    assert (state.state, state.remaining) == ("running", timedelta(hours=5))


def test_a_pause_for_another_reason_moves_nothing() -> None:
    """A pause that is not lawful is named in the proof and stops nothing."""
    unlawful = PAUSED.model_copy(update={"reason": "lunch", "lawful": False})
    plain = reckoned(told(started()), BOOKS, ANSWER, at(3, 11))
    state = reckoned(told(started(), unlawful), BOOKS, ANSWER, at(3, 11))
    assert (state.due, [one.reason for one in state.unlawful]) == (plain.due, ["lunch"])
    assert "lunch (event-1)" in proof_of(told(started(), unlawful), BOOKS, ANSWER, at(3, 11)).as_text()


def test_a_paused_clock_counts_as_if_resumed_now() -> None:
    """What a worklist is ordered by: later with each open hour that the pause lasts."""
    dues = [reckoned(told(started(), PAUSED), BOOKS, ANSWER, moment).due for moment in (at(2, 16), at(3, 9), at(3, 11))]
    assert dues == [at(4, 10), at(4, 11), at(4, 14)]


def test_its_own_end_ends_a_clock_and_no_other() -> None:
    met = ClockMet(at=at(3, 9), clock=ANSWER, answered_by="reply")
    stopped = ClockStopped(at=at(3, 9), clock=RESOLVE, reason="enquiry")
    history = told(started(), started(RESOLVE), met, stopped)
    assert [reckoned(history, BOOKS, clock, at(5, 9)).state for clock in (ANSWER, RESOLVE)] == ["met", "stopped"]


def test_a_recalculated_clock_is_counted_by_the_newer_calendar() -> None:
    """T25: a holiday announced on the way is one more day, by an event; what was known before stays to be asked."""
    history = told(started(RESOLVE), RECALCULATED)
    assert reckoned(history, BOOKS, RESOLVE, at(3, 10)).due == at(11, 0) - timedelta(microseconds=1)
    then = [one for one in history if one.known_at <= at(3, 8)]
    assert reckoned(then, BOOKS, RESOLVE, at(3, 8)).due == at(10, 0) - timedelta(microseconds=1)
    assert terms_of(history, RESOLVE).calendar == "office@2"


def test_a_shipped_pack_counts_make_up_days() -> None:
    """T10: seven working days from Friday 26 September 2025 end on 13 October."""
    start = datetime(2025, 9, 26, 10, tzinfo=SHANGHAI)
    history = told(started("cn-12315:accept", start, "cn@1"))
    due = reckoned(history, BOOKS, "cn-12315:accept", start).due
    assert due is not None
    assert due.astimezone(SHANGHAI).date().isoformat() == "2025-10-13"


@pytest.mark.parametrize(
    ("clock", "facts"),
    [
        (ANSWER, [started()]),
        (ANSWER, [started(), PAUSED, RESUMED]),
        (ANSWER, [started(), PAUSED]),
        (ANSWER, [started(), PAUSED, RESUMED, EXTENDED]),
        (RESOLVE, [started(RESOLVE)]),
        (RESOLVE, [started(RESOLVE), RECALCULATED]),
        ("cn-12315:accept", [started("cn-12315:accept", datetime(2025, 9, 26, 2, tzinfo=SHANGHAI), "cn@1")]),
    ],
)
def test_the_text_of_a_proof_adds_up_to_the_due_time(clock: str, facts: list[Fact]) -> None:
    """Whoever reads only the text comes to the same: no gap, the budget counted, the last row ends when it is due."""
    proof = proof_of(told(*facts), BOOKS, clock, at(4, 9))
    found = checked(proof.as_text())
    extended = any(isinstance(fact, ClockExtended) for fact in facts)
    budget = {
        ANSWER: (0, timedelta(hours=12 if extended else 10)),
        RESOLVE: (5, timedelta()),
        "cn-12315:accept": (7, timedelta()),
    }
    assert found.counted == budget[clock]
    assert (found.ends, found.due) == (proof.due, proof.due)


def test_the_same_facts_and_texts_give_the_same_bytes() -> None:
    """However long after: a running clock's proof does not depend on when it is asked for."""
    history = told(started(), PAUSED, RESUMED)
    one, other = (proof_of(history, BOOKS, ANSWER, moment) for moment in (at(3, 11), at(9, 9)))
    assert (one.as_json(), one.as_text()) == (other.as_json(), other.as_text())
    assert b'"policy":"desk/answer@1"' in one.as_json()
    assert b'"calendar":"office@1"' in one.as_json()


def test_what_cannot_be_counted_says_why() -> None:
    given = ClockStarted(at=at(2, 15), clock="resolution", due=at(4, 10), policy="given")
    with pytest.raises(NotCounted, match="that a publisher stated"):
        reckoned(told(given), BOOKS, "resolution", at(3, 9))
    with pytest.raises(NotCounted, match="no such clock"):
        reckoned(told(given), BOOKS, "another", at(3, 9))
    with pytest.raises(UnknownRulebook, match="calendar/office@9"):
        reckoned(told(started(calendar="office@9")), BOOKS, ANSWER, at(3, 9))


def test_a_due_time_beyond_all_calendars_is_not_counted() -> None:
    """Said like any other reason, where the clock's page and its proof are asked for; it is no failure of ours."""
    seldom = OFFICE.partition("[week]")[0] + '[week]\nmon = ["00:00-00:01"]\n'
    long = PACK.replace("amount = 10, unit", "amount = 20000, unit")
    books = {**BOOKS, "calendar/office": book(told(*published(seldom))), "pack/desk": book(told(*published(long)))}
    with pytest.raises(NotCounted, match="no answer between"):
        reckoned(told(started()), books, ANSWER, at(3, 9))


def test_a_rulebook_is_known_by_its_stream() -> None:
    """A draft that nobody approved counts for nothing."""
    drafted, approved = published(PACK)
    assert book(told(drafted)).versions == ()
    assert [version.known_at for version in book(told(drafted, approved)).versions] == [LONG_AGO]

"""What a draft would do to a clock that runs, and why it would leave it alone (ADR 11). Given, when, then."""

from datetime import datetime, timedelta, timezone

import pytest

from events.escalation import ClockBreached, ClockExtended, ClockMet, ClockPaused, ClockStarted, ClockStopped
from events.fact import Fact
from published import HOLIDAY, OFFICE, PACK
from rulebooks.books import Text, as_first
from rulebooks.histories import NotCounted, Recorded
from rulebooks.what_if import Tried, what_if

ANSWER = "desk:answer"
SHANGHAI = timezone(timedelta(hours=8))
BOOKS = as_first({"calendar/office": OFFICE, "pack/desk": PACK})
LATE_HOLIDAY = Text("calendar", "office", OFFICE + HOLIDAY)


def at(day: int, hour: int) -> datetime:
    """March 2026 in Shanghai; the second is a Monday."""
    return datetime(2026, 3, day, hour, tzinfo=SHANGHAI)


STARTED = ClockStarted(at=at(2, 15), clock=ANSWER, due=at(4, 10), policy="desk/answer@1", calendar="office@1")
TUESDAY = at(3, 11)
"""Five hours are counted, five are left."""


def pack(old: str, new: str) -> Text:
    return Text("pack", "desk", PACK.replace(old, new))


def tried(*drafts: Text, facts: tuple[Fact, ...] = (), moment: datetime = TUESDAY) -> Tried | None:
    """What the drafts would do to the clock, were they approved at that moment."""
    told = [Recorded(f"event-{number}", fact.at, fact) for number, fact in enumerate((STARTED, *facts))]
    return what_if(told, BOOKS, drafts, ANSWER, moment)


def dues(found: Tried | None) -> tuple[datetime | None, datetime | None, str | None]:
    assert found is not None
    assert found.old is not None
    assert found.new is not None
    return found.old.due, found.new.due, found.kept


@pytest.mark.parametrize(
    ("drafts", "due"),
    [
        ((LATE_HOLIDAY,), at(5, 10)),
        ((pack("amount = 10", "amount = 12"),), at(4, 12)),
        ((pack("amount = 10", "amount = 6"),), at(3, 14)),
        ((LATE_HOLIDAY, pack("amount = 10", "amount = 12")), at(5, 12)),
        ((pack("amount = 10", "amount = 1"), LATE_HOLIDAY), at(5, 10)),
    ],
)
def test_a_clock_that_runs_goes_over_to_the_draft(drafts: tuple[Text, ...], due: datetime) -> None:
    """T25. Where one of two drafts leaves it alone, the other one still moves it."""
    assert dues(tried(*drafts)) == (at(4, 10), due, None)


def test_what_the_source_of_the_limit_is_worth_goes_over_with_it() -> None:
    """M is no law, and is marked so before it comes into force; a clock that stays keeps its own."""
    unsure = PACK.replace('standing = "S"', 'standing = "M"', 1)
    followed, kept = (
        tried(Text("pack", "desk", unsure.replace("amount = 10", amount))) for amount in ("amount = 12", "amount = 2")
    )
    assert followed is not None
    assert kept is not None
    assert (followed.standing, kept.kept, kept.standing) == ("M", "too-late", "S")


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        (pack("amount = 10", "amount = 2"), "too-late"),
        (pack("desk", "desk"), "unchanged"),
        (pack('"answer"', '"reply"'), "policy-gone"),
    ],
)
def test_a_draft_that_leaves_it_alone_says_why(draft: Text, why: str) -> None:
    """Nobody is late by a rule that was not known: such a draft shows no earlier due time, for there will be none."""
    assert dues(tried(draft)) == (at(4, 10), at(4, 10), why)


MET = ClockMet(at=at(3, 10), clock=ANSWER, answered_by="message-sent")
STOPPED = ClockStopped(at=at(3, 10), clock=ANSWER, reason="an enquiry")
BREACHED = ClockBreached(at=at(4, 10), clock=ANSWER)


@pytest.mark.parametrize(
    ("facts", "moment", "why"),
    [
        ((MET,), TUESDAY, "met"),
        ((STOPPED,), TUESDAY, "stopped"),
        ((BREACHED,), at(4, 11), "breached"),
        ((), at(4, 11), "breached"),
        ((BREACHED, MET.model_copy(update={"at": at(5, 9)})), at(5, 11), "breached"),
    ],
)
@pytest.mark.parametrize("draft", [LATE_HOLIDAY, pack("amount = 10", "amount = 90"), pack('"answer"', '"reply"')])
def test_what_was_over_before_stays(draft: Text, facts: tuple[Fact, ...], moment: datetime, why: str) -> None:
    """Also where the draft would give it more time: a breach stays visible."""
    assert dues(tried(draft, facts=facts, moment=moment)) == (at(4, 10), at(4, 10), why)


def test_a_breach_stays_though_a_source_tells_of_an_earlier_pause_after_it() -> None:
    """The pause moves the due time; the record says that it was breached, and what was breached is not recalculated."""
    late = ClockPaused(at=at(3, 10), clock=ANSWER, reason="evidence", lawful=True, by="source")
    found = tried(LATE_HOLIDAY, facts=(BREACHED, late), moment=at(4, 11))
    assert found is not None
    assert found.kept == "breached"


def test_pauses_and_extensions_count_both_ways() -> None:
    extended = ClockExtended(
        at=at(2, 16), clock=ANSWER, reason="x", amount=2, unit="business-hours", due=at(4, 12), by="x",
        noticed_at=at(2, 16),
    )  # fmt: skip
    assert dues(tried(LATE_HOLIDAY, facts=(extended,))) == (at(4, 12), at(5, 12), None)


def test_a_draft_of_something_else_does_not_concern_it() -> None:
    assert tried(Text("calendar", "shop", OFFICE.replace('"office"', '"shop"'))) is None


def test_a_due_time_that_was_given_is_none_to_recalculate() -> None:
    given = STARTED.model_copy(update={"policy": "given", "calendar": None})
    with pytest.raises(NotCounted):
        what_if([Recorded("event-0", given.at, given)], BOOKS, [LATE_HOLIDAY], ANSWER, TUESDAY)


def test_a_pack_may_take_its_clocks_to_another_calendar_of_the_same_draft() -> None:
    """As the service does it: the new calendar is in force from the same moment."""
    shop = Text("calendar", "shop", (OFFICE + HOLIDAY).replace('"office"', '"shop"'))
    assert dues(tried(shop, pack('"office"', '"shop"'))) == (at(4, 10), at(5, 10), None)


def test_a_due_time_beyond_all_calendars_is_the_last_moment_and_not_an_error() -> None:
    seldom = Text("calendar", "office", OFFICE.partition("[week]")[0] + '[week]\nmon = ["00:00-00:01"]\n')
    found = tried(seldom, pack("amount = 10, unit", "amount = 20000, unit"))
    assert found is not None
    assert (found.new, found.kept) == (None, None)

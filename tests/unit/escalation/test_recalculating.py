"""A changed rulebook and the clocks that run: T25 and its neighbours. Given, when, then.

The clock: ten office hours, lodged on Monday evening, due on Wednesday (4 March) at noon. Wednesday becomes a holiday.
"""

from dataclasses import replace
from datetime import datetime

import pytest

from escalation.decider.commands import PauseClock, ResumeClock
from escalation.decider.state import Case
from events.decider import Owed
from events.escalation import ClockBreached, ClockPaused, ClockRecalculated, ClockResumed, ClockStarted
from events.fact import Fact
from given import Story, assert_comes_back_from_json
from published import HOLIDAY, OFFICE, PACK
from rulebooks.books import as_first
from rulebooks.state import Rulebook
from unit.escalation.cases import LODGED, NOON, at, at_desk, contact, published_later, sent, told

CLOCK = "desk:answer"
LATE = OFFICE + HOLIDAY
TUESDAY = at("03-03T12:00")


def announced(known_at: datetime = TUESDAY, *, running: bool = True) -> dict[str, Rulebook]:
    return published_later(at_desk(), "calendar/office", LATE, known_at=known_at, running=running)


def begun(books: dict[str, Rulebook], *facts: Fact) -> Story[Case]:
    """Started before anybody knew of the change."""
    started = told(LODGED, contact(NOON), books=at_desk()).settled(NOON).then(*facts)
    return told(*started.history, books=books)


def of_the_clock(case: Story[Case], until: datetime) -> list[Fact]:
    kinds = (ClockRecalculated, ClockBreached)
    return [fact for fact in case.added(until) if isinstance(fact, kinds) and fact.clock == CLOCK]


def test_a_late_holiday_moves_the_due_time_by_an_event_and_the_old_one_stays() -> None:
    """T25: old, new and cause; then judged by the new one."""
    case = begun(announced())
    assert of_the_clock(case, at("04-01T00:00")) == [
        ClockRecalculated(
            at=TUESDAY,
            clock=CLOCK,
            old_due=at("03-04T12:00"),
            new_due=at("03-05T12:00"),
            cause="calendar/office@2 applies to running clocks",
            policy="desk/answer@1",
            calendar="office@2",
            standing="S",
        ),
        ClockBreached(at=at("03-05T12:00"), clock=CLOCK),
    ]
    after = case.settled(TUESDAY)
    assert_comes_back_from_json(after.decider, after.state)
    assert "rulebook/calendar/office" in case.decider.leans_on(case.state)
    assert "rulebook/pack/desk" in case.decider.leans_on(case.state)


def test_without_that_word_a_running_clock_keeps_its_version() -> None:
    """R104."""
    assert of_the_clock(begun(announced(running=False)), at("04-01T00:00")) == [
        ClockBreached(at=at("03-04T12:00"), clock=CLOCK)
    ]
    assert "rulebook/calendar/office" in begun(announced()).decider.leans_on(begun(announced()).state)


def test_a_case_of_later_starts_with_the_new_version() -> None:
    lodged = LODGED.model_copy(update={"at": at("03-03T20:00")})
    started = told(lodged, books=announced()).settled(lodged.at)
    clocks = [fact for fact in started.history if isinstance(fact, ClockStarted) and fact.clock == CLOCK]
    assert [clock.calendar for clock in clocks] == ["office@2"]


def test_what_was_breached_or_answered_before_it_was_known_stays() -> None:
    """L14: judged by what was known then."""
    assert of_the_clock(begun(announced(at("03-04T13:00"))), at("04-01T00:00")) == [
        ClockBreached(at=at("03-04T12:00"), clock=CLOCK)
    ]
    answered = begun(announced(), sent(at("03-03T10:00")))
    assert of_the_clock(answered, at("04-01T00:00")) == []


def test_a_change_that_moves_nothing_says_nothing_until_it_does() -> None:
    """A pause brings the clock over the new holiday: then, and by that, it is recalculated."""
    books = published_later(at_desk(), "calendar/office", OFFICE + HOLIDAY.replace("03-04", "03-06"),
                            known_at=TUESDAY, running=True)  # fmt: skip
    assert of_the_clock(begun(books), at("03-04T11:00")) == []
    case = begun(books).settled(TUESDAY)
    paused = case.when(PauseClock(at("03-03T14:00"), "h", CLOCK, "evidence"))
    assert isinstance(paused, Fact)
    resumed = case.then(paused).when(ResumeClock(at("03-05T14:00"), "h", CLOCK))
    assert isinstance(resumed, Fact)
    (moved, _) = of_the_clock(case.then(paused, resumed), at("04-01T00:00"))
    assert isinstance(moved, ClockRecalculated)
    assert (moved.at, moved.old_due, moved.new_due) == (at("03-05T14:00"), at("03-06T12:00"), at("03-09T12:00"))


def test_a_change_that_is_in_force_later_waits_for_its_day() -> None:
    books = announced()
    two = books["calendar/office"].versions[1]
    books["calendar/office"] = replace(
        books["calendar/office"],
        versions=(books["calendar/office"].versions[0], replace(two, effective_at=at("03-04T00:00"))),
    )
    case = begun(books)
    before = case.settled(at("03-03T23:00")).owes(at("03-03T23:00"))
    assert before.fact is None
    assert isinstance(before, Owed)
    (moved, _) = of_the_clock(case, at("04-01T00:00"))
    assert moved.at == at("03-04T00:00")


@pytest.mark.parametrize("words", [("amount = 10", "amount = 11")])
def test_a_policy_that_applies_to_running_clocks_recalculates_them_too(words: tuple[str, str]) -> None:
    books = published_later(at_desk(), "pack/desk", PACK.replace(*words), known_at=TUESDAY, running=True)
    (moved, _) = of_the_clock(begun(books), at("04-01T00:00"))
    assert isinstance(moved, ClockRecalculated)
    assert (moved.policy, moved.new_due) == ("desk/answer@2", at("03-04T14:00"))


def test_a_clock_says_what_its_policy_is_worth_and_again_where_it_goes_over_to_a_later_one() -> None:
    """Unconfirmed when it was begun, verified later (M, then V)."""
    books = at_desk(PACK.replace('standing = "S"', 'standing = "M"', 1))
    verified = PACK.replace('standing = "S"', 'standing = "V"', 1).replace("amount = 10", "amount = 11")
    started = told(LODGED, contact(NOON), books=books).settled(NOON)
    assert {one.clock: one.standing for one in started.history if isinstance(one, ClockStarted)}[CLOCK] == "M"
    later = published_later(books, "pack/desk", verified, known_at=TUESDAY, running=True)
    (moved, _) = of_the_clock(told(*started.history, books=later), at("04-01T00:00"))
    assert isinstance(moved, ClockRecalculated)
    assert (moved.policy, moved.standing) == ("desk/answer@2", "V")


def test_nobody_is_late_by_a_rule_that_was_not_known_then() -> None:
    """One hour instead of ten: over on Tuesday morning, and it became known at noon. The clock stays as it is; with
    six hours there is time left to know of it.
    """
    for amount, expected in ((1, []), (6, [at("03-03T16:00")])):
        pack = PACK.replace("amount = 10", f"amount = {amount}")
        books = published_later(at_desk(), "pack/desk", pack, known_at=TUESDAY, running=True)
        facts = of_the_clock(begun(books), at("04-01T00:00"))
        assert [fact.new_due for fact in facts if isinstance(fact, ClockRecalculated)] == expected
        assert [fact.at for fact in facts if isinstance(fact, ClockBreached)] == (expected or [at("03-04T12:00")])


def test_a_pack_that_changes_its_calendar_takes_its_running_clocks_along() -> None:
    """As a preview of that draft answers."""
    other = OFFICE.replace('"office"', '"shop"') + HOLIDAY
    books = {**at_desk(), **as_first({"calendar/shop": other})}
    moved = published_later(
        books, "pack/desk", PACK.replace('"office"', '"shop"'), known_at=TUESDAY, running=True
    )  # fmt: skip
    (found, breached) = of_the_clock(begun(moved), at("04-01T00:00"))
    assert isinstance(found, ClockRecalculated)
    assert (found.new_due, found.policy, found.calendar) == (at("03-05T12:00"), "desk/answer@2", "shop@1")
    assert breached.at == found.new_due


def test_a_pause_that_becomes_lawful_later_can_be_ended() -> None:
    """It counts since it began once the clock follows a policy that knows its reason; it must not last for ever."""
    strict = at_desk(PACK.replace('pauses = ["evidence"]\n', ""))
    case = told(LODGED, contact(NOON), books=strict).settled(at("03-03T10:00"))
    paused = case.when(PauseClock(at("03-03T10:00"), "h", CLOCK, "evidence"))
    assert isinstance(paused, ClockPaused)
    assert not paused.lawful
    books = published_later(strict, "pack/desk", PACK, known_at=at("03-03T16:00"), running=True)
    later = told(*case.then(paused).history, books=books).settled(at("03-06T10:00"))
    resumed = later.when(ResumeClock(at("03-06T10:00"), "h", CLOCK))
    assert isinstance(resumed, ClockResumed)
    assert resumed.due is not None
    assert of_the_clock(later.then(resumed), at("04-01T00:00"))[-1:] == [ClockBreached(at=resumed.due, clock=CLOCK)]

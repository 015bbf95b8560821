"""Replies owed on what was screened as no complaint, and is one after all (R08, R83). Given, when, then."""

from datetime import datetime

import pytest

from escalation.decider import starting
from escalation.decider.state import Again, Case, Occasion
from events.decider import UnknownRulebook
from events.escalation import ClockBreached, ClockMet, ClockStarted, ClockStopped
from events.fact import WORD_CHARACTERS_MAX, Fact
from given import lived, only
from unit.escalation.cases import (
    BOOKS,
    LODGED,
    NOON,
    closed,
    days,
    graded,
    minutes,
    names,
    received,
    reopened,
    screened,
    sent,
    told,
)

OUT, BACK = screened(minutes(10)), screened(minutes(12), "complaint")
LOOKS = pytest.mark.parametrize("looks", [[], [minutes(10), minutes(11), minutes(13)], [minutes(12)]])


def replies(*history: Fact, looks: list[datetime], until: datetime) -> tuple[Fact, ...]:
    """All that was said of clocks of replies, where somebody looked at these moments."""
    steps: list[Fact | datetime] = [*history, *looks]
    steps.sort(key=lambda step: step.at if isinstance(step, Fact) else step)
    found = lived(told(), steps, until=until).history
    return tuple(fact for fact in found if getattr(fact, "clock", "").partition("#")[0].startswith(("first-", "reply")))


@LOOKS
def test_a_first_reply_is_owed_again_from_the_beginning(looks: list[datetime]) -> None:
    """Nobody has answered: the twenty minutes are those of the lodging, and no screening improves the figure."""
    said = replies(LODGED, OUT, BACK, looks=looks, until=minutes(30))
    assert [name for name in names(said) if "warned" not in name] == [
        "clock-started first-reply",
        "clock-stopped first-reply",
        "clock-started first-reply#2",
        "clock-breached first-reply#2",
    ]
    (_, again) = only(said, ClockStarted)
    assert isinstance(again, ClockStarted)
    assert (again.at, again.due) == (NOON, minutes(20))


@LOOKS
def test_who_was_answered_as_one_who_enquires_was_answered(looks: list[datetime]) -> None:
    said = replies(LODGED, OUT, sent(minutes(11)), BACK, looks=looks, until=minutes(30))
    assert said[-1] == ClockMet(at=minutes(11), clock="first-reply#2", answered_by="message-sent")


@LOOKS
def test_what_was_answered_before_is_not_owed_again(looks: list[datetime]) -> None:
    said = replies(LODGED, sent(minutes(5)), OUT, BACK, looks=looks, until=minutes(30))
    assert names(said) == ["clock-started first-reply", "clock-met first-reply"]


@LOOKS
def test_every_message_is_owed_its_answer_those_left_meanwhile_too(looks: list[datetime]) -> None:
    before, meanwhile = received(minutes(9)), received(minutes(11)).model_copy(update={"message_id": "m2"})
    said = replies(LODGED, sent(minutes(1)), before, OUT, meanwhile, BACK, looks=looks, until=minutes(60))
    started = {fact.clock: fact.due for fact in said if isinstance(fact, ClockStarted)}
    assert started == {
        "first-reply": minutes(20), "reply:m1": minutes(29), "reply:m1#2": minutes(29), "reply:m2": minutes(31),
    }  # fmt: skip
    assert [fact.clock for fact in only(said, ClockBreached)] == ["reply:m1#2", "reply:m2"]  # type: ignore[attr-defined]


@LOOKS
def test_screened_out_and_back_again_and_again(looks: list[datetime]) -> None:
    history = (LODGED, OUT, BACK, screened(minutes(14)), screened(minutes(16), "complaint"), sent(minutes(17)))
    said = replies(*history, looks=looks, until=minutes(30))
    stopped = [(fact.clock, fact.at) for fact in said if isinstance(fact, ClockStopped)]
    assert stopped == [("first-reply", minutes(10)), ("first-reply#2", minutes(14))]
    assert [fact.clock for fact in said if isinstance(fact, ClockMet)] == ["first-reply#3"]


@LOOKS
@pytest.mark.parametrize(
    "history",
    [
        (OUT, closed(minutes(11)), BACK),
        (OUT, closed(minutes(11)), reopened(minutes(11)), BACK),
        (OUT, closed(minutes(11)), BACK, reopened(minutes(13))),
    ],
    ids=["closed", "in the next cycle", "before the next cycle"],
)
def test_what_was_stopped_in_a_cycle_that_is_over_stays_so(history: tuple[Fact, ...], looks: list[datetime]) -> None:
    """The first cycle's clocks stay as they were."""
    said = replies(LODGED, *history, looks=looks, until=days(1))
    assert names(said) == ["clock-started first-reply", "clock-stopped first-reply"]


def test_where_it_began_again_it_counts_by_the_versions_that_it_began_with() -> None:
    state = told(LODGED, graded(), OUT, BACK).settled(minutes(13)).state
    assert isinstance(state, Case)
    (again,) = (clock for clock in state.running if clock.name == "first-reply#2")
    assert (again.policy, again.calendar) == ("company-default/net-reply@1", "always@1")
    assert again.known_at == minutes(12)


@pytest.mark.parametrize("message", ["a#b", "#", "x" * 200, "a#9"])
def test_a_message_may_be_called_anything(message: str) -> None:
    asked = received(minutes(9)).model_copy(update={"message_id": message})
    said = replies(LODGED, sent(minutes(1)), asked, OUT, BACK, looks=[], until=minutes(60))
    assert len({fact.clock for fact in said if isinstance(fact, ClockStarted)}) == 3


@pytest.mark.parametrize(
    ("clock", "taken", "name"),
    [
        ("first-reply", (), "first-reply#2"),
        ("first-reply#2", ("first-reply", "first-reply#2"), "first-reply#3"),
        ("first-reply", ("first-reply#2", "first-reply#3"), "first-reply#4"),
        ("x" * WORD_CHARACTERS_MAX, (), "x" * (WORD_CHARACTERS_MAX - 8) + "#2"),
    ],
)
def test_a_clock_that_begins_again_has_the_next_name_that_nobody_has(
    clock: str, taken: tuple[str, ...], name: str
) -> None:
    """And one that may be said, with the moment and the versions of the first."""
    again, once_more = Again(clock, "company-default/net-reply@1", "always@1"), Occasion("back", "back", minutes(7))
    found = starting._again(again, once_more, taken, BOOKS)
    assert (found.clock, found.at, found.set_off_by) == (name, minutes(7), "back")
    assert (found.policy, found.calendar, found.due) == (again.policy, again.calendar, minutes(27))
    with pytest.raises(UnknownRulebook):
        starting._again(Again(clock, "company-default/nosuch@1", "always@1"), once_more, taken, BOOKS)

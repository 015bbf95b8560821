"""A clock whose due time a publisher gave has a proof, too: who gave it, what came of it, nothing counted."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from clocks.given import GivenProof
from events.escalation import ClockBreached, ClockMet, ClockPaused, ClockStarted, ClockStopped, ClockWarned
from events.fact import Fact, GivenDue, Origin
from events.intake import ComplaintLodged
from proof_text import read
from rulebooks.histories import NotCounted, Recorded
from rulebooks.proving import proved

CLOCK = "resolution"
CITY = Origin(source="city", reference="ref-12")


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


LODGED = ComplaintLodged(at=at(2, 7), channel="web", dues=(GivenDue(clock=CLOCK, due=at(9, 1)),), reported=CITY)
STARTED = ClockStarted(at=at(2, 7), clock=CLOCK, due=at(9, 1), policy="given", reported=CITY)
WARNED = ClockWarned(at=at(8, 7), clock=CLOCK, percent=80)
BREACHED = ClockBreached(at=at(9, 1), clock=CLOCK)


def met(moment: datetime) -> ClockMet:
    return ClockMet(at=moment, clock=CLOCK, answered_by="closed")


def proof(*facts: Fact, as_of: datetime = datetime(2026, 4, 1, tzinfo=UTC)) -> GivenProof:
    """Each fact is known when it happened; the first has the id `event-0`."""
    told = [Recorded(f"event-{number}", fact.at, fact) for number, fact in enumerate(facts)]
    found = proved(told, {}, CLOCK, as_of)
    assert isinstance(found, GivenProof)
    return found


def test_it_says_who_gave_the_due_time_and_that_nothing_was_counted() -> None:
    """In words for a reader."""
    assert (
        proof(LODGED, STARTED, WARNED, BREACHED, met(at(10, 9))).as_text()
        == """\
Policy   given: nothing was counted; the due time was given, and is kept as given
Given    Mon 2026-03-02 07:00:00+00:00 by event-0; source city, its record ref-12
Started  Mon 2026-03-02 07:00:00+00:00 by event-1
Due      Mon 2026-03-09 01:00:00+00:00
Later    Sun 2026-03-08 07:00:00+00:00 warned: 80 percent of the time was over (event-2)
Later    Mon 2026-03-09 01:00:00+00:00 breached: nothing had answered when the time was over (event-3)
Later    Tue 2026-03-10 09:00:00+00:00 late: answered by closed (event-4)

from | to | what | how much | counted so far | why
Mon 2026-03-02 07:00:00+00:00 | Mon 2026-03-09 01:00:00+00:00 | given | - | 0:00:00 | given, not counted (event-0)

Counted  0:00:00
"""
    )


def test_the_json_says_the_same_to_a_program() -> None:
    assert json.loads(proof(LODGED, STARTED, met(at(5, 9))).as_json()) == {
        "policy": "given",
        "counts": "nothing was counted; the due time was given, and is kept as given",
        "given_by": {"event": "event-0", "at": "2026-03-02T07:00:00Z", "source": "city", "reference": "ref-12"},
        "started": "2026-03-02T07:00:00Z",
        "started_by": "event-1",
        "due": "2026-03-09T01:00:00Z",
        "later": [{"at": "2026-03-05T09:00:00Z", "event": "event-2", "what": "met", "why": "answered by closed"}],
    }


PAUSED = ClockPaused(at=at(3, 9), clock=CLOCK, reason="lunch | late\nDue x", lawful=False, by="x")
STOPPED = ClockStopped(at=at(3, 9), clock=CLOCK, reason="no complaint")
OTHER = ClockBreached(at=at(3, 9), clock="first-reply")


@pytest.mark.parametrize(
    ("facts", "became"),
    [
        ((), []),
        ((OTHER,), []),
        ((met(at(9, 1)),), ["met"]),
        ((met(at(9, 2)),), ["late"]),
        ((BREACHED, met(at(8, 9))), ["breached", "late"]),
        ((OTHER, met(at(5, 9))), ["met"]),
        ((STOPPED,), ["stopped"]),
        ((BREACHED, STOPPED), ["breached", "stopped"]),
        ((PAUSED, met(at(5, 9))), ["paused", "met"]),
    ],
)
def test_what_became_of_it_follows_in_order_and_its_text_still_leads_to_the_due_time(
    facts: tuple[Fact, ...], became: list[str]
) -> None:
    """Whoever reads only the text comes to the due time, and finds nothing counted on the way."""
    found = proof(LODGED, STARTED, *facts)
    assert [one.what for one in found.later] == became
    text = read(found.as_text())
    assert (text.counted, text.ends, text.due) == ((0, timedelta()), at(9, 1), at(9, 1))


def test_as_of_then_what_came_later_is_not_in_it() -> None:
    """And else it does not hang on the moment of asking: the same facts give the same bytes at any time."""
    facts = (LODGED, STARTED, WARNED, BREACHED)
    assert [one.what for one in proof(*facts, as_of=at(8, 8)).later] == ["warned"]
    one, other = (proof(*facts, as_of=moment) for moment in (at(9, 1), at(30, 1)))
    assert (one.as_json(), one.as_text()) == (other.as_json(), other.as_text())


def test_where_the_case_was_lodged_here_the_proof_names_no_system() -> None:
    lodged, started = (fact.model_copy(update={"reported": None}) for fact in (LODGED, STARTED))
    found = proof(lodged, started)
    assert (found.given_by.event, found.given_by.source) == ("event-0", None)
    assert "by event-0; said here" in found.as_text()


def test_a_due_time_that_was_over_at_the_start_is_kept_as_given() -> None:
    found = proof(LODGED, STARTED.model_copy(update={"due": at(1, 1)}))
    assert read(found.as_text()).ends == found.due == at(1, 1)


def test_a_clock_that_a_policy_counts_is_counted_and_one_that_nobody_started_has_no_proof() -> None:
    counted = STARTED.model_copy(update={"policy": "desk/answer@1"})
    for facts in ((LODGED, counted), (LODGED,)):
        with pytest.raises(NotCounted):
            proof(*facts)


def test_each_clock_of_a_case_has_a_proof_of_its_own() -> None:
    """Whatever became of another one; of a clock that was started again the last start counts."""
    other = STARTED.model_copy(update={"clock": "first-reply", "due": at(3, 1)})
    found = proof(LODGED, other, STARTED, other, OTHER)
    assert (found.given_by.event, found.started_by, found.due, found.later) == ("event-0", "event-2", at(9, 1), ())
    again = STARTED.model_copy(update={"at": at(12, 7), "due": at(20, 1)})
    found = proof(LODGED, STARTED, BREACHED, met(at(10, 9)), again, met(at(13, 9)))
    assert (found.started_by, found.due, [one.what for one in found.later]) == ("event-4", at(20, 1), ["met"])


@pytest.mark.parametrize(
    "dues", [(), (GivenDue(clock="first-reply", due=at(3, 1)),), (GivenDue(clock=CLOCK, policy="desk/answer@1"),)]
)
def test_where_the_lodging_gives_no_due_time_the_start_does(dues: tuple[GivenDue, ...]) -> None:
    found = proof(LODGED.model_copy(update={"dues": dues}), STARTED)
    assert found.given_by.event == "event-1"

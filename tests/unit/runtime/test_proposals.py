"""What is owed becomes a record with a name (L1, L4, L12, L15, L16, L22)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import toy
from events.admission import Head, parse_expectation
from events.decider import Context, Owed, UnknownRulebook
from events.escalation import ClockBreached
from events.fact import Fact
from events.ids import owed_event_id
from events.partition import partition_of
from runtime.proposals import (
    ASK_AGAIN,
    GIVE_WAY,
    MACHINE_FACTS_MAX,
    Proposal,
    ask,
    context_of,
    leaned_on,
    leans,
    mute_too_large,
    name_of,
    named_by,
    next_look,
    no_complaints,
    propose,
    with_named,
)
from runtime.rows import NOT_ASKED, Parked, Row, Standing

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BREACH = ClockBreached(at=NOON, clock="first-reply")
LODGED = toy.Toy(lodged_at=NOON)
NO_CONTEXT = Context()
HEAD = Head(intake=2, escalation=4)


def row(state: toy.Toy = LODGED, **more: Any) -> Row:  # noqa: ANN401 - any field of a row
    return replace(Row("complaint/1", 3, HEAD, state, last_offset=9), **more)


def proposal(head: Head = HEAD, fact: Fact = BREACH) -> Proposal:
    here = row(head=head)
    return propose(toy.OWES, here, fact, name_of(toy.OWES, here, fact), now=NOON, trace=[("traceparent", b"x")])


def test_a_proposal_says_what_its_writer_believed() -> None:
    """L1: own chapter, and those that the fact relies on."""
    headers = dict(proposal().outgoing.headers)
    expects = parse_expectation(headers["ce_expects"].decode())
    assert expects is not None
    assert (expects.intake, expects.escalation, expects.accountability) == (2, 4, 0)
    assert (headers["ce_authtype"], headers["ce_authid"], headers["traceparent"]) == (b"system", b"escalation", b"x")
    assert proposal().outgoing.partition == 3


def test_what_is_owed_is_named_by_place_and_type() -> None:
    """L4: stream, chapter, counter and type; whoever proposes it, and however often."""
    named = owed_event_id(stream="complaint/1", chapter="escalation", counter=4, fact_type=BREACH.type)
    assert dict(proposal().outgoing.headers)["ce_id"].decode() == named
    assert proposal() == proposal()
    assert proposal(Head(intake=2, escalation=5)).name[0] != named


def test_a_stream_is_asked_for_what_it_owes() -> None:
    found = ask(toy.OWES, row(), NO_CONTEXT, NOON)
    assert isinstance(found, Owed)
    assert found.fact is not None


@pytest.mark.parametrize("stopped", [{"parked_at": 3}, {"muted": True}])
def test_who_is_parked_is_not_asked(stopped: dict[str, Any]) -> None:
    """L22."""
    assert ask(toy.OWES, row(**stopped), NO_CONTEXT, NOON) == Owed()


def test_an_older_decider_proposes_nothing_and_looks_again() -> None:
    """L16."""
    assert ask(toy.OWES, row(decider_version=2), NO_CONTEXT, NOON) == Owed(wake_at=NOON + ASK_AGAIN)


def test_rules_that_fail_park_the_proposals_of_one_stream() -> None:
    """L22: loudly, and without what stood in the state."""

    def failing(_state: toy.Toy, _context: Context, _now: datetime) -> Owed:
        raise ValueError("a secret")

    here = row()
    found = ask(replace(toy.OWES, owed=failing), here, NO_CONTEXT, NOON)
    assert isinstance(found, Parked)
    assert (found.kind, found.offset, here.muted) == ("proposals", 9, True)
    assert "secret" not in found.reason


def test_a_loop_of_machines_is_parked() -> None:
    """L16: more facts by machines in a row than any chain of rules has."""
    assert isinstance(ask(toy.OWES, row(machine=MACHINE_FACTS_MAX - 1), NO_CONTEXT, NOON), Owed)
    assert isinstance(ask(toy.OWES, row(machine=MACHINE_FACTS_MAX), NO_CONTEXT, NOON), Parked)
    resting = row(toy.Toy(), machine=MACHINE_FACTS_MAX)
    assert ask(toy.OWES, resting, NO_CONTEXT, NOON) == Owed()


def test_what_can_never_be_appended_parks_its_proposals() -> None:
    """L22."""
    here = row()
    assert mute_too_large(here).kind == "proposals"
    assert here.muted


def test_while_something_is_owed_the_next_look_is_near() -> None:
    """L12: at most 30 s away; at once where nobody could append."""
    later = NOON + timedelta(days=9)
    assert next_look(Owed(BREACH), NOON, asked=True) == NOON + timedelta(seconds=30)
    assert next_look(Owed(BREACH), NOON, asked=False) == NOON
    assert next_look(Owed(wake_at=later), NOON, asked=True) == later
    assert next_look(Owed(), NOON, asked=True) is None


def test_a_look_that_comes_soon_enough_stays() -> None:
    """L12: the next fact of several that are owed one after the other moves nothing that is stored."""
    soon, past, far = NOON + timedelta(seconds=5), NOON - timedelta(seconds=1), NOON + timedelta(days=9)
    assert next_look(Owed(BREACH), NOON, asked=True, before=soon) == soon
    assert next_look(Owed(BREACH), NOON, asked=True, before=past) == NOON + timedelta(seconds=30)
    assert next_look(Owed(BREACH), NOON, asked=True, before=far) == NOON + timedelta(seconds=30)
    assert next_look(Owed(BREACH), NOON, asked=True, before=soon, later=NOON + GIVE_WAY) == NOON + GIVE_WAY
    assert next_look(Owed(BREACH), NOON, asked=False, before=soon) == NOON
    assert next_look(Owed(wake_at=far), NOON, asked=True, before=soon) == far


def test_a_context_holds_what_the_state_leans_on_and_nothing_else() -> None:
    """L15: what nobody has written yet is absent."""
    standing = Standing(NOON, {"import/a": (3, "a state"), "import/c": (1, "another")}, {"calendar/cn": "a calendar"})
    found = context_of("complaint/1", ("import/a", "import/b"), standing)
    others, books = {"import/a": "a state"}, {"calendar/cn": "a calendar"}
    assert found == Context(others=others, books=books, stream="complaint/1")


NAMING = replace(
    toy.OWES,
    leans_on=lambda state: ("import/a",) if state.motives else (),
    names=lambda state: ("complaint/1", "complaint/2") if state.motives else (),
)
"""Whoever has a motive leans on an import, and names two complaints."""


def test_who_is_named_leans_on_what_names_it_whether_it_knows_of_that_or_not() -> None:
    """L15: what its own state asks for is not kept beside that, so that it ends when the state no longer asks."""
    motivated = replace(LODGED, motives=1)
    (loaded,) = with_named(NAMING, {"x": row(motivated, named=("cluster/c", "import/a"))}).values()
    assert loaded.named == ("cluster/c",)
    assert leaned_on(NAMING, loaded) == ("import/a", "cluster/c")
    assert leaned_on(NAMING, replace(loaded, state=LODGED)) == ("cluster/c",)
    assert leaned_on(NAMING, row(motivated)) == ("import/a",)


def test_only_what_is_no_complaint_names_others() -> None:
    """L15: with the partitions that these are in."""
    cluster, silent = Row("cluster/c", 0, state=replace(LODGED, motives=1)), Row("cluster/d", 1, state=LODGED)
    rows = [cluster, silent, row(replace(LODGED, motives=1))]
    found = named_by(NAMING, no_complaints({one.stream: one for one in rows}), 12)
    members = ("complaint/1", "complaint/2")
    assert found == [("cluster/c", partition_of(name.encode(), 12), name, NOT_ASKED) for name in members]


def test_a_row_leans_on_what_it_waits_for_as_well_and_on_each_thing_once() -> None:
    """L15: nothing at all where it waits for nothing."""
    standing = Standing(NOON, {"import/a": (3, None), "rulebook/grade/g": (5, None)})
    waits = Owed(waits_for=("rulebook/grade/g", "import/a"))
    assert leans(("import/a",), waits, standing) == (("import/a", 3), ("rulebook/grade/g", 5))
    assert leans((), Owed(waits_for=("rulebook/grade/h",)), standing) == (("rulebook/grade/h", 0),)
    assert leans((), Owed(), standing) == ()


def test_proposals_that_want_a_missing_rulebook_park_and_say_which() -> None:
    """L22."""

    def owed(*_: object) -> Owed:
        raise UnknownRulebook("calendar/mars")

    parked = ask(replace(toy.OWES, owed=owed), row(), Context(), NOON)
    assert isinstance(parked, Parked)
    assert parked.reason == "there is no rulebook calendar/mars"

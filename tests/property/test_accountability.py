"""What holds of accountability's rules on every history, legal or not."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal, get_args, get_origin, get_type_hints

from hypothesis import given, settings
from hypothesis import strategies as st

from accountability.decider import DECIDER, State
from accountability.decider.commands import AttemptCallback, Command
from accountability.decider.state import Closed, ImportBatch, Open
from accountability.rulebooks import rules_in
from anything import NAMES, NOON, SEALED, facts, histories, moments
from events.accountability import (
    CallbackAttempted,
    CallbackMissed,
    ComplaintClosed,
    ComplaintReopened,
    DecisionMade,
    PromiseBroken,
    PromiseKept,
    PromiseMade,
    RemedyOffered,
)
from events.decider import Refused
from events.escalation import OwnershipAccepted
from events.fact import Chapter, Fact, Origin, chapter_of
from events.intake import (
    ComplaintLodged,
    ComplaintWithdrawn,
    ContactPreferencesStated,
    ContactRecorded,
    HistoryCompleted,
    ImportOpened,
    MessageSent,
    MotiveRecorded,
    SourceReported,
)
from events.triage import ComplaintScreened
from examples import examples
from given import Story, assert_comes_back_from_json, lived, only, story
from rulebooks.state import Rulebook
from shipped import books

RULES = rules_in(books(), NOON)
LODGED = ComplaintLodged(
    at=NOON, channel="phone", subject_person="handler-2", taken_by="reception", history="import/b1"
)
HEARD: tuple[Fact, ...] = (
    ContactRecorded(at=NOON, channel="phone", outcome="reached", facts="confirmed", agreed=True, by="reception"),
    MotiveRecorded(at=NOON, motive="sympathy", by="reception"),
    ComplaintScreened(at=NOON, outcome="out-of-scope", reason="elsewhere", rule="person", by="reception"),
)
DECIDED: tuple[Fact, ...] = (
    *HEARD,
    DecisionMade(at=NOON, outcome="not-ours", root_cause="parts", reasons=SEALED, by="decider"),
    MessageSent(at=NOON, message_id="m1", kind="decision", channel="mail", report="r1"),
    ComplaintWithdrawn(at=NOON, reason=SEALED, by="complainant"),
    CallbackAttempted(at=NOON, outcome="satisfied", by="reception"),
)
WAITING = RemedyOffered(
    at=NOON, offer_id="m1", remedy="voucher", amount_minor=9, currency="CNY", limit_minor=1, limit_rule="old",
    needs_approval=True, by="offerer",
)  # fmt: skip
CLOSED = ComplaintClosed(at=NOON, ground="transferred", evidence="told", next_instance="court", by="closer")
REOPENED_THERE = SourceReported(at=NOON, fact="reopened", reported=Origin(source="city", reference="1"))
STARTS: tuple[tuple[Fact, ...], ...] = (
    HEARD,
    DECIDED,
    (*HEARD, WAITING),
    (*DECIDED, CLOSED),
    (*DECIDED, CLOSED, REOPENED_THERE),
)
PROVOKING: tuple[Fact, ...] = (
    ContactPreferencesStated(at=NOON, quiet_hours="08:00-20:59", zone="UTC", by="complainant"),
    OwnershipAccepted(at=NOON, owner="handler-1"),
    OwnershipAccepted(at=NOON, owner="handler-3"),
    ComplaintScreened(at=NOON, outcome="complaint", reason="ours", rule="person", by="reception"),
    ComplaintWithdrawn(at=NOON, reason=SEALED, by="complainant"),
    SourceReported(at=NOON, fact="closed", reported=Origin(source="city", reference="1")),
    REOPENED_THERE,
)
"""What would change most decisions, were it read."""
READ = sorted(DECIDER.reads - {ComplaintLodged}, key=lambda kind: kind.type)
LATE = NOON + timedelta(days=100)
BATCHES = {"import/b1": ImportBatch(known_until=NOON)}

LIVELY: dict[str, st.SearchStrategy[Any]] = {
    "by": st.sampled_from(("handler-1", "handler-3")),
    "roles": st.sampled_from((frozenset({"handler"}), frozenset({"cso", "judge"}))),
    "root_cause": st.just("parts"),
    "waiver": st.none(),
    "offer_id": st.just("m1"),
    "promise_id": st.just("m1"),
    "amount_minor": st.sampled_from((1, 100_000)),
    "currency": st.just("CNY"),
    "person": st.just("somebody"),
    "ground": st.sampled_from(("accepted", "withdrawn", "out-of-scope")),
    "due": st.just(NOON + timedelta(days=90)),
    "next_at": st.none(),
}
"""Few people and few things, so that many commands are let through."""


def at(hours: int) -> datetime:
    return NOON + timedelta(hours=hours)


def told(*history: Fact) -> Story[State | Rulebook]:
    return story(DECIDER, RULES, *history, others=BATCHES)


def commands(**fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Any command, by anybody, at any time; `fixed` replaces the strategy of single fields."""
    values: dict[str, st.SearchStrategy[Any]] = {
        "now": moments,
        "roles": st.sets(st.sampled_from(("reception", "handler", "teamlead", "cso", "judge"))).map(frozenset),
        "reasons": st.just(SEALED),
        "text": st.just(SEALED),
        "due": moments,
        "next_at": st.none() | moments,
        "amount_minor": st.integers(0, 10**7),
        "settled": st.booleans(),
        "currency": st.sampled_from(("CNY", "EUR", "XAU")),
    } | fixed

    def of(kind: type) -> st.SearchStrategy[Any]:
        hints = get_type_hints(kind)
        found = {name: values[name] if name in values else _any(hints[name]) for name in hints}
        if kind is AttemptCallback:
            found["promise_id"] = st.none() | found["promise_id"]
        return st.builds(kind, **found)

    return st.sampled_from(get_args(Command)).flatmap(of)


def _any(hint: object) -> st.SearchStrategy[Any]:
    """A name, one of the literals, or None where that is allowed."""
    if get_origin(hint) is Literal:
        return st.sampled_from(get_args(hint))
    return st.none() | st.sampled_from(NAMES) if type(None) in get_args(hint) else st.sampled_from(NAMES)


@given(histories())
def test_folding_is_total_and_every_state_can_be_stored(history: list[Fact]) -> None:
    """A history in any order gives a state, and the state goes through JSON unchanged."""
    assert_comes_back_from_json(DECIDER, told(*history).state)
    assert_comes_back_from_json(DECIDER, told(LODGED, *history).state)


@given(histories(READ), moments)
def test_what_is_owed_comes_to_an_end(history: list[Fact], now: datetime) -> None:
    """After what is owed has come about nothing is owed, or a look at a later moment."""
    told(LODGED, *history).settled(now)


@given(
    st.sampled_from(STARTS),
    st.lists(facts(READ), max_size=8),
    st.lists(commands() | commands(**LIVELY), min_size=1, max_size=12),
)
def test_every_command_is_answered_and_keeps_its_time_and_its_actor(
    start: tuple[Fact, ...], others: list[Fact], asked: list[Any]
) -> None:
    """Never an exception; a fact is at the command's time, by the command's person, and can be folded."""
    case = told(LODGED, *start, *others)
    for command in asked:
        answer = case.when(command)
        if isinstance(answer, Refused):
            continue
        assert answer.at == command.now
        assert getattr(answer, "by", command.by) == command.by
        case = case.then(answer)


@given(st.sampled_from(STARTS), st.lists(commands(**LIVELY), min_size=1, max_size=6))
@settings(max_examples=examples(300))
def test_what_a_fact_does_not_rely_on_does_not_change_it(start: tuple[Fact, ...], asked: list[Any]) -> None:
    """L1: take from, add to or change the chapters that a fact's type does not declare, and it is the same fact."""
    case = told(LODGED, *start)
    for command in asked:
        case = _checked(case, case.when(command), partial(Story.when, command=command))
        while owed := case.owes(LATE).fact:
            case = _checked(case, owed, _owed_late)


def _owed_late(case: Story[State | Rulebook]) -> Fact | None:
    return case.owes(LATE).fact


def _checked(
    case: Story[State | Rulebook],
    answer: Fact | Refused,
    ask: Callable[[Story[State | Rulebook]], Fact | Refused | None],
) -> Story[State | Rulebook]:
    """The story after the answer, which was the same whatever the undeclared chapters say."""
    if isinstance(answer, Refused):
        return case
    declared = answer.relied_on() | {Chapter.ACCOUNTABILITY}
    assert Chapter.INTAKE in declared  # so the lodging stays as it is
    lodged, *rest = case.history
    variants = [[lodged, *rest[:n], *rest[n + 1 :]] for n, said in enumerate(rest) if _chapter(said) not in declared]
    variants += [[lodged, *rest, said] for said in PROVOKING if _chapter(said) not in declared]
    for history in variants:
        assert ask(told(*history)) == answer
    return case.then(answer)


def _chapter(fact: Fact) -> Chapter:
    return chapter_of(type(fact))


@given(
    dues=st.lists(st.integers(1, 50), min_size=1, max_size=3),
    proofs=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 60)), max_size=3),
    looks=st.lists(st.integers(0, 70), max_size=6),
)
def test_breaches_do_not_depend_on_when_anybody_looked(
    dues: list[int], proofs: list[tuple[int, int]], looks: list[int]
) -> None:
    """L14: batches of one and of a thousand give the same facts."""
    made = [
        PromiseMade(at=NOON, promise_id=str(n), kind="action", text=SEALED, due=at(due), owner="a", by="a")
        for n, due in enumerate(dues)
    ]
    kept = sorted(
        (PromiseKept(at=at(hour), promise_id=str(n), evidence="proof", by="a") for n, hour in proofs),
        key=lambda fact: fact.at,
    )
    steps: list[Fact | datetime] = sorted([*kept, *(at(look) for look in looks)], key=_moment)
    start = told(LODGED, *made)
    often, once = lived(start, steps, until=LATE), lived(start, kept, until=LATE)
    assert set(only(often.history, PromiseBroken)) == set(only(once.history, PromiseBroken))


@given(
    tries=st.lists(
        st.tuples(st.sampled_from(("not-reached", "satisfied", "not-satisfied")), st.integers(1, 200)), max_size=4
    ),
    reopened=st.none() | st.integers(1, 200),
    looks=st.lists(st.integers(0, 220), max_size=8),
)
def test_missed_callbacks_do_not_depend_on_when_anybody_looked(
    tries: list[tuple[Any, int]], reopened: int | None, looks: list[int]
) -> None:
    """L14: what is due after the closing is missed at its time, whether somebody looks or tries afterwards."""
    rest: list[Fact] = [
        CallbackAttempted(at=at(hour), outcome=outcome, next_at=at(hour + 24), by="a") for outcome, hour in tries
    ]
    if reopened is not None:
        rest.append(ComplaintReopened(at=at(reopened), reason="again", cycle=2, by="a"))
    rest.sort(key=lambda fact: fact.at)
    start = told(*DECIDED[:-1], CLOSED).settled(NOON)
    steps: list[Fact | datetime] = sorted([*rest, *(at(look) for look in looks)], key=_moment)
    often, once = lived(start, steps, until=LATE), lived(start, rest, until=LATE)
    assert only(often.history, CallbackMissed) == only(once.history, CallbackMissed)


def _moment(step: Fact | datetime) -> tuple[datetime, bool]:
    # Whoever looks at the very instant of a proof sees it.
    return (step, True) if isinstance(step, datetime) else (step.at, False)


@given(st.lists(st.sampled_from(("closed", "reopened")), max_size=8), st.sets(st.integers(0, 8)))
def test_reported_facts_come_in_order_however_fast_they_are_told(reports: list[Any], rests: set[int]) -> None:
    """2-domain, imported history: alternately closed and reopened, with the times of the source, while it loads."""
    case = story(DECIDER, RULES, LODGED)
    for number, fact in enumerate(reports):
        moment = NOON + timedelta(minutes=number)
        case = case.then(SourceReported(at=moment, fact=fact, reported=Origin(source="city", reference="1")))
        if number in rests:
            case = case.settled(moment)
    written = only(case.settled(LATE).history, ComplaintClosed, ComplaintReopened)
    expected, is_closed = [], False
    for number, fact in enumerate(reports):
        if (fact == "closed") is not is_closed:
            is_closed = not is_closed
            expected.append((NOON + timedelta(minutes=number), ComplaintClosed if is_closed else ComplaintReopened))
    assert [(fact.at, type(fact)) for fact in written] == expected


@given(histories(READ))
def test_the_next_report_never_tells_what_already_holds(history: list[Fact]) -> None:
    state = told(LODGED, *history).state
    assert isinstance(state, Open | Closed)
    if state.case.pending:
        assert (state.case.pending[0].fact == "reopened") is isinstance(state, Closed)


@given(histories(sorted({ImportOpened, HistoryCompleted}, key=lambda kind: kind.type)))
def test_an_import_stream_is_never_a_case(history: list[Fact]) -> None:
    state = told(*history).state
    assert not isinstance(state, Open | Closed)
    assert DECIDER.leans_on(state) == ()
    assert DECIDER.key_of(state) is None

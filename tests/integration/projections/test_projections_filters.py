"""Every filter of a list on real tables: what is found by a value is what the whole list shows with that value."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from asked import NOON, after, closed, complaint_id, got, lodged, sealed, started, stream
from events.accountability import (
    CallbackAttempted,
    CallbackMissed,
    CallbackScheduled,
    ComplaintReopened,
    DecisionMade,
    FindingMade,
    OfferApproved,
    OfferDeclined,
    OfferWithdrawn,
    PromiseBroken,
    PromiseKept,
    PromiseMade,
    RedressDue,
    RedressGiven,
    RemedyOffered,
    ReplyGiven,
)
from events.escalation import CaseEscalated, ClockBreached, ClockMet, OwnershipAccepted, OwnershipOffered
from events.fact import Fact
from events.intake import MessageRequested
from events.triage import ComplaintClassified, ComplaintGraded, ComplaintRouted, ComplaintScreened
from folded import Folded

SECOND = timedelta(seconds=1)
Row = Mapping[str, Any]
OFFER = RemedyOffered(
    at=after(1), offer_id="o", remedy="refund", amount_minor=900, currency="CNY", limit_minor=100,
    limit_rule="limits@1", needs_approval=True, by="li.na",
)  # fmt: skip
PROMISE = PromiseMade(
    at=after(3), promise_id="p", kind="action", text=sealed(), due=after(90), owner="li.na", by="li.na"
)

DECIDED = DecisionMade(at=after(15), outcome="upheld", root_cause="parts", reasons=sealed(), by="li.na")


@pytest.fixture
async def told(folded: Folded) -> Folded:
    """Three cases that are alike in nothing that one may filter by, and one of which little is known."""
    log = folded.log
    for number, word in ((1, "a"), (2, "b"), (3, "c,d")):
        judged = {"at": after(number), "reason": "r", "by": word}
        grade, outcome = {1: ("crisis", "complaint"), 2: ("complaint", "enquiry"), 3: ("grievance", "out-of-scope")}[
            number
        ]
        first = lodged(number).model_copy(
            update={
                "channel": word, "product": word, "branch": word,
                "identity": {1: "media", 2: "vulnerable", 3: "ordinary"}[number],
            }
        )  # fmt: skip
        log.tell(
            stream(number),
            first,
            ComplaintScreened.model_validate({**judged, "outcome": outcome, "rule": "person"}),
            ComplaintClassified.model_validate(
                {**judged, "category": word, "dispute": "product", "confidence_percent": 9, "rule": "rules@1"}
            ),
            ComplaintGraded.model_validate(
                {**judged, "grade": grade, "severity": 1, "urgency": 1, "inputs": (), "rule": "person"}
            ),
            ComplaintRouted.model_validate({**judged, "queue": word, "first_owner": "x", "rule": "rules@1"}),
            OwnershipAccepted(at=after(4), owner=word),
            OwnershipOffered(at=after(5), to=word, by="x", reason="r", packet_percent=9),
            started(60 * number),
        )
    log.tell(
        stream(1), OFFER, OfferApproved(at=after(2), offer_id="o", limit_minor=9000, limit_rule="limits@2", by="chen")
    )
    other = PROMISE.model_copy(update={"promise_id": "q", "kind": "callback", "due": after(50), "owner": "chen"})
    log.tell(stream(1), PROMISE, other, PromiseKept(at=after(9), promise_id="q", evidence="e", by="chen"))
    log.tell(stream(2), closed(8), CallbackScheduled(at=after(9), due=after(70), reason="closed", rule="callbacks@1"))
    log.tell(stream(4), lodged(4, source="elsewhere"))
    await folded.catch_up()
    return folded


def member(name: str) -> Callable[[Row], Any]:
    return lambda row: row.get(name)


async def narrows(api: httpx.AsyncClient, path: str, filters: Mapping[str, Callable[[Row], Any]]) -> None:
    """For each filter and each value that there is: those rows and no others, in the order of the whole list."""
    rows = (await got(api, path, limit=200))["items"]
    for name, value_of in filters.items():
        values = {value for value in map(value_of, rows) if value is not None}
        assert values, f"nothing to narrow by {name}"
        for value in values:
            asked = str(value).lower() if isinstance(value, bool) else value
            found = (await got(api, path, limit=200, **{name: asked}))["items"]
            assert found == [row for row in rows if value_of(row) == value], (name, value)


async def bounded(api: httpx.AsyncClient, path: str, since: str, until: str, time: str) -> None:
    """From an instant on, and before one: the first is within, the second is not."""
    rows = (await got(api, path, limit=200))["items"]
    for row in rows:
        at = datetime.fromisoformat(row[time])
        later = [one for one in rows if datetime.fromisoformat(one[time]) >= at]
        assert (await got(api, path, limit=200, **{since: at.isoformat()}))["items"] == later
        assert (await got(api, path, limit=200, **{until: at.isoformat()}))["items"] == [
            one for one in rows if one not in later
        ]


async def test_the_worklist(api: httpx.AsyncClient, told: Folded) -> None:
    assert told.told
    pages = {one: await got(api, f"/v1/complaints/{complaint_id(one)}") for one in range(1, 5)}
    words = (
        "status", "grade", "owner", "offered_to", "source", "source_ref", "category", "channel", "product", "branch",
        "identity", "screening", "queue",
    )  # fmt: skip
    of = {page["id"]: page for page in pages.values()}

    def shown(name: str) -> Callable[[Row], Any]:
        return lambda row: of[row["id"]].get(name)

    await narrows(api, "/v1/complaints", {name: shown(name) for name in words})
    either = (await got(api, "/v1/complaints", queue=["a", "c,d"], sort="lodged_at"))["items"]
    assert [one["id"] for one in either] == [complaint_id(1), complaint_id(3)]
    found = (await got(api, "/v1/complaints", status="open,closed", sort="lodged_at"))["items"]
    assert len(found) == 4
    nobodys = {one["id"] for one in (await got(api, "/v1/complaints", unowned="false"))["items"]}
    assert nobodys == {complaint_id(number) for number in (1, 2, 3)}


async def test_a_closed_case_is_on_the_list_while_something_is_owed_on_it(api: httpx.AsyncClient, told: Folded) -> None:
    """R96: a call after closing, a promise, an offer that was accepted and is not given, broken ones too."""

    async def owed() -> list[str]:
        listed = {one["id"] for one in (await got(api, "/v1/complaints", owed="true"))["items"]}
        left = {one["id"] for one in (await got(api, "/v1/complaints", owed="false"))["items"]}
        assert not listed & left
        return [str(number) for number in range(1, 5) if complaint_id(number) in listed]

    met = ClockMet(at=after(8), clock="resolution", answered_by="closed")
    satisfied = CallbackAttempted(at=after(10), outcome="satisfied", attitude="unknown", by="b")
    given = RedressGiven(at=after(12), offer_id="r", evidence="transfer", by="b")
    steps: list[tuple[tuple[Fact, ...], bool]] = [
        ((met,), True), ((satisfied,), False),
        ((RedressDue(at=after(10), offer_id="r", due=after(11), owner="b", rule="limits@1"),), True),
        ((PromiseBroken(at=after(11), promise_id="r"),), True), ((given,), False),
    ]  # fmt: skip
    for facts, there in steps:
        told.log.tell(stream(2), *facts)
        await told.catch_up()
        assert ("2" in await owed()) is there, facts
    assert await owed() == ["1", "3", "4"]


async def test_until_when_cases_are_due(api: httpx.AsyncClient, told: Folded) -> None:
    """From the first instant on, and before the second."""
    assert told.told
    due = NOON + timedelta(minutes=120)
    for asked, ids in (
        ({"due_from": due}, [2, 3]),
        ({"due_from": due + SECOND}, [3]),
        ({"due_before": due}, [1]),
        ({"due_before": due + SECOND, "due_from": due}, [2]),
    ):
        params = {name: moment.isoformat() for name, moment in asked.items()}
        found = (await got(api, "/v1/complaints", **params))["items"]
        assert [one["id"] for one in found] == [complaint_id(number) for number in ids]


async def test_the_register(api: httpx.AsyncClient, told: Folded) -> None:
    assert told.told
    by_name = {name: member(name) for name in ("by", "second_person", "kind", "act", "rule", "complaint_id")}
    await narrows(api, "/v1/register", {**by_name, "override": lambda row: row.get("override") or False})
    await bounded(api, "/v1/register", "since", "until", "at")


async def test_a_finding_that_names_somebody_late_casts_doubt_on_what_they_did_before(
    api: httpx.AsyncClient, told: Folded
) -> None:
    """R24, 2-domain: their earlier acts are flagged, and the case is listed until it is decided or opened again."""

    async def listed() -> list[str]:
        return [one["id"] for one in (await got(api, "/v1/complaints", conflict="true"))["items"]]

    async def flagged() -> list[tuple[str, str]]:
        found = (await got(api, "/v1/register", conflict="true"))["items"]
        assert all(one["conflict"] for one in found)
        return [(one["stream"], one["act"]) for one in found]

    praise = FindingMade(
        at=after(20), responsible="person", person="li.na", measure="commendation", reasons=sealed(), by="judge"
    )
    told.log.tell(stream(1), DECIDED, by="li.na")
    told.log.tell(stream(1), DECIDED.model_copy(update={"by": "chen"}), by="chen")
    told.log.tell(stream(1), ReplyGiven(at=after(19), text=sealed(), by="li.na"), by="li.na")
    told.log.tell(stream(1), praise, by="judge")
    told.log.tell(stream(2), DECIDED, by="li.na")
    await told.catch_up()
    assert (await listed(), await flagged()) == ([], [])
    told.log.tell(stream(1), praise.model_copy(update={"measure": "sanction"}), by="judge")
    await told.catch_up()
    assert (await listed(), await flagged()) == ([complaint_id(1)], [(stream(1), "decided")])
    found = (await got(api, "/v1/register", person="li.na"))["items"]
    assert [(one["after"], one["against"]) for one in found] == [("sanction", True), ("commendation", False)]
    page = await got(api, f"/v1/complaints/{complaint_id(1)}")
    assert [(one["by"], one["act"]) for one in page["conflicts"]] == [("li.na", "decided")]
    message = MessageRequested(at=after(40), message_id="m", kind="reply", channel="mail", text=sealed(), by="li.na")
    told.log.tell(stream(1), message, by="li.na")
    await told.catch_up()
    page = await got(api, f"/v1/complaints/{complaint_id(1)}")
    assert [one["act"] for one in page["conflicts"]] == ["decided", "message-requested"]
    await narrows(api, "/v1/register", {"conflict": member("conflict")})
    await narrows(api, "/v1/complaints", {"conflict": member("conflict")})
    told.log.tell(stream(1), DECIDED.model_copy(update={"by": "chen"}), by="chen")
    await told.catch_up()
    assert (await listed(), await flagged()) == ([], [(stream(1), "decided")])


async def test_a_post_finds_what_the_ladder_gave_it_until_that_is_done(api: httpx.AsyncClient, told: Folded) -> None:
    """R23, 2-domain: a level gives its post a duty; a clock, a promise, a call, a crisis, a person's word."""

    async def duties(post: str = "teamlead") -> list[int]:
        listed = {one["id"] for one in (await got(api, "/v1/complaints", duty_of=post))["items"]}
        return [number for number in range(1, 5) if complaint_id(number) in listed]

    def level(clock: str, minutes: float, post: str = "teamlead") -> CaseEscalated:
        return CaseEscalated(at=after(minutes), level=2, post=post, clock=clock, reason="r", unowned=False)

    missed = CallbackMissed(at=after(70), missed=1, next_at=after(90), rule="callbacks@1")
    called = CallbackAttempted(at=after(80), outcome="not-reached", next_at=after(99), attitude="unknown", by="b")
    kept = PromiseKept(at=after(99), promise_id="p", evidence="e", by="chen")
    steps: list[tuple[int, tuple[Fact, ...], list[int]]] = [
        (3, (level("resolution", 10),), []),  # nothing was missed
        (3, (ClockBreached(at=after(180), clock="resolution"), level("resolution", 181)), [3]),
        (2, (missed, level("callback", 71)), [2, 3]),
        (1, (PromiseBroken(at=after(90), promise_id="p"), level("promise:p", 91)), [1, 2, 3]),
        (3, (ClockMet(at=after(190), clock="resolution", answered_by="closed"),), [1, 2]),
        (2, (called,), [1]),
        (2, (ClockBreached(at=after(120), clock="resolution"),), [1, 2]),  # no level is left that would fire for it
        (2, (ClockMet(at=after(121), clock="resolution", answered_by="closed"),), [1]),
        (1, (kept,), []),
        (1, (level("crisis", 100),), [1]),
        (4, (level("by-hand", 100),), [1, 4]),
        (4, (closed(110),), [1]),
        (4, (ComplaintReopened(at=after(120), reason="r", cycle=2, by="b"),), [1]),
    ]
    for number, facts, expected in steps:
        told.log.tell(stream(number), *facts)
        await told.catch_up()
        assert await duties() == expected, facts
    assert await duties("cso") == []


async def test_whoever_approves_finds_the_offers_that_wait(api: httpx.AsyncClient, told: Folded) -> None:
    """R119: until one is approved, declined or taken back; one that was approved before waits no more."""

    async def waiting(answer: str = "true") -> list[int]:
        listed = {one["id"] for one in (await got(api, "/v1/complaints", approval=answer))["items"]}
        return [number for number in range(1, 5) if complaint_id(number) in listed]

    assert (await waiting(), await waiting("false")) == ([], [1, 2, 3, 4])
    other = OFFER.model_copy(update={"offer_id": "o2"})
    within = OFFER.model_copy(update={"offer_id": "o3", "needs_approval": False})
    for number, facts, expected in (
        (3, (OFFER,), [3]),
        (1, (other, within), [1, 3]),
        (3, (OfferDeclined(at=after(30), offer_id="o", reason="r", by="chen"),), [1]),
        (1, (OfferWithdrawn(at=after(30), offer_id="o2", reason="r", by="li.na"),), []),
    ):
        told.log.tell(stream(number), *facts)
        await told.catch_up()
        assert await waiting() == expected, facts


async def test_promises_and_callbacks(api: httpx.AsyncClient, told: Folded) -> None:
    assert told.told
    by_name = {name: member(name) for name in ("kind", "state", "owner")}
    await narrows(api, "/v1/promises", by_name)
    await bounded(api, "/v1/promises", "since", "until", "due")
    await bounded(api, "/v1/callbacks", "since", "until", "next_at")


async def test_promises_are_all_but_what_closing_owes_and_calls_are_what_must_be_called(
    api: httpx.AsyncClient, folded: Folded
) -> None:
    owed = RedressDue(at=after(4), offer_id="o", due=after(80), owner="b", rule="limits@1")
    call = PROMISE.model_copy(update={"promise_id": "c", "kind": "callback"})
    after_closing = CallbackScheduled(at=after(5), due=after(70), reason="closed", rule="callbacks@1")
    folded.log.tell(stream(1), lodged(1), OFFER, PROMISE, call, owed, closed(5), after_closing)
    await folded.catch_up()
    for path, kinds in (("promises", ["redress", "action", "callback"]), ("callbacks", ["closing", "callback"])):
        found = (await got(api, f"/v1/{path}"))["items"]
        assert sorted(one["kind"] for one in found) == sorted(kinds), path

"""The questions that one may ask of the views, over HTTP and on real tables."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from asked import DEAD, EPOCH, NOON, after, closed, complaint_id, every, got, lodged, sealed, started, stream
from events.accountability import CallbackScheduled, ComplaintReopened, OfferApproved, PromiseMade, RemedyOffered
from events.escalation import ClockBreached, ClockMet, ClockWarned, OwnershipAccepted
from events.fact import Origin
from events.intake import ComplaintAmended, ComplaintWithdrawn, SourceReported
from events.triage import (
    ClusterMemberAdded,
    ClusterProposed,
    ComplaintGraded,
    ComplaintScreened,
)
from folded import Folded

As = Callable[..., dict[str, str]]


async def test_the_sla_board_counts_every_case_once(api: httpx.AsyncClient, folded: Folded) -> None:
    """Met, late, open past due, no deadline, running, at risk, stopped, unjudged: together all cases of a source."""
    met = [lodged(1), started(60), ClockMet(at=after(60), clock="resolution", answered_by="closed"), closed(60)]
    late = [lodged(2), started(60), ClockBreached(at=after(60), clock="resolution")]
    late += [ClockMet(at=after(70), clock="resolution", answered_by="closed"), closed(70)]
    open_late = [lodged(3), started(60), ClockBreached(at=after(60), clock="resolution")]
    withdrawn = [lodged(4), ComplaintWithdrawn(at=after(9), reason=sealed(), by="complainant")]
    running = [lodged(5), started(90), started(5, "first-reply")]
    at_risk = [lodged(6), started(80), ClockWarned(at=after(60), clock="resolution")]
    for number, story in enumerate((met, late, open_late, withdrawn, running, at_risk), start=1):
        folded.log.tell(stream(number), *story)
    folded.log.garble(folded.log.tell(stream(7), lodged(7), started(60))[1], "due: missing")
    folded.log.tell(stream(8), lodged(8, source="elsewhere"))
    await folded.catch_up()
    board = await got(api, "/v1/sla-board", source="boston311")
    figures = {name: board[name] for name in ("met", "late", "open_past_due", "no_deadline", "running", "at_risk")}
    assert figures == dict.fromkeys(figures, 1)
    assert (board["cases"], board["unjudged"], board["stopped"], board["paused"]) == (7, 1, 0, 0)
    assert (board["withdrawn"], board["judged"], board["met_percent"]) == (1, 3, None)
    assert [(row["clock"], row["clocks"]) for row in board["clocks"]] == [("resolution", 5), ("first-reply", 1)]
    assert [row["complaint_id"] for row in board["next"]] == [complaint_id(5), complaint_id(6), complaint_id(5)]
    assert (await got(api, "/v1/sla-board"))["cases"] == 8


async def test_the_worklist_is_earliest_due_first_and_pages_miss_nothing(
    api: httpx.AsyncClient, folded: Folded
) -> None:
    for number in range(1, 8):
        folded.log.tell(stream(number), lodged(number), *([started(100 - number)] if number < 6 else []))
    await folded.catch_up()
    assert await every(api, "/v1/complaints?limit=3&source=boston311") == [
        complaint_id(number) for number in (5, 4, 3, 2, 1, 6, 7)
    ]
    newest = await got(api, "/v1/complaints", sort="-lodged_at", limit=1)
    assert newest["items"][0]["id"] == complaint_id(7)


async def test_filters_of_the_worklist(api: httpx.AsyncClient, folded: Folded) -> None:
    graded = ComplaintGraded(
        at=after(1), grade="crisis", severity=3, urgency=3, inputs=(), reason="x", rule="grade@1", by="triage"
    )
    folded.log.tell(stream(1), lodged(1), graded, OwnershipAccepted(at=after(2), owner="li.na"))
    folded.log.tell(stream(2), lodged(2), closed(5))
    folded.log.tell(stream(3), lodged(3))
    withdrawn = ComplaintWithdrawn(at=after(3), reason=sealed(), by="complainant")
    folded.log.tell(stream(4), lodged(4), withdrawn, closed(5))
    reopened = ComplaintReopened(at=after(9), reason="x", cycle=2, by="h")
    folded.log.tell(stream(5), lodged(5), withdrawn, closed(5), reopened, closed(10))
    await folded.catch_up()

    async def ids(**wanted: str) -> list[str]:
        return [item["source_ref"] for item in (await got(api, "/v1/complaints", **wanted))["items"]]

    assert await ids(grade="crisis,complaint") == ["ref-1"]
    assert await ids(owner="li.na") == ["ref-1"]
    assert await ids(status="open", sort="lodged_at") == ["ref-1", "ref-3"]
    assert await ids(status="closed") == ["ref-2", "ref-4", "ref-5"]
    assert await ids(unowned="true") == ["ref-3"]
    assert await ids(withdrawn="true") == ["ref-4"]
    assert await ids(withdrawn="false", status="closed") == ["ref-2", "ref-5"]
    assert await ids(source_ref="ref-2") == ["ref-2"]
    assert await ids(source_ref="ref-9") == []
    counted = await api.get("/v1/complaints", params={"status": "open", "count": "exact", "limit": 1})
    assert counted.headers["complaint-count"] == "2"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1/complaints?colour=red", "query-parameter-unknown"),
        ("/v1/complaints?sort=colour", "query-parameter-invalid"),
        ("/v1/complaints?limit=201", "query-parameter-invalid"),
        ("/v1/complaints?status=nosuch", "query-parameter-invalid"),
        ("/v1/complaints?status=open,nosuch", "query-parameter-invalid"),
        ("/v1/complaints?grade=nosuch", "query-parameter-invalid"),
        ("/v1/complaints?grade=crisis,", "query-parameter-invalid"),
        ("/v1/complaints?identity=nosuch", "query-parameter-invalid"),
        ("/v1/complaints?screening=nosuch", "query-parameter-invalid"),
        ("/v1/complaints?due_before=1893456000", "query-parameter-invalid"),
        ("/v1/complaints?cursor=abc", "cursor-malformed"),
        ("/v1/complaints?cursor=WyJhIiwibm90aW1lIiwieCJd", "cursor-malformed"),
        ("/v1/complaints?owner=a%00b", "query-parameter-invalid"),
        ("/v1/complaints?due_before=1900-01-01T00:00:00Z", "query-parameter-invalid"),
        ("/v1/complaints?due_before=2026-01-01T00:00:00", "query-parameter-invalid"),
        ("/v1/register?since=yesterday", "query-parameter-invalid"),
        ("/v1/records?position=1", "position-malformed"),
        ("/v1/records?position=other.1.1", "position-malformed"),
        ("/v1/records?verdict=maybe", "query-parameter-invalid"),
        ("/v1/facts?after=elsewhere.1.2", "position-foreign"),
        ("/v1/facts?after=epoch1.77.2", "after-malformed"),
        ("/v1/sla-board?by=colour", "query-parameter-invalid"),
        ("/v1/register?complaint_id=BOS-1", "query-parameter-invalid"),
        ("/v1/records?stream=BOS-1", "query-parameter-invalid"),
        ("/v1/facts?stream=BOS-1", "query-parameter-invalid"),
        ("/v1/parked?stream=complaint/a/b", "query-parameter-invalid"),
    ],
)
async def test_a_wrong_question_is_answered_with_what_is_wrong(api: httpx.AsyncClient, path: str, code: str) -> None:
    answer = await api.get(path)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_a_cursor_belongs_to_its_filters(api: httpx.AsyncClient, folded: Folded) -> None:
    for number in (1, 2):
        folded.log.tell(stream(number), lodged(number))
    await folded.catch_up()
    cursor = (await got(api, "/v1/complaints", limit=1))["next"]
    answer = await api.get("/v1/complaints", params={"cursor": cursor, "status": "open"})
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor-mismatch")


async def test_the_page_of_a_case_now_and_as_it_was(api: httpx.AsyncClient, folded: Folded) -> None:
    """L24; the ETag is the head, sealed words are opened, erased ones say so."""
    folded.log.tell(stream(1), lodged(1, demand=sealed(DEAD)))
    folded.log.tell(stream(1), closed(30), recorded=after(50))
    folded.log.tell("cluster/k-31", ClusterProposed(at=NOON, title="contactors", reason="x", by="ma"))
    added = ClusterMemberAdded(at=NOON, complaint_id=complaint_id(1), evidence="x", confidence_percent=90, by="ma")
    await folded.catch_up()
    path = f"/v1/complaints/{complaint_id(1)}"
    answer = await api.get(path)
    page = answer.json()
    assert answer.headers["etag"] == '"intake=1,triage=0,escalation=0,accountability=1"'
    assert answer.headers["complaint-position"].startswith(f"{EPOCH}.")
    assert (page["status"], page["text"], page["demand"]) == ("closed", "open words of 001", {"sealed": "erased"})
    assert (await api.get(path, headers={"if-none-match": answer.headers["etag"]})).status_code == 304
    assert (await got(api, path, as_of=after(20).isoformat()))["status"] == "lodged"
    assert (await got(api, path, known_at=after(40).isoformat()))["status"] == "lodged"
    assert (await got(api, path, as_of=after(40).isoformat(), known_at=after(60).isoformat()))["status"] == "closed"
    assert (await api.get(path, params={"as_of": after(-9).isoformat()})).status_code == 404
    assert (await api.get(f"/v1/complaints/{complaint_id(9)}")).json()["code"] == "complaint-unknown"
    assert (await api.get("/v1/complaints/no-id")).json()["code"] == "id-malformed"
    folded.log.tell("cluster/k-31", added)
    await folded.catch_up()
    assert (await got(api, path))["clusters"] == [{"id": "k-31", "title": "contactors"}]


async def test_reads_wait_for_a_position(api: httpx.AsyncClient, folded: Folded) -> None:
    """L10: a read that names a place not read yet is not answered with older rows."""
    folded.log.tell(stream(1), lodged(1))
    await folded.catch_up()
    partition = folded.log.records[0].partition
    for path in (f"/v1/complaints/{complaint_id(1)}", "/v1/complaints", "/v1/sla-board", "/v1/register", "/v1/facts"):
        answer = await api.get(path, headers={"complaint-position": f"{EPOCH}.{partition}.1"})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert (await api.get(path, headers={"complaint-position": f"{EPOCH}.{partition}.0"})).status_code == 200


async def test_the_timeline_has_edits_and_refused_attempts(api: httpx.AsyncClient, folded: Folded) -> None:
    """R27, R28: before and after of each edit, opened; who was too late stands there, marked."""
    amended = ComplaintAmended(
        at=after(9), field="text", before=sealed(), after=sealed(DEAD), reason="a slip", by="li.na"
    )
    folded.log.tell(stream(1), lodged(1), amended)
    folded.log.refuse(stream(1), closed(10), by="wu.hao")
    await folded.catch_up()
    path = f"/v1/complaints/{complaint_id(1)}/timeline"
    _, edit, refused = (await got(api, path))["items"]
    assert edit["changes"] == [{"field": "text", "before": "open words of 001", "after": {"sealed": "erased"}}]
    assert (refused["verdict"], refused["actor"]["id"], refused["fact"]) == ("refused", "wu.hao", "closed")
    first = await api.get(path, params={"limit": 2})
    assert len(first.json()["items"]) == 2
    assert [one["fact"] for one in (await got(api, first.links["next"]["url"]))["items"]] == ["closed"]


async def test_clocks_of_a_case(api: httpx.AsyncClient, folded: Folded) -> None:
    folded.log.tell(stream(1), lodged(1), started(60), started(5, "first-reply"))
    folded.log.tell(stream(1), ClockMet(at=after(4), clock="first-reply", answered_by="message-sent"))
    await folded.catch_up()
    found = await got(api, f"/v1/complaints/{complaint_id(1)}/clocks")
    assert [(clock["clock"], clock["state"]) for clock in found["items"]] == [
        ("resolution", "running"),
        ("first-reply", "met"),
    ]


async def test_register_promises_callbacks_clusters(api: httpx.AsyncClient, folded: Folded) -> None:
    offered = RemedyOffered(
        at=after(1), offer_id="o", remedy="refund", amount_minor=900, currency="CNY", limit_minor=100,
        limit_rule="limits@1", needs_approval=True, by="li.na",
    )  # fmt: skip
    approved = OfferApproved(at=after(2), offer_id="o", limit_minor=9000, limit_rule="limits@1", by="chen")
    promise = PromiseMade(
        at=after(3), promise_id="p", kind="callback", text=sealed(), due=after(90), owner="li.na", by="li.na"
    )
    scheduled = CallbackScheduled(at=after(5), due=after(50), reason="closed", rule="callbacks@1")
    by_person = ComplaintScreened(at=after(1), outcome="enquiry", reason="asks only", rule="person", by="ma")
    folded.log.tell(stream(1), lodged(1), by_person, offered, approved, promise, closed(5), scheduled)
    folded.log.tell("cluster/k-31", ClusterProposed(at=NOON, title="contactors", reason="x", by="ma"))
    await folded.catch_up()
    register = (await got(api, "/v1/register"))["items"]
    assert [line["act"] for line in register] == [
        "closed", "promised", "offer-approved", "offered", "screened", "cluster-proposed",
    ]  # fmt: skip
    money = (await got(api, "/v1/register", kind="money", limit=1))["items"]
    assert [(line["by"], line["second_person"]) for line in money] == [("chen", "li.na")]
    first = await api.get("/v1/register", params={"kind": "money", "limit": 1})
    assert [line["by"] for line in (await got(api, first.links["next"]["url"]))["items"]] == ["li.na"]
    calls = (await got(api, "/v1/callbacks"))["items"]
    assert [(call["promise_id"], call["complaint_id"]) for call in calls] == [
        ("closing-1", complaint_id(1)),
        ("p", complaint_id(1)),
    ]
    (kept,) = (await got(api, "/v1/promises", state="open"))["items"]
    assert (kept["text"], kept["owner"]) == ("open words of 001", "li.na")
    (cluster,) = (await got(api, "/v1/clusters"))["items"]
    assert cluster["title"] == "contactors"
    assert await got(api, "/v1/clusters/k-31") == cluster
    unknown = await api.get("/v1/clusters/k-32")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")


async def test_lists_miss_nothing_page_by_page_where_much_has_one_time(api: httpx.AsyncClient, folded: Folded) -> None:
    """The register is the newest first, then by its place in the log; promises the soonest first, then by case."""
    for number in (1, 2, 3):
        at, due = after(4 if number == 3 else 5), after(80 if number == 3 else 90)
        made = [
            PromiseMade(at=at, promise_id=name, kind="action", text=sealed(), due=due, owner="li.na", by="li.na")
            for name in ("b", "a")
        ]
        folded.log.tell(stream(number), lodged(number), *made)
    await folded.catch_up()

    async def by_ones(path: str) -> list[Any]:
        items: list[Any] = []
        while path:
            assert len(items) < 10, "pages that never end"
            answer = await api.get(path)
            items += answer.json()["items"]
            path = answer.links["next"]["url"] if "next" in answer.links else ""
        return items

    told = [one for one in folded.log.records if isinstance(one.fact, PromiseMade)]
    told.sort(key=lambda one: (one.fact and one.fact.at, one.partition, one.offset), reverse=True)
    lines = [line["position"] for line in await by_ones("/v1/register?limit=1")]
    assert lines == [f"{EPOCH}.{one.partition}.{one.offset}" for one in told]
    promises = [(one["complaint_id"], one["promise_id"]) for one in await by_ones("/v1/promises?limit=1")]
    assert promises == [(complaint_id(number), name) for number in (3, 1, 2) for name in ("a", "b")]


async def test_handoffs_of_a_source_and_of_a_case(api: httpx.AsyncClient, folded: Folded) -> None:
    def seen(minutes: float, team: str) -> SourceReported:
        origin = Origin(source="bpi2013", reference="ref-1")
        return SourceReported(at=after(minutes), fact="custody", reported=origin, team=team, owner=team, line=1)

    folded.log.tell(stream(1), lodged(1, source="bpi2013"), seen(1, "A"), seen(2, "B"), seen(3, "A"))
    folded.log.tell(stream(2), lodged(2, source="bpi2013"))
    await folded.catch_up()
    figures = await got(api, "/v1/statistics/handoffs", source="bpi2013")
    assert (figures["cases"], figures["team_handoffs"], figures["ping_pongs"]) == (2, 2, 1)
    assert (figures["cases_with_ping_pongs"], figures["owner_changes"], figures["cases_with_reopens"]) == (1, 2, 0)
    (case,) = (await got(api, "/v1/complaints", source_ref="ref-1"))["items"]
    assert (case["handoffs"]["events"], case["handoffs"]["distinct_owners"]) == (3, 2)


async def test_nobody_sees_more_than_the_role_allows(api: httpx.AsyncClient, folded: Folded, role: As) -> None:
    """Complainants see nothing here, publishers their own source, operators no personal text."""
    folded.log.tell(stream(1), lodged(1, source="boston311"))
    folded.log.tell(stream(2), lodged(2, source="elsewhere"))
    await folded.catch_up()
    page = f"/v1/complaints/{complaint_id(1)}"
    for path in ("/v1/complaints", page, "/v1/records", "/v1/facts", "/v1/register", "/v1/sla-board"):
        assert (await api.get(path, headers=role("complainant"))).status_code == 403
    publisher = role("publisher", sub="boston311")
    own = (await api.get("/v1/complaints", headers=publisher)).json()["items"]
    assert [(item["source"], item["text"]) for item in own] == [("boston311", {"sealed": "withheld"})]
    foreign = await api.get("/v1/complaints", params={"source": "elsewhere"}, headers=publisher)
    assert foreign.json()["code"] == "source-foreign"
    assert (await api.get(page, headers=publisher)).status_code == 403
    watched = (await api.get("/v1/complaints", headers=role("ops"))).json()["items"]
    assert {str(item["text"]) for item in watched} == {"{'sealed': 'withheld'}"}
    assert (await api.get("/v1/facts", headers=role("handler"))).status_code == 403

"""Invented data for the console's tests: a reader, a case with everything, its timeline, a board."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from clocks import Proof
from events.escalation import ClockPaused, ClockResumed, ClockStarted
from projections.console.desk import Desk
from projections.console.reader import Reader
from projections.console.words import Language, catalogue
from published import LONG_AGO, OFFICE, PACK, published
from rulebooks.forms import authority_of, organisation_of
from rulebooks.histories import Recorded, book, proof_of
from shipped import edition

NOW = datetime(2026, 9, 24, 6, 12, tzinfo=UTC)
CASE_ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
DESK = Desk(
    organisation_of(edition("organisation", "default")), NOW, authority_of(edition("limits", "authority")), levels=4
)
EVIL = '<script>alert(1)</script> <img src=x onerror="alert(2)"> &amp; {{ 7*191 }}'

PLAYBOOK: Mapping[str, Any] = {
    "title": {"en": EVIL, "zh": EVIL}, "opening": {"en": EVIL, "zh": EVIL}, "checklist": [{"en": EVIL}],
    "scene": [{"name": "rude", "title": {"en": EVIL}, "script": [{"en": EVIL}], "prompts": [{"en": EVIL}]}],
}  # fmt: skip
"""What a company wrote to help with such a case."""
MORE = {"times": 1, "amount": 4, "unit": "business-hours", "notice_before_expiry": True, "needs": ["approval"]}
"""How a policy lets a clock be extended."""


def reader(*roles: str, language: Language = "en", zone: str = "Asia/Shanghai", subject: str = "lin.xt") -> Reader:
    return Reader(catalogue(language), ZoneInfo(zone), NOW, subject, frozenset(roles or ("handler",)))


def clock(name: str = "resolution", **members: object) -> dict[str, Any]:
    found: dict[str, Any] = {
        "clock": name, "started": "2026-09-18T13:07:00.000000Z", "due": "2026-09-24T07:30:00.000000Z",
        "policy": "complaint-resolution@1", "state": "running", "allows": {"pauses": ["evidence"], "extension": MORE},
    }  # fmt: skip
    return found | members


def waiting(service: str = "escalation") -> dict[str, str]:
    """Where a record waits for repair."""
    since, until = "2026-09-24T05:00:00.000000Z", "2026-09-24T06:00:00.000000Z"
    return {"service": service, "kind": "proposals", "reason": "owed raised", "since": since, "mend_until": until}


def parked() -> list[dict[str, Any]]:
    """What waits for repair: a case, and a rulebook that should have been mended."""
    return [
        {**waiting(), "stream": f"complaint/{CASE_ID}", "complaint_id": CASE_ID, "overdue": False},
        {**waiting("triage"), "stream": f"rulebook/pack/{EVIL}", "complaint_id": None, "overdue": True},
    ]


CONTACT: dict[str, Any] = {
    "outcome": "reached", "facts": "confirmed", "agreed": True, "channel": "phone", "at": "2026-09-24T02:12:00.000000Z",
}  # fmt: skip


def case(**members: object) -> dict[str, Any]:
    """A case in hand, opened for its reader."""
    found: dict[str, Any] = {
        "id": CASE_ID,
        "stream": f"complaint/{CASE_ID}",
        "status": "owned",
        "cycle": 1,
        "head": [9, 4, 10, 6],
        "position": [3, 88],
        "channel": "wechat",
        "language": "zh",
        "lodged_at": "2026-09-18T13:07:00.000000Z",
        "product": "澄江 E6 Pro",
        "category": "product/safety",
        "identity": "ordinary",
        "injury": True,
        "text": "高速行驶中突然断电限速，要求退车",
        "demand": "退车，退一赔三",
        "contact": {"sealed": "erased"},
        "contacts": [CONTACT],
        "retellings": 2,
        "told_people": 1,
        "motive": "wants-improvement",
        "motive_by": "lin.xt",
        "last_contact_at": "2026-09-24T02:12:00.000000Z",
        "last_contact_channel": "phone",
        "grade": "complaint", "grade_before": "grievance", "screening": "complaint",
        "queue": "care",
        "owner": "lin.xt",
        "owned_since": "2026-09-20T02:21:00.000000Z",
        "offered_to": None,
        "bounces": 1,
        "level": 2,
        "escalations": [{"level": 2, "post": "department-head"}],
        "clocks": {
            "resolution": clock(state="warned", warned_at="2026-09-23T09:00:00.000000Z"),
            "first-reply": clock(
                "first-reply", state="late", due="2026-09-18T13:27:00.000000Z",
                breached_at="2026-09-18T13:27:00.000000Z", met_at="2026-09-18T13:34:00.000000Z",
                answered_by="contact-recorded",
            ),
        },
        "next_due_at": "2026-09-24T07:30:00.000000Z",
        "next_clock": "resolution",
        "offers": {
            "o-1": {"state": "waiting", "remedy": "money", "amount_minor": 680_000, "currency": "CNY", "by": "lin.xt"},
            "o-2": {"state": "standing", "remedy": "loan car", "amount_minor": 0, "currency": "CNY", "by": "lin.xt"},
        },
        "promises": {
            "p-1": {
                "promise_id": "p-1", "kind": "action", "made_at": "2026-09-23T08:40:00.000000Z", "state": "open",
                "due": "2026-09-24T09:30:00.000000Z", "next_at": "2026-09-24T09:30:00.000000Z", "owner": "lin.xt",
                "text": "Call back with the decision", "by": "lin.xt",
            },
            "p-2": {
                "promise_id": "p-2", "kind": "action", "made_at": "2026-09-18T14:00:00.000000Z", "state": "broken",
                "due": "2026-09-19T00:50:00.000000Z", "next_at": None, "owner": "lin.xt", "text": "Loan car",
                "by": "lin.xt",
            },
        },
        "messages": {},
        "evidence": [{"name": "dashcam.mp4", "at": "2026-09-22T03:00:00.000000Z"}],
        "clusters": [{"id": "k-31", "title": "Contactor batch"}],
        "budget": "harbour:2026-Q3", "beside": beside(),
    }  # fmt: skip
    return found | members


def beside() -> dict[str, Any]:
    """What a command on the case may name."""
    others = [{"id": "k-32", "title": EVIL}]
    return {"clusters": others, "budgets": ["harbour:2026-Q3", "harbour:2026-Q4"], "budget": budget(), "queues": [EVIL]}


def budget() -> dict[str, Any]:
    """A budget with a reservation for the case."""
    kept = {"complaint": CASE_ID, "amount_minor": 5_000, "by": "lin.xt", "at": "2026-09-20T02:21:00.000000Z"}
    return {
        "id": "harbour:2026-Q3", "amount_minor": 100_000, "currency": "CNY", "reserved_minor": 5_000,
        "left_minor": 95_000, "reservations": {"r-1": kept}, "released": {},
    }  # fmt: skip


def cluster() -> dict[str, Any]:
    """A cluster with a case, and one that was taken out."""
    at = "2026-09-20T02:21:00.000000Z"
    return {
        "id": "k-31", "title": EVIL, "proposed": {"by": EVIL, "at": at, "reason": EVIL},
        "members": {CASE_ID: {"by": "lin.xt", "at": at, "evidence": EVIL, "confidence_percent": 90}},
        "removed": {"x": {"by": "lin.xt", "at": at, "reason": EVIL}},
    }  # fmt: skip


def entry(fact: str, chapter: str, number: int | None, **members: object) -> dict[str, Any]:
    """One entry of a timeline."""
    found: dict[str, Any] = {
        "position": [3, 80 + (number or 0)],
        "verdict": "admitted",
        "why": None,
        "type": f"complaints.{chapter}.{fact}.v1",
        "chapter": chapter,
        "fact": fact,
        "number": number,
        "actor": {"id": "wu.hao", "type": "user"},
        "time": "2026-09-24T05:22:06.000000Z",
        "recorded_time": "2026-09-24T05:22:06.000000Z",
        "event_id": "e",
        "expects": "intake=9,accountability=5",
        "data": {},
        "changes": [],
    }
    return found | members


def timeline() -> list[dict[str, Any]]:
    """A message, an edit, an attempt that came too late, a breach."""
    return [
        entry(
            "lodged", "intake", 1, actor={"id": "session:ab", "type": "user"}, time="2026-09-18T13:07:00.000000Z",
            data={"channel": "wechat", "text": EVIL},
        ),
        entry(
            "clock-breached", "escalation", 2, actor={"id": "escalation", "type": "system"},
            time="2026-09-18T13:27:00.000000Z", data={"clock": "first-reply"},
        ),
        entry(
            "amended", "intake", 9, data={"field": "product", "reason": "read from the log"},
            changes=[
                {"field": "product", "before": "E5", "after": EVIL}, {"field": "status", "before": "a", "after": "b"},
            ],
        ),
        entry(
            "offered", "accountability", 6,
            data={"remedy": "money", "amount_minor": 680_000, "currency": "CNY", "by": "wu.hao"},
        ),
        entry(
            "offered", "accountability", None, verdict="refused", actor={"id": "lin.xt", "type": "user"},
            data={"remedy": "service credit", "amount_minor": 200_000, "currency": "CNY", "by": "lin.xt"},
        ),
    ]  # fmt: skip


def board_row(**counts: object) -> dict[str, Any]:
    found: dict[str, Any] = {
        "cases": 31, "met": 16, "late": 3, "open_past_due": 2, "no_deadline": 1, "running": 4, "at_risk": 2,
        "paused": 1, "stopped": 1, "unjudged": 1, "withdrawn": 2, "screened_out": 1, "judged": 21, "met_percent": 76.2,
    }  # fmt: skip
    return found | counts


def board() -> Mapping[str, Any]:
    """A board with every state on it."""
    few = board_row(met=2, late=1, open_past_due=0, judged=3, met_percent=None)
    return {
        "source": None, "clock": "resolution", "by": "grade", **board_row(),
        "due_compared": 26_520, "due_within_5_minutes": 26_360, "no_policy": 295,
        "classes": [{"class": "complaint", **board_row()}, {"class": None, **few}],
        "clocks": [{"clock": "first-reply", "clocks": 31, **board_row()}],
        "weeks": [
            {"week": "2026-09-21T00:00:00.000000Z", "met": 9, "judged": 10},
            {"week": "2026-09-14T00:00:00.000000Z", "met": 4, "judged": 10},
        ],
        "next": [
            {
                "due": "2026-09-24T07:30:00.000000Z", "clock": "resolution", "policy": "complaint-resolution@1",
                "state": "warned", "complaint_id": CASE_ID, "owner": None, "offered_to": "reception",
                "grade": "complaint", "product": "E6",
            }
        ],
    }  # fmt: skip


def deviations() -> Mapping[str, Any]:
    """What the comparison with a publisher's due times found, by request type."""

    def reason(code: str, deadlines: int, as_if: str | None = None) -> dict[str, Any]:
        return {"reason": code, "as_if": as_if, "words": "x", "deadlines": deadlines}

    signs = {"category": "Sign " + EVIL, "policy": "boston-311/business-days-10@1", "compared": 900}
    return {
        "deviations": [
            {
                **signs, "within_5_minutes": 887, "deviating": 13,
                "reasons": [reason("other-amount", 12, "15 business-days"), reason("before-start", 1)],
            },
            {**signs, "category": None, "within_5_minutes": 753, "deviating": 147, "reasons": []},
        ],
        "without_policy": [{"category": "Rats", "pack": "boston-311", "cases": 295, "stated": 200}],
    }  # fmt: skip


def proof() -> Proof:
    """Two business hours from a Monday afternoon, with a pause over night."""

    def at(day: int, hour: int) -> datetime:
        return datetime(2026, 3, day, hour, tzinfo=ZoneInfo("Asia/Shanghai"))

    told = [
        *(Recorded("book", LONG_AGO, fact) for fact in published(OFFICE)),
        *(Recorded("book", LONG_AGO, fact) for fact in published(PACK.replace("amount = 10,", "amount = 2,"))),
    ]
    books = {"calendar/office": book(told[:2]), "pack/desk": book(told[2:])}
    facts = [
        ClockStarted(at=at(2, 15), clock="desk:answer", policy="desk/answer@1", calendar="office@1"),
        ClockPaused(at=at(2, 16), clock="desk:answer", reason="evidence", lawful=True, by="x"),
        ClockResumed(at=at(3, 10), clock="desk:answer", by="x"),
    ]
    story = [Recorded(f"event-{number}", fact.at, fact) for number, fact in enumerate(facts, start=1)]
    return proof_of(story, books, "desk:answer", at(3, 11))

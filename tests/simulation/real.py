"""The services' own deciders, with their rules as shipped, and what people do with them."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from random import Random
from typing import Any

from accountability.decider import DECIDER as ACCOUNTABILITY
from accountability.decider import commands as acc
from anything import SEALED
from escalation.decider import DECIDER as ESCALATION
from escalation.decider import commands as esc
from events.fact import GivenDue, Origin
from events.intake import (
    ComplaintLodged,
    ComplaintWithdrawn,
    ContactRecorded,
    HistoryCompleted,
    ImportOpened,
    MessageReceived,
    MessageRequested,
    MotiveRecorded,
    SourceReported,
)
from events.roles import ROLES
from intake.decider import DECIDER as INTAKE
from intake.decider import commands as say
from local.ports import SERVICES
from local.rules.files import WRITTEN_BY
from rulebooks.pack import Pack, Regimes
from rulebooks.reading import content
from runtime.intents import Draft
from shipped import texts
from simulation.cast import Role
from simulation.people import Act, Build, Script
from simulation.publishing import Edition, Press
from triage.decider import DECIDER as TRIAGE
from triage.decider import commands as tri

HOUR = timedelta(hours=1)
WORKDAYS = "shanghai-weekdays"
"""The calendar by which the company's own limits are counted."""
GRADES = "grade/grading"
ORIGIN = Origin(source="elsewhere", reference="r-1")


@cache
def _roles() -> tuple[Role, ...]:
    return (
        Role("intake", INTAKE),
        Role("triage", TRIAGE),
        Role("escalation", ESCALATION),
        Role("accountability", ACCOUNTABILITY),
        Role("projections", None),
    )


def real_cast() -> dict[str, Role]:
    """All five services."""
    return {role.name: role for role in _roles()}


def _lodge(dice: Random, history: str | None, who: str) -> Build:
    channel = dice.choice(("weibo", "phone", "app", "counter"))
    injury = dice.random() < 0.2
    given = dice.random() < 0.3

    def build(draft: Draft[Any]) -> say.Lodge:
        dues = (GivenDue(clock="target", due=draft.now + HOUR),) if given else ()
        reported = None if history is None else ORIGIN
        complaint = ComplaintLodged(
            at=draft.now, channel=channel, injury=injury, dues=dues, history=history, reported=reported,
            taken_by=None if reported else who,
        )  # fmt: skip
        return say.Lodge(complaint)

    return build


def _said(dice: Random, who: str) -> Act:
    told = dice.random() < 0.2
    chosen: tuple[str, Build] = dice.choice(
        (
            ("contact", lambda d: say.Record(_contact(d, who))),
            ("motive", lambda d: say.Record(MotiveRecorded(at=d.now, motive="venting", by=who))),
            ("message", lambda d: say.Record(MessageReceived(at=d.now, message_id=d.event_id, channel="weibo"))),
            ("request", lambda d: say.RequestMessage(_request(d, who))),
            ("sent", lambda d: say.ReportSent(d.now, "m-1", "app", "report-1")),
            ("sent", lambda d: say.ReportSent(d.now, "m-1", "app", "report-1")),
            ("withdraw", lambda d: say.Withdraw(ComplaintWithdrawn(at=d.now, reason=SEALED, by=who))),
            ("reported", _reported(dice)),
        )
    )
    return Act("intake", chosen[0], chosen[1], told=told or chosen[0] in ("sent", "reported"))


def _contact(draft: Draft[Any], who: str) -> ContactRecorded:
    return ContactRecorded(at=draft.now, channel="phone", outcome="reached", facts="confirmed", agreed=True, by=who)


def _request(draft: Draft[Any], who: str) -> MessageRequested:
    return MessageRequested(at=draft.now, message_id="m-1", kind="decision", channel="app", text=SEALED, by=who)


def _reported(dice: Random) -> Build:
    fact: Any = dice.choice(("classified", "custody", "closed", "reopened"))
    return lambda d: say.Record(
        SourceReported(at=d.now, fact=fact, reported=ORIGIN, category="noise", team="north", status="done", line=2)
    )


def _judged(dice: Random, who: str) -> Act:
    chosen: tuple[str, Build] = dice.choice(
        (
            ("screen", lambda d: tri.Screen(d.now, who, "complaint", "as I see it")),
            ("regrade", lambda d: tri.Regrade(d.now, who, "crisis", "as I see it")),
        )
    )
    return Act("triage", *chosen)


def _held(dice: Random, who: str) -> Act:
    everybody = frozenset(ROLES)
    chosen: tuple[str, Build] = dice.choice(
        (
            ("accept", lambda d: esc.AcceptOwnership(d.now, who, everybody)),
            ("accept", lambda d: esc.AcceptOwnership(d.now, who, everybody)),
            ("refuse", lambda d: esc.RefuseOwnership(d.now, who, everybody, "not mine")),
            ("offer", lambda d: esc.OfferOwnership(d.now, who, everybody, "person-1", "yours")),
            ("crisis", lambda d: esc.CallCrisisTeam(d.now, who, "person-2", "stop it", ("legal",), "x")),
        )
    )
    return Act("escalation", *chosen)


def _answered(dice: Random, who: str) -> Act:
    settled = dice.random() < 0.4
    kept: dict[str, Any] = {"by": who, "roles": frozenset(ROLES)}
    make: dict[str, Callable[[Draft[Any]], Any]] = {
        "decide": lambda d: acc.Decide(
            now=d.now, outcome="upheld", root_cause="hurry", waiver=None, reasons=SEALED, settled=settled, **kept
        ),
        "promise": lambda d: acc.MakePromise(
            now=d.now, promise_id="p-1", kind="callback", text=SEALED, due=d.now + HOUR, owner=who, **kept
        ),
        "keep": lambda d: acc.KeepPromise(now=d.now, promise_id="p-1", evidence="done", **kept),
        "call": lambda d: acc.AttemptCallback(
            now=d.now, promise_id=None, outcome="not-satisfied", attitude="routine", next_at=None, **kept
        ),
        "close": lambda d: acc.CloseComplaint(
            now=d.now, ground="accepted", evidence="said so", next_instance=None, **kept
        ),
        "reopen": lambda d: acc.ReopenComplaint(now=d.now, reason="not solved", **kept),
        "offer": lambda d: acc.OfferRemedy(
            now=d.now, offer_id="o-1", remedy="refund", amount_minor=9_000_000, currency="CNY", **kept
        ),
        "approve": lambda d: acc.ApproveOffer(now=d.now, offer_id="o-1", **kept),
    }
    name = dice.choice(tuple(make))
    return Act("accountability", name, make[name])


def _act(dice: Random, who: str, _upgrade: bool) -> Act:
    act = dice.choice((_said, _said, _said, _judged, _held, _answered, _answered))
    return act(dice, who)


def _gather(complaint: str | None) -> Build:
    if complaint is None:
        return lambda d: tri.ProposeCluster(d.now, d.by, "one cause", "the same part")
    return lambda d: tri.AddMember(d.now, d.by, complaint, "part number", 80, about=())


def _press() -> Press:
    """Every service's tables as shipped but for what is a large cluster, of escalation's what the regimes lean on; then
    a holiday on the second day of the world, announced late, and a table that calls a smaller cluster large.
    """
    shipped = {**texts(), GRADES: _large(3)}
    regimes = Regimes.model_validate_json(content(shipped["regimes/company"]))
    packs = [Pack.model_validate_json(content(shipped[f"pack/{name}"])) for name in regimes.packs]
    calendars = {name: None for pack in packs for name in (pack.calendar, *map(pack.calendar_of, pack.policy))}
    own = {
        "calendar": calendars, "organisation": (regimes.organisation,), "ladder": (regimes.ladder,),
        "pack": regimes.packs, "regimes": ("company",),
    }  # fmt: skip
    tables = tuple(
        Edition(service, kind, key.partition("/")[2], text)
        for service in SERVICES
        for kind in WRITTEN_BY.get(service, ())
        for key, text in shipped.items()
        if service != "escalation" and key.startswith(f"{kind}/") and kind != "playbook"  # which no rule reads
    )
    rounds = (
        tuple(Edition("escalation", kind, name, shipped[f"{kind}/{name}"]) for name in names)
        for kind, names in own.items()
    )
    holiday = '\n[[day]]\ndate = "2026-03-03"\nkind = "holiday"\nwhy = "announced late"\n'
    late = shipped[f"calendar/{WORKDAYS}"] + holiday
    change = Edition("escalation", "calendar", WORKDAYS, late, version=2, effective_at=None, applies_to_running=True)
    graver = Edition("triage", "grade", "grading", _large(2), version=2, effective_at=None)
    return Press((tables, *rounds), (change, graver))


def _large(members: int) -> str:
    """The table of grades as shipped, but for the size of a large cluster."""
    text = texts()[GRADES]
    assert text.count("times = 12") == 1
    return text.replace("times = 12", f"times = {members}")


REAL = Script(
    lodge=_lodge,
    act=_act,
    open_import=lambda draft: say.OpenImport(ImportOpened(at=draft.now, source="elsewhere")),
    complete_import=lambda draft: say.CompleteHistory(
        HistoryCompleted(at=draft.now, source="elsewhere", known_until=draft.now)
    ),
    roles=frozenset(ROLES),
    press=_press(),
    gather=_gather,
)

"""The commands on the clocks of a case: pause, resume, extend one, as its policy allows; escalate by hand. Plain data.

Must not: judge one (escalation does). What a policy allows stands on each clock as `allows` (`projections.reckoning`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from events.escalation import CaseEscalated, ClockExtended, ClockPaused, ClockResumed
from events.occasions import SPOKEN
from events.roles import HOLDING, LEADING
from projections.console.asking import REASON, Ask, Case, Choice, Command, Thing, always
from projections.console.reader import Reader

CONTACT = "contact"
_RUNS = frozenset({"running", "warned"})
_NOT_YET_OVER = _RUNS | {"paused"}
Clock = Mapping[str, Any]


def _clocks(case: Case) -> Iterator[tuple[Clock, Mapping[str, Any]]]:
    """Each clock that a policy counts, with what that policy allows."""
    for clock in case.get("clocks", {}).values():
        if clock.get("allows") is not None:
            yield clock, clock["allows"]


def _to_pause(case: Case) -> Sequence[Thing]:
    """An unlawful pause would be recorded and stop nothing: none is offered."""
    return [Thing(one["clock"], one) for one, allows in _clocks(case) if one["state"] in _RUNS and allows["pauses"]]


def _to_resume(case: Case) -> Sequence[Thing]:
    return [Thing(one["clock"], one) for one, _ in _clocks(case) if one["state"] == "paused"]


def _to_extend(case: Case) -> Sequence[Thing]:
    found = []
    for one, allows in _clocks(case):
        more = allows["extension"]
        if more is None or one["state"] not in _NOT_YET_OVER or len(one.get("extended", ())) >= more["times"]:
            continue
        if not more["notice_before_expiry"] or list(_notices(case, one)):
            found.append(Thing(one["clock"], one))
    return found


def _pauses(_: Case, clock: Thing, __: Reader) -> Sequence[Choice]:
    """In the policy's own words."""
    return [Choice(why, why) for why in clock.about["allows"]["pauses"]]


def _needs(_: Case, clock: Thing, __: Reader) -> Sequence[Choice]:
    """The same."""
    return [Choice(what, what) for what in clock.about["allows"]["extension"]["needs"]]


def _notices(case: Case, clock: Clock) -> Iterator[tuple[str, str, str]]:
    """By what the complainant was told since the clock began: what the command calls it, its kind, when. The last
    first.
    """
    since = clock["started"]
    sent = [
        (name, one["kind"], one["sent_at"])
        for name, one in case.get("messages", {}).items()
        if one.get("state") == "sent" and not one.get("automatic") and one["sent_at"] >= since
    ]
    yield from sorted(sent, key=lambda one: one[2], reverse=True)
    talks = [
        one["at"]
        for one in case.get("contacts", [])
        if one["outcome"] == "reached" and one["channel"] in SPOKEN and one["at"] >= since
    ]
    if talks:
        yield CONTACT, CONTACT, max(talks)


def _told(case: Case, clock: Thing, reader: Reader) -> Sequence[Choice]:
    t, of, moment = reader.words.t, reader.words.of, reader.moment
    return [
        Choice(name, t("case.contact_at", at=moment(at), channel=of("kind", kind)))
        for name, kind, at in _notices(case, clock.about)
    ]


ON_CLOCKS: tuple[Command, ...] = (
    Command(
        "pause", "clocks/{thing}/pause", HOLDING, ClockPaused, "paused",
        (Ask("reason", "choice", among=_pauses),), always, _to_pause,
    ),
    Command("resume", "clocks/{thing}/resume", HOLDING, ClockResumed, "clock", (), always, _to_resume),
    Command(
        "extend", "clocks/{thing}/extension", LEADING, ClockExtended, "plus",
        (
            REASON,
            Ask("amount", "count", required=False, hint="amount"),
            Ask("notice", "choice", required=False, among=_told),
            Ask("has", "several", required=False, among=_needs),
        ),
        always, _to_extend,
    ),
    Command(
        "escalate", "escalation", HOLDING, CaseEscalated, "up",
        (REASON, Ask("level", "count", required=False, hint="level")),
    ),
)  # fmt: skip

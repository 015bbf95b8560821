"""Whose matter each command is: what its service would refuse this person for who they are is absent, not grey.

Pure. It reads the same rulebooks as the services, and what the record says of who did what. Must not: judge what a
command says, or where the case stands (`asking`): the services judge each command, offered here or not.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from events.accountability import ComplaintClosed, DecisionMade, OfferApproved, RemedyOffered
from events.escalation import OwnershipAccepted
from events.fact import Fact, chapter_of
from events.roles import CONFIRMING
from projections.console import steps
from projections.console.asking import CURRENCIES, Case, Thing
from projections.console.desk import Desk
from projections.console.reader import Reader
from projections.console.timeline import held_answerable
from rulebooks.authority import Act


@dataclass(frozen=True)
class Hands:
    """Who had a hand in a case: who owned, decided, offered, approved or closed it; and who decided earlier cycles."""

    anybody: frozenset[str] = frozenset()
    deciders: frozenset[str] = frozenset()


NOBODY = Hands()


def _key(fact: type[Fact]) -> tuple[str, str]:
    return chapter_of(fact).value, fact.type.split(".")[2]


_DECIDED, _CLOSED = _key(DecisionMade), _key(ComplaintClosed)
_HANDS = {_key(OwnershipAccepted): "owner"} | {
    _key(fact): "by" for fact in (DecisionMade, RemedyOffered, OfferApproved, ComplaintClosed)
}


def hands_of(entries: Iterable[Mapping[str, Any]]) -> Hands:
    """The hands in a case, by its timeline, oldest first. A closing that a publisher reported is nobody's."""
    anybody, deciders, deciding = set[str](), set[str](), set[str]()
    for one in entries:
        fact, data = (one["chapter"], one["fact"]), one["data"]
        if one["verdict"] != "admitted" or not data or fact not in _HANDS:
            continue
        if not data.get("reported"):
            anybody.add(data[_HANDS[fact]])
        if fact == _DECIDED:
            deciding.add(data["by"])
        if fact == _CLOSED:
            deciders |= deciding
            deciding.clear()
    return Hands(frozenset(anybody), frozenset(deciders))


@dataclass(frozen=True)
class Matter:
    """A person before a case, and the thing on it that a command is about."""

    case: Case
    thing: Thing
    reader: Reader
    desk: Desk
    hands: Hands

    @property
    def me(self) -> str:
        """Who asks."""
        return self.reader.subject

    def apart(self, act: Act) -> bool:
        """Whether this act stays open to them: the complaint is not about them, nor taken by them, as the rules say."""
        authority, case = self.desk.authority, self.case
        if authority is None:
            return False
        subject = self.me if self.blamed else case.get("subject_person")
        people = {"subject": subject, "taker": case.get("taken_by")}
        return authority.apart.bars(act, self.me, **people) is None

    @property
    def blamed(self) -> bool:
        """Whether a finding holds them answerable."""
        return self.is_blamed(self.me)

    def is_blamed(self, person: str) -> bool:
        """Whether a finding holds this person answerable."""
        return any(held_answerable(one) == person for one in self.case.get("findings", ()))

    def limit(self, currency: str) -> int | None:
        """How much they may give alone, in minor units."""
        authority = self.desk.authority
        limit = authority.limit(self.reader.roles, currency) if authority is not None else None
        return limit.minor if limit is not None else None

    def stands(self, currency: str) -> int:
        """How much of what was offered on this case stands on their authority, in minor units."""
        made = self.case.get("offers", {}).values()
        offers = [one for one in made if one["currency"] == currency and one["state"] != "withdrawn"]
        approved = [one for one in offers if one.get("approved", {}).get("by") == self.me]
        alone = [one for one in offers if one["by"] == self.me and one.get("needs_approval") is False]
        return sum(one["amount_minor"] for one in (*approved, *alone))


def may(command: str, matter: Matter) -> bool:
    """Whether a command is this person's to give, as far as that hangs on who they are."""
    return command in _OPEN or _MAY.get(command, _of_others)(matter)


def _answers(m: Matter) -> bool:
    return m.desk.may_take(m.case.get("offered_to"), m.me, m.reader.roles)


def _accepts(m: Matter) -> bool:
    category = (m.case.get("classification") or {}).get("category")
    before = (person for one in m.case.get("reopenings", ()) for person in one.get("apart_from", ()))
    barred = m.me in (m.case.get("taken_by"), *before)
    return _answers(m) and _of_others(m) and not barred and m.desk.may_own(m.me, category, m.case.get("grade"))


def _hands_on(m: Matter) -> bool:
    """Its owner, or whoever leads; an open offer is answered first."""
    own = m.case.get("owner") in (None, m.me) and not m.case.get("offered_to")
    return _of_others(m) and (own or m.desk.leads(m.reader.roles))


def _decides(m: Matter) -> bool:
    authority = m.desk.authority
    again = authority is not None and authority.apart.second_stage_by_another and m.me in m.hands.deciders
    return m.apart("decide") and not again


def _offers(m: Matter) -> bool:
    return m.apart("offer") and any(m.limit(currency) is not None for currency in CURRENCIES)


def _declines(m: Matter) -> bool:
    return m.apart("approve") and bool(m.thing.about["by"] != m.me)


def _approves(m: Matter) -> bool:
    currency, amount_minor = m.thing.about["currency"], m.thing.about["amount_minor"]
    limit = m.limit(currency)
    return _declines(m) and limit is not None and limit >= m.stands(currency) + amount_minor


def _takes_back(m: Matter) -> bool:
    return m.apart("offer") and (m.thing.about["by"] == m.me or bool(m.reader.roles & CONFIRMING))


def _without_coordinator(m: Matter) -> bool:
    """Nobody coordinates it, or somebody whom a finding holds answerable."""
    crisis = m.case.get("crisis")
    return not crisis or m.is_blamed(crisis["coordinator"])


def _asked(m: Matter) -> bool:
    return any(one["of"] == m.me for one in m.case.get("asked", ()))


def _of_others(m: Matter) -> bool:
    return bool(m.case.get("subject_person") != m.me) and not m.blamed


def _confirms(m: Matter) -> bool:
    return _of_others(m) and m.case["proposed"]["by"] != m.me


def _turns_down(m: Matter) -> bool:
    return _of_others(m) and (m.case["proposed"]["by"] == m.me or bool(m.reader.roles & CONFIRMING))


_MAY: Mapping[str, Callable[[Matter], bool]] = {
    "accept": _accepts,
    "refuse": _answers,
    "hand-on": _hands_on,
    "decide": _decides,
    "offer": _offers,
    "approve": _approves,
    "decline": _declines,
    "take-back": _takes_back,
    "callback": lambda m: m.apart("callback"),
    **dict.fromkeys(("redress", "budget", "promise", "keep"), lambda m: m.apart("offer")),
    **dict.fromkeys(("close", "reopen"), lambda m: m.apart("close")),
    "confirm": _confirms,
    "turn-down": _turns_down,
    "escalate": lambda m: _of_others(m) and m.desk.levels > steps.level(m.case),
    "ask-reply": lambda m: m.apart("find"),
    "crisis-team": lambda m: _of_others(m) and _without_coordinator(m),
    "reply": lambda m: m.me == m.case.get("subject_person") or m.blamed or _asked(m),
    "find": lambda m: m.apart("find") and m.me not in m.hands.anybody and not _asked(m),
    "erase": lambda m: _of_others(m) and not m.case.get("holds"),
}
"""Every other command is anybody's who has a role for it, but whom the complaint or a finding is about (R24)."""
_OPEN = frozenset({"evidence", "start-cluster"})
"""By these; a cluster that is proposed names no case."""

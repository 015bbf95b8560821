"""What the rules remember of a stream: a small closed union, only what some rule reads.

Kept small because one is stored for every case that ever was: declined offers, kept promises and the work on a closed
cycle are in the log, not here. What folds change has no slots (`events.changed`).
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from accountability.rules import OwnHours
from events.accountability import Ground, PromiseKind
from events.fact import Origin


@dataclass(frozen=True)
class Offer:
    """An offer that is not done with: it waits for approval, or it stands and is to be given."""

    offer_id: str
    amount_minor: int
    currency: str
    by: str
    stands_on: str | None = None
    """Who answers for the amount alone: the offerer within their limit, or whoever approved it. None while it waits."""
    reservation: str | None = None
    accepted: bool = False
    """The complainant has said yes to what stood then."""

    @property
    def awaits_approval(self) -> bool:
        """Whether somebody with a higher limit has to approve it first."""
        return self.stands_on is None


@dataclass(frozen=True)
class Accepted:
    """An accepted offer, until it is written when it is due. `given_at`: it was given before."""

    offer_id: str
    by: str
    at: datetime
    given_at: datetime | None = None


@dataclass(frozen=True)
class Promise:
    """A promise that is not done with. `kept_at`: kept late, and the breach is still to be written (L14)."""

    promise_id: str
    kind: PromiseKind | Literal["redress"]
    due: datetime
    broken: bool = False
    kept_at: datetime | None = None


@dataclass(frozen=True)
class Call:
    """The next try of the callback that closing owes. `ended_at`: when somebody tried or the case was reopened, where
    that was too late and the miss is still to be written (L14).
    """

    due: datetime
    missed: int = 0
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What another system told and this chapter has not yet written (2-domain, imported history)."""

    fact: Literal["closed", "reopened"]
    at: datetime
    origin: Origin
    remark: str
    known_at: datetime | None = None
    """When it was known, where that came later (L24); of old history all was."""


@dataclass(frozen=True)
class Decision:
    """The position of this cycle, and what has become of it."""

    at: datetime
    by: str
    ours: bool
    """False where the matter is not ours to judge (R79)."""
    settled: bool
    answered: bool = False
    """The complainant was told by a person, with reasons: a channel confirmed it, or it was settled in the call. An
    offer that is taken back is told anew.
    """
    outdated: tuple[str, ...] = ()
    """Messages that were on their way when it was made: they do not tell it."""
    tries: tuple[datetime, ...] = ()
    """When callbacks did not reach anybody, since somebody was reached; the last few."""
    confirmed: bool = False
    """The complainant said at a callback that it is solved."""
    before: tuple[str, ...] = ()
    """Who took a position before it in this cycle."""


@dataclass(frozen=True)
class Case:
    """What open and closed complaints have in common."""

    key_id: str | None = None
    party_ref: str | None = None
    history: str | None = None
    """The import stream that brought it, where it is old history."""
    subject: str | None = None
    blamed: tuple[str, ...] = ()
    """Whom a finding held answerable."""
    taker: str | None = None
    contact: Literal["none", "impossible", "reached"] = "none"
    spoken_in: int = 0
    """In which cycle somebody last spoke with the complainant."""
    facts: Literal["not-discussed", "sought", "agreed"] = "not-discussed"
    motive: bool = False
    withdrawn: bool = False
    screening: str | None = None
    cycle: int = 1
    hands: tuple[str, ...] = ()
    """Everybody who owned, decided, offered, approved or closed; none of them judges (R92)."""
    deciders: tuple[str, ...] = ()
    """Who decided in earlier cycles."""
    asked: tuple[str, ...] = ()
    """Who was asked for their side."""
    replied: tuple[str, ...] = ()
    """Who has given it."""
    on_its_way: tuple[str, ...] = ()
    """Messages that tell a decision, and that no channel has confirmed yet."""
    offers: tuple[Offer, ...] = ()
    alone: tuple[tuple[str, str, int], ...] = ()
    """On whose authority money stands: the person, the currency, the amount in minor units."""
    budget: str | None = None
    """Out of which budget it is paid."""
    spent: tuple[str, ...] = ()
    """Reservations that an offer has named which was neither declined nor taken back; each pays once."""
    given_up: tuple[str, ...] = ()
    """Reservations that no offer here will ever use."""
    accepted: tuple[Accepted, ...] = ()
    """In the order in which they were."""
    promises: tuple[Promise, ...] = ()
    branch: str = ""
    own_hours: tuple[OwnHours, ...] = ()
    """What the complainant said of when to call, in the order told, the last few: what is written late asks for what
    was known when it happened (L14).
    """
    calls: tuple[Call, ...] = ()
    """One at most that is still to be made; before it those whose misses are still to be written."""
    pending: tuple[Report, ...] = ()
    """Reported facts in the order told, the first to be written next; never one that already holds."""

    @property
    def about(self) -> tuple[str | None, ...]:
        """Who is complained about, and whom a finding held answerable."""
        return self.subject, *self.blamed

    def stands(self, offer_id: str) -> bool:
        """Whether this offer is one to the complainant: it waits for nobody's approval."""
        return any(one.offer_id == offer_id and not one.awaits_approval for one in self.offers)


def hours_known(case: Case, at: datetime) -> OwnHours | None:
    """What was known then of when to call the complainant."""
    return next((own for own in reversed(case.own_hours) if own.known_at <= at), None)


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing has been lodged here, or the stream is none of ours."""

    kind: Literal["unheard"] = "unheard"
    """As tables that were folded before have it."""


@dataclass(frozen=True, slots=True)
class ImportBatch:
    """A stream `import/<batch>`: until when its history is complete; None while it loads."""

    kind: Literal["import"] = "import"
    known_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reservation:
    """Kept for one complaint; amounts in minor units of the budget's currency."""

    reservation: str
    complaint: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Budget:
    """A stream `budget/<department>:<period>`: what may be given, and what is kept for whom (L17)."""

    amount_minor: int
    currency: str
    kind: Literal["budget"] = "budget"
    reserved: tuple[Reservation, ...] = ()


@dataclass(frozen=True)
class Open:
    """Somebody has to answer."""

    kind: Literal["open"] = "open"
    case: Case = field(default_factory=Case)
    decision: Decision | None = None

    @property
    def is_settled(self) -> bool:
        """Settled in one call: it is only a matter of looking that it is closed (L14)."""
        return self.decision is not None and self.decision.settled


@dataclass(frozen=True)
class Closed:
    """Closed on a ground. `callback` says what closing owes, `unsatisfied_at` that it was not solved after all."""

    at: datetime
    ground: Ground
    kind: Literal["closed"] = "closed"
    case: Case = field(default_factory=Case)
    callback: Literal["none", "owed", "scheduled"] = "none"
    tries: tuple[datetime, ...] = ()
    """When callbacks after closing did not reach anybody; the last few."""
    unsatisfied_at: datetime | None = None
    unsatisfied_by: str = ""


State = Empty | ImportBatch | Budget | Open | Closed

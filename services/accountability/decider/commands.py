"""What may be asked of this service: private to it, never on the wire.

`now` comes from the server, `by` and `roles` from the token.
"""

from dataclasses import dataclass
from datetime import datetime

from events.accountability import Attitude, CallbackOutcome, Ground, Measure, Outcome, PromiseKind, Responsible


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks, when, and with which roles."""

    now: datetime
    by: str
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide(Asked):
    """Take the company's position. `settled`: told and accepted in this very call."""

    outcome: Outcome
    root_cause: str | None
    waiver: str | None
    reasons: str
    settled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRemedy(Asked):
    """Offer a remedy; amounts in minor units of the currency, 0 where it is no money."""

    offer_id: str
    remedy: str
    amount_minor: int
    currency: str
    complaint: str = ""
    """This complaint, as budgets name it."""
    reservation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NameBudget(Asked):
    """Say out of which budget a case is paid."""

    budget: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUpReservation(Asked):
    """Let no offer on this case use it any more."""

    reservation: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetBudget(Asked):
    amount_minor: int
    currency: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserve(Asked):
    reservation: str
    complaint: str
    amount_minor: int
    about: tuple[str | None, ...]
    """Whom that complaint, or a finding on it, is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Asked):
    reservation: str
    reason: str
    complaint: str | None
    """For which it was reserved; None where no such reservation was found."""
    given_up: bool
    """That complaint has given it up: no offer there will use it."""
    about: tuple[str | None, ...]
    """As of `Reserve`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveOffer(Asked):
    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineOffer(Asked):
    offer_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawOffer(Asked):
    """Take an offer back."""

    offer_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveRedress(Asked):
    offer_id: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MakePromise(Asked):
    promise_id: str
    kind: PromiseKind
    text: str
    due: datetime
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepPromise(Asked):
    promise_id: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptCallback(Asked):
    promise_id: str | None
    outcome: CallbackOutcome
    attitude: Attitude
    next_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseComplaint(Asked):
    ground: Ground
    evidence: str
    next_instance: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenComplaint(Asked):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForReply(Asked):
    """Ask somebody for their side; None: whom the complaint is about."""

    of: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveReply(Asked):
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeFinding(Asked):
    responsible: Responsible
    person: str | None
    measure: Measure
    reasons: str


OnBudget = SetBudget | Reserve | Release
OnOffer = OfferRemedy | ApproveOffer | DeclineOffer | WithdrawOffer | GiveRedress
OnFinding = AskForReply | GiveReply | MakeFinding
OnCase = (
    OnOffer
    | OnFinding
    | Decide
    | MakePromise
    | KeepPromise
    | AttemptCallback
    | CloseComplaint
    | ReopenComplaint
    | NameBudget
    | GiveUpReservation
)
Command = OnCase | OnBudget

"""Chapter accountability: what was done, and who answers. Written by the service accountability and by nobody else."""

from typing import ClassVar, Literal

from events.fact import Chapter, Count, Fact, Moment, Origin, Remark, Sealed, Word

Ground = Literal[
    "accepted", "callbacks-spent", "options-exhausted", "out-of-scope", "transferred", "withdrawn", "closed-at-source"
]
Outcome = Literal["upheld", "partly-upheld", "rejected", "not-ours"]
PromiseKind = Literal["action", "callback"]
CallbackOutcome = Literal["satisfied", "not-satisfied", "not-reached"]
Attitude = Literal["more-loyal", "routine", "watching", "leaving", "unknown"]
Responsible = Literal["person", "process", "product", "policy", "supplier", "none"]
Reply = Literal["given", "asked", "not-asked"]
Measure = Literal["sanction", "commendation", "training", "none"]

_ON_WHAT_WAS_SAID = frozenset({Chapter.INTAKE})
"""Whom it is about, at least: they do none of it (R24)."""


class DecisionMade(Fact):
    """The company's position, with its reasons (R48, R73). Not before contact, motive and agreed facts (R03); what is
    not ours to judge was screened so first (R79).
    """

    type: ClassVar[str] = "complaints.accountability.decided.v1"
    relies_on: ClassVar[frozenset[Chapter]] = frozenset({Chapter.INTAKE, Chapter.TRIAGE})
    outcome: Outcome
    root_cause: Word | None = None
    """The deeper cause (R32); absent only where it is waived."""
    waiver: Remark | None = None
    """Why no cause could be named; signed by `by`."""
    reasons: Sealed
    settled: bool = False
    """Told and accepted in this very call: it is the answer and its acceptance, and closing is owed (R46, R145)."""
    by: Word


class RemedyOffered(Fact):
    """A remedy is offered, within the offerer's authority or waiting for approval (R119, R136)."""

    type: ClassVar[str] = "complaints.accountability.offered.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _ON_WHAT_WAS_SAID
    offer_id: Word
    remedy: Word
    amount_minor: Count
    currency: Word
    limit_minor: Count
    """The offerer's own limit at that moment, in minor units of `currency`."""
    limit_rule: Word
    """`<rules>@<version>/<role>`."""
    needs_approval: bool
    reservation: Word | None = None
    """What was reserved for it in the budget of the case, by its id; only ever one that was admitted there."""
    by: Word


class BudgetNamed(Fact):
    """The budget (`<department>:<period>`) that pays: an offer of money then names what it reserved there (L17)."""

    type: ClassVar[str] = "complaints.accountability.budget-named.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _ON_WHAT_WAS_SAID
    budget: Word
    reason: Remark
    by: Word


class ReservationGivenUp(Fact):
    """No offer on this case will ever use what was reserved for it: its budget may then release it (L17)."""

    type: ClassVar[str] = "complaints.accountability.reservation-given-up.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _ON_WHAT_WAS_SAID
    reservation: Word
    reason: Remark
    by: Word


class OfferApproved(Fact):
    """Somebody with a limit high enough, and another person, approves an offer above the offerer's limit."""

    type: ClassVar[str] = "complaints.accountability.offer-approved.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _ON_WHAT_WAS_SAID
    offer_id: Word
    limit_minor: Count
    """The approver's own limit at that moment."""
    limit_rule: Word
    by: Word


class OfferDeclined(Fact):
    """The approver declines; the offer does not stand."""

    type: ClassVar[str] = "complaints.accountability.offer-declined.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _ON_WHAT_WAS_SAID
    offer_id: Word
    reason: Remark
    by: Word


class OfferWithdrawn(Fact):
    """An offer is taken back, and what it held is free. `told`: they had their answer, and are told anew."""

    type: ClassVar[str] = "complaints.accountability.offer-withdrawn.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _ON_WHAT_WAS_SAID
    offer_id: Word
    reason: Remark
    told: bool = False
    by: Word


class RedressGiven(Fact):
    """What was offered (and, where needed, approved) has been done."""

    type: ClassVar[str] = "complaints.accountability.redressed.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _ON_WHAT_WAS_SAID
    offer_id: Word
    evidence: Remark
    by: Word


class RedressDue(Fact):
    """An accepted offer is a promise under its own id: until when it is to be given. It relies on nothing else."""

    type: ClassVar[str] = "complaints.accountability.redress-due.v1"
    offer_id: Word
    due: Moment
    owner: Word
    """Who made the offer."""
    rule: Word


class PromiseMade(Fact):
    """A statement of intent to the complainant: owner, due time, and later the proof of keeping."""

    type: ClassVar[str] = "complaints.accountability.promised.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _ON_WHAT_WAS_SAID
    promise_id: Word
    kind: PromiseKind
    text: Sealed
    due: Moment
    owner: Word
    by: Word


class PromiseKept(Fact):
    """The promise was kept, with the proof; late or not is in the history before it."""

    type: ClassVar[str] = "complaints.accountability.promise-kept.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _ON_WHAT_WAS_SAID
    promise_id: Word
    evidence: Remark
    by: Word


class PromiseBroken(Fact):
    """The due time passed and nothing kept the promise; `at` is the due time (L14). Proofs of keeping stand in this
    chapter; what was said tells whether the case is history that still loads.
    """

    type: ClassVar[str] = "complaints.accountability.promise-broken.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _ON_WHAT_WAS_SAID
    promise_id: Word


class CallbackAttempted(Fact):
    """Somebody called the complainant back (R96). Reaching them keeps the promised callback it names."""

    type: ClassVar[str] = "complaints.accountability.callback-attempted.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _ON_WHAT_WAS_SAID
    """Whom it is about, and when the complainant may be called."""
    promise_id: Word | None = None
    outcome: CallbackOutcome
    attitude: Attitude = "unknown"
    """How the complainant stands to us afterwards (R43)."""
    next_at: Moment | None = None
    """The next try, where one is due."""
    by: Word


class CallbackScheduled(Fact):
    """Closing owes a callback until the solution is confirmed; this is when it is due (R96)."""

    type: ClassVar[str] = "complaints.accountability.callback-scheduled.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _ON_WHAT_WAS_SAID
    due: Moment
    reason: Remark
    rule: Word


class CallbackMissed(Fact):
    """Nobody tried the callback that closing owes; `at` is when it was due (L14), and the rules name the next try.
    Tries stand in this chapter; what was said tells where they live, and whether old history still loads.
    """

    type: ClassVar[str] = "complaints.accountability.callback-missed.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _ON_WHAT_WAS_SAID
    missed: Count
    """How often this callback was missed, this time included."""
    next_at: Moment | None = None
    """The next try; absent once the rules name no further one: it then stays overdue."""
    rule: Word


class CallbackPutOff(Fact):
    """What closing owes fell due when the complainant had asked not to be called; `at` is when it was due (L14)."""

    type: ClassVar[str] = "complaints.accountability.callback-put-off.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _ON_WHAT_WAS_SAID
    next_at: Moment
    """When it is due now."""
    rule: Word


class ComplaintClosed(Fact):
    """The case is closed on one of the lawful grounds, with evidence (R74). Imported ones are closed at source."""

    type: ClassVar[str] = "complaints.accountability.closed.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _ON_WHAT_WAS_SAID
    ground: Ground
    evidence: Remark
    next_instance: Word
    """Where the complainant may turn next; never empty (R80)."""
    by: Word
    reported: Origin | None = None

    def relied_on(self) -> frozenset[Chapter]:
        """What is not ours to judge is so by its screening."""
        not_ours = self.ground in ("out-of-scope", "transferred")
        return super().relied_on() | (frozenset({Chapter.TRIAGE}) if not_ours else frozenset())


class ComplaintReopened(Fact):
    """Not solved after all: a new cycle begins, the first stays as it was."""

    type: ClassVar[str] = "complaints.accountability.reopened.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _ON_WHAT_WAS_SAID
    reason: Remark
    cycle: Count
    """The number of the cycle that begins; the first is 1."""
    apart_from: tuple[Word, ...] = ()
    """Who decided before, where the table of limits wants somebody else to look at it now."""
    by: Word
    reported: Origin | None = None


class ReplyAsked(Fact):
    """Whom it is about, or who else may come to answer for it, is asked for their side (R60, R106)."""

    type: ClassVar[str] = "complaints.accountability.reply-asked.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _ON_WHAT_WAS_SAID
    of: Word
    by: Word


class ReplyGiven(Fact):
    """Their side, in their own words: of whom the complaint is about, or of who was asked."""

    type: ClassVar[str] = "complaints.accountability.reply-given.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _ON_WHAT_WAS_SAID
    text: Sealed
    by: Word


class FindingMade(Fact):
    """Who or what answers for it, judged by people apart from customer service; praise counts as well (R90-R92)."""

    type: ClassVar[str] = "complaints.accountability.finding-made.v1"
    relies_on: ClassVar[frozenset[Chapter]] = frozenset({Chapter.INTAKE, Chapter.ESCALATION})
    responsible: Responsible
    person: Word | None = None
    reply: Reply | None = None
    """Whether `person`, else whom the complaint is about, was heard before; absent where neither is named."""
    measure: Measure
    reasons: Sealed
    by: Word

    @property
    def against(self) -> str | None:
        """Whom it holds answerable: from then on the case is about them, too (R24). Praise is held against nobody."""
        return self.person if self.responsible == "person" and self.measure != "commendation" else None

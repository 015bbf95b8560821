"""The JSON bodies of this service's commands: form only, unknown members refused. Must not: any rule."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from accountability.decider.budget import NAME
from events.accountability import Attitude, CallbackOutcome, Ground, Measure, Outcome, PromiseKind, Responsible
from events.fact import Count, Moment, Remark
from events.inbound import Text
from rulebooks.authority import Currency
from runtime.body import Body, Word

BudgetName = Annotated[str, Field(pattern=NAME)]
Words = Annotated[Text, Field(min_length=1, max_length=100_000)]
"""Words that may be personal: sealed before they are written."""


class DecisionBody(Body):
    outcome: Outcome
    root_cause: Word | None = None
    waiver: Remark | None = None
    """Instead of a cause: why none could be named."""
    reasons: Words
    settled: bool = False
    """Told and accepted in this very call: the case closes by itself."""


class RemedyBody(Body):
    remedy: Word
    amount_minor: Count = 0
    """In minor units of the currency; 0 where it is no money."""
    currency: Currency
    reservation_id: UUID | None = None
    """What was reserved for it in the budget of the case."""


class BudgetNameBody(Body):
    budget: BudgetName
    reason: Remark


class BudgetBody(Body):
    """So much may be given in this period, in minor units."""

    amount_minor: Count
    currency: Currency
    reason: Remark


class ReservationBody(Body):
    complaint_id: UUID
    amount_minor: Annotated[int, Field(ge=1, le=2**53)]


class ReleaseBody(Body):
    reason: Remark


class ApprovalBody(Body):
    offer_id: UUID


class DeclineBody(Body):
    offer_id: UUID
    reason: Remark


class OfferWithdrawalBody(Body):
    offer_id: UUID
    reason: Remark


class RedressBody(Body):
    offer_id: UUID
    evidence: Remark


class PromiseBody(Body):
    kind: PromiseKind = "action"
    text: Words
    due: Moment
    owner: Word | None = None
    """Who keeps it, by subject id; whoever makes it where nobody is named."""


class KeepingBody(Body):
    evidence: Remark


class CallbackBody(Body):
    promise_id: UUID | None = None
    outcome: CallbackOutcome
    attitude: Attitude = "unknown"
    next_at: Moment | None = None


class ClosingBody(Body):
    ground: Ground
    evidence: Remark
    next_instance: Word | None = None
    """Where the complainant may turn next; the rules name one where this does not."""


class ReopeningBody(Body):
    reason: Remark


class ReplyAskedBody(Body):
    of: Word | None = None
    """Who is asked, by subject id; whom the complaint is about where nobody is named."""


class ReplyBody(Body):
    text: Words


class FindingBody(Body):
    responsible: Responsible
    person: Word | None = None
    measure: Measure = "none"
    reasons: Words

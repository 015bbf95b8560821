"""Chapter intake: what was said. Written by the service intake and by nobody else."""

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from events.apart import KeptApart
from events.fact import Chapter, Count, Fact, GivenDue, Moment, Origin, Remark, Sealed, Word

Identity = Literal["ordinary", "vip", "vulnerable", "media", "repeat", "nuisance"]
Motive = Literal["satisfaction", "compensation", "sympathy", "venting", "wants-improvement", "wants-to-help"]
MessageKind = Literal["acknowledgement", "reply", "progress", "heartbeat", "decision"]
AmendableField = Literal["text", "demand", "product", "branch", "channel", "identity", "contact"]
Hours = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A part of each day, `20:00-09:00`; over midnight where it ends earlier than it begins."""
ErasureBasis = Literal["consent-withdrawn", "no-longer-needed", "objection", "unlawful", "legal-duty"]
"""Why the law wants personal data erased (GDPR article 17(1), PIPL article 47)."""
HoldPurpose = Literal["litigation", "investigation", "regulator", "audit", "claim"]
"""Why the law wants it kept (GDPR article 17(3))."""
FileNumber = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,10}(-[0-9]{1,10}){1,3}$")]
"""Under which a request is filed, `DSR-2026-117`: capitals and figures, so that it can say nothing of a person."""
Zone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_+/-]{1,60}$")]
"""A time zone by its name in the IANA database, `Europe/London`."""

_WHETHER_IT_WAS_REOPENED = frozenset({Chapter.ACCOUNTABILITY})
"""A withdrawal counts for its cycle only."""


class ComplaintLodged(Fact):
    """Somebody said they are not satisfied. The first event of every complaint stream (R67)."""

    type: ClassVar[str] = "complaints.intake.lodged.v1"
    channel: Word
    channel_rule: Word | None = None
    """Where the channel was looked up, `<list>@<version>`; `<list>@<version>:unknown` where it is not there."""
    entrance: bool = False
    """It came through the dedicated entrance: a person speaks first, then machines (R19, R20)."""
    form: Literal["written", "oral"] = "written"
    nature: Literal["objection", "protest", "claim", "signal"] = "objection"
    language: Word = "und"
    product: Word | None = None
    branch: Word | None = None
    identity: Identity = "ordinary"
    anonymous: bool = False
    on_behalf: bool = False
    subject_person: Word | None = None
    """The staff member complained about, by subject id (R24)."""
    taken_by: Word | None = None
    """Who took the call or filled the form for the complainant, by subject id."""
    party_ref: Word | None = None
    """Keyed hash of the contact: joins the contacts of one person without naming them."""
    key_id: Word | None = None
    """The data key under which this complainant's words are sealed."""
    text: Sealed | None = None
    demand: Sealed | None = None
    contact: Sealed | None = None
    injury: bool = False
    told_people: Count = 0
    """How many people the complainant says they told (R40)."""
    calls_before: Count | None = None
    """How often they say that they called about it before (R84)."""
    complaints_before: Count | None = None
    """How many complaints they had made before, as they say or staff sees (R84)."""
    dues: tuple[GivenDue, ...] = ()
    """Due times that the publisher states; kept as given."""
    category: Word | None = None
    """What the source calls it; triage then owes its own event."""
    reported: Origin | None = None
    """Set where another system lodged it: its name and its own reference."""
    history: Word | None = None
    """The import stream (`import/<batch>`) where this is old history being loaded: until that stream says
    `history-completed`, only reported facts are owed for this case."""


class ComplaintAmended(Fact):
    """One field of what was said is corrected: reason, before and after (R27, R28)."""

    type: ClassVar[str] = "complaints.intake.amended.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _WHETHER_IT_WAS_REOPENED
    field: AmendableField
    before: Sealed | Word | None = None
    after: Sealed | Word
    reason: Remark
    by: Word


class EvidenceAdded(Fact):
    """Something that shows what happened; the bytes live elsewhere, their hash is here."""

    type: ClassVar[str] = "complaints.intake.evidence-added.v1"
    name: Sealed
    media_type: Word
    size_bytes: Count
    sha256: Word
    by: Word


class ContactPreferencesStated(KeptApart):
    """How, when and where the complainant wants to be reached, as they or staff for them said it. It replaces what was
    stated before, as a whole; what is absent is as we do it anyway. In clear, for callbacks are timed by it.
    """

    type: ClassVar[str] = "complaints.intake.contact-preferences-stated.v1"
    channel: Word | None = None
    """By which they are reached best."""
    quiet_hours: Hours | None = None
    """When not to call, beside the hours in which nobody is called: `20:00-09:00`, by the clock of where they live."""
    zone: Zone | None = None
    """Where they live, such as `Europe/London`; where it is absent, where the branch is that they deal with."""
    by: Word


class ContactRecorded(KeptApart):
    """A person spoke with the complainant, or tried to. Empathy before solution (R02, R115, R116)."""

    type: ClassVar[str] = "complaints.intake.contact-recorded.v1"
    channel: Word
    outcome: Literal["reached", "not-reached", "impossible"]
    reason: Remark | None = None
    facts: Literal["confirmed", "corrected", "disputed", "not-discussed"] = "not-discussed"
    agreed: bool = False
    """The complainant agrees that the facts are right (R116)."""
    retold: bool = False
    """The complainant had to tell the story again (R115)."""
    note: Sealed | None = None
    by: Word


class MotiveRecorded(KeptApart):
    """Why the complainant really complains, as a person judged it; apart from the demand (R04, R45)."""

    type: ClassVar[str] = "complaints.intake.motive-recorded.v1"
    motive: Motive
    by: Word


class MessageReceived(KeptApart):
    """The complainant left a further message. Which ones are owed an answer, and how soon, say the packs (R83)."""

    type: ClassVar[str] = "complaints.intake.message-received.v1"
    message_id: Word
    channel: Word
    text: Sealed | None = None


class MessageRequested(KeptApart):
    """We want something said to the complainant; a gateway takes it from here. Not yet an answer."""

    type: ClassVar[str] = "complaints.intake.message-requested.v1"
    message_id: Word
    kind: MessageKind
    channel: Word
    text: Sealed
    automatic: bool = False
    by: Word


class MessageSent(Fact):
    """A channel confirmed that our message reached the complainant; only this or a call answers a clock (R83)."""

    type: ClassVar[str] = "complaints.intake.message-sent.v1"
    message_id: Word
    kind: MessageKind
    channel: Word
    automatic: bool = False
    report: Word
    """The channel's own reference of the delivery."""


class MessageFailed(Fact):
    """A channel reported that our message did not reach the complainant."""

    type: ClassVar[str] = "complaints.intake.message-failed.v1"
    message_id: Word
    channel: Word
    reason: Sealed | None = None
    """In the channel's words, which may quote an address; absent where this person's data was erased."""


class ComplaintWithdrawn(Fact):
    """The complainant takes it back. Counted, never as success (R30)."""

    type: ClassVar[str] = "complaints.intake.withdrawn.v1"
    relies_on: ClassVar[frozenset[Chapter]] = _WHETHER_IT_WAS_REOPENED
    reason: Sealed
    by: Word


class DataErased(Fact):
    """What is personal here was erased, in all cases of this person: these data keys are destroyed, and no word sealed
    under one can be read again. The record stays.
    """

    type: ClassVar[str] = "complaints.intake.data-erased.v1"
    relies_on: ClassVar[frozenset[Chapter]] = frozenset({Chapter.ACCOUNTABILITY})
    """It names all keys: where this case was given another meanwhile, in any chapter that seals, it is said again."""
    basis: ErasureBasis
    reference: FileNumber
    """Of the request, where it is filed."""
    party_ref: Word | None = None
    """Whose data it was, where they left a contact: all their cases lost their words."""
    key_ids: tuple[Word, ...]
    by: Word

    def destroys(self) -> tuple[str, ...]:
        return self.key_ids


class HoldPlaced(KeptApart):
    """The law wants what this person told us kept: nothing of theirs is erased until it is lifted."""

    type: ClassVar[str] = "complaints.intake.hold-placed.v1"
    hold_id: Word
    party_ref: Word | None = None
    """Whose words are kept, where they left a contact: in all their cases."""
    purpose: HoldPurpose
    authority: Word
    """Who ordered it: a court, a regulator; an office, never a person."""
    reference: FileNumber
    """Of the order, where it is filed."""
    by: Word


class HoldLifted(KeptApart):
    """A legal hold ends."""

    type: ClassVar[str] = "complaints.intake.hold-lifted.v1"
    hold_id: Word
    reason: Remark
    by: Word


class FeedbackGiven(KeptApart):
    """What the complainant thinks of the process and of the outcome: two figures (R76)."""

    type: ClassVar[str] = "complaints.intake.feedback-given.v1"
    process_score: Literal[1, 2, 3, 4, 5]
    outcome_score: Literal[1, 2, 3, 4, 5]
    text: Sealed | None = None


class SourceReported(Fact):
    """Another system tells what happened there, with its own time. The owning chapter then owes its own event."""

    type: ClassVar[str] = "complaints.intake.source-reported.v1"
    fact: Literal["classified", "custody", "closed", "reopened"]
    reported: Origin
    category: Word | None = None
    team: Word | None = None
    owner: Word | None = None
    line: Literal[1, 2, 3] | None = None
    status: Word | None = None
    sub_status: Word | None = None
    impact: Word | None = None
    ground: Word | None = None
    waiting: Word | None = None
    """Custody only: what the case waits for there (`wait-user`), until the next report. Clocks whose policy knows the
    reason pause so long.
    """
    note: Sealed | None = None


class ImportOpened(Fact):
    """A source begins to hand over a batch of its history. Stream `import/<batch>`, named by its publisher."""

    type: ClassVar[str] = "complaints.intake.import-opened.v1"
    source: Word


class HistoryCompleted(Fact):
    """A source declares until when its history is complete; clocks are judged as of that instant."""

    type: ClassVar[str] = "complaints.intake.history-completed.v1"
    source: Word
    known_until: Moment

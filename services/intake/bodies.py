"""The JSON bodies of intake's commands: form only, unknown members refused. Must not: any rule."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError, PydanticKnownError

from clocks.wall import zone_names
from events.fact import Count, Remark
from events.inbound import Text
from events.intake import (
    AmendableField,
    ErasureBasis,
    FileNumber,
    HoldPurpose,
    Hours,
    Identity,
    MessageKind,
    Motive,
    Zone,
)
from intake.decider.commands import SEALED_FIELDS
from runtime.body import Body, Word, fit_word

Words = Annotated[Text, Field(min_length=1, max_length=100_000)]
"""What a person said; sealed before it is written. In UTF-8 at most 140,000 bytes."""
Note = Annotated[Text, Field(min_length=1, max_length=10_000)]
Score = Literal[1, 2, 3, 4, 5]
WORD_CHARS_MAX = 200


class LodgeBody(Body):
    channel: Word
    form: Literal["written", "oral"] = "written"
    nature: Literal["objection", "protest", "claim", "signal"] = "objection"
    language: Word = "und"
    """Of `text`, as BCP 47 says it: `zh-Hans`, `en`."""
    product: Word | None = None
    branch: Word | None = None
    identity: Identity = "ordinary"
    """Set by staff only."""
    anonymous: bool = False
    on_behalf: bool = False
    subject_person: Word | None = None
    """The staff member complained about, by subject id. Set by staff only: others say in `text` whom they mean."""
    injury: bool = False
    told_people: Count = 0
    calls_before: Count | None = None
    complaints_before: Count | None = None
    text: Words
    demand: Note | None = None
    """What the complainant asks for."""
    contact: Annotated[Text, Field(min_length=1, max_length=500)] | None = None
    """Where to reach the complainant: a phone number or an address."""


class AmendBody(Body):
    field: AmendableField
    after: Words
    reason: Remark

    @field_validator("after")
    @classmethod
    def _a_word_where_it_is_a_name(cls, after: str, info: ValidationInfo) -> str:
        """Refused at `after` itself, with the codes of a word; a field that is none is refused by itself."""
        if "field" not in info.data or info.data["field"] in SEALED_FIELDS:
            return after
        if len(after) > WORD_CHARS_MAX:
            raise PydanticKnownError("string_too_long", {"max_length": WORD_CHARS_MAX})
        return fit_word(after)


class EvidenceBody(Body):
    name: Annotated[Text, Field(min_length=1, max_length=500)]
    media_type: Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9][a-z0-9.+-]{0,100}$")]
    size_bytes: Count
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class ContactBody(Body):
    channel: Word
    outcome: Literal["reached", "not-reached", "impossible"]
    reason: Remark | None = None
    """Why it was impossible."""
    facts: Literal["confirmed", "corrected", "disputed", "not-discussed"] = "not-discussed"
    agreed: bool = False
    retold: bool = False
    note: Note | None = None


class ContactPreferencesBody(Body):
    """Replaces what was stated before, as a whole: what is left out is taken back."""

    channel: Word | None = None
    """By which they are reached best."""
    quiet_hours: Hours | None = None
    """When not to call: `20:00-09:00`, by the clock of where they live."""
    zone: Zone | None = None
    """Where they live, such as `Europe/London`; left out, where the branch is that they deal with."""

    @field_validator("quiet_hours")
    @classmethod
    def _some_hours(cls, hours: str | None) -> str | None:
        begins, _, ends = (hours or "-").partition("-")
        if hours and begins == ends:
            raise PydanticCustomError("hours_empty", "begin and end at two different times")
        return hours

    @field_validator("zone")
    @classmethod
    def _a_zone(cls, zone: str | None) -> str | None:
        if zone is not None and zone not in zone_names():
            raise PydanticCustomError("zone_unknown", "name a zone of the IANA database, such as Europe/London")
        return zone


class MotiveBody(Body):
    motive: Motive


class MessageBody(Body):
    kind: MessageKind
    channel: Word
    text: Words
    automatic: bool = False


class LeftMessageBody(Body):
    channel: Word
    text: Words


class WithdrawalBody(Body):
    reason: Annotated[Text, Field(min_length=1, max_length=2000)]


class ErasureBody(Body):
    basis: ErasureBasis
    reference: FileNumber
    """Of the request, where it is filed, such as `DSR-2026-117`; never a name."""


class HoldBody(Body):
    purpose: HoldPurpose
    authority: Word
    """Who ordered it: a court, a regulator; an office, never a person."""
    reference: FileNumber
    """Of the order, where it is filed, such as `CIV-2026-3`; never a name."""


class HoldLiftedBody(Body):
    reason: Remark


class FeedbackBody(Body):
    process_score: Score
    outcome_score: Score
    text: Note | None = None

"""From a wish to a record: what commands from people and from other systems have in common (architecture, section 3).

Lives here: the draft that a command is built from, and the record of the fact it became. Must not: wait, retry, answer.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from events.admission import Expectation, Head, expectation, narrowed
from events.codec import encode
from events.decider import Context, Decider, Refused
from events.envelope import Envelope, write_headers
from events.fact import Fact
from events.partition import partition_of
from runtime.keyring import KeyErased, KeyNotAtHand, Keyring
from runtime.rows import Outgoing, Row, VerdictRow
from runtime.sealing import ERASED, MISSING, key_id_of

S = TypeVar("S")


class KeyWanted(Exception):
    """A text is to be sealed and its owner has no living data key yet; the owner is the argument."""


@dataclass(frozen=True, slots=True)
class Draft(Generic[S]):
    """What a command may be built from, after the snapshot: time, actor, state, and sealing under the right key."""

    now: datetime
    by: str
    roles: frozenset[str]
    event_id: str
    stream: str
    state: S
    key_id: str | None
    """The data key of this case's complainant, or one that was just made for these words; None where there is none."""
    key_owner: str
    keyring: Keyring

    def seal(self, field_name: str, text: str) -> str:
        """The sealed token of a personal text (architecture, section 6). Raises KeyWanted, KeyNotAtHand.

        What is said after an erasure is said anew, under another key: the case goes on (docs/adr/0028).
        """
        if self.key_id is None:
            raise KeyWanted(self.key_owner)
        try:
            return self.keyring.seal(
                self.key_id, stream=self.stream, event_id=self.event_id, field=field_name, text=text
            )
        except KeyErased:
            raise KeyWanted(self.key_owner) from None

    def is_erased(self, token: str | None) -> bool:
        """Whether what was sealed in this token is gone for ever."""
        return token is not None and self.keyring.key(key_id_of(token) or "") is ERASED

    def living_keys(self) -> tuple[str, ...]:
        """The living data keys of this person, and of the case itself. Raises KeyNotAtHand."""
        if self.key_id is not None and self.keyring.key(self.key_id) is MISSING:
            raise KeyNotAtHand
        return tuple(self.keyring.keys_of((self.key_owner, self.stream)))


@dataclass(frozen=True, slots=True)
class Intent:
    """What somebody wants said: the stream, the name of the event it will be, and how to build the command."""

    stream: str
    event_id: str
    command_hash: str
    command: Callable[[Draft[Any]], Any]
    auth_id: str
    auth_type: str = "service_account"
    roles: frozenset[str] = frozenset()
    pinned: Expectation | None = None
    correlation_id: str | None = None
    key_owner: str | None = None
    """Whose data key seals the texts of a case that does not name one yet; the stream itself where nobody is named."""
    names_keys: bool = False
    """The command names data keys: all that were made until then are read first."""
    trace: list[tuple[str, bytes]] = field(default_factory=list)
    older_hashes: tuple[str, ...] = ()
    """What the command's hash would be by the older secrets."""

    def is_of(self, command_hash: str) -> bool:
        """Whether a record with this hash says the same command."""
        return command_hash in {self.command_hash, *self.older_hashes}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: a verdict (`already` where it was admitted before), a rule's refusal, or neither yet."""

    verdict: VerdictRow | None = None
    already: bool = False
    refused: Refused | None = None
    position: tuple[int, int] | None = None
    """Where it was written, where that is known and not yet judged; for a refused pin: the stream's last record."""
    head: Head | None = None
    """For a refused pin: where the stream stands."""


def draft_of(
    decider: Decider[Any], intent: Intent, row: Row | None, now: datetime, keyring: Keyring, *, made: str | None = None
) -> Draft[Any]:
    """The draft for an intent on what the snapshot showed; `made` is the key that was just made for its owner."""
    state = decider.initial if row is None else row.state
    owner = intent.key_owner or decider.owner_of(state) or intent.stream
    return Draft(now, intent.auth_id, intent.roles, intent.event_id, intent.stream, state,
                 made or decider.key_of(state), owner, keyring)  # fmt: skip


def decided(decider: Decider[Any], intent: Intent, draft: Draft[Any], context: Context) -> Fact | Refused:
    """Build the command and put it before the rules. Raises KeyWanted, KeyNotAtHand, UnknownRulebook."""
    command = intent.command(draft)
    if isinstance(command, Refused):
        return command
    return decider.decide(command, draft.state, context)


def record_of(
    decider: Decider[Any], intent: Intent, fact: Fact, *, head: Head, now: datetime, partitions: int
) -> Outgoing:
    """The fact as a record; it expects what this writer has seen admitted, and what the client pinned (L1, L2)."""
    expects = expectation(head, fact.relied_on() | {decider.chapter})
    if intent.pinned is not None:
        expects = narrowed(expects, intent.pinned)
    envelope = Envelope(
        event_id=intent.event_id,
        source=f"/services/{decider.chapter}",
        type=fact.type,
        chapter=decider.chapter,
        stream=intent.stream,
        time=fact.at,
        recorded_time=now,
        expects=expects,
        command_hash=intent.command_hash,
        correlation_id=intent.correlation_id,
        auth_type=intent.auth_type,
        auth_id=intent.auth_id,
    )
    partition = partition_of(intent.stream.encode(), partitions)
    return Outgoing(intent.stream, partition, [*write_headers(envelope), *intent.trace], encode(fact))

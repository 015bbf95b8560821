"""Ids are names (L4): the same act has the same id, whoever computes it and however often."""

import re
from hashlib import sha1
from uuid import UUID

COMPLAINT, CLUSTER, BUDGET, RULEBOOK = "complaint/", "cluster/", "budget/", "rulebook/"
"""How the streams of each kind begin."""

_NAMES = UUID("8d9f5a2e-6b1c-5e0f-9d43-3c6a1f0b7e21").bytes
"""Frozen: every id in every log hangs on it."""

STREAM = re.compile(r"(?:[a-z]{1,20}|rulebook/[a-z]{1,20})/[A-Za-z0-9][A-Za-z0-9._:-]{0,99}", re.ASCII)
"""`<kind>/<id>`, or `rulebook/<kind>/<name>`; the key of every record of the stream."""


def _name(*parts: str) -> str:
    """A UUID of version 5 (RFC 9562, 5.5), without the detour over its class, which costs more than the hash."""
    spelled = "".join([f"{len(part)}:{part}," for part in parts])
    digest = sha1(_NAMES + spelled.encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digest[16], 16) & 3]
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def command_event_id(*, principal: str, service: str, command: str, stream: str, key: str) -> str:
    """The event of a command; `stream` is empty where the command creates it, `key` is the Idempotency-Key."""
    return _name("command", principal, service, command, stream, key)


def outside_event_id(*, source: str, source_event_id: str) -> str:
    """The event that an outside event becomes."""
    return _name("outside", source, source_event_id)


def owed_event_id(*, stream: str, chapter: str, counter: int, fact_type: str) -> str:
    """What a service owes: the stream, the counter it would take, and what it says."""
    return _name("owed", stream, chapter, str(counter), fact_type)


def new_stream(kind: str, event_id: str) -> str:
    """A new stream is named after the event that opens it."""
    return f"{kind}/{_name('stream', kind, event_id)}"


def reported_stream(source: str, reference: str) -> str:
    """The complaint that another system knows by `reference`: told twice, it is the same stream."""
    return f"{COMPLAINT}{_name('reported', source, reference)}"


def key_id(*owner: str) -> str:
    """The data key of one complainant (or of one case, where nobody is named)."""
    return _name("key", *owner)

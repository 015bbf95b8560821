"""Old versions are lifted as they are read (L21): shown with an invented old type."""

from datetime import UTC, datetime
from typing import Any

import pytest

from events.codec import TYPES, Undecodable, decode, encode
from events.triage import ClusterMemberRemoved
from events.upcasters import UPCASTERS, lift

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
REMOVED = ClusterMemberRemoved(at=NOON, complaint_id="c1", by="li.na", reason="another car")
OLDEST, OLDER = "complaints.triage.member-left.v1", "complaints.triage.member-left.v2"


def _named(content: dict[str, Any]) -> dict[str, Any]:
    return {"complaint_id": content["id"], "by": content["who"]}


def _explained(content: dict[str, Any]) -> dict[str, Any]:
    return content | {"reason": content.get("reason", "not said")}


INVENTED = {OLDEST: (OLDER, _named), OLDER: (ClusterMemberRemoved.type, _explained)}


def test_an_old_value_is_lifted_step_by_step_to_the_newest() -> None:
    lifted = lift(OLDEST, b'{"id":"c1","who":"li.na"}', INVENTED)
    assert lifted is not None
    fact = decode(lifted[0], NOON, lifted[1])
    assert fact == REMOVED.model_copy(update={"reason": "not said"})


def test_a_newest_value_is_left_as_it_is() -> None:
    assert lift(ClusterMemberRemoved.type, encode(REMOVED), INVENTED) == (ClusterMemberRemoved.type, encode(REMOVED))
    assert lift(ClusterMemberRemoved.type, b"\xff", INVENTED) == (ClusterMemberRemoved.type, b"\xff")


@pytest.mark.parametrize("value", [b"", b"\xff", b"[]", b"null", b"1", b"{}", b'{"id":1}', b"[" * 100_000])
def test_what_is_not_the_old_type_is_refused(value: bytes) -> None:
    """Total: every byte string is decoded or refused, never an exception."""
    lifted = lift(OLDEST, value, INVENTED)
    assert lifted is None or isinstance(decode(lifted[0], NOON, lifted[1]), Undecodable)


def test_every_upcaster_leads_to_a_type_that_is_known() -> None:
    """L21: an old version without a way to the newest one would stop the readers."""
    for old in UPCASTERS:
        assert old not in TYPES
        name, seen = old, {old}
        while name in UPCASTERS:
            name = UPCASTERS[name][0]
            assert name not in seen
            seen.add(name)
        assert name in TYPES

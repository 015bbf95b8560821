"""The demo gateway: what it keeps of messages goes with the keys, and nothing else in its folder."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import orjson

from events.codec import canonical
from events.outbound import OpportunityFound, OpportunityGone, WordsErased
from intake.demo_gateway import DemoGateway
from runtime.cloudevents import CloudEvent, write_headers
from runtime.edge_store import EdgeRecord

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Silent:
    """Takes every report."""

    async def send(self, _topic: str, reports: list[Any]) -> list[int]:
        return [0 for _ in reports]


async def test_the_files_of_destroyed_keys_go_and_what_lies_beside_them_stays(tmp_path: Path) -> None:
    """S27; whatever else somebody put there stands no erasure still."""
    gone, other = tmp_path / f"{uuid4()}.json", tmp_path / f"{uuid4()}.json"
    gone.write_bytes(orjson.dumps({"key_id": "k1", "text": "words"}))
    other.write_bytes(orjson.dumps({"key_id": "k2", "text": "words"}))
    strangers = {tmp_path / "notes.json": "not JSON", tmp_path / "list.json": '["k1"]'}
    for path, content in strangers.items():
        path.write_text(content)
    erased = canonical(WordsErased(key_ids=("k1",)))
    event = CloudEvent(str(uuid4()), "intake", WordsErased.type, "complaint/1", NOON, erased)
    told = EdgeRecord("complaints.outbound", 0, 0, b"complaint/1", event.data, tuple(write_headers(event)))
    assert await DemoGateway(tmp_path, cast("Any", None), cast("Any", Silent()))([told]) == []
    assert {*tmp_path.iterdir()} == {other, *strangers}


async def test_what_is_for_sales_is_none_of_its_messages_and_not_bad(tmp_path: Path) -> None:
    """R09."""
    for said in (OpportunityFound(to="sales", product="pump"), OpportunityGone(to="sales")):
        event = CloudEvent(str(uuid4()), "intake", said.type, "complaint/1", NOON, canonical(said))
        told = EdgeRecord("complaints.outbound", 0, 0, b"complaint/1", event.data, tuple(write_headers(event)))
        assert await DemoGateway(tmp_path, cast("Any", None), cast("Any", Silent()))([told]) == []
    assert list(tmp_path.iterdir()) == []

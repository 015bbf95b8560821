"""What others say on a topic of their own is kept, whatever else is written there: one record stops no other."""

from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from asked import NOON, stream
from folded import Folded
from projections import marks, parkings
from projections.following import Keep, kept

MARK = {"service": "triage", "partition": 1, "next_offset": 100, "hash": "ab", "at": NOON.isoformat()}
PARKED = {
    "service": "triage", "stream": stream(1), "kind": "content", "partition": 1, "offset": 7, "reason": "evolve raised",
    "attempts": 1, "since": NOON.isoformat(), "mend_until": NOON.isoformat(),
}  # fmt: skip
NUL, TOO_LARGE = "\x00", 2**62


@pytest.mark.parametrize(
    ("keep", "table", "well", "unfit"),
    [
        (marks._keep, "readers", MARK, {"hash": NUL}),
        (marks._keep, "readers", MARK, {"partition": TOO_LARGE}),
        (parkings._keep, "parkings", PARKED, {"reason": NUL}),
        (parkings._keep, "parkings", PARKED, {"partition": TOO_LARGE}),
    ],
    ids=("nul-mark", "large-mark", "nul-parking", "large-parking"),
)
async def test_a_record_that_no_table_takes_stops_no_other(
    folded: Folded, keep: Keep, table: str, well: dict[str, Any], unfit: dict[str, Any]
) -> None:
    """L7, L22: it was tried again for ever, and what came behind it was never seen."""
    running: Any = SimpleNamespace(store=SimpleNamespace(pool=folded.pool))
    said = [well, well | unfit, well | {"service": "intake"}]
    records = [SimpleNamespace(offset=offset, value=orjson.dumps(one)) for offset, one in enumerate(said)]
    await kept(running, "topic", keep, records)
    services = await folded.pool.fetch(f"select service from {table} order by 1")  # noqa: S608 - a name of our own
    assert [row["service"] for row in services] == ["intake", "triage"]

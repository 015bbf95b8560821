"""What a tick looks through, in PostgreSQL's own words (L13)."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from runtime.store import _QUERIES, connect, create_schema

OPEN, DUE = 5_000, 7
_ROWS = """
insert into streams
select 'complaint/' || n, n % 12, 1, 1, 1, 1, 'state', n,
       now() + case when n <= $1 then interval '-1 minute' else interval '1 day' end, 0, null, 2, null, null, false
from generate_series(1, $2) n"""


@pytest.mark.parametrize(("version", "looks_through"), [(0, 0), (2, OPEN)], ids=["always", "after an assignment"])
async def test_a_tick_costs_what_is_due_and_never_what_is_open(
    fresh_database: str, version: int, looks_through: int
) -> None:
    """Rows that wait are not even looked at; all of them only where an older decider may have judged them (L16)."""
    await create_schema(fresh_database, "kept")
    pool = await connect(fresh_database, "kept", size=1)
    await pool.execute(_ROWS, DUE, OPEN)
    await pool.execute("analyze streams")
    query = "prepare due as " + _QUERIES["due"].rstrip().rstrip(";")
    await pool.execute(query)
    partitions = "array[0,1,2,3,4,5,6,7,8,9,10,11]"
    text = await pool.fetchval(f"explain (analyze, format json) execute due({partitions}, 500, {version})")
    nodes = list(_nodes(orjson.loads(text)[0]["Plan"]))
    assert [node["Actual Rows"] for node in nodes if node.get("Alias") == "d"] == [DUE]
    assert sum(node.get("Rows Removed by Filter", 0) for node in nodes) == looks_through
    await pool.close()


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)

"""Which clusters a case belongs to, now and as it was, and all of them in pages: over HTTP, on real tables."""

from datetime import datetime

import httpx

from asked import NOON, after, complaint_id, every, got, lodged, stream
from events.triage import ClusterMemberAdded, ClusterMemberRemoved, ClusterProposed
from folded import Folded


async def test_clusters_are_named_in_one_order(api: httpx.AsyncClient, folded: Folded) -> None:
    """Those of a case, now and as it was, and all of them in pages, whichever of them moved last."""
    folded.log.tell(stream(1), lodged(1))
    for number in (31, 32, 31):
        name = f"cluster/k-{number}"
        if name not in folded.log.heads:
            folded.log.tell(name, ClusterProposed(at=NOON, title="contactors", reason="x", by="ma"))
        added = ClusterMemberAdded(at=NOON, complaint_id=complaint_id(1), evidence="x", confidence_percent=90, by="ma")
        folded.log.tell(name, added)
        await folded.catch_up()
    path = f"/v1/complaints/{complaint_id(1)}"
    for moments in ({}, {"as_of": after(9).isoformat()}):
        assert [one["id"] for one in (await got(api, path, **moments))["clusters"]] == ["k-31", "k-32"]
    assert await every(api, "/v1/clusters?limit=1") == ["k-31", "k-32"]


async def test_a_case_as_it_was_names_the_clusters_of_that_time(api: httpx.AsyncClient, folded: Folded) -> None:
    """L24, R111: those that it belonged to then, as far as that was known, whatever became of it since."""
    member = complaint_id(1)
    added = ClusterMemberAdded(at=after(10), complaint_id=member, evidence="x", confidence_percent=90, by="ma")
    folded.log.tell(stream(1), lodged(1))
    folded.log.tell("cluster/k-31", ClusterProposed(at=NOON, title="contactors", reason="x", by="ma"))
    folded.log.tell("cluster/k-31", added, recorded=after(15))
    folded.log.tell("cluster/k-31", ClusterMemberRemoved(at=after(30), complaint_id=member, reason="x", by="ma"))
    await folded.catch_up()

    async def named(**moments: datetime) -> list[str]:
        asked = {name: one.isoformat() for name, one in moments.items()}
        return [one["id"] for one in (await got(api, f"/v1/complaints/{member}", **asked))["clusters"]]

    assert await named() == []
    assert await named(as_of=after(9)) == []
    assert await named(as_of=after(10)) == ["k-31"]
    assert await named(as_of=after(20), known_at=after(14)) == []
    assert await named(known_at=after(20)) == ["k-31"]
    assert await named(as_of=after(30)) == []

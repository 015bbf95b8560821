"""What was erased of a person, as each of their cases tells it: the views on a real PostgreSQL."""

import httpx

from asked import after, closed, complaint_id, got, lodged, stream
from events.fact import Fact
from events.intake import DataErased
from folded import Folded


def erased(minutes: float, reference: str, party: str | None = "party-1") -> DataErased:
    return DataErased(
        at=after(minutes), basis="consent-withdrawn", reference=reference, party_ref=party, key_ids=("k",), by="chen.yu"
    )


async def test_each_case_of_a_person_tells_every_erasure_in_the_order_of_the_log(
    api: httpx.AsyncClient, folded: Folded
) -> None:
    """In whichever case it was asked; one that came too late erased nothing, and others' cases say nothing of it."""
    later: list[Fact] = [lodged(2, party_ref="party-1"), closed(20), erased(50, "DSR-2")]
    folded.log.tell(stream(2), *later)
    folded.log.tell(stream(1), lodged(1, party_ref="party-1"), erased(40, "DSR-1"))
    folded.log.refuse(stream(1), erased(60, "DSR-3"))
    folded.log.tell(stream(3), lodged(3, party_ref="party-2"))
    folded.log.tell(stream(4), lodged(4), erased(45, "DSR-4", party=None))
    await folded.catch_up()

    async def told(number: int) -> list[tuple[str, str]]:
        page = await got(api, f"/v1/complaints/{complaint_id(number)}")
        return [(one["reference"], one["complaint_id"]) for one in page.get("erasures", [])]

    assert await told(1) == await told(2) == [("DSR-1", complaint_id(1)), ("DSR-2", complaint_id(2))]
    assert await told(3) == []
    assert await told(4) == [("DSR-4", complaint_id(4))]

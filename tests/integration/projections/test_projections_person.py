"""What one person lodged, over several cases: found from any of them, on the list and at the console."""

from collections.abc import Callable
from dataclasses import replace

import httpx

import console_pages as invented
from asked import after, complaint_id, got, lodged, stream
from console_html import case_html
from events.intake import ComplaintAmended
from folded import Folded
from projections.console.questions import Questions
from projections.freshness import Freshness
from projections.sources import Sources
from runtime.caller import Position
from runtime.sealing import ERASED, Opened
from told import PARTITIONS


async def told(folded: Folded) -> None:
    """One person three times, somebody else, and two who gave no contact."""
    for number, party in ((1, "party-1"), (2, "party-2"), (3, "party-1"), (4, None), (5, None), (6, "party-1")):
        folded.log.tell(stream(number), lodged(number, party_ref=party))
    amended = ComplaintAmended(at=after(9), field="product", after="E6", reason="read from the log", by="li.na")
    folded.log.tell(stream(3), amended)
    await folded.catch_up()


async def test_the_cases_of_one_person_are_found_from_any_of_them(api: httpx.AsyncClient, folded: Folded) -> None:
    """R50, R125: by the keyed hash of their contact; who gave none is joined with nobody."""
    await told(folded)

    async def found(number: int) -> list[str]:
        asked = {"same_person_as": complaint_id(number), "sort": "-lodged_at"}
        return [one["id"] for one in (await got(api, "/v1/complaints", **asked))["items"]]

    assert await found(3) == await found(1) == [complaint_id(number) for number in (6, 3, 1)]
    assert await found(2) == [complaint_id(2)]
    assert await found(4) == []
    assert await found(9) == []


async def test_who_complained_elsewhere_is_not_a_publisher_s_to_know(
    api: httpx.AsyncClient, folded: Folded, role: Callable[..., dict[str, str]]
) -> None:
    """R62: not even that the same person did."""
    await told(folded)
    publisher = role("publisher", sub="boston311")
    answer = await api.get("/v1/complaints", params={"same_person_as": complaint_id(1)}, headers=publisher)
    assert (answer.status_code, answer.json()["code"]) == (403, "source-foreign")


async def test_a_case_shows_what_else_its_person_lodged(folded: Folded) -> None:
    """R50, R147: before anybody calls, on the one screen, the newest first and each a link."""
    await told(folded)

    async def reached(_: Position | None) -> None:
        return None

    def unseal(_: str, __: str) -> Opened:
        return ERASED

    views = Questions(Sources(folded.pool, reached, unseal, "epoch1", PARTITIONS), Freshness())
    reader = replace(invented.reader("reception"), now=after(60))
    story = await views.story(complaint_id(1), reader)
    assert story is not None
    html = case_html(reader, {**invented.case(), "others": story.case["others"]})
    _, _, shown = html.partition("Also lodged by this person")
    first, second, *_ = shown.split("</li>")
    assert f'href="/console/cases/{complaint_id(6)}"' in first
    assert f'href="/console/cases/{complaint_id(3)}"' in second
    assert "E6 · Lodged" in second
    assert "Also lodged" not in case_html(reader, invented.case())

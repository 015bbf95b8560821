"""What one person lodged, over several cases: found from any of them, on the list and at the console."""

from collections.abc import Callable
from dataclasses import replace

import httpx

import console_pages as invented
from asked import CONTACT_SECRET, after, complaint_id, got, lodged, stream
from console_html import case_html
from events.fact import Origin
from events.intake import ComplaintAmended
from folded import Folded
from issuer import Issuer
from projections.console.questions import Questions
from projections.freshness import Freshness
from projections.sources import Sources
from runtime.caller import Position
from runtime.party import party_ref
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


async def test_reception_finds_a_caller_s_cases_by_what_they_can_be_reached_by(
    api: httpx.AsyncClient, folded: Folded, issuer: Issuer
) -> None:
    """R68, R151: who calls knows a telephone number and no number of ours. Nothing of it stands in an address: a single
    case opens, several are listed by the keyed hash, and where there is none the list says so.
    """
    for number, contact in ((1, "+86 138 0013 8000"), (2, "13800138000"), (3, "ann@example.org"), (4, "wxid_ann")):
        folded.log.tell(stream(number), lodged(number, party_ref=party_ref(CONTACT_SECRET, contact)))
    folded.log.tell(
        stream(5), lodged(5).model_copy(update={"reported": Origin(source="city", reference="101001234567")})
    )
    await folded.catch_up()
    api.cookies.set("complaints_session", issuer.token("reception"))

    async def found(typed: str) -> str:
        answer = await api.post("/console/search", data={"q": typed}, headers={"origin": "http://views"})
        assert answer.status_code == 303
        return answer.headers["location"]

    both = await found("138-0013-8000")
    assert both == f"/console/worklist?view=all&person={party_ref(CONTACT_SECRET, '13800138000')}"
    listed = (await api.get(both)).text
    assert [complaint_id(number) in listed for number in (1, 2, 3)] == [True, True, False]
    assert await found("Ann@Example.org") == f"/console/cases/{complaint_id(3)}"
    assert await found("wxid_ann") == f"/console/cases/{complaint_id(4)}"
    assert await found("101001234567") == "/console/worklist?view=all&q=101001234567"
    for nobody in ("13900139000", "bob@example.org"):
        assert nobody not in await found(nobody)
    assert await found("13900139000") == (await found("+8613900139000"))
    assert await found("CAS-7") == "/console/worklist?view=all&q=CAS-7"
    assert await found(" ") == "/console/worklist?view=all"


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

"""The clocks of a case over HTTP, on real tables: how they stand, as known then, and their proofs, counted again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from asked import complaint_id, got, lodged, stream
from clocked import ANSWER, CLOCKS, RESOLVE, SHANGHAI, at, pause, started
from command_line import complaints
from events.escalation import (
    ClockBreached,
    ClockMet,
    ClockRecalculated,
    ClockResumed,
)
from folded import Folded
from proof_text import read
from published import HOLIDAY, OFFICE, PACK, published

As = Callable[..., dict[str, str]]


@pytest.mark.usefixtures("case")
async def test_how_the_clocks_stand(api: httpx.AsyncClient) -> None:
    """Business time left and used; a given due time is kept as given; one that was not started says why."""
    answer = await api.get(CLOCKS, params={"as_of": at(3, 10).isoformat()})
    assert answer.headers["complaint-position"]
    items = {one["clock"]: one for one in answer.json()["items"]}
    assert list(items) == [ANSWER, "resolution", RESOLVE, "city"]
    answering = items[ANSWER]
    assert (answering["due"], answering["state"], answering["open"]) == ("2026-03-04T02:00:00.000000Z", "running", True)
    assert (answering["elapsed_seconds"], answering["remaining_seconds"], answering["paused_seconds"]) == (
        3 * 3600, 7 * 3600, 0,
    )  # fmt: skip
    assert (answering["policy"], answering["calendar"], answering["provisional"]) == (
        "desk/answer@1",
        "office@1",
        False,
    )
    assert (items["resolution"]["due"], items["resolution"]["remaining_seconds"]) == (
        "2026-03-09T01:00:00.000000Z",
        None,
    )
    assert (items["city"]["state"], items["city"]["reason"], items["city"]["due"]) == ("not-started", "no-policy", None)
    await got(api, CLOCKS)
    assert (await api.get(f"/v1/complaints/{complaint_id(7)}/clocks")).status_code == 404


async def test_a_pause_is_shown_and_counts_as_if_resumed_at_the_moment_asked_for(
    api: httpx.AsyncClient, case: Folded
) -> None:
    await pause(case)
    seen = [
        next(one for one in (await got(api, CLOCKS, as_of=moment.isoformat()))["items"] if one["clock"] == ANSWER)
        for moment in (at(2, 15), at(2, 17), at(3, 10))
    ]
    assert [(one["state"], one["due"], one["paused_seconds"]) for one in seen] == [
        ("running", "2026-03-04T02:00:00.000000Z", 0),
        ("paused", "2026-03-04T03:00:00.000000Z", 3600),
        ("paused", "2026-03-04T04:00:00.000000Z", 2 * 3600),
    ]
    assert (seen[2]["pause_reason"], seen[2]["paused_at"]) == ("evidence", "2026-03-02T08:00:00.000000Z")
    case.log.tell(stream(1), ClockResumed(at=at(3, 10), clock=ANSWER, due=at(4, 12), by="li.na"))
    await case.catch_up()
    answering = (await got(api, CLOCKS, as_of=at(3, 11).isoformat()))["items"][0]
    assert (answering["state"], answering["paused_seconds"], "paused_at" in answering) == ("running", 7200, False)


async def test_as_known_then_and_as_corrected_now(api: httpx.AsyncClient, case: Folded) -> None:
    """T25, L24: a late holiday moves the clock by an event with old, new and cause; the old value stays to be asked."""
    case.log.tell("rulebook/calendar/office", *published(OFFICE + HOLIDAY, version=2, at=at(3, 9)))
    case.log.tell(
        stream(1),
        ClockRecalculated(
            at=at(3, 9), clock=RESOLVE, old_due=at(10, 0), new_due=at(11, 0), cause="calendar office@2",
            policy="desk/resolve@1", calendar="office@2",
        ),
    )  # fmt: skip
    await case.catch_up()

    async def seen(**moments: str) -> tuple[str, str, int]:
        (one,) = [one for one in (await got(api, CLOCKS, **moments))["items"] if one["clock"] == RESOLVE]
        return one["due"], one["calendar"], len(one.get("recalculated", []))

    now = ("2026-03-10T15:59:59.999999Z", "office@2", 1)
    then = ("2026-03-09T15:59:59.999999Z", "office@1", 0)
    assert (await seen(), await seen(known_at=at(3, 8).isoformat())) == (now, then)
    assert await seen(as_of=at(3, 8).isoformat()) == then
    proof = f"{CLOCKS}/{RESOLVE}/proof"
    assert (await got(api, proof))["calendar"] == "office@2"
    assert (await got(api, proof, known_at=at(3, 8).isoformat()))["calendar"] == "office@1"


async def test_a_proof_as_json_and_to_be_read(api: httpx.AsyncClient, case: Folded) -> None:
    """The rows of the text add up to the budget, and lead to the due time that the list of clocks gives."""
    await pause(case)
    case.log.tell(stream(1), ClockResumed(at=at(3, 10), clock=ANSWER, due=at(4, 12), by="li.na"))
    await case.catch_up()
    path = f"{CLOCKS}/{quote(ANSWER)}/proof"
    as_json = await api.get(path)
    as_text = await api.get(path, headers={"accept": "text/plain"})
    assert (as_json.headers["content-type"], as_text.headers["content-type"]) == (
        "application/json", "text/plain; charset=utf-8",
    )  # fmt: skip
    found = read(as_text.text)
    assert found.counted == (0, timedelta(hours=10))
    assert found.ends == found.due == datetime.fromisoformat(as_json.json()["due"]) == at(4, 12)
    listed = (await got(api, CLOCKS))["items"][0]
    assert (listed["proof"], listed["due"]) == (path, "2026-03-04T04:00:00.000000Z")
    assert [row.why for row in found.rows if row.what == "paused"] != []


@pytest.mark.usefixtures("case")
@pytest.mark.parametrize("clock", ["city", "none"])
async def test_what_has_no_proof_says_so(api: httpx.AsyncClient, clock: str) -> None:
    """A clock that was not started, and none at all."""
    answer = await api.get(f"{CLOCKS}/{clock}/proof")
    assert (answer.status_code, answer.json()["code"]) == (404, "clock-not-counted")
    assert answer.json()["detail"] == "no such clock was started"  # what was asked for may be anything


async def test_a_given_due_time_is_proved_by_the_event_that_gave_it(
    api: httpx.AsyncClient, case: Folded, role: As, tmp_path: Path
) -> None:
    """Nothing was counted; the list names the proof, and the facts from which anybody gets the same bytes."""
    case.log.tell(stream(1), ClockBreached(at=at(9, 9), clock="resolution"))
    await case.catch_up()
    (listed,) = [one for one in (await got(api, CLOCKS))["items"] if one["clock"] == "resolution"]
    assert listed["proof"] == f"{CLOCKS}/resolution/proof"
    as_json = await api.get(listed["proof"])
    found = as_json.json()
    assert (found["policy"], found["due"]) == ("given", "2026-03-09T01:00:00Z")
    assert [one["what"] for one in found["later"]] == ["breached"]
    as_text = await api.get(listed["proof"], headers={"accept": "text/plain"})
    assert (read(as_text.text).counted, read(as_text.text).ends) == ((0, timedelta()), at(9, 9))
    export = tmp_path / "facts.ndjson"
    export.write_bytes((await api.get(listed["facts"], headers=role("auditor"))).content)
    assert b"rulebook/" not in export.read_bytes()
    command = (str(export), "resolution")
    assert await counted(*command) == (0, as_json.content)
    assert await counted(*command, "--text") == (0, as_text.content)
    before = await got(api, listed["proof"], as_of=at(8, 9).isoformat())
    assert before["later"] == []
    assert (await counted(*command, "--as-of", at(8, 9).isoformat()))[1] != as_json.content


async def test_a_clock_whose_rulebook_is_not_read_yet_is_not_guessed(api: httpx.AsyncClient, case: Folded) -> None:
    unknown = started("other:answer", at(3, 18))
    case.log.tell(stream(2), lodged(2), unknown)
    await case.catch_up()
    path = f"/v1/complaints/{complaint_id(2)}/clocks"
    (one,) = (await got(api, path))["items"]
    assert (one["due"], one["remaining_seconds"]) == ("2026-03-03T10:00:00.000000Z", None)
    answer = await api.get(f"{path}/other:answer/proof")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "rulebook-unknown", "1")


@pytest.mark.parametrize("paused", [False, True])
async def test_anybody_counts_the_same_from_an_export(
    api: httpx.AsyncClient, case: Folded, role: As, tmp_path: Path, paused: bool
) -> None:
    """`complaints clock proof` has only the exported facts of the case and its rulebooks: it gives the same bytes."""
    if paused:
        await pause(case)
    case.log.tell(stream(1), ClockMet(at=at(6, 9), clock=RESOLVE, answered_by="closed"))
    case.log.tell(stream(2), lodged(2), started(ANSWER, at(3, 18)))
    await case.catch_up()
    (listed,) = [one for one in (await got(api, CLOCKS))["items"] if one["clock"] == ANSWER]
    exported = await api.get(listed["facts"], headers=role("auditor"))
    export = tmp_path / "facts.ndjson"
    export.write_bytes(exported.content)
    assert stream(2) not in exported.text
    until = at(5, 9).isoformat()
    for clock in (ANSWER, RESOLVE):
        path = f"{CLOCKS}/{quote(clock)}/proof"
        as_json = await api.get(path, params={"as_of": until})
        as_text = await api.get(path, params={"as_of": until}, headers={"accept": "text/plain"})
        assert await counted(str(export), clock, "--as-of", until) == (0, as_json.content)
        assert await counted(str(export), clock, "--as-of", until, "--text") == (
            0,
            as_text.content,
        )
    code, _ = await counted(str(export), "city")
    assert code == 1
    export.write_bytes(b"".join(line for line in exported.content.splitlines(True) if b"rulebook/pack" not in line))
    assert (await counted(str(export), ANSWER))[0] == 1


async def counted(export: str, clock: str, *words: str) -> tuple[int, bytes]:
    """What the command line makes of an export: its exit code, and the proof."""
    code, out, _ = await complaints("clock", "proof", export, clock, *words)
    return code, out


async def preview(api: httpx.AsyncClient, **body: object) -> httpx.Response:
    complaints = [complaint_id(number) for number in (1, 2, 7)]
    return await api.post("/v1/clocks/preview", json={"complaints": complaints, **body})


def far(day: int, hour: int) -> datetime:
    """March 2074 in Shanghai, where the fifth is a Monday: a clock of then runs whenever this test does."""
    return datetime(2074, 3, day, hour, tzinfo=SHANGHAI)


async def tell_far(case: Folded) -> None:
    """Beside the case of 2026, whose clocks are all over by now, one with two clocks that run."""
    begun = [started(clock, far(9, 9)).model_copy(update={"at": far(5, 15)}) for clock in (ANSWER, RESOLVE)]
    case.log.tell(stream(2), lodged(2), *begun)
    await case.catch_up()


async def tried(api: httpx.AsyncClient, **drafts: object) -> dict[str, dict[str, Any]]:
    """What the drafts would do to the two clocks that run."""
    answer = await preview(api, **drafts)
    assert answer.status_code == 200, answer.text
    assert answer.json()["unknown"] == [complaint_id(7)]
    return {one["clock"]: one for one in answer.json()["items"] if one["complaint_id"] == complaint_id(2)}


NO_WEDNESDAYS = OFFICE.replace('wed = ["09:00-12:00", "13:00-17:00"]\n', "")


async def test_a_draft_is_tried_on_given_cases_and_nothing_is_written(api: httpx.AsyncClient, case: Folded) -> None:
    """Old and new due time and by how much it moves, for each clock that the drafts concern."""
    await tell_far(case)
    rows = await case.tables()
    calendar = {"name": "office", "text": NO_WEDNESDAYS}
    moved = await tried(api, calendar=calendar)
    members = ("old_due", "new_due", "difference_seconds", "kept")
    assert {name: tuple(one[member] for member in members) for name, one in moved.items()} == {
        ANSWER: ("2074-03-07T02:00:00.000000Z", "2074-03-08T02:00:00.000000Z", 86_400, None),
        RESOLVE: ("2074-03-12T15:59:59.999999Z", "2074-03-13T15:59:59.999999Z", 86_400, None),
    }
    pack = {"name": "desk", "text": PACK.replace("amount = 10,", "amount = 12,")}
    assert (await tried(api, pack=pack))[ANSWER]["difference_seconds"] == 2 * 3600
    assert {one["standing"] for one in moved.values()} == {"S"}
    unsure = {"name": "desk", "text": pack["text"].replace('standing = "S"', 'standing = "M"', 1)}
    assert (await tried(api, pack=unsure))[ANSWER]["standing"] == "M"
    both = await tried(api, pack=pack, calendar=calendar)
    assert both[ANSWER]["new_due"] == "2074-03-08T04:00:00.000000Z"
    until = {"name": "office", "text": OFFICE.replace("2026-12-31", "2074-03-08")}
    assert [one["provisional"] for one in (await tried(api, calendar=until)).values()] == [False, True]
    other = {"name": "elsewhere", "text": OFFICE.replace('"office"', '"elsewhere"')}
    assert (await preview(api, calendar=other)).json()["items"] == []
    assert await case.tables() == rows


async def test_a_clock_that_would_keep_its_version_is_shown_as_kept(api: httpx.AsyncClient, case: Folded) -> None:
    """ADR 11: with the reason, and never with another due time than the one that it keeps."""
    case.log.tell(stream(1), ClockMet(at=at(3, 9), clock=RESOLVE, answered_by="closed"))
    await tell_far(case)
    pack = {"name": "desk", "text": PACK.replace("amount = 10,", "amount = 1,").replace('"resolve"', '"settle"')}
    items = (await preview(api, pack=pack)).json()["items"]
    cases = {(one["complaint_id"] == complaint_id(2), one["clock"]): one for one in items}
    assert {place: one["kept"] for place, one in cases.items()} == {
        (False, ANSWER): "breached",
        (False, RESOLVE): "met",
        (True, ANSWER): None,
        (True, RESOLVE): "policy-gone",
    }
    kept = [one for one in items if one["kept"] is not None]
    assert all(one["new_due"] == one["old_due"] and one["difference_seconds"] == 0 for one in kept)


async def test_a_draft_that_does_not_validate_is_answered_with_everything_that_is_wrong(
    api: httpx.AsyncClient, case: Folded, role: As
) -> None:
    """R142: each fault with its place; who may not decide about rulebooks may not ask."""
    bad = {"name": "desk", "text": PACK.replace('calendar = "office"', 'calendar = "none"').replace("10,", "0,")}
    answer = await preview(api, calendar={"name": "office", "text": "zone = 1"}, pack=bad)
    assert (answer.status_code, answer.json()["code"]) == (422, "rulebook-invalid")
    places = [one["pointer"] for one in answer.json()["errors"]]
    assert {place.partition(":")[0] for place in places} == {"calendar", "pack"}
    assert any("budget" in place and "line" in place for place in places)
    assert (await preview(api)).json()["code"] == "body-invalid"
    refused = await api.post("/v1/clocks/preview", json={}, headers=role("handler"))
    assert refused.status_code == 403
    assert len(await case.pool.fetch("select from ledger where stream like 'rulebook/%'")) == 4

"""`complaints demo`: the same each time, nothing added by a second run, and each situation is there over HTTP."""

from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import httpx
import pytest
import pytest_asyncio

from local.demo.live import CLUSTER, FRESH
from local.demo.situations import SITUATIONS
from local.demo.week import CASES, CHANNELS
from whole import System, whole_system

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

TOLD = CASES + FRESH + len(CLUSTER) + 3
"""The week, the last minutes, the cluster, and the three situations that need a past of their own."""
Page = dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    async with whole_system(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def first(system: System) -> dict[str, Any]:
    """What the first run said."""
    return await system.run("demo")


async def page(system: System, first: dict[str, Any], name: str) -> Page:
    return await system.get(f"complaints/{first['situations'][name]}")


async def test_every_situation_has_a_case_of_its_own(first: dict[str, Any]) -> None:
    assert list(first["situations"]) == [situation.name for situation in SITUATIONS]
    assert len(set(first["situations"].values())) == len(SITUATIONS)
    assert first["admitted"] == first["told"]


@pytest.mark.usefixtures("first")
async def test_some_three_hundred_complaints_over_all_channels(system: System) -> None:
    assert await system.count(source="demo") == TOLD
    assert 300 <= await system.count() <= 320
    for channel in {*CHANNELS["zh"], *CHANNELS["en"]}:
        assert await system.count(channel=channel) > 0


@pytest.mark.usefixtures("first")
async def test_the_week_is_judged_by_the_due_times_that_were_given(system: System) -> None:
    board = await system.get("sla-board", source="demo")
    assert board["cases"] == TOLD
    assert board["met"] > 0
    assert board["late"] > 0
    assert board["open_past_due"] > 0


async def test_a_second_run_adds_nothing(system: System, first: dict[str, Any]) -> None:
    """Clocks go on meanwhile; what people and the publisher say is in the log once."""
    before = await said_by_people(system)
    second = await system.run("demo")
    assert second["situations"] == first["situations"]
    assert (second["admitted"], second["began"]) == (0, first["began"])
    assert await said_by_people(system) == before


async def said_by_people(system: System) -> dict[str, int]:
    """How many records each actor has in the log."""
    actors = ("demo", "mei", "lin", "marco", "chen", "ada", "wu", "han", "app-user")
    return {actor: await records(system, actor) for actor in actors}


async def records(system: System, actor: str) -> int:
    found, cursor = 0, ""
    while True:
        wanted = {"actor": actor, "limit": "200"} | ({"cursor": cursor} if cursor else {})
        answer = await system.get("records", **wanted)
        found += len(answer["items"])
        cursor = answer["next"]
        if not cursor:
            return found


async def test_breached_the_answer_came_and_the_breach_stays(system: System, first: dict[str, Any]) -> None:
    """L14: a reply that came late owes the breach first."""
    case = await page(system, first, "breached")
    reply = case["clocks"]["first-reply"]
    assert reply["state"] == "late"
    assert reply["due"] == reply["breached_at"] < reply["met_at"]
    assert case["retellings"] == 1
    assert case["level"] >= 2


async def test_unowned_and_known_to_every_level(system: System, first: dict[str, Any]) -> None:
    """R23: nothing unowned escapes the clock; each level fires once, in order."""
    case = await page(system, first, "unowned-escalated")
    assert case.get("owner") is None
    assert [each["level"] for each in case["escalations"]] == [1, 2, 3, 4]
    assert all(each["unowned"] for each in case["escalations"])
    assert all(one["at"] < other["at"] for one, other in pairwise(case["escalations"]))


async def test_lost_race_somebody_was_faster(system: System, first: dict[str, Any]) -> None:
    """L8: the pinned command of the second is answered 412 with the head and where to read what came between, however
    often it is sent.
    """
    case = await page(system, first, "lost-race")
    assert case["owner"] == "lin"
    headers = {
        "authorization": f"Bearer {system.stack.token('handler', subject='marco')}",
        "idempotency-key": "demo/lost-race/marco",
        "if-match": '"escalation=1"',
    }
    answer = await system.api.post(f"/v1/complaints/{case['id']}/acceptance", json={}, headers=headers)
    assert answer.status_code == httpx.codes.PRECONDITION_FAILED
    assert answer.json()["head"] == case["head"]
    headers = {"authorization": f"Bearer {system.stack.token('handler')}"}
    between = (await system.api.get(answer.json()["between"], headers=headers)).json()["items"]
    assert {one["stream"] for one in between} == {case["stream"]}
    assert [one["actor"] for one in between if one["type"].endswith("ownership-accepted.v1")] == ["lin"]


async def test_cluster_five_with_one_cause(system: System, first: dict[str, Any]) -> None:
    case = await page(system, first, "cluster")
    (named,) = case["clusters"]
    (found,) = [each for each in (await system.get("clusters"))["items"] if each["id"] == named["id"]]
    assert found["size"] == len(CLUSTER)
    assert await system.get(f"clusters/{named['id']}") == found


async def test_what_a_command_made_is_read_where_its_answer_says(system: System) -> None:
    """A cluster stands at the Location of the answer."""
    headers = {
        "authorization": f"Bearer {system.stack.token('handler', subject='zhou')}", "idempotency-key": "follow/cluster"
    }  # fmt: skip
    wish = {"title": "seat rails", "reason": "one batch"}
    made = await system.api.post("/v1/clusters", json=wish, headers=headers)
    assert made.status_code == httpx.codes.CREATED
    headers |= {"complaint-position": made.headers["complaint-position"]}
    read = await system.api.get(made.headers["location"], headers=headers)
    assert (read.status_code, read.json()["title"], read.headers["etag"]) == (200, "seat rails", made.headers["etag"])


async def test_crisis_with_its_team(system: System, first: dict[str, Any]) -> None:
    """R93, R114: a named coordinator and a containment step."""
    case = await page(system, first, "crisis")
    assert (case["grade"], case["queue"], case["level"], case["owner"]) == ("crisis", "crisis", 4, "chen")
    assert case["crisis"]["coordinator"] == "wu"
    assert case["crisis"]["containment"]
    assert "legal" in case["crisis"]["functions"]


async def test_promises_kept_and_broken(system: System, first: dict[str, Any]) -> None:
    (kept,) = (await page(system, first, "promise-kept"))["promises"].values()
    (broken,) = (await page(system, first, "promise-broken"))["promises"].values()
    assert (kept["state"], kept["evidence"] != "") == ("kept", True)
    assert (broken["state"], broken["owner"], broken["broken_at"]) == ("broken", "lin", broken["due"])
    ledger = (await system.get("promises", state="broken"))["items"]
    assert [each["complaint_id"] for each in ledger] == [first["situations"]["promise-broken"]]


async def test_refused_handoff_goes_to_the_next(system: System, first: dict[str, Any]) -> None:
    """A refusal with a reason is a bounce; the clocks run on."""
    case = await page(system, first, "refused-handoff")
    assert (case["owner"], case["bounces"]) == ("lin", 1)
    told = (await system.get(f"complaints/{case['id']}/timeline"))["items"]
    refusals = [each for each in told if each["type"] == "complaints.escalation.ownership-refused.v1"]
    assert [each["actor"]["id"] for each in refusals] == ["marco"]
    assert case["clocks"]["first-reply"]["started"] == case["lodged_at"]


async def test_amended_shows_before_and_after(system: System, first: dict[str, Any]) -> None:
    """R27, R28: nothing is lost by a correction."""
    case = await page(system, first, "amended")
    assert "on the 13th" in case["text"]
    told = (await system.get(f"complaints/{case['id']}/timeline"))["items"]
    (change,) = [each for each in told if each["type"] == "complaints.intake.amended.v1"]
    assert "on the 3rd" in str(change)
    assert "on the 13th" in str(change)


async def test_withdrawn_is_counted(system: System, first: dict[str, Any]) -> None:
    """R30: never a success, never out of the count."""
    case = await page(system, first, "withdrawn")
    assert case["withdrawn"]["by"] == "app-user"
    assert await system.count(withdrawn="true") == 1


async def test_reopened_begins_a_second_cycle_and_leaves_the_first(system: System, first: dict[str, Any]) -> None:
    case = await page(system, first, "reopened")
    assert (case["status"], case["cycle"], case["closing"]["ground"]) == ("owned", 2, "accepted")
    assert case["clocks"]["resolution"]["state"] == "met"
    assert case["clocks"]["resolution#2"]["state"] == "running"
    assert [message["state"] for message in case["messages"].values()] == ["sent"]


async def test_a_vip_moves_the_queue(system: System, first: dict[str, Any]) -> None:
    case = await page(system, first, "vip")
    assert (case["identity"], case["queue"], case["owner"]) == ("vip", "priority", "marco")


async def test_settled_in_one_call_and_owes_a_callback(system: System, first: dict[str, Any]) -> None:
    case = await page(system, first, "settled-in-one-call")
    assert (case["status"], case["decision"]["settled"]) == ("closed", True)
    calendar = (await system.get("callbacks", limit="200"))["items"]
    assert case["id"] in {each["complaint_id"] for each in calendar}


async def test_above_the_limit_another_person_approves(system: System, first: dict[str, Any]) -> None:
    """R119, R136."""
    (offer,) = (await page(system, first, "approved-above-limit"))["offers"].values()
    assert offer["state"] == "redressed"
    assert offer["limit_minor"] < offer["amount_minor"] <= offer["approved"]["limit_minor"]
    assert offer["by"] != offer["approved"]["by"]


async def test_regraded_by_a_person_with_the_rules_grade_still_readable(system: System, first: dict[str, Any]) -> None:
    case = await page(system, first, "regraded")
    assert (case["category"], case["grade"], case["grade_before"]) == ("product/safety", "crisis", "grievance")
    assert case["grading"]["by"] == "chen"


async def test_commended_by_a_judge_who_had_no_hand_in_it(system: System, first: dict[str, Any]) -> None:
    """R91, R92."""
    (finding,) = (await page(system, first, "commended"))["findings"]
    assert (finding["by"], finding["measure"]) == ("han", "commendation")

"""An erasure on a whole running system: a marker in every personal field is nowhere any more (section 6, S27-S29)."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaConsumer

from local.ports import SERVICES
from runtime.topics import TOPICS
from whole import System

pytestmark = [pytest.mark.asyncio(loop_scope="package"), pytest.mark.timeout(300)]
LIMIT_SECONDS = 60.0
MARKER = f"marker-{uuid.uuid4().hex}"
OTHERS = f"kept-{uuid.uuid4().hex}"
CONTACT = f"{MARKER}@example.org"
ERASURE = {"basis": "consent-withdrawn", "reference": "DSR-2026-117"}
WRITTEN = ("complaints.keys", "complaints.outbound")
SPOKEN = {"channel": "phone", "outcome": "reached", "facts": "confirmed", "agreed": True, "note": MARKER}


class Case:
    """One complaint, and what is said about it; each command sees what the one before it wrote."""

    def __init__(self, system: System) -> None:
        self.system, self.id, self.code, self.position = system, "", "", ""

    async def lodge(self, words: str, contact: str) -> "Case":
        body = {"channel": "website", "text": words, "demand": words, "contact": contact}
        told = (await self._post("/v1/complaints", "complainant", body)).json()
        self.id, self.code = told["complaint_id"], told["tracking_code"]
        return self

    async def says(self, role: str, what: str, **body: object) -> httpx.Response:
        return await self._post(f"/v1/complaints/{self.id}/{what}", role, body)

    async def does(self, role: str, what: str, **body: object) -> dict[str, Any]:
        answer = await self.says(role, what, **body)
        assert answer.status_code == 201, answer.text
        content: dict[str, Any] = answer.json()
        return content

    async def _post(self, path: str, role: str, body: object) -> httpx.Response:
        headers = {
            "authorization": f"Bearer {self.system.stack.token(role)}", "Idempotency-Key": str(uuid.uuid4()),
            "Tracking-Code": self.code, "Complaint-Position": self.position,
        }  # fmt: skip
        answer = await self.system.api.post(path, json=body, headers={k: v for k, v in headers.items() if v})
        self.position = answer.headers.get("complaint-position", self.position)
        return answer

    async def page(self) -> dict[str, Any]:
        answer = await self.system.api.get(f"/v1/complaints/{self.id}", headers={"Complaint-Position": self.position})
        content: dict[str, Any] = answer.raise_for_status().json()
        return content


async def everywhere_said(system: System) -> Case:
    """A case in which a person's words stand wherever words can stand."""
    case = await Case(system).lodge(MARKER, CONTACT)
    evidence = {"media_type": "video/mp4", "size_bytes": 12, "sha256": "0" * 64}
    await case.does("complainant", "evidence", name=MARKER, **evidence)
    await case.does("complainant", "messages/received", channel="website", text=MARKER)
    await case.does("handler", "contacts", **SPOKEN)
    await case.does("handler", "motive", motive="sympathy")
    await case.does("handler", "amendments", field="text", after=f"{MARKER} again", reason="misheard")
    await case.does("handler", "promises", text=MARKER, due=(datetime.now(UTC) + timedelta(days=1)).isoformat())
    await case.does("handler", "messages", kind="reply", channel="mail", text=MARKER)
    await case.does("complainant", "feedback", process_score=2, outcome_score=4, text=MARKER)
    await case.does("complainant", "withdrawal", reason=MARKER)
    return case


def files_with(system: System, words: str) -> list[str]:
    """Files of the outbox and of the logs, and those of Kafka and PostgreSQL, in which these words stand."""
    paths = [path for path in system.stack.data.root.rglob("*") if path.is_file()]
    return [str(path) for path in paths if words.encode() in path.read_bytes()]


async def tables_with(system: System, words: str) -> list[str]:
    connection = await asyncpg.connect(system.stack.database_url)
    try:
        names = await connection.fetch(
            "select format('%I.%I', table_schema, table_name) as name from information_schema.tables"
            " where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')"
        )
        assert len(names) > len(SERVICES)
        count = "select count(*) from {} t where strpos(t::text, $1) > 0 or strpos(t::text, $2) > 0"
        return [
            row["name"]
            for row in names
            if await connection.fetchval(count.format(row["name"]), words, words.encode().hex())
        ]
    finally:
        await connection.close()


async def topics_with(system: System, words: str) -> list[str]:
    """Topics in which these words stand: in keys, values or headers."""
    return [
        topic.name
        for topic in TOPICS
        for one in await everything_in(system, topic.name)
        if any(words.encode() in part for part in (one.key, one.value, *dict(one.headers).values()) if part)
    ]


async def everything_in(system: System, topic: str) -> list[Any]:
    """Every record of a topic."""
    kafka, records = system.stack.kafka, list[Any]()
    async with AIOKafkaConsumer(topic, bootstrap_servers=kafka, auto_offset_reset="earliest") as consumer:
        for place, end in (await consumer.end_offsets(consumer.assignment())).items():
            while await consumer.position(place) < end:
                records += [one for some in (await consumer.getmany(timeout_ms=500)).values() for one in some]
    return records


async def answers_with(system: System, words: str, *cases: Case) -> list[str]:
    """Reads of the API and pages of the console that show these words."""
    own = [
        f"/v1/complaints/{case.id}{rest}" for case in cases for rest in ("", "/timeline", "?as_of=2098-01-01T00:00Z")
    ]
    tracks = [f"/v1/track/{case.code}" for case in cases]
    lists = ("complaints", "register", "promises", "callbacks", "facts", "records?limit=200", "access")
    found = []
    for path in (*own, *tracks, *(f"/v1/{name}" for name in lists)):
        role = "auditor" if path == "/v1/access" else "manager"
        headers = {"authorization": f"Bearer {system.stack.token(role)}"}
        answer = await system.api.get(path, headers=headers)
        assert answer.status_code == 200, (path, answer.text)
        found += [path] if words in answer.text else []
    cookie = {"cookie": f"complaints_session={system.stack.token('manager')}"}
    for case in cases:
        page = await system.api.get(f"/console/cases/{case.id}", headers=cookie)
        assert page.status_code == 200
        found += [f"console {case.id}"] if words in page.text else []
    return found


async def readers_agree(system: System) -> bool:
    headers = {"authorization": f"Bearer {system.stack.token('ops')}"}
    told = (await system.api.get("/v1/readers", headers=headers)).raise_for_status().json()
    ends = await system.log_ends()
    marks = {one["partition"]: (one["mark"], len(one["services"])) for one in told["items"]}
    assert told["agree"], told
    return all(marks.get(partition) == (end, len(SERVICES)) for partition, end in ends.items() if end)


async def test_what_is_erased_is_nowhere_any_more_and_nothing_else_is_lost(system: System) -> None:
    """S27-S29: who asked for it, why and when is on record; the other cases of this person are closed, too."""
    case, sister = await everywhere_said(system), await Case(system).lodge(f"{MARKER} earlier", CONTACT)
    stranger = await Case(system).lodge(OTHERS, f"{OTHERS}@example.org")

    async def written() -> bool:
        return any("outbox" in path for path in files_with(system, MARKER))

    await system.until(written, LIMIT_SECONDS)
    for one in (case, sister, stranger):
        await one.page()  # which waits until the views show it
    assert len(await answers_with(system, MARKER, case, sister)) >= 6, "what is looked for can be found"
    assert (await case.says("handler", "erasure", **ERASURE)).json()["code"] == "role-missing"
    seen = (await system.api.get(f"/v1/complaints/{sister.id}")).headers["etag"]
    await case.does("manager", "erasure", **ERASURE)

    async def gone() -> bool:
        return not files_with(system, MARKER) and not await answers_with(system, MARKER, case, sister)

    await system.until(gone, LIMIT_SECONDS)
    assert (await tables_with(system, MARKER), await topics_with(system, MARKER)) == ([], [])
    page, other, kept = [await one.page() for one in (case, sister, stranger)]
    (erasure,) = page["erasures"]
    assert {**ERASURE, "complaint_id": case.id}.items() <= erasure.items()
    assert other["erasures"] == page["erasures"]
    since = await system.api.get(f"/v1/complaints/{sister.id}", headers={"If-None-Match": seen})
    assert since.status_code == 200, "whoever kept its words is told that they are gone"
    tracked = [(await system.api.get(f"/v1/track/{one.code}")).json() for one in (case, sister, stranger)]
    assert [one["words_erased"] for one in tracked] == [True, True, False]
    assert page["text"] == page["contact"] == other["text"] == {"sealed": "erased"}
    assert (kept["text"], "erasures" in kept) == (OTHERS, False)
    await system.until(lambda: readers_agree(system), LIMIT_SECONDS)


async def test_a_case_goes_on_after_its_words_were_erased(system: System) -> None:
    """No case is lost: it is still decided and closed. What is said from then on can be erased as well."""
    contact = f"{uuid.uuid4().hex}@example.org"
    case, sister = [await Case(system).lodge("first words", contact) for _ in range(2)]
    await case.does("handler", "contacts", **SPOKEN)
    await case.does("handler", "motive", motive="sympathy")
    await case.does("manager", "erasure", **ERASURE)
    amended = await case.says("handler", "amendments", field="text", after="first words", reason="back again")
    assert (amended.status_code, amended.json()["code"]) == (409, "words-erased")
    again = await case.says("manager", "erasure", **ERASURE)
    assert (again.status_code, again.json()["code"]) == (409, "nothing-to-erase")
    await case.does("complainant", "messages/received", channel="website", text="later words")
    await sister.does("complainant", "messages/received", channel="website", text="later words")
    await case.does("handler", "decision", outcome="upheld", root_cause="brake", reasons="our fault", settled=True)
    page = await case.page()
    words = {one["text"] for one in page["messages"].values()}
    assert (page["text"], page["decision"]["reasons"], words) == ({"sealed": "erased"}, "our fault", {"later words"})
    await case.does("manager", "erasure", **(ERASURE | {"reference": "DSR-2026-118"}))

    async def gone() -> bool:
        pages = [await case.page(), await sister.page()]
        return pages[0]["decision"]["reasons"] == {"sealed": "erased"} and "later words" not in json.dumps(pages)

    await system.until(gone, LIMIT_SECONDS)
    for one in (case, sister):
        told = [(erasure["reference"], erasure["complaint_id"]) for erasure in (await one.page())["erasures"]]
        assert told == [("DSR-2026-117", case.id), ("DSR-2026-118", case.id)]


async def test_nothing_is_erased_while_a_case_of_this_person_is_under_hold(system: System) -> None:
    """S28: in whichever of their cases it was placed, also once the tables are folded anew; nobody else is."""
    contact = f"{uuid.uuid4().hex}@example.org"
    case, sister = [await Case(system).lodge("kept words", contact) for _ in range(2)]
    order = {"purpose": "litigation", "authority": "district court", "reference": "CIV-2026-3"}
    assert (await case.says("handler", "holds", **order)).json()["code"] == "role-missing"
    hold_id = (await case.does("manager", "holds", **order))["hold_id"]
    assert (await case.page())["holds"][hold_id]["reference"] == "CIV-2026-3"
    for _ in range(2):
        for one in (case, sister):
            refused = await one.says("manager", "erasure", **ERASURE)
            assert (refused.status_code, refused.json()["code"]) == (409, "under-legal-hold")
        code, _, err = await system.told("rebuild", "intake")
        assert code == 0, err
    stranger = await Case(system).lodge("other words", f"{uuid.uuid4().hex}@example.org")
    await stranger.does("manager", "erasure", **ERASURE)
    await case.does("manager", f"holds/{hold_id}/lifting", reason="judgment given")
    again = await case.says("manager", f"holds/{hold_id}/lifting", reason="judgment given")
    assert (again.status_code, again.json()["code"]) == (409, "no-such-hold")
    await sister.does("manager", "erasure", **ERASURE)
    assert (await case.page())["text"] == {"sealed": "erased"}


async def test_the_keys_stay_destroyed_where_the_tables_are_folded_anew(system: System) -> None:
    """A rebuild reads every erasure again: what is destroyed stays so, and nobody is told twice."""
    case = await Case(system).lodge("words of a person", f"{uuid.uuid4().hex}@example.org")
    await case.does("manager", "erasure", **ERASURE)
    before = [len(await everything_in(system, topic)) for topic in WRITTEN]
    code, _, err = await system.told("rebuild", "intake")
    assert code == 0, err
    assert (await case.page())["text"] == {"sealed": "erased"}
    again = await case.says("manager", "erasure", **ERASURE)
    assert (again.status_code, again.json()["code"]) == (409, "nothing-to-erase")
    assert [len(await everything_in(system, topic)) for topic in WRITTEN] == before

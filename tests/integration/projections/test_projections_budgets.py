"""The view of budgets on real tables, and what one may ask of it over HTTP (L17)."""

from collections.abc import Callable

import httpx

from asked import NOON, every, got, lodged, stream
from events.budgets import BudgetReleased, BudgetReserved, BudgetSet
from folded import Folded
from projections.store import Views

As = Callable[..., dict[str, str]]
SET = BudgetSet(at=NOON, amount_minor=100_000, currency="CNY", reason="fourth quarter", by="manager-1")
NAMES = [f"{department}:2026-Q4" for department in ("east", "harbour", "north", "south", "west")]


def kept(reservation: str, amount_minor: int) -> BudgetReserved:
    return BudgetReserved(at=NOON, reservation=reservation, complaint="c1", amount_minor=amount_minor, by="handler-1")


async def test_budgets_are_listed_by_name_and_each_has_its_reservations(api: httpx.AsyncClient, folded: Folded) -> None:
    freed = BudgetReleased(at=NOON, reservation="r2", reason="not needed", by="manager-1")
    for name in reversed(NAMES):
        folded.log.tell(f"budget/{name}", SET)
    folded.log.tell("budget/harbour:2026-Q4", kept("r1", 60_000), kept("r2", 500), freed)
    await folded.catch_up()
    assert await every(api, "/v1/budgets?limit=2") == NAMES
    line = (await got(api, "/v1/budgets"))["items"][1]
    assert {name: line[name] for name in ("amount_minor", "reserved_minor", "left_minor", "reservations")} == {
        "amount_minor": 100_000, "reserved_minor": 60_000, "left_minor": 40_000, "reservations": 1,
    }  # fmt: skip
    answer = await api.get("/v1/budgets/harbour:2026-Q4")
    assert answer.headers["etag"] == '"intake=0,triage=0,escalation=0,accountability=4"'
    assert list(answer.json()["reservations"]) == ["r1"]
    assert list(answer.json()["released"]) == ["r2"]


async def test_a_wrong_question_about_budgets_is_answered_and_not_everybody_may_ask(
    api: httpx.AsyncClient, folded: Folded, role: As
) -> None:
    """Who may read the accountability register may read budgets, and nobody else."""
    folded.log.tell("budget/harbour:2026-Q4", SET)
    await folded.catch_up()
    unknown = await api.get("/v1/budgets/harbour:2027")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")
    for path in ("/v1/budgets?colour=red", "/v1/budgets?cursor=abc", "/v1/budgets/a%00b"):
        assert (await api.get(path)).status_code in (400, 404)
    for path in ("/v1/budgets", "/v1/budgets/harbour:2026-Q4"):
        for who in ("complainant", "publisher", "ops"):
            assert (await api.get(path, headers=role(who))).status_code == 403
        assert (await api.get(path, headers=role("auditor"))).status_code == 200
    later = {"complaint-position": f"epoch1.{folded.log.records[0].partition}.9"}
    assert (await api.get("/v1/budgets", headers=later)).status_code == 503


async def test_the_rows_of_budgets_are_the_same_however_the_log_is_cut(folded: Folded) -> None:
    """L18, L23: all at once, one by one, by another owner, or after a redrive of one that could not be read."""
    log = folded.log
    for number, name in enumerate(NAMES):
        log.tell(f"budget/{name}", SET)
        log.tell(stream(number), lodged(number))
        log.tell(f"budget/{name}", kept("r1", 100 * number), kept("r2", 7))
    broken = next(one for one in log.records if one.envelope and one.envelope.stream == "budget/south:2026-Q4")
    garbled = log.garble(broken, "amount_minor: missing")
    await folded.catch_up()
    parked = await folded.pool.fetch("select stream, reason from parked")
    assert [tuple(row) for row in parked] == [("budget/south:2026-Q4", "amount_minor: missing")]
    mended = "update ledger set value = $2, why = null where stream = $1 and why is not null"
    await folded.pool.execute(mended, "budget/south:2026-Q4", broken.value)
    await folded.pool.execute("insert into redrives values ($1)", "budget/south:2026-Q4")
    await folded.fold([])
    whole = await folded.tables()
    assert (len(whole["budgets"]), whole["parked"]) == (5, [])
    log.records[log.records.index(garbled)] = broken
    for table in whole:
        await folded.pool.execute(f"truncate {table}")
    folded.told, folded.views = 0, Views(pages_at_hand_max=1)
    await folded.catch_up(batch=1)
    assert await folded.tables() == whole

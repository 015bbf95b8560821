"""Any log in real tables: the rows are those of one batch, wherever it is cut and whatever was rolled back or parked.

The facts are any that the vocabulary allows, legal or not, about few things, so that they meet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anything import facts
from events.codec import TYPES
from events.fact import Fact
from events.ids import COMPLAINT
from folded import TABLES, Folded
from projections.store import Shelf, Views
from projections.views import cases
from projections.views.chapters.page import Case
from projections.views.told import Told
from told import Log

BESIDE = tuple(kind for kind in TYPES.values() if kind.type.split(".")[2].startswith(("cluster-", "budget-")))
OF_CASES = tuple(kind for kind in TYPES.values() if kind in cases.HOW)
AREAS = (("clock",), ("promise", "callback", "reopened"), ("remedy", "offer", "redress"), ("custody", "owner"), ("",))
"""Facts about the same: a log takes them from few areas, so that one builds on another."""
FEW = {"clock": "resolution", "promise_id": "p1", "offer_id": "p1", "message_id": "m1", "reservation": "r1"}
LOGS = 60
VERDICTS = ("admitted",) * 8 + ("refused", "malformed", "garbled")

step = st.tuples(st.integers(0, 8), st.sampled_from(("kept", "kept", "rolled-back", "another-owner", "redriven")))


@dataclass(frozen=True)
class Plan:
    """What is told, how it is folded, and which fact the code could not fold until the end."""

    told: Sequence[tuple[Fact, str, int]]
    steps: Sequence[tuple[int, str]]
    unfoldable: type[Fact] | None


def _area(words: Sequence[str]) -> st.SearchStrategy[Fact]:
    return facts(tuple(kind for kind in OF_CASES if any(word in kind.type for word in words)))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    area = draw(st.sampled_from(AREAS))
    some = st.tuples(_area(area), st.sampled_from(VERDICTS), st.sampled_from((1, 1, 1, 2)))
    aside = st.tuples(facts(BESIDE), st.sampled_from(VERDICTS), st.just(1))
    told = draw(st.lists(st.one_of(some, some, some, aside), min_size=5, max_size=16))
    kinds = sorted({type(fact) for fact, _, _ in told}, key=lambda kind: kind.type)
    return Plan(told, draw(st.lists(step, max_size=6)), draw(st.none() | st.sampled_from(kinds)))


def tell(log: Log, plan: Plan) -> None:
    for fact, verdict, number in plan.told:
        about = fact.model_copy(update={name: one for name, one in FEW.items() if name in type(fact).model_fields})
        stream = f"{fact.type.split('.')[2].partition('-')[0]}/x:{number}"
        if type(fact) not in BESIDE:
            stream = f"complaint/{UUID(int=number)}"
        match verdict:
            case "refused":
                log.refuse(stream, about)
            case "malformed":
                log.broken(number, b"\xff\x00", "ce_id is missing")
            case "garbled":
                log.garble(log.tell(stream, about)[0], "a member is missing")
            case _:
                log.tell(stream, about)


def unable(kind: type[Fact]) -> Views:
    """Views whose code fails at facts of this type."""

    def fold(page: Case | None, told: Told) -> Case:
        if type(told.fact) is kind:
            raise ArithmeticError
        return cases.fold(page, told)

    return Views(cases=Shelf(COMPLAINT, fold, cases.moved, "cases"))


async def fold_by(plan: Plan, folded: Folded) -> None:
    """The log in the plan's batches, the rest in one; in the end what parked is folded anew by code that can."""
    folded.views = Views() if plan.unfoldable is None else unable(plan.unfoldable)
    another = Views() if plan.unfoldable is None else unable(plan.unfoldable)
    for records, how in plan.steps:
        batch = folded.log.records[folded.told : folded.told + records]
        if how == "rolled-back":
            async with folded.pool.acquire() as connection:
                lost = connection.transaction()
                await lost.start()
                await folded.views.fold(connection, batch)
                await lost.rollback()
            continue
        if how == "redriven":
            await redrive(folded)
            continue
        if how == "another-owner":
            folded.views, another = another, folded.views
        if batch:
            await folded.fold(batch)
        folded.told += len(batch)
    await folded.catch_up()
    folded.views = Views()
    await redrive(folded)


async def redrive(folded: Folded) -> None:
    await folded.pool.execute("insert into redrives select stream from parked on conflict do nothing")
    await folded.fold([])
    await folded.pool.execute("delete from redrives")


async def emptied(pool: Any) -> None:  # noqa: ANN401 - asyncpg carries no types
    await pool.execute("; ".join(f"delete from {table}" for table in TABLES))  # noqa: S608 - names of tables


@pytest.mark.filterwarnings("error")
@given(plan=plans())
@settings(max_examples=LOGS, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_rows_are_those_of_one_batch(folded: Folded, plan: Plan) -> None:
    """L18, L19, L22: batches, owners and repairs leave no trace in the tables."""
    await emptied(folded.pool)
    folded.log, folded.views, folded.told = Log(), Views(), 0
    tell(folded.log, plan)
    await folded.catch_up()
    whole = await folded.tables()
    await emptied(folded.pool)
    folded.told = 0
    await fold_by(plan, folded)
    parts = await folded.tables()
    assert {name: rows for name, rows in parts.items() if rows != whole[name]} == {}

"""A checker that cannot fail proves nothing: each kind of harm, done by hand to a system at rest, is found."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from faults.conftest import Ground, nothing
from faults.truth import DECIDERS

pytestmark = pytest.mark.asyncio(loop_scope="package")

JUDGING = DECIDERS["accountability"].version
"""Which decider judges in accountability."""


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def resting(ground: Ground) -> AsyncIterator[Ground]:
    """People have been at work, all is well, and nobody does anything."""
    await ground.through(nothing)
    yield ground


@pytest.mark.parametrize(
    ("harm", "mended", "found"),
    [
        pytest.param(
            "update projections.cases set channel = channel || '!' where id = (select min(id) from projections.cases)",
            "update projections.cases set channel = trim('!' from channel) "
            "where id = (select min(id) from projections.cases)",
            "only in projections.cases",
            id="view",
        ),
        pytest.param(
            "update projections.pages set page = page || ' ' where id = (select min(id) from projections.pages)",
            "update projections.pages set page = trim(page) where id = (select min(id) from projections.pages)",
            "only in projections.pages",
            id="page",
        ),
        pytest.param(
            "update triage.streams set triage = triage + 1 where stream = (select min(stream) from triage.streams)",
            "update triage.streams set triage = triage - 1 where stream = (select min(stream) from triage.streams)",
            "triage: complaint/",
            id="head",
        ),
        pytest.param(
            "update escalation.streams set machine = machine + 1 "
            "where stream = (select min(stream) from escalation.streams)",
            "update escalation.streams set machine = machine - 1 "
            "where stream = (select min(stream) from escalation.streams)",
            "escalation: complaint/",
            id="facts by machines",
        ),
        pytest.param(
            "update accountability.streams set decider_version = decider_version - 1, muted = true "
            "where stream = (select min(stream) from accountability.streams)",
            f"update accountability.streams set decider_version = {JUDGING}, muted = false "  # noqa: S608 -- a number
            "where stream = (select min(stream) from accountability.streams)",
            "accountability: complaint/",
            id="judged by an older decider",
        ),
        pytest.param(
            "insert into accountability.parked values ('complaint/x', 'content', 0, 0, 'none')",
            "delete from accountability.parked",
            "accountability parked",
            id="parked",
        ),
        pytest.param(
            "update escalation.positions set hash = hash || '\\x00' where partition = 3",
            "update escalation.positions set hash = substr(hash, 1, length(hash) - 1) where partition = 3",
            "escalation at 3",
            id="running hash",
        ),
        pytest.param(
            "update intake.verdicts set admitted = not admitted where event_id like '0%'",
            "update intake.verdicts set admitted = not admitted where event_id like '0%'",
            "intake says admitted",
            id="verdict",
        ),
    ],
)
async def test_a_changed_table_is_found(resting: Ground, harm: str, mended: str, found: str) -> None:
    """Table by table, row by row."""
    connection = await asyncpg.connect(resting.stack.database_url)
    try:
        await connection.execute(harm)
        harms = await resting.checks.harms()
        await connection.execute(mended)
    finally:
        await connection.close()
    assert [one for one in harms if one.startswith(found)], harms
    assert await resting.checks.harms() == []


async def test_an_answer_that_is_not_in_the_log_is_found(resting: Ground) -> None:
    """201 for a place where something else stands; an inbound record that nobody answered."""
    one = resting.load.admitted[0]
    true = one.answers[-1]
    one.answers[-1] = (201, {**true[1], "position": "epoch.0.999999"})
    event_id, event = resting.publisher.told.popitem()
    resting.publisher.told["never-answered"] = event
    harms = await resting.checks.harms()
    one.answers[-1] = true
    del resting.publisher.told["never-answered"]
    resting.publisher.told[event_id] = event
    assert any(harm.startswith(f"201 for {one.url_path}") for harm in harms), harms
    assert any(harm.startswith("inbound never-answered") for harm in harms), harms
    assert await resting.checks.harms() == []

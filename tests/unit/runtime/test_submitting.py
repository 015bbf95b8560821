"""A person's command, from the request to the answer (L4, L8 to L10)."""

import json

import pytest
from pydantic import BaseModel
from starlette.responses import Response

import toy
from commanding import Desk, acted, wish
from events.admission import Expectation
from events.envelope import Envelope, open_envelope
from events.ids import command_event_id, new_stream
from runtime.caller import Caller, Position
from runtime.commands import Commands
from runtime.problems import Problem
from stage import STREAM, Stage


class Words(BaseModel):
    text: str


async def submitted(
    commands: Commands[toy.Toy],
    key: str = "a key",
    text: str = "words",
    *,
    stream: str | None = STREAM,
    pinned: Expectation | None = None,
    position: Position | None = None,
) -> Response:
    caller = Caller("alice", frozenset({"handler"}), key, pinned, position, "a request")
    return await commands.submit(
        stream=stream,
        name="motive",
        body=Words(text=text),
        caller=caller,
        command=lambda draft: toy.SayMotive(draft.now, "alice") if stream else toy.Lodge(draft.now),
    )


def event_id(stream: str = STREAM, key: str = "a key") -> str:
    return command_event_id(principal="alice", service="intake", command="motive", stream=stream, key=key)


def last(stage: Stage) -> Envelope:
    record = stage.broker.log[0][-1]
    opened = open_envelope(record.key, record.headers, 0, 1)
    assert isinstance(opened, Envelope)
    return opened


def test_a_command_is_named_after_who_gave_it_and_its_key() -> None:
    """L4: the record says that it was a person, and in which request."""

    async def story(desk: Desk, commands: Commands[toy.Toy]) -> None:
        first, again = await submitted(commands), await submitted(commands)
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.body == first.body
        said = last(desk.stage)
        assert (said.event_id, said.auth_type, said.auth_id) == (event_id(), "user", "alice")
        assert (said.stream, said.correlation_id) == (STREAM, "a request")

    assert acted(story).said == ["lodged", "motive-recorded"]


@pytest.mark.parametrize(("key", "text", "status"), [("a key", "other words", 422), ("another key", "words", 201)])
def test_a_key_stands_for_one_command(key: str, text: str, status: int) -> None:
    """L4: the same id with another hash is told apart."""

    async def story(_: Desk, commands: Commands[toy.Toy]) -> None:
        await submitted(commands)
        if status == 201:
            assert (await submitted(commands, key, text)).status_code == status
            return
        with pytest.raises(Problem) as problem:
            await submitted(commands, key, text)
        assert (problem.value.status_code, problem.value.code) == (status, "idempotency-key-reused")

    assert acted(story).said == ["lodged", *(2 if status == 201 else 1) * ["motive-recorded"]]


def test_a_new_stream_is_named_after_the_command_that_opens_it() -> None:
    """L4."""

    async def story(desk: Desk, commands: Commands[toy.Toy]) -> None:
        made = json.loads(bytes((await submitted(commands, stream=None)).body))
        stream = new_stream("complaint", event_id(stream=""))
        assert (f"complaint/{made['complaint_id']}", last(desk.stage).stream) == (stream, stream)

    acted(story)


def test_what_was_pinned_and_has_moved_answers_412_with_where_it_stands_and_where_to_read_on() -> None:
    """L8: to somebody who may read it."""

    async def story(_: Desk, commands: Commands[toy.Toy]) -> None:
        faster = (await commands.carry_out(wish(1))).verdict
        with pytest.raises(Problem) as problem:
            await submitted(commands, pinned=Expectation(intake=1))
        assert problem.value.status_code == 412
        assert problem.value.members["between"] == f"/v1/records?stream={STREAM}"
        assert faster is not None
        assert problem.value.headers is not None
        assert problem.value.headers["Complaint-Position"] == f"epoch.{faster.partition}.{faster.offset}"

    acted(story)


def test_a_position_that_was_not_read_yet_is_waited_for_before_anything_is_written() -> None:
    """L10."""

    async def story(_: Desk, commands: Commands[toy.Toy]) -> None:
        with pytest.raises(Problem) as problem:
            await submitted(commands, position=Position("epoch", 0, 7))
        assert problem.value.code == "not-caught-up"

    assert acted(story).said == ["lodged"]

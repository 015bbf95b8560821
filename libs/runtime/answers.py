"""What became of a command, as an answer that says no more than is known (L4, L8, L9). Pure.

201  admitted (also: admitted before, answered as then)
202  written, not yet judged; asking again is safe
409  a rule refused it, with the rule's own code
412  the client pinned a head (If-Match) and the stream has moved on: its head and place, and where to read what came
422  the same Idempotency-Key with another command
503  nobody could say in time; this attempt may still be admitted, asking again is safe

`Location` of a 201 is the address of what was made, for everybody: its name, not a leave to read it. Other addresses
are named only to those who may read what stands there. Must not: decide, write, wait. What stands on
every answer is added in `front`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.responses import Response

from events.admission import Head
from events.decider import Refused
from events.roles import OPENING
from runtime.caller import Position, etag
from runtime.intents import Intent, Outcome
from runtime.problems import FieldError, Problem, later
from runtime.rows import VerdictRow

READ_AT = {
    "complaint": "/v1/complaints/",
    "cluster": "/v1/clusters/",
    "rulebook": "/v1/rulebooks/",
    "budget": "/v1/budgets/",
}
"""Where a stream of each kind that has a page of its own is read, before its name."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A command that counts: what an answer may be made of."""

    verdict: VerdictRow
    position: Position


def nothing_more(_: Admitted) -> dict[str, Any]:
    """No members beyond those of every answer."""
    return {}


def answered(outcome: Outcome, intent: Intent, epoch: str, answer: Callable[[Admitted], dict[str, Any]]) -> Response:
    """The answer, with the members that `answer` adds where the command counts. Raises Problem for all but 201, 202."""
    if outcome.verdict is not None:
        if not intent.is_of(outcome.verdict.command_hash):
            raise Problem(
                422, "idempotency-key-reused", "this Idempotency-Key stands for another command; use a new one"
            )
        return _created(outcome.verdict, epoch, answer)
    if outcome.refused is not None:
        raise _refusal(outcome.refused, outcome.head)
    if outcome.head is not None:
        raise _too_late(outcome.head, outcome.position and Position(epoch, *outcome.position), intent)
    if outcome.position is not None:
        return _written(Position(epoch, *outcome.position), intent)
    raise later("contended", "others were faster each time; ask again with the same key", seconds=1)


def _created(verdict: VerdictRow, epoch: str, answer: Callable[[Admitted], dict[str, Any]]) -> Response:
    position = Position(epoch, verdict.partition, verdict.offset)
    kind, _, name = verdict.stream.partition("/")
    headers = {"ETag": etag(verdict.head), "Complaint-Position": str(position)}
    content = {
        f"{kind}_id": name,
        "event_id": verdict.event_id,
        "head": str(verdict.head),
        "position": headers["Complaint-Position"],
    }
    content |= answer(Admitted(verdict, position))
    if kind in READ_AT:
        headers["Location"] = f"{READ_AT[kind]}{name}"
    return Response(orjson.dumps(content), 201, headers, media_type="application/json")


def _written(position: Position, intent: Intent) -> Response:
    content = {
        "event_id": intent.event_id,
        "stream": intent.stream,
        "state": "written-not-judged",
        "detail": "ask again with the same Idempotency-Key",
    }
    headers = {"Complaint-Position": str(position)}
    if _may_read(intent):
        headers["Location"] = f"/v1/records?position={position}"
    return Response(orjson.dumps(content), 202, headers, media_type="application/json")


def _too_late(head: Head, position: Position | None, intent: Intent) -> Problem:
    members, headers = {"head": str(head)}, {"ETag": etag(head)}
    if position is not None:
        headers["Complaint-Position"] = str(position)
    if _may_read(intent):
        members["between"] = f"/v1/records?stream={intent.stream}"
    return Problem(412, "somebody-was-faster", "the record has moved on since you read it; read it again",
                   headers=headers, members=members)  # fmt: skip


def _refusal(refused: Refused, head: Head | None) -> Problem:
    """A rule's own code; everything that is wrong with a document stands in `errors`, each with its place."""
    errors = [FieldError(one.place, refused.code, f"{one.wrong}; {one.todo}") for one in refused.findings]
    return Problem(409, refused.code, refused.why, errors=errors, members={"head": str(head)})


def _may_read(intent: Intent) -> bool:
    """A complainant reads its own case by the tracking code, and nothing else."""
    return bool(intent.roles & OPENING)

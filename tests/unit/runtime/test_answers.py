"""What became of a command is said with addresses that exist, to those who may read what stands there (L8)."""

import json
import re
from dataclasses import replace
from typing import Any, cast

import pytest
from starlette.responses import Response

from events.admission import Head
from events.decider import Refused
from events.table import Finding
from projections import api
from projections.sources import Sources
from runtime.answers import READ_AT, answered, nothing_more
from runtime.intents import Intent, Outcome
from runtime.problems import FieldError, Problem
from runtime.rows import VerdictRow

HEAD = Head(2, 1, 0, 0)
STREAM = "complaint/6d1a2a2e-52a8-4c3e-9d7e-0d3b7a1f6b11"
STAFF, COMPLAINANT = frozenset({"handler"}), frozenset({"complainant"})


def intent(roles: frozenset[str], stream: str = STREAM) -> Intent:
    return Intent(stream, "event", "hash", lambda _: None, "somebody", roles=roles)


def admitted(roles: frozenset[str], stream: str = STREAM) -> Response:
    verdict = VerdictRow(3, 17, "event", stream, admitted=True, head=HEAD, command_hash="hash")
    return answered(Outcome(verdict), intent(roles, stream), "e1", nothing_more)


def too_late(roles: frozenset[str]) -> dict[str, Any]:
    with pytest.raises(Problem) as problem:
        answered(Outcome(head=HEAD), intent(roles), "e1", nothing_more)
    assert (problem.value.status_code, problem.value.code) == (412, "somebody-was-faster")
    assert problem.value.headers == {"ETag": f'"{HEAD}"'}
    return problem.value.members


def problem_of(outcome: Outcome) -> Problem:
    with pytest.raises(Problem) as problem:
        answered(outcome, intent(STAFF), "e1", nothing_more)
    return problem.value


def test_each_kind_that_an_answer_points_to_can_be_read() -> None:
    """The views have a GET route for it."""
    paths = {route.path for router in api.build_routes(cast("Sources", None)) for route in cast("Any", router.routes)}
    names = {
        "rulebook": "/{kind}/{name}", "cluster": "/{cluster_id}", "complaint": "/{complaint_id}", "budget": "/{budget}",
    }  # fmt: skip
    assert {place.rstrip("/") + names[kind] for kind, place in READ_AT.items()} <= paths


@pytest.mark.parametrize(
    "stream",
    [STREAM, "cluster/6d1a2a2e-52a8-4c3e-9d7e-0d3b7a1f6b11", "rulebook/pack/cn-retail", "budget/harbour:2026-Q4"],
)
def test_everybody_is_told_the_address_of_what_was_made(stream: str) -> None:
    """It names the record; who may read there is asked when somebody does."""
    kind, _, name = stream.partition("/")
    answer = admitted(STAFF, stream)
    assert answer.headers["Location"] == admitted(frozenset(), stream).headers["Location"]
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/v1/{kind}s/{name}")
    assert answer.headers["ETag"] == f'"{HEAD}"'


def test_a_complainant_is_not_sent_where_it_may_not_read() -> None:
    """S4: its own case is read by the tracking code; the pages and the records answer it 403."""
    assert too_late(COMPLAINANT) == {"head": str(HEAD)}


@pytest.mark.parametrize("roles", [STAFF, COMPLAINANT])
def test_what_is_written_and_not_judged_can_be_asked_again(roles: frozenset[str]) -> None:
    """L9: 202 says what to do; where to look as well, for whoever may look there."""
    answer = answered(Outcome(position=(3, 17)), intent(roles), "e1", nothing_more)
    content = json.loads(bytes(answer.body))
    assert (answer.status_code, content["state"]) == (202, "written-not-judged")
    assert re.search("again with the same Idempotency-Key", content["detail"])
    assert answer.headers.get("Location") == ("/v1/records?position=e1.3.17" if roles == STAFF else None)
    assert answer.headers["Complaint-Position"] == "e1.3.17"


def test_who_comes_too_late_is_told_the_head_and_where_to_read_what_came_between() -> None:
    """L8."""
    assert too_late(STAFF) == {"head": str(HEAD), "between": f"/v1/records?stream={STREAM}"}


def test_a_refusal_is_the_rules_own_with_all_that_is_wrong_and_the_head_it_was_made_on() -> None:
    """L9: it speaks of this attempt."""
    refused = Refused("rules-unfit", "the rules cannot be taken", (Finding("/a", "is twice", "name it once"),))
    problem = problem_of(Outcome(refused=refused, head=HEAD))
    assert (problem.status_code, problem.code, problem.detail) == (409, "rules-unfit", "the rules cannot be taken")
    assert problem.errors == (FieldError("/a", "rules-unfit", "is twice; name it once"),)
    assert problem.members == {"head": str(HEAD)}


def test_where_nobody_could_say_it_says_when_to_ask_again() -> None:
    problem = problem_of(Outcome())
    assert (problem.status_code, problem.code, problem.headers) == (503, "contended", {"Retry-After": "1"})


def test_a_key_that_stands_for_another_command_is_told_so_and_nothing_of_it() -> None:
    """L4: the answer of the first is not the answer of the second."""
    other = VerdictRow(3, 17, "event", STREAM, admitted=True, head=HEAD, command_hash="another")
    problem = problem_of(Outcome(other))
    assert (problem.status_code, problem.code, problem.members) == (422, "idempotency-key-reused", {})


def test_a_command_that_was_hashed_by_an_older_secret_is_the_same_command() -> None:
    """ADR 30, L4: sent again after the secret was changed, it is answered as then."""
    verdict = VerdictRow(3, 17, "event", STREAM, admitted=True, head=HEAD, command_hash="by the older")
    asked = replace(intent(STAFF), command_hash="by the newer", older_hashes=("by the older",))
    assert answered(Outcome(verdict), asked, "e1", nothing_more).status_code == 201

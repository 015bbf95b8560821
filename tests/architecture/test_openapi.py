"""What all services say of themselves fits together: a client can be made from the five descriptions as one."""

import re
from collections.abc import Iterator
from typing import Any, cast

import pytest

from described import PROBES, ROUTERS, described
from runtime.body import TEXT_PATTERN, WORD_PATTERN


@pytest.fixture(scope="module")
def said() -> dict[str, dict[str, Any]]:
    return {service: described(service) for service in ROUTERS}


def operations(content: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in content["paths"].items():
        if path not in PROBES:
            yield from ((path, method, operation) for method, operation in methods.items())


def test_one_client_can_call_all_services(said: dict[str, dict[str, Any]]) -> None:
    """A name of an operation or of a form means the same in every service that has it."""
    where: dict[str, tuple[str, str]] = {}
    forms: dict[str, object] = {}
    for content in said.values():
        for path, method, operation in operations(content):
            assert where.setdefault(operation["operationId"], (path, method)) == (path, method)
        for name, form in content["components"]["schemas"].items():
            assert forms.setdefault(name, form) == form, name
            assert "__" not in name
            assert "title" not in cast("dict[str, Any]", form)


def test_every_answer_has_a_form(said: dict[str, dict[str, Any]]) -> None:
    """A client knows what it gets: no answer is just anything."""
    for content in said.values():
        for path, method, operation in operations(content):
            good = {status: one for status, one in operation["responses"].items() if status in ("200", "201", "202")}
            assert good
            for status, one in good.items():
                kinds = one["content"]
                assert kinds, (path, method, status)
                assert path.endswith("/proof") or all(kind["schema"] for kind in kinds.values()), (path, method, status)


def test_every_instant_has_the_format_of_one(said: dict[str, dict[str, Any]]) -> None:
    """A client that is made from the form reads a time, wherever one stands."""
    instants = re.compile(r"(.*_)?(at|since|due|started)$")
    for content in said.values():
        for name, form in content["components"]["schemas"].items():
            for member, kind in form.get("properties", {}).items():
                texts = [one for one in kind.get("anyOf", [kind]) if one.get("type") == "string"]
                if instants.fullmatch(member):
                    assert all(one.get("format") == "date-time" for one in texts), (name, member)


def test_a_command_says_what_it_makes(said: dict[str, dict[str, Any]]) -> None:
    """L4: the key is needed, the answer has the position; what asks and writes nothing needs no key."""
    for service, content in said.items():
        for path, method, operation in operations(content):
            headers = {one["name"]: one["required"] for one in operation["parameters"] if one["in"] == "header"}
            is_command = method == "post" and service != "projections"
            assert headers.get("Idempotency-Key", False) == is_command, path
            assert ("202" in operation["responses"]) == is_command
            if is_command:
                made = operation["responses"]["201"]["content"]["application/json"]["schema"]
                assert {"event_id", "head", "position"} < set(made["required"])
    ids = {"/v1/complaints/{complaint_id}/offer": "offer_id", "/v1/complaints/{complaint_id}/promises": "promise_id"}
    for path, name in ids.items():
        answer = said["accountability"]["paths"][path]["post"]["responses"]["201"]
        assert name in answer["content"]["application/json"]["schema"]["required"]


def test_who_needs_no_account(said: dict[str, dict[str, Any]]) -> None:
    """A complainant has a session or a tracking code; everybody else has a token (L4)."""
    for content in said.values():
        for path, _, operation in operations(content):
            headers = {one["name"] for one in operation["parameters"]}
            assert ("Complaint-Session" in headers) == ({} in operation["security"]), path
    assert {} in said["intake"]["paths"]["/v1/track/{code}"]["get"]["security"]
    assert {} not in said["projections"]["paths"]["/v1/complaints"]["get"]["security"]


def test_who_may_is_said(said: dict[str, dict[str, Any]]) -> None:
    """Whoever writes a client learns before a 403 what a token needs."""
    for content in said.values():
        for path, _, operation in operations(content):
            assert operation["description"].splitlines()[-1].startswith("For: "), path
    by = {service: content["paths"] for service, content in said.items()}
    judge = by["accountability"]["/v1/complaints/{complaint_id}/finding"]["post"]
    assert judge["description"] == "For: judge."
    lodge = by["intake"]["/v1/complaints"]["post"]
    who = "complainant, reception, handler, teamlead, approver, cso, judge, inspector, manager"
    assert lodge["description"] == f"For: {who}; also without an account."
    assert by["intake"]["/v1/track/{code}"]["get"]["description"] == "For: any role; also without an account."


def test_headers_of_answers_are_said(said: dict[str, dict[str, Any]]) -> None:
    """L9, L10: what is to be sent again (a head, a place, a session, the next page) is named where it comes."""
    for content in said.values():
        for path, _, operation in operations(content):
            asked = {one["name"] for one in operation["parameters"]}
            given = {name for answer in operation["responses"].values() for name in answer.get("headers", {})}
            is_command = "Idempotency-Key" in asked
            assert ("Link" in given) == ("cursor" in asked), path
            assert ("Complaint-Session" in given) == (is_command and "Complaint-Session" in asked), path
            assert given >= {"ETag", "Complaint-Position", "Location"} or not is_command, path
            assert "ETag" in given or "if-none-match" not in asked, path
            assert "Retry-After" in operation["responses"]["default"]["headers"], path
    assert "Complaint-Count" in said["projections"]["paths"]["/v1/complaints"]["get"]["responses"]["200"]["headers"]


def test_what_a_member_of_a_body_means_is_said(said: dict[str, dict[str, Any]]) -> None:
    """What stands below a member in the code, whoever writes a client reads as well."""
    lodge = said["intake"]["components"]["schemas"]["LodgeBody"]["properties"]
    assert lodge["identity"]["description"] == "Set by staff only."
    assert "BCP 47" in lodge["language"]["description"]
    erasure = said["intake"]["components"]["schemas"]["ErasureBody"]["properties"]
    assert "never a name" in erasure["reference"]["description"]


def test_texts_say_what_they_must_be(said: dict[str, dict[str, Any]]) -> None:
    """What a body refuses in a text can be read in its description."""
    lodge = said["intake"]["components"]["schemas"]["LodgeBody"]["properties"]
    assert lodge["channel"]["pattern"] == WORD_PATTERN
    assert lodge["text"]["pattern"] == TEXT_PATTERN
    assert lodge["demand"]["anyOf"][0]["pattern"] == TEXT_PATTERN
    promise = said["accountability"]["components"]["schemas"]["PromiseBody"]["properties"]
    as_of = said["projections"]["paths"]["/v1/complaints/{complaint_id}"]["get"]["parameters"][1]["schema"]
    years = as_of["anyOf"][0]["pattern"]
    assert years == promise["due"]["pattern"]
    assert [bool(re.match(years, f"{year}-01-01T00:00:00Z")) for year in (1969, 1970, 2099, 2100)] == [0, 1, 1, 0]
    evidence = said["intake"]["components"]["schemas"]["EvidenceBody"]["properties"]
    assert evidence["sha256"]["pattern"] == "^[0-9a-f]{64}$"

"""Every error is a problem that names the place and repeats nothing of what was sent."""

import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from runtime.problems import unforeseen

Headers = Callable[..., dict[str, str]]
JSON = {"content-type": "application/json"}
NOTES = "/v1/complaints/6d1a2a2e-52a8-4c3e-9d7e-0d3b7a1f6b11/notes"


def check(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """It is this problem, in the one form of all problems."""
    assert answer.headers["content-type"] == "application/problem+json"
    content: dict[str, Any] = answer.json()
    assert (answer.status_code, content["code"]) == (status, code), content
    assert content["type"] == f"/problems/{code}"
    assert content["status"] == status
    assert content["title"]
    assert content["detail"]
    assert len(content["trace_id"]) == 32
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    return content


def pointers(content: dict[str, Any]) -> dict[str, str]:
    return {error["pointer"]: error["code"] for error in content["errors"]}


async def test_unknown_route_and_method(api: httpx.AsyncClient) -> None:
    check(await api.get("/v1/nothing"), 404, "route-unknown")
    check(await api.get("/v1/complaints/"), 404, "route-unknown")
    check(await api.get("/docs"), 404, "route-unknown")
    answer = await api.delete("/v1/complaints")
    check(answer, 405, "method-not-allowed")
    assert answer.headers["allow"].split(", ") == ["GET", "HEAD", "POST"]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (b'{"text":"a","colour":"Zhang Wei"}', "#/colour", "extra-forbidden"),
        (b'{"text":"a","Zhang\\nWei":1}', "#/Zhang\ufffdWei", "extra-forbidden"),
        (b'{"text":"a","a/b~c":1}', "#/a~1b~0c", "extra-forbidden"),
        (b'{"text":7}', "#/text", "string-type"),
        (b'{"text":"a","count":"7"}', "#/count", "int-type"),
        (b'{"text":"a","count":true}', "#/count", "int-type"),
        (b'{"text":"a","count":1.5}', "#/count", "int-type"),
        (b'{"text":"a","at":"2026-01-31T09:00:00"}', "#/at", "timezone-aware"),
        (b'{"text":"a","at":"soon"}', "#/at", "datetime-parsing"),
        (b'{"text":"a","at":"1893456000"}', "#/at", "datetime-parsing"),
        (b'{"text":"a","at":"+1893456000.5"}', "#/at", "datetime-parsing"),
        (b'{"text":"a","at":1893456000}', "#/at", "datetime-parsing"),
        (b'{"text":"a","at":"2026-01-31"}', "#/at", "datetime-parsing"),
        (b'{"text":"a","at":"2026-01-31T25:00:00Z"}', "#/at", "datetime-from-date-parsing"),
        (b'{"text":"a","at":"2200-01-31T09:00:00Z"}', "#/at", "less-than"),
        (b'{"text":"Zhang Wei\\u0000"}', "#/text", "text-unfit"),
        (b'{"text":"\\ud800"}', "#/text", "text-unfit"),
        (b'{"text":"\\udfff Zhang Wei"}', "#/text", "text-unfit"),
        (b'{"text":"a","tags":["b","\\udc00"]}', "#/tags/1", "text-unfit"),
        (b'{"text":"a","\\u0000":1}', "#", "text-unfit"),
        (b'{"text":"a","\\ud800":{"x":"\\u0000"}}', "#/\ufffd\ufffd\ufffd/x", "text-unfit"),
        (b'{"text":"   "}', "#/text", "text-blank"),
        (b'{"text":"\\u200b \\n"}', "#/text", "text-blank"),
        (b'{"text":"a","tags":["b"," "]}', "#/tags/1", "text-blank"),
        (b'{"text":"a","place":" "}', "#/place", "text-blank"),
        (b'{"text":"a","place":"quay\\n3"}', "#/place", "word-unfit"),
        ('{"text":"a","place":"quay\u200f 3"}'.encode(), "#/place", "word-unfit"),
        (b'{"text":"a","place":"quay\\u2028 3"}', "#/place", "word-unfit"),
        (b'{"text":"a","place":"quay\\u202e 3"}', "#/place", "word-unfit"),
        (b'{"text":"a","place":"quay\\u2066 3"}', "#/place", "word-unfit"),
        (b'{"text":"a","place":"quay\\u061c 3"}', "#/place", "word-unfit"),
        (b'{"text":"a","place":"\\u200d\\u3000"}', "#/place", "text-blank"),
        (b'{"text":"\\u3000\\u00a0\\u00ad"}', "#/text", "text-blank"),
        (b'{"text":"a","text":"Zhang Wei"}', "#/text", "member-repeated"),
        (b'{"text":"a","te\\u0078t":"Zhang Wei"}', "#/text", "member-repeated"),
        (b'{"text":"a","tags":[{"x":1,"x":1}]}', "#/tags/0/x", "member-repeated"),
        (b"{}", "#/text", "missing"),
        (b"[]", "#", "model-type"),
        (b"null", "#", "model-type"),
        (b"", "#", "missing"),
    ],
)
async def test_a_body_that_is_not_as_it_must_be(
    api: httpx.AsyncClient, as_handler: Headers, body: bytes, pointer: str, code: str
) -> None:
    """The answer names the place, and what stood there is not in it."""
    answer = await api.post(NOTES, content=body, headers=JSON | as_handler())
    content = check(answer, 422, "body-invalid")
    assert pointers(content)[pointer] == code
    assert "Zhang Wei" not in answer.text


@pytest.mark.parametrize(
    "text",
    [
        "张伟\u3000先生",  # full-width space
        "\U0001f469\u200d\U0001f527",  # two emoji joined to one
        "نمی\u200cخواهم",  # Persian, with the non-joiner that its spelling asks for
        "12\u00a0rue",
        "Beschwerde\u00adstelle",
        "\U0001fae8",  # newer than Unicode 14
        "\U000323b0",  # so is this Chinese character
        "\ue000",  # a character of the writer's own font
    ],
)
async def test_what_people_write_in_any_script_is_taken(api: httpx.AsyncClient, as_handler: Headers, text: str) -> None:
    """Neither blank nor unfit, whatever Unicode this Python knows."""
    answer = await api.post(NOTES, json={"text": text, "place": text}, headers=as_handler())
    assert answer.status_code == 201, answer.text
    assert answer.json()["text"] == text


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"text":"Zhang Wei"',
        b'{"text":"\xff\xfe"}',
        b'{"text":"\xed\xa0\x80"}',
        b"\xff\xfe\x00\x00",
        '{"text":"a"}'.encode("utf-16"),
        b'{"text":"a\x00b"}',
        b'{"text":"a","count":NaN,}',
        b"[" * 100_000,
        b'{"text":"a","x":' + b"[" * 100_000,
        b'{"x":"\\u0041","text":' + b"[" * 100_000,
        b'{"text":"a"} {"text":"b"}',
    ],
)
async def test_what_is_not_json(api: httpx.AsyncClient, as_handler: Headers, body: bytes) -> None:
    """Broken JSON and broken UTF-8 are answered, not stumbled over (S12)."""
    answer = await api.post(NOTES, content=body, headers=JSON | as_handler())
    check(answer, 400, "json-invalid")
    assert "Zhang Wei" not in answer.text


async def test_numbers_beyond_all_measure(api: httpx.AsyncClient, as_handler: Headers) -> None:
    """A number with 100,000 digits is a wrong number, nothing more."""
    body = b'{"text":"a","count":-' + b"9" * 100_000 + b"}"
    answer = await api.post(NOTES, content=body, headers=JSON | as_handler())
    assert pointers(check(answer, 422, "body-invalid")) == {"#/count": "number-unfit"}


async def test_a_good_body_passes_exactly(api: httpx.AsyncClient, as_handler: Headers) -> None:
    """Escapes, characters outside the basic plane, a backslash before u0000: all kept as they are."""
    body = b'{"text":"\\u4f60 \\ud83d\\ude00 \\\\u0000 \xe5\xa5\xbd","at":"2026-01-31T17:00:00+08:00","tags":["a"]}'
    answer = await api.post(NOTES, content=body, headers=JSON | as_handler())
    assert answer.status_code == 201, answer.text
    assert answer.json()["text"] == "你 😀 \\u0000 好"
    assert answer.json()["at"] == "2026-01-31T09:00:00+00:00"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
async def test_only_json(api: httpx.AsyncClient, as_handler: Headers, kind: str) -> None:
    answer = await api.post(NOTES, content=b'{"text":"a"}', headers=as_handler(content_type=kind))
    check(answer, 415, "content-type-not-json")


async def test_json_with_a_charset(api: httpx.AsyncClient, as_handler: Headers) -> None:
    headers = as_handler(content_type="Application/JSON ; charset=utf-8")
    assert (await api.post(NOTES, content=b'{"text":"a"}', headers=headers)).status_code == 201


async def test_ten_megabytes(api: httpx.AsyncClient, as_handler: Headers) -> None:
    answer = await api.post(NOTES, content=b" " * 10_000_000, headers=JSON | as_handler())
    check(answer, 413, "body-too-large")


async def test_ten_megabytes_in_chunks(api: httpx.AsyncClient, as_handler: Headers) -> None:
    """Without a length the bytes are counted, and reading stops at the limit (S11)."""
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(160):
            sent += 65_536
            yield b" " * 65_536

    answer = await api.post(NOTES, content=chunks(), headers=JSON | as_handler())
    check(answer, 413, "body-too-large")
    assert sent <= 2**20 + 65_536


async def test_the_largest_body_passes(api: httpx.AsyncClient, as_handler: Headers) -> None:
    body = b'{"text":"a"}'
    answer = await api.post(NOTES, content=body + b" " * (2**20 - len(body)), headers=JSON | as_handler())
    assert answer.status_code == 201


async def test_length_that_is_none(api: httpx.AsyncClient, as_handler: Headers) -> None:
    headers = JSON | as_handler(content_length="many")
    check(await api.post(NOTES, content=b"{}", headers=headers), 413, "body-too-large")


@pytest.mark.parametrize("complaint_id", ["7", "BOS-1", "6d1a2a2e-52a8-4c3e-9d7e", "%00", "Zhang%20Wei"])
async def test_ids_of_other_kinds(api: httpx.AsyncClient, as_handler: Headers, complaint_id: str) -> None:
    answer = await api.post(f"/v1/complaints/{complaint_id}/notes", json={"text": "a"}, headers=as_handler())
    content = check(answer, 404, "id-malformed")
    assert pointers(content)["path:complaint_id"] == "uuid-parsing"
    assert "Wei" not in answer.text


async def test_our_own_fault(api: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    """500 says nothing of the cause (S29), and neither does any log line."""
    with caplog.at_level(logging.DEBUG):
        answer = await api.get("/v1/failing")
    check(answer, 500, "internal")
    assert "Zhang Wei" not in answer.text
    assert "Zhang Wei" not in caplog.text


async def test_trace_id_is_the_callers(api: httpx.AsyncClient) -> None:
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    answer = await api.get("/v1/nothing", headers={"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"})
    assert check(answer, 404, "route-unknown")["trace_id"] == trace_id


async def test_request_id(api: httpx.AsyncClient, as_handler: Headers) -> None:
    """A UUID is kept; any other text might say something about somebody, so it is replaced."""
    given = "0b9a8c1e-4a5e-4f51-9d0c-0a7d8a6f3b21"
    answer = await api.get("/v1/complaints", headers=as_handler(x_request_id=given))
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == given
    answer = await api.get("/v1/complaints", headers=as_handler(x_request_id="Zhang Wei"))
    assert "Zhang" not in answer.headers["x-request-id"]


async def test_a_header_twice(api: httpx.AsyncClient, as_handler: Headers) -> None:
    headers = [*as_handler().items(), ("idempotency-key", "k-2")]
    content = check(await api.post(NOTES, json={"text": "a"}, headers=headers), 400, "header-invalid")
    assert pointers(content) == {"header:idempotency-key": "repeated"}


async def test_probes(api: httpx.AsyncClient, troubles: dict[str, str]) -> None:
    """/livez depends on nothing, /readyz says what is missing."""
    assert (await api.get("/livez")).status_code == 200
    assert (await api.get("/readyz")).json() == {"status": "ready"}
    assert (await api.get("/version")).json() == {"service": "trial", "version": "1.2.3"}
    troubles["kafka"] = "no answer"
    answer = await api.get("/readyz")
    assert check(answer, 503, "not-ready")["reasons"] == {"kafka": "no answer"}
    assert answer.headers["retry-after"]
    assert (await api.get("/livez")).status_code == 200


async def test_openapi(api: httpx.AsyncClient, app: FastAPI) -> None:
    """Every operation says how it fails, and commands say which headers they need."""
    content = (await api.get("/openapi.json")).json()
    operations = {(p, m): o for p, ms in content["paths"].items() for m, o in ms.items()}
    assert all(operation["responses"]["default"] for operation in operations.values())
    command = operations[("/v1/complaints", "post")]
    assert command["security"]
    assert {"name": "Idempotency-Key", "required": True}.items() <= command["parameters"][0].items()
    assert command["requestBody"]["content"]["application/json"]["schema"]["$ref"] == "#/components/schemas/Note"
    assert content["components"]["schemas"]["Note"]["additionalProperties"] is False
    assert len({operation["operationId"] for operation in operations.values()}) == len(operations)
    assert app.openapi() is app.openapi()


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        asyncpg.CannotConnectNowError(),
        asyncpg.InterfaceError("closed"),
        asyncpg.InternalClientError("cut in the middle of an answer"),
        asyncpg.UndefinedTableError("somebody dropped the schema"),
    ],
)
def test_what_a_service_stands_on_is_away(error: Exception) -> None:
    """L9: 503 speaks of this attempt, and asking again is safe."""
    problem = unforeseen(error)
    assert (problem.status_code, problem.code) == (503, "not-available")
    assert problem.headers is not None
    assert "Retry-After" in problem.headers

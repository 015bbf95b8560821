"""What stands behind the `?` of an address counts whole or not at all, and what is wrong is named."""

from collections.abc import Callable
from typing import Any

import httpx

Headers = Callable[..., dict[str, str]]


def refused(answer: httpx.Response, code: str) -> dict[str, tuple[str, str]]:
    """It is this problem; gives what is wrong, and what to do, by its place."""
    content: dict[str, Any] = answer.json()
    assert (answer.status_code, content["code"]) == (400, code), content
    return {error["pointer"]: (error["code"], error["detail"]) for error in content["errors"]}


async def test_query_parameters(api: httpx.AsyncClient, as_handler: Headers) -> None:
    """A misspelt filter must not be ignored; the answer names those that are known."""
    headers = as_handler()
    assert (await api.get("/v1/complaints?limit=7", headers=headers)).json()["limit"] == 7
    wrong = refused(await api.get("/v1/complaints?limt=7", headers=headers), "query-parameter-unknown")
    assert wrong.keys() == {"query:limt"}
    code, why = wrong["query:limt"]
    assert code == "unknown"
    assert "limit" in why
    for limit in ("0", "201", "many", ""):
        answer = await api.get(f"/v1/complaints?limit={limit}", headers=headers)
        assert "query:limit" in refused(answer, "query-parameter-invalid")
    for as_of in ("1893456000", "-1", "1893456000.5", "2026-01-31", "soon", ""):
        answer = await api.get(f"/v1/complaints?as_of={as_of}", headers=headers)
        assert "query:as_of" in refused(answer, "query-parameter-invalid"), as_of
    assert (await api.get("/v1/complaints?as_of=2026-01-31T09:00:00Z", headers=headers)).status_code == 200
    refused(await api.get("/livez?verbose=1"), "query-parameter-unknown")


async def test_a_query_parameter_twice(api: httpx.AsyncClient, as_handler: Headers) -> None:
    """Of two values one would be dropped, and nobody told; a list takes all of its own."""
    answer = await api.get("/v1/complaints?limit=5&limit=7&tag=a&tag=b", headers=as_handler())
    assert refused(answer, "query-parameter-repeated").keys() == {"query:limit"}
    answer = await api.get("/v1/complaints?limit=5&tag=a&tag=b", headers=as_handler())
    assert (answer.status_code, answer.json()["tags"]) == (200, ["a", "b"])

"""Which methods an address takes."""

from collections.abc import Callable

import httpx

NOTES = "/v1/complaints/6d1a2a2e-52a8-4c3e-9d7e-0d3b7a1f6b11/notes"


async def test_head(api: httpx.AsyncClient, as_handler: Callable[..., dict[str, str]]) -> None:
    """Whatever answers GET answers HEAD, with the same status and headers and without the body (RFC 9110)."""
    for path, status in (("/livez", 200), ("/openapi.json", 200), ("/v1/complaints", 200), ("/v1/nothing", 404)):
        asked = await api.get(path, headers=as_handler())
        answer = await api.head(path, headers=as_handler())
        assert answer.status_code == asked.status_code == status
        assert answer.content == b""
        assert answer.headers["content-length"] == asked.headers["content-length"]
        assert answer.headers["content-type"] == asked.headers["content-type"]
    assert (await api.head("/v1/complaints")).status_code == 401
    assert (await api.head(NOTES)).status_code == 405


async def test_a_method_that_is_not_taken_is_told_which_are(api: httpx.AsyncClient) -> None:
    """Those of this address and no other's; who takes GET takes HEAD."""
    for path, taken in (("/v1/complaints", "GET, HEAD, POST"), ("/v1/failing", "GET, HEAD"), (NOTES, "POST")):
        answer = await api.delete(path)
        assert (answer.status_code, answer.headers["allow"]) == (405, taken)

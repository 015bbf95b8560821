"""What an answer says of a place that is wrong: what to do there, and no name of this code's own."""

from collections.abc import Callable

import httpx
import pytest

NOTES = "/v1/complaints/6d1a2a2e-52a8-4c3e-9d7e-0d3b7a1f6b11/notes"
A_TIME = "must be a time with a zone, such as 2026-01-31T09:00:00Z"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "send one JSON object"),
        (b"null", "must be one JSON object"),
        (b"[]", "must be one JSON object"),
        (b"{}", "is needed"),
        (b'{"text":"a","at":"tomorrow"}', A_TIME),
        (b'{"text":"a","at":"2026-01-31T25:00:00Z"}', A_TIME),
        (b'{"text":"a","at":"2026-02-30T09:00:00Z"}', A_TIME),
        (b'{"text":"a","at":"2026-01-31T09:00:00+25:00"}', A_TIME),
    ],
)
async def test_the_detail_says_what_to_do(
    api: httpx.AsyncClient, as_handler: Callable[..., dict[str, str]], body: bytes, says: str
) -> None:
    answer = await api.post(NOTES, content=body, headers={"content-type": "application/json"} | as_handler())
    (error,) = answer.json()["errors"]
    assert error["detail"] == says

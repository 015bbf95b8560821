"""An API in this process, asked as the server asks it: a body that came in one piece is handed on in one.

httpx alone follows each body with an empty piece, and then no command goes the short way (`runtime.direct`), as they do
in life.
"""

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def at_once(app: ASGIApp) -> httpx.ASGITransport:
    """For `httpx.AsyncClient`. What the app raises is an answer of 500, as the server makes it."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        length = dict(scope["headers"]).get(b"content-length")

        async def one() -> Message:
            message = await receive()
            if message.get("body") and b"%d" % len(message["body"]) == length:
                await receive()  # the empty piece
                message["more_body"] = False
            return message

        await app(scope, one, send)

    return httpx.ASGITransport(served, raise_app_exceptions=False)

"""The front door: Caddy from its wheel, one loopback origin for the console and all APIs.

The route table stands here and nowhere else. Limits on bodies are the services' own.
"""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx

from local.errors import LocalError
from local.places import DataDir
from local.ports import HOST, listening
from local.process import Process
from local.rules.files import WRITTEN_BY

READY_SECONDS_MAX = 20.0
STOP_SECONDS_MAX = 3.0
RESTART_SECONDS_MAX = 8
"""A killed service listens again after some 4 s, where two cores have other work; who waits longer had better know."""
BODY_SECONDS_MAX = 35
"""How long somebody may send one body: the service behind refuses it sooner (`runtime.front`), and says so."""
PROBES = ("livez", "readyz", "version", "openapi.json")

# An address belongs to one service, whatever the method: so whoever is asked knows what it takes. Only those of WRITTEN
# are read as well. What nobody named here takes goes to projections.
READ_BELOW = "/v1/complaints/[^/]+/clocks(/[^/]+/proof)?"
"""Addresses of projections among those of others."""
# Who takes what is said about a complaint: /v1/complaints/{id}/<word> and what lies below.
COMMANDS_ON_A_COMPLAINT = {
    "intake": (
        "amendments", "evidence", "contact-preferences", "contacts", "motive", "messages", "withdrawal", "feedback",
        "erasure", "holds",
    ),
    "triage": ("screening", "classification", "grade", "route", "confirmation", "one-or-many"),
    "escalation": ("offers-of-ownership", "acceptance", "refusal", "crisis-team", "escalation", "clocks"),
    "accountability": (
        "decision", "offer", "budget", "approval", "redress", "promises", "callbacks", "closing", "reopening",
        "replies", "finding",
    ),
}  # fmt: skip
OTHERS = {
    "intake": "/v1/track/[^/]+",
    "triage": "/v1/clusters/[^/]+/members(/.*)?",
    "accountability": "/v1/budgets/[^/]+/reservations(/.*)?",
}
WRITTEN = {"intake": "/v1/complaints", "triage": "/v1/clusters", "accountability": "/v1/budgets/[^/]+"}
"""Who takes a POST at an address that projections read."""
EVERYTHING_ELSE = "projections"
SESSION_COOKIE = "complaints_session"
"""Where the console keeps its token; `projections.console.session` sets it."""

CADDYFILE = """\
{{
    admin off
    auto_https off
    persist_config off
    grace_period 2s
    servers {{
        timeouts {{
            read_body {body_seconds}s
        }}
    }}
    log default {{
        output stderr
        level WARN
        # Addresses and headers may name people; a log line must not.
        format filter {{
            wrap json
            request>uri delete
            request>headers delete
            request>remote_ip delete
            request>client_ip delete
        }}
    }}
}}
http://:{port} {{
    bind {host}
    # The console's token stands in a cookie that no script can read; commands need it as Authorization. Only requests
    # with an Idempotency-Key get it: no page of another origin can send that header, so no cookie acts for a stranger.
    @console {{
        path /v1/*
        header Idempotency-Key *
        header Cookie *{session_cookie}=*
        not header Authorization *
    }}
    request_header @console Authorization "Bearer {{http.request.cookie.{session_cookie}}}"
    # A service's HTTP server takes these for no HTTP at all, and says so in plain text.
    @strange not method GET HEAD POST PUT PATCH DELETE OPTIONS TRACE
    handle @strange {{
        header Content-Type application/problem+json
        respond `{{"type":"about:blank","title":"Method unknown","status":501,"code":"method-unknown",\
"detail":"No address here takes this method. See /openapi.json of each service for those that they take."}}` 501
    }}
{routes}
    handle_errors {{
        header Content-Type application/problem+json
        @chunks expression `{{err.message}}.contains("chunk")`
        handle @chunks {{
            respond `{{"type":"about:blank","title":"Body unreadable","status":400,"code":"body-unreadable",\
"detail":"The chunks of the body are not as HTTP has them. Send it anew, best with its Content-Length."}}` 400
        }}
        handle {{
            header Retry-After 1
            respond `{{"type":"about:blank","title":"Service unavailable","status":503,"code":"service-unavailable",\
"detail":"The service behind this address does not answer. Nothing is known about this request; asking again with the \
same Idempotency-Key is safe."}}` 503
        }}
    }}
}}
"""

NEITHER = """\
    # Two services take something here, and neither knows what the other takes.
    @neither {{
        not method GET HEAD POST
        {at}
    }}
    handle @neither {{
        header Content-Type application/problem+json
        header Allow "GET, HEAD, POST"
        respond `{{"type":"about:blank","title":"Method not allowed","status":405,"code":"method-not-allowed",\
"detail":"This address does not take this method; the Allow header names those it takes."}}` 405
    }}"""


class DoorFailed(LocalError):
    """Caddy did not come up; the message holds the end of its log."""


class Door:
    """The front door of one system; `services` are the ports of the services behind it."""

    def __init__(self, data: DataDir, *, port: int, services: Mapping[str, int]) -> None:
        self.url = f"http://{HOST}:{port}"
        self._port = port
        self._caddyfile = data.door / "Caddyfile"
        self._text = caddyfile(port, services)
        program = Path(sys.executable).with_name("caddy")
        self.process = Process(
            "door",
            (
                str(program if program.exists() else shutil.which("caddy") or "caddy"),
                "run", "--adapter", "caddyfile", "--config", str(self._caddyfile),
            ),
            data.run / "door.json",
            data.logs / "door.log",
            environment={**os.environ, "XDG_DATA_HOME": str(data.door), "XDG_CONFIG_HOME": str(data.door)},
        )  # fmt: skip

    async def start(self) -> None:
        """Start and wait until it answers; raises `DoorFailed`."""
        self._caddyfile.parent.mkdir(parents=True, exist_ok=True)
        self._caddyfile.write_text(self._text)
        self.process.start()
        await self.ready()

    async def ready(self) -> None:
        """Wait until it answers HTTP at all; what a service behind it says is not its matter."""
        silent = await self.process.why_silent(
            self._answers, limit_seconds=READY_SECONDS_MAX, stop_limit_seconds=STOP_SECONDS_MAX
        )
        if silent is not None:
            raise DoorFailed(f"Caddy {silent}")

    async def stop(self) -> bool:
        """Stop in order; False where it had to be killed."""
        return await self.process.stop(STOP_SECONDS_MAX)

    async def _answers(self) -> bool:
        if not listening(self._port):
            return False
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            try:
                await client.get(f"{self.url}/intake/livez")
            except httpx.TransportError:
                return False
        return True


def caddyfile(port: int, services: Mapping[str, int]) -> str:
    """The whole configuration; the first route that fits wins."""
    routes = "\n".join(line for block in _routes(services) for line in block)
    return CADDYFILE.format(
        host=HOST, port=port, routes=routes, session_cookie=SESSION_COOKIE, body_seconds=BODY_SECONDS_MAX
    )


def _routes(services: Mapping[str, int]) -> Iterator[list[str]]:
    for service, port in services.items():
        paths = " ".join(f"/{service}/{probe}" for probe in PROBES)
        yield _route(f"{service}_probes", [f"path {paths}"], port, strip=f"/{service}")
    yield _route("read_below", [_at(READ_BELOW)], services[EVERYTHING_ELSE])
    for service, words in COMMANDS_ON_A_COMPLAINT.items():
        yield _route(f"{service}_case", [_at(f"/v1/complaints/[^/]+/({'|'.join(words)})(/.*)?")], services[service])
    for service, address in OTHERS.items():
        yield _route(f"{service}_others", [_at(address)], services[service])
    for service, kinds in WRITTEN_BY.items():
        address = f"/v1/rulebooks/({'|'.join(kinds)})/[^/]+/(drafts|approval|refusal)"
        yield _route(f"{service}_rulebooks", [_at(address)], services[service])
    for service, address in WRITTEN.items():
        yield _route(f"{service}_written", ["method POST", _at(address)], services[service])
    yield NEITHER.format(at=_at("|".join(WRITTEN.values()))).splitlines()
    yield _route(None, [], services[EVERYTHING_ELSE])


def _at(address: str) -> str:
    return f"path_regexp ^({address})$"


def _route(name: str | None, matchers: list[str], port: int, *, strip: str | None = None) -> list[str]:
    """One route. A service that restarts is waited for: what was never sent may be sent again. A probe says at once."""
    head = [f"    @{name} {{", *(f"        {matcher}" for matcher in matchers), "    }"] if name else []
    inner = [f"        uri strip_prefix {strip}"] if strip else []
    wait_seconds = 0 if strip else RESTART_SECONDS_MAX
    proxy = [f"        reverse_proxy {HOST}:{port} {{", f"            lb_try_duration {wait_seconds}s", "        }"]
    return [*head, f"    handle @{name} {{" if name else "    handle {", *inner, *proxy, "    }"]

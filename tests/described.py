"""The routes of all five services, built for nobody, and what each service says of them in its OpenAPI."""

import re
from types import SimpleNamespace
from typing import Any, cast

from fastapi import FastAPI

from accountability import api as accountability
from accountability.budgets import build_budgets
from escalation import api as escalation
from intake import api as intake
from projections import api as projections
from runtime.access import Access
from runtime.http import build_app
from runtime.rulebook_routes import rulebook_routes
from triage import api as triage

NOTHING = cast("Any", None)
"""Routes are described here, and none is called."""
RUNNING = cast("Any", SimpleNamespace(commands=None, secrets=None))
OF_CASES = {
    "intake": [intake.build_routes(RUNNING)],
    "triage": [triage.build_routes(NOTHING)],
    "escalation": [escalation.build_routes(NOTHING)],
    "accountability": [accountability.build_routes(NOTHING), build_budgets(NOTHING)],
}
"""The commands of each service, but for those on rulebooks, which are alike in all."""
ROUTERS = {
    **{service: [*routers, rulebook_routes(NOTHING)] for service, routers in OF_CASES.items()},
    "projections": projections.build_routes(NOTHING),
}
PROBES = {"/livez", "/readyz", "/version"}


async def ready() -> dict[str, str]:
    return {}


def built(service: str) -> FastAPI:
    access = cast("Access", None)
    return build_app(service, ROUTERS[service], access=access, ready=ready, version="1")


def described(service: str) -> dict[str, Any]:
    return built(service).openapi()


def bare(path: str) -> str:
    """A path without the names of what it is about."""
    return re.sub(r"{[^}]*}(:{[^}]*})?", "{}", path)

"""Commands are what people wait for: none of them takes the long way through FastAPI by accident."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi import APIRouter

from accountability import api as accountability
from accountability.budgets import build_budgets
from escalation import api as escalation
from intake import api as intake
from runtime.access import Access
from runtime.direct import ways_of
from runtime.http import build_app
from runtime.rulebook_routes import rulebook_routes
from triage import api as triage

NOTHING = cast("Any", None)
"""Routes are looked at here, and none is called."""
ROUTERS = [
    intake.build_routes(cast("Any", SimpleNamespace(commands=None, secrets=None))),
    *(build(NOTHING) for build in (triage.build_routes, escalation.build_routes, accountability.build_routes)),
    build_budgets(NOTHING),
    rulebook_routes(NOTHING),
]


@pytest.mark.parametrize("router", ROUTERS, ids=[str(number) for number in range(len(ROUTERS))])
def test_every_command_goes_the_short_way(router: APIRouter) -> None:
    app = build_app("trial", [router], access=cast("Access", None), ready=NOTHING, version="1")
    ways = ways_of(app.routes)
    assert ways
    assert [pattern.pattern for pattern, way in ways if way is None] == []

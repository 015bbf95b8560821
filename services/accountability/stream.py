"""What this service is made of; the reader itself lives in `runtime`, once."""

from accountability.api import build_routes
from accountability.budgets import build_budgets
from accountability.decider import DECIDER
from accountability.rulebooks import CHECKS
from runtime.rulebook_routes import rulebook_routes
from runtime.seeding import publishing_shipped
from runtime.service import Service

SERVICE = Service(
    name="accountability",
    decider=DECIDER,
    routes=lambda running: [build(running.commands) for build in (build_routes, build_budgets, rulebook_routes)],
    edges=(publishing_shipped(CHECKS),),
)

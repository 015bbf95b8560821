"""What this service is made of; the reader itself lives in `runtime`, once."""

from accountability.api import build_routes
from accountability.decider import DECIDER
from accountability.rulebooks import CHECKS
from runtime.rulebook_routes import rulebook_routes
from runtime.seeding import publishing_shipped
from runtime.service import Service

SERVICE = Service(
    name="accountability",
    decider=DECIDER,
    routes=lambda running: [build_routes(running.commands), rulebook_routes(running.commands)],
    edges=(publishing_shipped(CHECKS),),
)

"""What this service is made of; the reader itself lives in `runtime`, once."""

from runtime.rulebook_routes import rulebook_routes
from runtime.seeding import publishing_shipped
from runtime.service import Service
from triage.api import build_routes
from triage.decider import DECIDER
from triage.rulebooks import CHECKS

SERVICE = Service(
    name="triage",
    decider=DECIDER,
    routes=lambda running: [build_routes(running.commands), rulebook_routes(running.commands)],
    edges=(publishing_shipped(CHECKS),),
)

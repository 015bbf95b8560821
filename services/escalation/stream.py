"""What this service is made of; the reader itself lives in `runtime`, once."""

from escalation.api import build_routes
from escalation.decider import DECIDER
from rulebooks.kinds import ESCALATION
from runtime.rulebook_routes import rulebook_routes
from runtime.seeding import publishing_shipped
from runtime.service import Service

SERVICE = Service(
    name="escalation",
    decider=DECIDER,
    routes=lambda running: [build_routes(running.commands), rulebook_routes(running.commands)],
    edges=(publishing_shipped(ESCALATION),),
)

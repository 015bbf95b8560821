"""What this service is made of; the reader itself lives in `runtime`, once."""

from escalation.api import build_routes
from escalation.decider import DECIDER
from escalation.rules import load_rules
from runtime.service import Service

SERVICE = Service(
    name="escalation",
    decider=DECIDER,
    rules=load_rules,
    routes=lambda running: [build_routes(running.commands)],
)

"""What this service is made of; the reader itself lives in `runtime`, once."""

from runtime.service import Service
from triage.api import build_routes
from triage.decider import DECIDER
from triage.rules import load_rules

SERVICE = Service(
    name="triage",
    decider=DECIDER,
    rules=load_rules,
    routes=lambda running: [build_routes(running.commands)],
)

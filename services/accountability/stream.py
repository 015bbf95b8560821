"""What this service is made of; the reader itself lives in `runtime`, once."""

from accountability.api import build_routes
from accountability.decider import DECIDER
from accountability.rules import load_rules
from runtime.service import Service

SERVICE = Service(
    name="accountability",
    decider=DECIDER,
    rules=load_rules,
    routes=lambda running: [build_routes(running.commands)],
)

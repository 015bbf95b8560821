"""What this service is made of; the reader itself lives in `runtime`, once."""

import asyncio
from collections.abc import Awaitable

from intake import erasures, holds, outbound
from intake.api import build_routes
from intake.channels import CHECKS
from intake.decider import DECIDER
from intake.demo_gateway import DemoGateway
from intake.gateway import InboundGateway
from runtime import topics
from runtime.edge import Edge, Handler
from runtime.edge_store import EdgeStore
from runtime.erasing import in_turn
from runtime.rulebook_routes import rulebook_routes
from runtime.seeding import publishing_shipped
from runtime.service import Running, Service


def _inbound(running: Running) -> Awaitable[None]:
    """What other systems tell."""
    gateway = InboundGateway(running.commands, running.log, running.secrets.contact)
    return _edge(running, "inbound", topics.INBOUND, gateway).run()


async def _demo(running: Running) -> None:
    """Messages to files, where a folder for them is named."""
    folder = running.settings.outbox_dir
    if folder is None:
        await asyncio.Event().wait()  # nothing to do; a task that ends would end the process
    else:
        gateway = DemoGateway(folder, running.keyring, running.log)
        await _edge(running, "demo-gateway", topics.OUTBOUND, gateway).run()


def _edge(running: Running, name: str, topic: str, handler: Handler) -> Edge:
    settings, full_name = running.settings, f"complaints-intake-{name}"
    url = settings.database_url.get_secret_value()
    edge = Edge(
        name=full_name,
        topic=topic,
        bootstrap=settings.kafka_bootstrap,
        instance=settings.instance,
        store=EdgeStore(url=url, schema=outbound.SCHEMA, edge=full_name, topic=topic),
        handler=handler,
    )
    running.edges[name] = lambda: edge.trouble
    return edge


SERVICE = Service(
    name="intake",
    decider=DECIDER,
    routes=lambda running: [build_routes(running), rulebook_routes(running.commands)],
    edges=(_inbound, _demo, publishing_shipped(CHECKS), erasures.lasting),
    prepare=outbound.prepare,
    before_commit=lambda running: in_turn(holds.keeper(running), erasures.keeper(running), outbound.publisher(running)),
)

"""The service projections: reads the whole log, writes nothing to it, folds the views in the reader's transaction."""

from collections.abc import Sequence

import asyncpg
from fastapi import APIRouter

from projections.api import build_routes
from projections.marks import follow_marks
from projections.sources import Sources
from projections.store import SCHEMA, Views
from runtime.process import Running, Service
from runtime.store import Hook

NAME = "projections"


def service() -> Service:
    """What makes this service different from the others."""
    return Service(name=NAME, decider=None, routes=_routes, hook=_views, prepare=create_views, edges=(follow_marks,))


def _views(_: Running) -> Hook:
    return Views().fold


def _routes(running: Running) -> Sequence[APIRouter]:
    return build_routes(
        Sources(
            pool=running.store.pool,
            reached=running.commands.reached,
            unseal=lambda stream, token: running.keyring.unseal(stream=stream, token=token),
            epoch=running.epoch,
            partitions=running.settings.log_partitions,
        )
    )


async def create_views(url: str, schema: str = NAME) -> None:
    """Create the tables of the views where they are missing; several processes may try at once."""
    connection = await asyncpg.connect(url, timeout=10, server_settings={"search_path": schema})
    try:
        async with connection.transaction():
            await connection.execute("select pg_advisory_xact_lock(hashtext($1))", schema)
            await connection.execute(SCHEMA.read_text(encoding="utf-8"))
    finally:
        await connection.close(timeout=5)

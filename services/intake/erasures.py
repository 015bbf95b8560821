"""Which data keys were destroyed: an older copy of `complaints.keys` that somebody restores brings none of them back.

Kept before the reader's position moves, as what has left. Must not: say what destroys (`runtime.erasing`).
"""

import asyncio
from collections.abc import Sequence

from intake.outbound import SCHEMA, Pool
from runtime.away import DATABASE_FAILS
from runtime.erasing import destroyed, erasing, in_turn
from runtime.keyring import Keyring, KeyringUnavailable
from runtime.logs import fault, logger
from runtime.rows import Judged
from runtime.sealing import ERASED
from runtime.service import Running
from runtime.store import BeforeCommit
from runtime.sweeping import sweep

_KEEP = f"insert into {SCHEMA}.erased_keys select unnest($1::text[]) on conflict do nothing"
_KEPT = f"select key_id from {SCHEMA}.erased_keys"  # noqa: S608 - no input
_AGAIN_SECONDS = 1.0
_log = logger("keyring")


def keeper(running: Running) -> BeforeCommit:
    """What the reader calls with each batch before it commits: whoever is told afterwards finds the words closed."""
    return in_turn(remembering(running.store.pool), erasing(running.keyring))


async def lasting(running: Running) -> None:
    """Until cancelled: what was destroyed stays so, and its bytes leave the topic."""
    await erase_again(running.store.pool, running.keyring)
    await sweep(running.keyring)


def remembering(pool: Pool) -> BeforeCommit:
    """Which keys a batch destroys."""

    async def keep(judged: Sequence[Judged]) -> None:
        if key_ids := destroyed(judged):
            await pool.execute(_KEEP, key_ids)

    return keep


async def erase_again(pool: Pool, keyring: Keyring) -> None:
    """At the start: destroy what the keys topic does not say is destroyed, and say so."""
    while True:
        try:
            back = [row["key_id"] for row in await pool.fetch(_KEPT) if keyring.key(row["key_id"]) is not ERASED]
            await keyring.erase(back)
            break
        except (*DATABASE_FAILS, KeyringUnavailable) as error:
            _log.warning("keyring.tries-again", **fault(error))
        await asyncio.sleep(_AGAIN_SECONDS)
    if back:
        _log.error("keyring.older-copy", count=len(back))

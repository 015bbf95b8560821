"""Legal holds by person: in which of their cases one stands, so that no other case of theirs is erased meanwhile.

Kept before the reader's position moves: whoever is told that a hold was placed can rely on it (docs/adr/0028). What a
hold forbids is for `decider/decide.py` to say.
"""

from collections.abc import Sequence

from events.admission import Verdict
from events.ids import COMPLAINT
from events.intake import HoldLifted, HoldPlaced
from intake.outbound import SCHEMA, Pool
from runtime.queries import columns
from runtime.rows import Judged
from runtime.service import Running
from runtime.store import BeforeCommit

_PLACED = f"insert into {SCHEMA}.holds select * from unnest($1::text[], $2::text[], $3::text[]) on conflict do nothing"  # noqa: S608 - no input
_LIFTED = f"update {SCHEMA}.holds set lifted = true where hold_id = any($1)"  # noqa: S608 - no input
_STANDING = f"select stream from {SCHEMA}.holds where party_ref = $1 and stream <> $2 and not lifted order by stream"  # noqa: S608 - no input


def moved(judged: Sequence[Judged]) -> tuple[list[tuple[str, str, str]], list[str]]:
    """The holds that were placed, each with its person and case, and those that were lifted. Pure."""
    placed: list[tuple[str, str, str]] = []
    lifted: list[str] = []
    for one in judged:
        if one.verdict is Verdict.ADMITTED and one.envelope is not None:
            match one.fact:
                case HoldPlaced(hold_id=hold_id, party_ref=str(party)):
                    placed.append((hold_id, party, one.envelope.stream))
                case HoldLifted(hold_id=hold_id):
                    lifted.append(hold_id)
    return placed, lifted


def keeper(running: Running) -> BeforeCommit:
    """What the reader calls with each batch before it commits."""
    pool = running.store.pool

    async def keep(judged: Sequence[Judged]) -> None:
        placed, lifted = moved(judged)
        if placed:
            await pool.execute(_PLACED, *columns(placed, 3))
        if lifted:
            await pool.execute(_LIFTED, lifted)

    return keep


async def elsewhere(pool: Pool, party: str | None, stream: str) -> tuple[str, ...]:
    """The other cases of this person on which a hold stands, by their ids."""
    if party is None:
        return ()
    return tuple(row["stream"].removeprefix(COMPLAINT) for row in await pool.fetch(_STANDING, party, stream))

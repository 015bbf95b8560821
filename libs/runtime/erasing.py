"""What an erasure destroys is gone with the batch that brings it: the data keys that a fact names (`Fact.destroys`).

Done before the reader's position moves: a crash in between, a replay or a rebuild does it again, so a key that an older
copy of `complaints.keys` brought back is destroyed by reading the log (docs/adr/0028). Must not: say what destroys.
"""

from collections.abc import Sequence

from runtime.keyring import Keyring
from runtime.rows import Judged
from runtime.store import BeforeCommit


def destroyed(judged: Sequence[Judged]) -> list[str]:
    """The keys that nobody uses any more, by what was admitted. Pure."""
    return [key_id for one in judged if one.fact is not None for key_id in one.fact.destroys()]


def forgetting(keyring: Keyring) -> BeforeCommit:
    """For whoever reads of it: this process opens and seals nothing with them any more, wherever the keys topic is."""

    async def forget(judged: Sequence[Judged]) -> None:
        keyring.forget(destroyed(judged))

    return forget


def erasing(keyring: Keyring) -> BeforeCommit:
    """For the service whose chapter it is: tombstones for everybody, for ever. Raises KeyringUnavailable."""

    async def erase(judged: Sequence[Judged]) -> None:
        await keyring.erase(destroyed(judged))

    return erase


def before_commit(keyring: Keyring, own: BeforeCommit | None) -> BeforeCommit:
    """For every service: what it does of its own, then it forgets. Never the other way round: what was forgotten counts
    as destroyed, and whose chapter it is would write no tombstone.
    """
    return forgetting(keyring) if own is None else in_turn(own, forgetting(keyring))


def in_turn(*effects: BeforeCommit) -> BeforeCommit:
    """One after the other: whoever is told of an erasure finds the words closed."""

    async def all_of_them(judged: Sequence[Judged]) -> None:
        for effect in effects:
            await effect(judged)

    return all_of_them

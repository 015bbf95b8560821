"""Switches for how rulebooks and clusters are read: L15. The worlds are those of the services' own deciders."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from events.decider import Context, Decider, Owed, owes_nothing
from events.ids import RULEBOOK
from rulebooks.state import Rulebook
from runtime.rows import Commit, Place, Row, Standing
from simulation.database import Database, StorePort
from simulation.laws import law
from simulation.real import real_cast
from simulation.world import Parts


@law("L15", real=True, clients=6, cases=5, storm_seconds=20.0)
def rulebooks_read_once() -> Iterator[Parts]:
    """A process keeps the first version of a rulebook that it has seen in force."""

    class Keeping(StorePort):
        def __init__(self, *parts: Any) -> None:  # noqa: ANN401
            super().__init__(*parts)
            self._kept: dict[str, Rulebook] = {}

        async def stand(self, places: Mapping[int, Place], contexts: Sequence[str]) -> Standing:
            seen = await super().stand(places, contexts)
            for name, book in seen.books.items():
                if isinstance(book, Rulebook) and book.versions:
                    self._kept.setdefault(name, book)
            return replace(seen, books={**seen.books, **self._kept})

    yield Parts(cast=real_cast, store=Keeping)


@law("L15", real=True, clients=6, cases=5, storm_seconds=20.0)
def nobody_leans_on_rulebooks() -> Iterator[Parts]:
    """A changed rulebook does not have those asked again who were judged under an older version."""

    def unleaning(decider: Decider[Any]) -> Decider[Any]:
        def leans_on(state: Any) -> tuple[str, ...]:  # noqa: ANN401
            return tuple(name for name in decider.leans_on(state) if not name.startswith(RULEBOOK))

        return replace(decider, leans_on=leans_on)

    yield Parts(cast=real_cast, changed=unleaning)


@law("L15", real=True, clients=6, cases=3, storm_seconds=20.0)
def nobody_waits_for_a_table() -> Iterator[Parts]:
    """Whom only another table could make owe something is not asked again when it comes."""

    def heedless(decider: Decider[Any]) -> Decider[Any]:
        def owed(state: Any, context: Context, now: datetime) -> Owed:  # noqa: ANN401
            return replace(decider.owed(state, context, now), waits_for=())

        return decider if decider.owed is owes_nothing else replace(decider, owed=owed)

    yield Parts(cast=real_cast, changed=heedless)


@law("L15", real=True, clients=6, cases=3, storm_seconds=20.0)
def nobody_tells_the_members() -> Iterator[Parts]:
    """A cluster that changes has nobody asked again who does not know of it."""

    class Silent(Database):
        def commit(self, batch: Commit) -> None:
            super().commit(replace(batch, named=()))

    yield Parts(cast=real_cast, database=Silent)


@law("L15", real=True, clients=6, cases=3, storm_seconds=20.0)
def told_only_once() -> Iterator[Parts]:
    """A member's owner forgets what names it as soon as it has been asked."""

    class Forgetful(Database):
        def _write_row(self, row: Row) -> None:
            for name in row.named:
                self.leans.pop((name, row.stream), None)
            super()._write_row(replace(row, leans=tuple(one for one in row.leans if one[0] not in row.named)))

    yield Parts(cast=real_cast, database=Forgetful)


RULEBOOKS = (
    rulebooks_read_once,
    nobody_leans_on_rulebooks,
    nobody_waits_for_a_table,
    nobody_tells_the_members,
    told_only_once,
)

"""Switches for how rulebooks are read: L15. The worlds are those of the services' own deciders."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from events.decider import Decider
from rulebooks.state import Rulebook
from runtime.rows import Place, Standing
from runtime.store import BOOKS
from simulation.database import StorePort
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
            return tuple(name for name in decider.leans_on(state) if not name.startswith(BOOKS))

        return replace(decider, leans_on=leans_on)

    yield Parts(cast=real_cast, changed=unleaning)


RULEBOOKS = (rulebooks_read_once, nobody_leans_on_rulebooks)

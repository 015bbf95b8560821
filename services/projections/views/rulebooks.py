"""Rulebooks: every version of one with who wrote it, why, whom they asked, who approved it, and which is in force.

Pure fold of the rulebook facts, whichever chapter wrote them. Which version counts says `rulebooks`, once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from events.admission import Verdict
from events.rulebook import Approved, Drafted, DraftRefused
from projections.views.told import Plain, Told, content, stamp
from rulebooks.state import Rulebook, evolve, in_force


@dataclass(frozen=True)
class Shelved:
    """A rulebook as its stream tells it: its state, and what is told of each version, by number."""

    book: Rulebook
    told: dict[int, Plain]

    def version(self, number: int) -> Plain | None:
        """One version with its text, whatever became of it."""
        return self.told.get(number)

    def at(self, as_of: datetime, known_at: datetime | None) -> Plain | None:
        """The version in force, with its text."""
        found = in_force(self.book, at=as_of, known_at=known_at)
        return None if found is None else self.told[found.number]

    def lines(self) -> list[Plain]:
        """Every version without its text, the oldest first."""
        return [{name: value for name, value in one.items() if name != "text"} for one in self.told.values()]

    def draft(self) -> Plain | None:
        """The version that waits for a second person, with its text."""
        return None if self.book.draft is None else self.told[self.book.draft.number]


def shelved(stream: Iterable[Told]) -> Shelved | None:
    """The rulebook of a stream; None where nothing was ever admitted there."""
    book, told = Rulebook(), dict[int, Plain]()
    for one in stream:
        fact = one.fact
        if one.verdict is not Verdict.ADMITTED or not isinstance(fact, Drafted | Approved | DraftRefused):
            continue
        book = evolve(book, fact)
        match fact:
            case Drafted():
                said = content(fact)
                told[fact.version] = {"drafted_at": said.pop("at"), **said, "state": "drafted"}
            case Approved() if fact.version in told:
                told[fact.version] |= {"state": "approved", "known_at": stamp(fact.at), "approved_by": fact.by}
            case DraftRefused() if fact.version in told:
                told[fact.version] |= {"state": "refused", "refused_by": fact.by, "refused_because": fact.why}
            case _:
                pass
    return Shelved(book, told) if told else None

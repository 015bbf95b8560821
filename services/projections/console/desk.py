"""Who may take what is offered, by the organisation in force: so that the console offers only what may be done.

Lives here: getting that rulebook out of the ledger. Must not: say who holds a post (`rulebooks.posts`), or decide.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from events.decider import UnknownRulebook
from projections import queries
from projections.reckoning import books_of
from projections.store import Connection
from rulebooks.books import look_up, names, stream_of
from rulebooks.forms import organisation_of, regimes_of
from rulebooks.posts import Organisation
from rulebooks.state import Books

_WHO_IS_THERE = (stream_of("regimes", ""), stream_of("organisation", ""))


@dataclass(frozen=True)
class Desk:
    """The posts as they are held at `at`; `company` is None while no organisation is in force."""

    company: Organisation | None
    at: datetime

    def posts_of(self, subject: str, roles: frozenset[str]) -> list[str]:
        """The posts that this person acts for."""
        company = self.company
        if company is None:
            return []
        return [post.name for post in company.post if company.holds(post.name, subject, roles, self.at)]

    def may_take(self, offered_to: str | None, subject: str, roles: frozenset[str]) -> bool:
        """Whether the offer may be this person's to take."""
        if offered_to is None or self.company is None:
            return False
        return self.company.may_answer(offered_to, subject, roles, self.at)


async def desk_of(pool: Connection) -> Desk:
    """The desk as it is now, as far as projections has read."""
    streams = await queries.rulebook_streams(pool)
    books = await books_of(pool, [stream for stream in streams if stream.startswith(_WHO_IS_THERE)])
    now = datetime.now(UTC)
    return Desk(_company(books, now), now)


def _company(books: Books, at: datetime) -> Organisation | None:
    try:
        regimes = regimes_of(look_up(books, "regimes", next(iter(names(books, "regimes")), ""), at=at))
        return organisation_of(look_up(books, "organisation", regimes.organisation, at=at))
    except UnknownRulebook:
        return None

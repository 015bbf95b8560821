"""Who acts for which post, who may give what, which queues there are, and what helps with a case, by the rulebooks in
force: so that only what may be done is offered.

Lives here: getting these out of the ledger. Must not: say it (`rulebooks.posts`, `rulebooks.authority` do), or decide.
"""

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime

from events.decider import UnknownRulebook
from events.triage import Grade
from projections import queries
from projections.reckoning import books_of
from projections.store import Tables
from projections.views.told import Plain
from rulebooks.authority import Authority
from rulebooks.books import Edition, look_up, names, rulebook_stream
from rulebooks.forms import authority_of, ladder_of, organisation_of, regimes_of
from rulebooks.pack import Regimes
from rulebooks.posts import Organisation
from rulebooks.state import Books


@dataclass(frozen=True)
class Desk:
    """The posts as they are held at `at`, and who may give what; None while no such rulebook is in force."""

    company: Organisation | None
    at: datetime
    authority: Authority | None = None
    levels: int = 0
    """How many levels the ladder has."""

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

    def is_post(self, name: str) -> bool:
        """Whether a name is a post's; any other is taken for a person's. Yes where nobody can say."""
        return self.company is None or self.company.known(name) is not None

    def leads(self, roles: frozenset[str]) -> bool:
        """Whether these roles take and hand on any case."""
        return self.company is not None and bool(roles.intersection(self.company.may_take_any))

    def may_own(self, subject: str, category: str | None, grade: Grade | None) -> bool:
        """Whether a case is one of those that this person may own."""
        return self.company is not None and self.company.may_own(subject, category, grade)


async def desk_of(pool: Tables) -> Desk:
    """The desk as it is now, as far as projections has read."""
    books = await _books(pool, "regimes", "organisation", "ladder", "limits")
    now = datetime.now(UTC)
    return Desk(_company(books, now), now, _authority(books, now), _levels(books, now))


async def queues_of(pool: Tables) -> list[str]:
    """The queues that the table of routes in force sends cases to, in its order; none while there is no such table."""
    books = await _books(pool, "routing")
    try:
        table = _first(books, "routing", datetime.now(UTC))
    except UnknownRulebook:
        return []
    return list(dict.fromkeys(rule["queue"] for rule in tomllib.loads(table.text)["rule"]))


async def playbook_of(pool: Tables, name: str) -> Plain | None:
    """The playbook of this name as it is now; None where none is in force."""
    books = await books_of(pool, [rulebook_stream("playbook", name)])
    try:
        return tomllib.loads(look_up(books, "playbook", name, at=datetime.now(UTC)).text)
    except UnknownRulebook:
        return None


async def _books(pool: Tables, *kinds: str) -> Books:
    inside = tuple(rulebook_stream(kind, "") for kind in kinds)
    return await books_of(
        pool, [stream for stream in await queries.rulebook_streams(pool) if stream.startswith(inside)]
    )


def _first(books: Books, kind: str, at: datetime) -> Edition:
    """What is in force of a kind that a company has one of. Raises UnknownRulebook."""
    return look_up(books, kind, next(iter(names(books, kind)), ""), at=at)


def _regimes(books: Books, at: datetime) -> Regimes:
    return regimes_of(_first(books, "regimes", at))


def _company(books: Books, at: datetime) -> Organisation | None:
    try:
        return organisation_of(look_up(books, "organisation", _regimes(books, at).organisation, at=at))
    except UnknownRulebook:
        return None


def _levels(books: Books, at: datetime) -> int:
    try:
        return len(ladder_of(look_up(books, "ladder", _regimes(books, at).ladder, at=at)).level)
    except UnknownRulebook:
        return 0


def _authority(books: Books, at: datetime) -> Authority | None:
    try:
        return authority_of(_first(books, "limits", at))
    except UnknownRulebook:
        return None

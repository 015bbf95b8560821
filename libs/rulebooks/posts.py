"""The forms of ladder and organisation: who gets a duty, who may take a case, who stands in for whom.

Lives here: form, and who holds a post at an instant. Must not: what is wrong with one beyond its form (`check_posts`).
"""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from clocks.spec import Form, Name, Text
from events.fact import Moment, Word
from events.triage import Grade

Minutes = Annotated[int, Field(ge=0, le=60 * 24 * 366)]


class Level(Form):
    post: Word
    after_minutes: Minutes
    """Since the level below; for the first level since the breach."""

    @property
    def wait(self) -> timedelta:
        """How long after the level below."""
        return timedelta(minutes=self.after_minutes)


class Ladder(Form):
    """Who gets a duty when nobody answers, from the first level up (R23)."""

    name: Name
    level: Annotated[tuple[Level, ...], Field(min_length=1, max_length=20)]
    crisis_level: Annotated[int, Field(ge=1)]
    """Where a crisis goes at once."""


class Post(Form):
    name: Word
    roles: tuple[Word, ...]
    """Whoever has one of them may take what is offered to the post."""
    after_refusal: Word
    """The post that is asked next."""
    members: tuple[Word, ...] = ()
    """Who holds it, by name. None named: whoever has one of its roles."""
    deputy: Word | None = None
    """The post that stands in where nobody of this one is there."""
    vacant: bool = False
    """Nobody holds it at present."""


class Absence(Form):
    """Somebody is away from `since` on, before `until`."""

    person: Word
    since: Moment
    until: Moment
    deputy: Word | None = None
    """The person who stands in."""
    why: Text | None = None

    def covers(self, at: Moment) -> bool:
        """Whether somebody is away at `at`."""
        return self.since <= at < self.until


class Delegation(Form):
    """Somebody hands a post's powers to somebody else for a time: delegation first, act second."""

    by: Word
    to: Word
    post: Word
    since: Moment
    until: Moment
    why: Text


class Competence(Form):
    """What somebody may handle. Who is not listed may handle everything. Only kept so far: no rule asks it (ADR 11)."""

    person: Word
    categories: tuple[Word, ...] = ()
    grades: tuple[Grade, ...] = ()
    skills: tuple[Word, ...] = ()


class Organisation(Form):
    """Posts, deputies, absences, delegations, competence: who may take a case, and who is asked next (R117)."""

    name: Name
    post: Annotated[tuple[Post, ...], Field(min_length=1, max_length=500)]
    fallback: Word
    """Asked where the table names nobody: a person refused, or the case is no complaint."""
    refusals_max: Annotated[int, Field(ge=1)]
    after_refusals: Word
    """Asked once so many have refused."""
    may_take_any: tuple[Word, ...]
    packet: Annotated[tuple[Word, ...], Field(min_length=1)]
    """What a handoff should come with."""
    absence: Annotated[tuple[Absence, ...], Field(max_length=1000)] = ()
    delegation: Annotated[tuple[Delegation, ...], Field(max_length=1000)] = ()
    competence: tuple[Competence, ...] = ()

    def known(self, name: str) -> Post | None:
        """The post of this name."""
        return next((post for post in self.post if post.name == name), None)

    def holders(self, name: str, at: Moment) -> frozenset[str] | None:
        """Who acts for a post at `at`: members who are there, deputies of those who are not, and to whom it was
        delegated; where that is nobody, the same of the deputy's post. None: whoever has one of its roles.
        """
        seen: set[str] = set()
        post = self.known(name)
        while post is not None and post.name not in seen:
            seen.add(post.name)
            delegated = {one.to for one in self.delegation if one.post == post.name and one.since <= at < one.until}
            there = {person for member in post.members for person in self._acting(member, at)} | delegated
            if there:
                return frozenset(there)
            if not post.members and not post.vacant:
                return None
            post = self.known(post.deputy or "")
        return frozenset()

    def holds(self, name: str, by: str, roles: frozenset[str], at: Moment) -> bool:
        """Whether somebody acts for a post at `at`: as one of its holders, or by its roles where nobody is named."""
        post, holders = self.known(name), self.holders(name, at)
        return post is not None and (bool(roles.intersection(post.roles)) if holders is None else by in holders)

    def may_answer(self, to: str, by: str, roles: frozenset[str], at: Moment) -> bool:
        """Whether somebody may take or refuse what is offered to a post or a person."""
        fits = by == to if self.known(to) is None else self.holds(to, by, roles, at)
        return fits or bool(roles.intersection(self.may_take_any))

    def is_empty(self, name: str, at: Moment) -> bool:
        """Nobody acts for this post at `at`, no member and no deputy. An unknown post is empty."""
        return self.holders(name, at) == frozenset()

    def _acting(self, person: str, at: Moment) -> frozenset[str]:
        """The person, or the first deputy who is there; nobody where deputies are all away."""
        seen: set[str] = set()
        now: str | None = person
        while now is not None and now not in seen:
            seen.add(now)
            away = next((one for one in self.absence if one.person == now and one.covers(at)), None)
            if away is None:
                return frozenset({now})
            now = away.deputy
        return frozenset()

"""The forms of ladder and organisation: who gets a duty, who may take a case, who stands in for whom.

Lives here: form, who holds a post at an instant, and with which competence (R34). Must not: what is wrong with one
beyond its form (`check_posts`).
"""

from collections.abc import Iterable, Sequence
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
    requires: tuple[Word, ...] = ()
    """The skills that whoever holds it or answers for it must have, by the names of the table of competence (R34)."""


class _ForATime(Form):
    since: Moment
    until: Moment

    def covers(self, at: Moment) -> bool:
        """Whether it is in force at `at`: from `since` on, before `until`."""
        return self.since <= at < self.until


class Absence(_ForATime):
    """Somebody is away."""

    person: Word
    deputy: Word | None = None
    """The person who stands in."""
    why: Text | None = None


class Delegation(_ForATime):
    """Somebody hands a post's powers to somebody else for a time: delegation first, act second."""

    by: Word
    to: Word
    post: Word
    why: Text


class Competence(Form):
    """What somebody can do. Who is not listed has no skill that a post could ask for, and may own every case."""

    person: Word
    skills: tuple[Word, ...] = ()
    categories: tuple[Word, ...] = ()
    """Of which cases they may own; none named: of every category."""
    grades: tuple[Grade, ...] = ()
    """The same."""


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

    def lacks(self, to: str, person: str) -> tuple[str, ...]:
        """The skills that a post requires and a person has not (R34); none where `to` is no post."""
        post, listed = self.known(to), self._listed(person)
        has = () if listed is None else listed.skills
        return () if post is None else tuple(skill for skill in post.requires if skill not in has)

    def may_own(self, person: str, category: str | None, grade: Grade | None) -> bool:
        """Whether a case is one of those that a person may own; what is not yet known of it speaks against nobody."""
        listed = self._listed(person)
        return listed is None or (
            (category is None or not listed.categories or category in listed.categories)
            and (grade is None or not listed.grades or grade in listed.grades)
        )

    def holds(self, name: str, by: str, roles: frozenset[str], at: Moment) -> bool:
        """Whether somebody acts for a post at `at`, with the skills that it requires."""
        return self._stands(name, by, roles, at) and not self.lacks(name, by)

    def may_answer(self, to: str, by: str, roles: frozenset[str], at: Moment) -> bool:
        """Whether somebody may take or refuse what is offered to a post or a person: also of those who may take any,
        nobody answers for a post without the skills that it requires.
        """
        return self.is_asked(to, by, roles, at) and not self.lacks(to, by)

    def is_asked(self, to: str, by: str, roles: frozenset[str], at: Moment) -> bool:
        """Whether an offer to a post or a person is theirs to answer, if they have the skills."""
        fits = by == to if self.known(to) is None else self._stands(to, by, roles, at)
        return fits or bool(roles.intersection(self.may_take_any))

    def is_empty(self, name: str, at: Moment) -> bool:
        """Nobody acts for this post at `at`, no member and no deputy who has the skills. An unknown post is empty."""
        return self._acting_for(name, at) is None

    def _stands(self, name: str, by: str, roles: frozenset[str], at: Moment) -> bool:
        """Whether somebody is one of those who act for a post, or has the role for it where nobody is named."""
        found = self._acting_for(name, at)
        if found is None:
            return False
        post, people = found
        if people:
            return by in people
        return bool(roles.intersection(post.roles)) and (post.name == name or self._able(by, [post.name]))

    def _acting_for(self, name: str, at: Moment) -> tuple[Post, frozenset[str]] | None:
        """The post that acts for one, and who holds it: members and to whom it was delegated, deputies of those of
        them who are away; where that is nobody, the same of the deputy's post. No people: whoever has its roles.
        None: nobody acts for it. Nobody counts without the skills of both posts.
        """
        seen: set[str] = set()
        post = self.known(name)
        while post is not None and post.name not in seen:
            seen.add(post.name)
            both = (name, post.name)
            delegated = [one.to for one in self.delegation if one.post == post.name and one.covers(at)]
            there = {person for member in (*post.members, *delegated) for person in self._there(member, at)}
            able = frozenset(person for person in there if self._able(person, both))
            if able:
                return post, able
            if not post.members and not post.vacant and self._somebody_able(both):
                return post, frozenset()
            post = self.known(post.deputy or "")
        return None

    def _able(self, person: str, posts: Iterable[str]) -> bool:
        return not any(self.lacks(post, person) for post in posts)

    def _somebody_able(self, posts: Sequence[str]) -> bool:
        """Whether anybody at all has the skills: nobody knows who has a role, but who has a skill is listed."""
        asked = any(post.requires for name in posts if (post := self.known(name)) is not None)
        return not asked or any(self._able(one.person, posts) for one in self.competence)

    def _listed(self, person: str) -> Competence | None:
        return next((one for one in self.competence if one.person == person), None)

    def _there(self, person: str, at: Moment) -> frozenset[str]:
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

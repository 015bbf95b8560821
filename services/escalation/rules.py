"""The rule tables of escalation as values: policies, ladder, handoff (`rules/*.toml`).

Lives here: their form, their checks (R142), and which entry fits. Must not: what is done with the answer (`decider/`).
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from events.fact import Word
from events.intake import MessageKind
from events.table import Part, Table
from events.triage import GRADES, Grade

Percent = Annotated[int, Field(ge=1, le=99)]
Minutes = Annotated[int, Field(ge=0, le=60 * 24 * 366)]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("no such time zone") from None
    return name


class ReplyPolicy(Part):
    """How soon a message is answered, and what counts as an answer (R83)."""

    name: Word
    channels: tuple[Word, ...] = ()
    within_minutes: Annotated[Minutes, Field(ge=1)]
    warn_percent: Percent
    answered_by: tuple[MessageKind, ...]
    automatic_counts: bool
    contact_counts: bool

    @property
    def within(self) -> timedelta:
        return timedelta(minutes=self.within_minutes)


class ResolutionPolicy(Part):
    """How soon a case of this grade is closed."""

    name: Word
    grade: Grade
    weekdays: Annotated[int, Field(ge=0, le=366)]
    warn_percent: Percent


class GivenPolicy(Part):
    """For due times that a publisher states."""

    warn_percent: Percent


class Policies(Table):
    """The last reply policy is for every channel that no other one names."""

    zone: Annotated[str, AfterValidator(_known_zone)]
    reply: tuple[ReplyPolicy, ...]
    resolution: tuple[ResolutionPolicy, ...]
    given: GivenPolicy

    @model_validator(mode="after")
    def _covers_everything(self) -> Self:
        if not self.reply or self.reply[-1].channels or not all(policy.channels for policy in self.reply[:-1]):
            raise ValueError("the last reply policy, and only that, names no channel")
        if sorted(policy.grade for policy in self.resolution) != sorted(GRADES):
            raise ValueError("each grade has one resolution policy")
        names = [policy.name for policy in self.reply] + [policy.name for policy in self.resolution]
        if len(names) != len(set(names)):
            raise ValueError("policies have different names")
        return self

    def for_channel(self, channel: str) -> ReplyPolicy:
        return next((policy for policy in self.reply if channel in policy.channels), self.reply[-1])

    def for_grade(self, grade: str) -> ResolutionPolicy:
        return next(policy for policy in self.resolution if policy.grade == grade)

    def named(self, ref: str) -> ReplyPolicy:
        """The reply policy that a clock was started under; the one for all other channels where there is none now."""
        name = ref.partition("@")[0]
        return next((policy for policy in self.reply if policy.name == name), self.reply[-1])


class Level(Part):
    post: Word
    after_minutes: Minutes
    """Since the level below; for the first level since the breach."""


class Ladder(Table):
    """Who gets a duty when nobody answers, from the first level up (R23)."""

    level: Annotated[tuple[Level, ...], Field(min_length=1)]
    crisis_level: Annotated[int, Field(ge=1)]
    """Where a crisis goes at once."""

    @model_validator(mode="after")
    def _knows_its_top(self) -> Self:
        if self.crisis_level > len(self.level):
            raise ValueError("crisis_level is one of the levels")
        return self


class Post(Part):
    name: Word
    roles: tuple[Word, ...]
    """Whoever has one of them may take what is offered to the post."""
    after_refusal: Word
    """The post that is asked next."""


class Handoff(Table):
    """Who may take a case, and who is asked next (R117)."""

    post: tuple[Post, ...]
    fallback: Word
    """Asked where the table names nobody: a person refused, or the case is no complaint."""
    refusals_max: Annotated[int, Field(ge=1)]
    after_refusals: Word
    """Asked once so many have refused."""
    may_take_any: tuple[Word, ...]
    packet: Annotated[tuple[Word, ...], Field(min_length=1)]
    """What a handoff should come with."""

    @model_validator(mode="after")
    def _names_known_posts(self) -> Self:
        known = {post.name for post in self.post}
        for name in (*(post.after_refusal for post in self.post), self.fallback, self.after_refusals):
            if name not in known:
                raise ValueError(f"{name} is no post of this table")
        return self

    def known(self, name: str) -> Post | None:
        return next((post for post in self.post if post.name == name), None)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rule set of this service."""

    policies: Policies
    ladder: Ladder
    handoff: Handoff
    zone: ZoneInfo


def load_rules(folder: Path) -> Rules:
    """The tables as shipped. Raises `OSError` or `TableInvalid`; without them nothing starts."""
    policies = Policies.parse((folder / "policies.toml").read_text("utf-8"))
    return Rules(
        policies=policies,
        ladder=Ladder.parse((folder / "ladder.toml").read_text("utf-8")),
        handoff=Handoff.parse((folder / "handoff.toml").read_text("utf-8")),
        zone=ZoneInfo(policies.zone),
    )

"""The forms of packs and regimes: named sets of policies, and which of them are in use.

Lives here: form, and which policy fits a case. Must not: count, or what is wrong with one beyond its form
(`check_pack`).
"""

from typing import Annotated, NamedTuple

from pydantic import Field

from clocks.policy import Policy
from clocks.spec import Form, Name, Text
from events.table import fits
from events.triage import Grade

POLICIES_MAX = 300
"""Of one pack: they are checked against one another."""


class Traits(NamedTuple):
    """What a pack and its policies are selected by, as far as it is known of a case."""

    grade: str = ""
    channel: str = ""
    branch: str = ""
    category: str = ""
    post: str = ""


class Applies(Form):
    """All lists that are not empty must have an entry that fits. Names are patterns with `*`."""

    grades: tuple[Grade, ...] = ()
    channels: tuple[Text, ...] = ()
    branches: tuple[Text, ...] = ()
    categories: tuple[Text, ...] = ()
    posts: tuple[Text, ...] = ()

    def fits(self, case: Traits) -> bool:
        """Whether a case is meant."""
        return (
            (not self.grades or case.grade in self.grades)
            and fits(case.channel, self.channels)
            and fits(case.branch, self.branches)
            and fits(case.category, self.categories)
            and fits(case.post, self.posts)
        )

    def within(self, other: "Applies") -> bool:
        """Whether every case that this one means is meant by `other`, as far as the lists show."""
        return all(
            not theirs or (bool(mine) and set(mine) <= set(theirs))
            for mine, theirs in zip(self.lists(), other.lists(), strict=True)
        )

    def apart(self, other: "Applies") -> bool:
        """Whether no case can be meant by both, as far as names without `*` show."""
        return any(
            bool(mine)
            and bool(theirs)
            and not any("*" in name for name in (*mine, *theirs))
            and not {*mine} & {*theirs}
            for mine, theirs in zip(self.lists(), other.lists(), strict=True)
        )

    def lists(self) -> tuple[tuple[str, ...], ...]:
        """Grades, channels, branches, categories, posts."""
        return (self.grades, self.channels, self.branches, self.categories, self.posts)


class PackPolicy(Policy):
    """A policy with its place in the pack."""

    clock: Name | None = None
    """What the clock is called, where that is not the policy's name. Policies of one clock and one start are
    alternatives: the first that fits is taken."""
    calendar: Name | None = None
    """None: the pack's."""
    applies: Applies = Applies()

    @property
    def clock_name(self) -> str:
        """What the clock is called in this pack."""
        return self.clock or self.name


class Pack(Form):
    """A named set of policies: one regime. A policy has no life outside its pack."""

    name: Name
    title: Text
    source: Text
    calendar: Name
    """Of every policy that names none of its own."""
    on_request: bool = False
    """Only where somebody asks for it by name; never by `applies`."""
    applies: Applies = Applies()
    policy: Annotated[tuple[PackPolicy, ...], Field(min_length=1, max_length=POLICIES_MAX)]
    by_category: Annotated[dict[Text, Name], Field(default_factory=dict)]
    """Which policy a category gets, where the pack is asked for by name and the policy is not."""

    def named(self, name: str) -> PackPolicy | None:
        """The policy of this name."""
        return next((policy for policy in self.policy if policy.name == name), None)

    def calendar_of(self, policy: PackPolicy) -> str:
        """The name of the calendar that a policy counts on."""
        return policy.calendar or self.calendar


class Regimes(Form):
    """Which packs are in use in one company, and whom its cases go to."""

    name: Name
    title: Text
    packs: Annotated[tuple[Name, ...], Field(min_length=1)]
    """The company's own pack first."""
    ladder: Name = "default"
    organisation: Name = "default"

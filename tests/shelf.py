"""The shipped rulebooks and the examples, read from `rules/` as they are. For tests that count by data."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from clocks import Calendar, Policy, due
from rulebooks.books import Edition
from rulebooks.forms import calendar_of, pack_of

RULES = Path(__file__).parents[1] / "rules"


@cache
def edition(kind: str, name: str) -> Edition:
    """The shipped file of this name, else the example."""
    shipped = RULES / kind / f"{name}.toml"
    path = shipped if shipped.exists() else RULES / "examples" / kind / f"{name}.toml"
    return Edition(kind, name, 1, path.read_text("utf-8"))


def calendar(name: str) -> Calendar:
    """A calendar by its name."""
    return calendar_of(edition("calendar", name))


@dataclass(frozen=True)
class Rule:
    """A policy with the calendar that its pack gives it."""

    policy: Policy
    calendar: Calendar

    def due(self, start: datetime) -> datetime:
        """When it is over, by the wall there."""
        return self.calendar.local(due(start, self.policy, self.calendar))


def rule(ref: str) -> Rule:
    """`<pack>/<policy>`, from the files."""
    name, _, policy = ref.partition("/")
    pack = pack_of(edition("pack", name))
    found = pack.named(policy)
    assert found is not None, ref
    return Rule(found, calendar(pack.calendar_of(found)))

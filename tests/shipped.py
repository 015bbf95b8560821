"""The rulebooks of `rules/` as they are, shipped ones and examples: as texts, as published, ready to count by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from clocks import Calendar, Policy, due
from local.rules.files import CHECKS
from rulebooks.books import Edition, as_first
from rulebooks.forms import calendar_of, pack_of
from rulebooks.state import Rulebook

FOLDER = Path(__file__).parents[1] / "rules"


@cache
def texts(*, folder: Path = FOLDER) -> dict[str, str]:
    """Every shipped text by `<kind>/<name>`."""
    files = [path for kind in CHECKS for path in sorted((folder / kind).glob("*.toml"))]
    return {f"{path.parent.name}/{path.stem}": path.read_text("utf-8") for path in files}


def text(kind: str, name: str) -> str:
    """The shipped text of this name, else the example."""
    key = f"{kind}/{name}"
    return texts().get(key) or texts(folder=FOLDER / "examples")[key]


def books(*examples: str, **changed: str) -> dict[str, Rulebook]:
    """All shipped ones in force since ever, and these examples (`pack/uk-nhs`); `**{"calendar/cn": text}` puts another
    text in one's place.
    """
    return as_first({**texts(), **{key: text(*key.split("/")) for key in examples}, **changed})


def faults(kind: str, name: str, text: str, among: Mapping[str, Rulebook] | None = None) -> list[tuple[str, str]]:
    """What is wrong with a text among these rulebooks, else the shipped ones: place and words. A place is told without
    who stands there.
    """
    findings = CHECKS[kind](name, text, books() if among is None else among)
    return [(one.place.partition(" (")[0], one.wrong) for one in findings]


def edition(kind: str, name: str) -> Edition:
    """Its first version."""
    return Edition(kind, name, 1, text(kind, name))


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

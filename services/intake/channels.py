"""The list of channels, as data: which names are known, and which is the dedicated entrance.

Lives here: its form, its check, and the list in force.
Must not: any rule about what a channel means for a complaint (`decider/`), or what is owed there (the packs say it).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Final

from pydantic import Field

from events.fact import Word
from events.rulebook import IntakeApproved, IntakeDrafted, IntakeDraftRefused
from events.table import Part, Table
from rulebooks.books import Edition, look_up
from rulebooks.forms import table_of
from rulebooks.reading import check_form, only_as
from rulebooks.state import Books, Check, Writing


class Channel(Part):
    """One way in."""

    title: dict[Word, Word]
    """By language."""
    entrance: bool = False
    """Goes straight to a person, without any automatic answer first."""


class ChannelList(Table):
    """Every channel that is known."""

    channel: Annotated[dict[Word, Channel], Field(min_length=1)]


@dataclass(frozen=True)
class Channels:
    """One version of the list. `rule` is its name in events, `<table>@<version>`."""

    rule: str
    known: frozenset[str]
    entrances: frozenset[str]


CHANNELS = "channels"
"""The name of the list that is read."""
CHECKS: Final[Mapping[str, Check]] = {"channels": only_as(CHANNELS, check_form(ChannelList))}
WRITTEN: Final = Writing(IntakeDrafted, IntakeApproved, IntakeDraftRefused, CHECKS)


def channels_in(books: Books, at: datetime) -> Channels:
    """The list in force. Raises UnknownRulebook."""
    return _channels(look_up(books, "channels", CHANNELS, at=at))


@lru_cache(maxsize=32)
def _channels(edition: Edition) -> Channels:
    listed = table_of(ChannelList, edition)
    return Channels(
        rule=listed.ref,
        known=frozenset(listed.channel),
        entrances=frozenset(name for name, channel in listed.channel.items() if channel.entrance),
    )

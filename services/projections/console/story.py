"""The end of a timeline that a page shows: the filter, its counts, and where the earlier entries are.

Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from projections.console.reader import Reader
from projections.console.timeline import KINDS, Day, Kind, by_day, lines


@dataclass(frozen=True)
class Tab:
    """One filter of the timeline."""

    href: str
    word: str
    here: bool
    count: int


@dataclass(frozen=True)
class Tail:
    """What of the timeline is shown. `more`: the address of the page with more of it."""

    days: Sequence[Day]
    tabs: Sequence[Tab]
    count: str
    more: str


def tail(entries: Sequence[Mapping[str, Any]], reader: Reader, lang: str | None, show: Kind | None, limit: int) -> Tail:
    """The newest `limit` entries of a kind, or of all."""
    told = lines(entries, reader, lang)
    wanted = [one for one in told if show is None or one.kind == show]
    kinds: tuple[Kind | None, ...] = (None, *KINDS)
    tabs = [
        Tab(
            href="?" + urlencode({"show": kind}) if kind else "?",
            word=reader.words.of("show", kind or "all"),
            here=kind == show,
            count=sum(one.kind == kind for one in told) if kind else 0,
        )
        for kind in kinds
    ]
    more = {"show": show, "events": str(limit * 4)} if show else {"events": str(limit * 4)}
    return Tail(
        days=by_day(wanted[-limit:], reader),
        tabs=tabs,
        count=reader.words.n("timeline.count", len(wanted)),
        more="?" + urlencode(more) if len(wanted) > limit else "",
    )

"""The end of a timeline that a page shows: the filter, its counts, and where the earlier entries are.

Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from projections.console.reader import Reader
from projections.console.timeline import KINDS, Day, Kind, by_day, lines

NOW: Mapping[str, str] = {}


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


def tail(  # noqa: PLR0917 - what a page says of its timeline
    entries: Sequence[Mapping[str, Any]],
    reader: Reader,
    lang: str | None,
    show: Kind | None,
    limit: int,
    moment: Mapping[str, str] = NOW,
) -> Tail:
    """The newest `limit` entries of a kind, or of all. `moment`: what keeps the page's links at its moment."""
    told = lines(entries, reader, lang)
    wanted = [one for one in told if show is None or one.kind == show]
    kinds: tuple[Kind | None, ...] = (None, *KINDS)
    tabs = [
        Tab(
            href="?" + urlencode({**moment, "show": kind} if kind else moment),
            word=reader.words.of("show", kind or "all"),
            here=kind == show,
            count=sum(one.kind == kind for one in told) if kind else 0,
        )
        for kind in kinds
    ]
    more = {**moment, **({"show": show} if show else {}), "events": str(limit * 4)}
    return Tail(
        days=by_day(wanted[-limit:], reader),
        tabs=tabs,
        count=reader.words.n("timeline.count", len(wanted)),
        more="?" + urlencode(more) if len(wanted) > limit else "",
    )

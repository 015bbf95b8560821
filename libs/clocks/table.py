"""The days of a calendar laid out in order: open spans as instants, open time added up, working days.

Lives here: laying out, and nothing that asks questions (`calendar`). Must not: know a policy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from clocks.spec import CalendarSpec, DayRule, Minutes, minutes_of
from clocks.wall import DAY, EPOCH_ORDINAL, MINUTE, first_instant, offset, weekday, zone_named

Spans = tuple[Minutes, ...]


@dataclass(frozen=True)
class Layout:
    """A spec with its hours read: what `Table` is laid out from."""

    zone: ZoneInfo
    week: tuple[Spans, ...]
    days: Mapping[int, tuple[Spans, DayRule]]

    @classmethod
    def of(cls, spec: CalendarSpec) -> "Layout":
        """Of a sound spec."""
        week = tuple(tuple(minutes_of(hours) for hours in spec.week.of(weekday)) for weekday in range(7))
        days = {
            day.toordinal(): (tuple(minutes_of(hours) for hours in rule.open), rule)
            for rule in spec.day
            for day in rule.days()
        }
        return cls(zone_named(spec.zone), week, days)

    def spans(self, day: int) -> Spans:
        """The open hours that begin on a day."""
        special = self.days.get(day)
        return special[0] if special else self.week[weekday(day)]


@dataclass(frozen=True)
class Table:
    """The days from `first` to `last`, both included. Span i is open from `opens[i]` until before `closes[i]`."""

    first: int
    last: int
    begin: int
    """From this instant on nothing is missing: an earlier day may run over its midnight."""
    end: int
    """Until before this instant nothing is missing."""
    opens: list[int] = field(default_factory=list)
    closes: list[int] = field(default_factory=list)
    day_of: list[int] = field(default_factory=list)
    before: list[int] = field(default_factory=lambda: [0])
    """Open time before span i; one longer than the spans: the last is all of it."""
    working: list[int] = field(default_factory=list)
    """Days on which an open span begins, with their first opening and last closing."""
    opening: list[int] = field(default_factory=list)
    closing: list[int] = field(default_factory=list)


def laid_out(layout: Layout, first: int, last: int) -> Table:
    """The table of these days."""
    zone = layout.zone
    offsets = [offset(datetime.fromordinal(day).replace(tzinfo=zone)) for day in range(first, last + 3)]
    begin, end = first_instant(first + 2, 0, zone), first_instant(last + 1, 0, zone)
    table = Table(first, last, begin, end)
    total = 0
    for place, day in enumerate(range(first, last + 1)):
        spans = layout.spans(day)
        if not spans:
            continue
        midnight = (day - EPOCH_ORDINAL) * DAY - offsets[place]
        even = offsets[place] == offsets[place + 1] == offsets[place + 2]
        opening = closing = None
        for since, until in spans:
            if even:
                opens, closes = midnight + since * MINUTE, midnight + until * MINUTE
            else:
                opens = first_instant(day, since * MINUTE, zone)
                closes = first_instant(day, until * MINUTE, zone)
            if closes <= opens:
                continue  # the zone skips all of it
            opening, closing = opens if opening is None else opening, closes
            table.opens.append(opens)
            table.closes.append(closes)
            table.day_of.append(day)
            total += closes - opens
            table.before.append(total)
        if opening is not None and closing is not None:
            table.working.append(day)
            table.opening.append(opening)
            table.closing.append(closing)
    return table

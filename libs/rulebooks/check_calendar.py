"""What is wrong with a calendar beyond its form: days twice or outside, make-up days that make up nothing, a year that
nobody has entered, a week that is never open. All of it at once (R142).

Pure. Each day is looked at by itself, so that one fault does not hide another.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from clocks.calendar import ClockError, compiled
from clocks.spec import MINUTES_A_DAY, WEEKDAYS, CalendarSpec, DayRule, Week, minutes_of
from events.table import Finding
from rulebooks.reading import WHOLE, place, raw_of, read
from rulebooks.state import Books

DAYS_OF_ONE_RULE_MAX = 366
P = TypeVar("P", Week, DayRule)
Rules = list[tuple[int, DayRule]]
"""The day rules that can be read, with their numbers."""


def check_calendar(name: str, text: str, _books: Books) -> tuple[Finding, ...]:
    """Everything that is wrong with the text of a calendar that is to be published as `name`."""
    spec, findings = read(CalendarSpec, name, text)
    own = list(_own(text, raw_of(text)))
    if own:  # said with more detail than the form can
        findings = [one for one in findings if one.place != WHOLE]
    if spec is not None and not own:
        own = list(_uncountable(spec))
    return (*findings, *own)


def _uncountable(spec: CalendarSpec) -> Iterator[Finding]:
    try:
        compiled(spec)
    except ClockError as error:
        yield Finding(WHOLE, str(error), "mend the calendar so that time passes on it")


def _own(text: str, raw: Mapping[str, Any]) -> Iterator[Finding]:
    week = _part(Week, raw.get("week"))
    days = raw.get("day")
    written = enumerate(days if isinstance(days, list) else ())
    rules = [(n, rule) for n, one in written if (rule := _part(DayRule, one)) is not None]
    long = [n for n, rule in rules if rule.since and rule.to and (rule.to - rule.since).days >= DAYS_OF_ONE_RULE_MAX]
    for n in long:
        yield Finding(place(text, ("day", n)), "it speaks of more than a year", "write one rule for each stretch")
    rules = [(n, rule) for n, rule in rules if n not in long]
    first, last = _date(raw.get("first")), _date(raw.get("last"))
    if first is not None and last is not None and last < first:
        yield Finding(place(text, ("last",)), f"{last} is before `first` {first}", "exchange or correct them")
    if week is not None:
        yield from _of_week(text, week)
        yield from _no_make_up(text, rules, week)
    yield from _twice(text, rules)
    yield from _outside(text, rules, first, last)
    yield from _not_entered(text, rules, first, last)


def _of_week(text: str, week: Week) -> Iterator[Finding]:
    if not any(week.of(day) for day in range(7)):
        yield Finding(place(text, ("week",)), "it is never open: time would not pass", "open it on some weekday")
    for day in range(7):
        ends = max((minutes_of(hours)[1] for hours in week.of(day)), default=0) - MINUTES_A_DAY
        after = (day + 1) % 7
        for hours in week.of(after):
            if minutes_of(hours)[0] < ends:
                where = place(text, ("week", WEEKDAYS[after]))
                wrong = f"{hours} begins while {WEEKDAYS[day]} still runs over midnight"
                yield Finding(where, wrong, "let one end where the other begins")


def _no_make_up(text: str, rules: Rules, week: Week) -> Iterator[Finding]:
    for n, rule in rules:
        open_already = [day for day in rule.days() if rule.kind == "make-up" and week.of(day.weekday())]
        for day in open_already:
            wrong = f"{day} is a {day:%A}, which the week has open already"
            yield Finding(place(text, ("day", n)), wrong, "correct the date, or make it a `special` day")


def _twice(text: str, rules: Rules) -> Iterator[Finding]:
    seen: dict[dt.date, int] = {}
    told: set[tuple[int, int]] = set()
    for n, rule in rules:
        for day in rule.days():
            before = seen.setdefault(day, n)
            if before != n and (before, n) not in told:
                told.add((before, n))
                yield Finding(place(text, ("day", n)), f"{day} has a rule already: day.{before}", "keep one of the two")


def _outside(text: str, rules: Rules, first: dt.date | None, last: dt.date | None) -> Iterator[Finding]:
    for n, rule in rules:
        days = [day for day in rule.days() if (first and day < first) or (last and day > last)]
        if days:
            wrong = f"{days[0]} is not between `first` {first} and `last` {last or '(none)'}"
            yield Finding(place(text, ("day", n)), wrong, "correct the date, or let the calendar reach that far")


def _not_entered(text: str, rules: Rules, first: dt.date | None, last: dt.date | None) -> Iterator[Finding]:
    """A whole year without a rule, where other years have some: nobody has entered it."""
    years = {day.year for _, rule in rules for day in rule.days()}
    if first is None or last is None or not years:
        return
    whole = range(first.year + (first > dt.date(first.year, 1, 1)), last.year + (last == dt.date(last.year, 12, 31)))
    for year in whole:
        if year not in years:
            wrong = f"no day of {year} is entered, and other years have some"
            yield Finding(place(text, ("last",)), wrong, "enter its holidays, or let `last` stand before it")


def _date(written: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(written))
    except ValueError:
        return None


def _part(form: type[P], raw: object) -> P | None:
    try:
        return form.model_validate_json(json.dumps(raw))
    except ValidationError:
        return None

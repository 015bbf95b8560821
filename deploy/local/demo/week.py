"""The week before the demo: invented complaints that another system owned, told as its history. Pure and seeded.

Lives here: who complained through which channel, and what became of it. Must not: the situations that are played
through the API (`situations.py`), or any clock.
"""

import random
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from events.fact import GivenDue
from events.inbound import ToldHistoryCompleted, ToldHistoryOpened, ToldLodged, ToldReported
from events.intake import Identity
from local.demo.voices import voice
from local.importing.history import Event, History, in_order

T = TypeVar("T")

SOURCE = "demo"
BATCH = "demo-week-1"
SEED = 20260924
CASES = 280
WEEK = timedelta(days=7)
LIMIT = timedelta(days=3)
"""The due time that the invented source gives each case."""

Fate = Literal["in-time", "late", "returned", "open"]
FATES: Mapping[Fate, int] = {"in-time": 62, "late": 12, "returned": 5, "open": 21}
"""What becomes of a case, in percent; what would end after the week is open as well."""

LANGUAGES = {"zh": 65, "en": 35}
CHANNELS: Mapping[str, Mapping[str, int]] = {
    "zh": {
        "phone": 26, "wechat": 20, "app": 14, "weibo": 12, "website": 8, "forum": 7, "counter": 6, "mail": 4,
        "regulator": 3,
    },
    "en": {"phone": 30, "website": 20, "mail": 18, "app": 15, "forum": 8, "counter": 6, "regulator": 3},
}  # fmt: skip
ORAL = frozenset({"phone", "counter"})
IDENTITIES: Mapping[Identity, int] = {"ordinary": 88, "repeat": 5, "vulnerable": 4, "vip": 2, "media": 1}
HOURS = dict(enumerate((1, 1, 1, 1, 1, 1, 1, 3, 6, 9, 10, 10, 7, 7, 9, 10, 9, 8, 7, 7, 6, 5, 3, 2)))
"""How busy each hour of a day is."""
DESKS = {1: "reception desk", 2: "workshop desk", 3: "factory desk"}
"""Who holds cases there, by support line."""
SECOND_DESK = 0.4
"""Share of the cases that go on to the workshop desk."""
CLOSED = ToldReported(fact="closed", ground="closed-at-source")
RETURNED = ToldReported(fact="reopened", note="Not solved after all.")


def week(ends: datetime) -> History:
    """The whole week up to `ends`: the same cases, words and fates each time, with times counted back from it."""
    events = [event for number in range(1, CASES + 1) for event in _case(number, ends - WEEK) if event.time < ends]
    return History(
        batch=BATCH,
        known_until=ends,
        opened=Event(f"{BATCH}#opened", SOURCE, BATCH, ends - WEEK, ToldHistoryOpened()),
        events=tuple(in_order(events)),
        completed=Event(f"{BATCH}#completed", SOURCE, BATCH, ends, ToldHistoryCompleted(known_until=ends)),
        bad=(),
    )


def _case(number: int, begins: datetime) -> Iterator[Event]:
    """One case's life, from chances of its own: no case moves another."""
    chance, reference = random.Random(f"{SEED}/{number}"), f"demo-{number:04}"  # noqa: S311 - the same each time, no secret
    lodged = begins + timedelta(
        days=chance.randrange(7), hours=_weighted(chance, HOURS), seconds=chance.randrange(3600)
    )

    def event(what: str, after: timedelta, data: ToldLodged | ToldReported) -> Event:
        return Event(f"{reference}#{what}", SOURCE, reference, lodged + after, data)

    yield event("lodged", timedelta(0), _lodged(chance, number, lodged + LIMIT))
    yield event("desk-1", timedelta(minutes=chance.randrange(2, 90)), _held_by(1))
    if chance.random() < SECOND_DESK:
        yield event("desk-2", timedelta(hours=chance.randrange(2, 6)), _held_by(2))
    fate = _weighted(chance, FATES)
    if fate == "in-time":
        yield event("closed", timedelta(hours=chance.randrange(6, 70)), CLOSED)
    elif fate == "late":
        yield event("closed", timedelta(hours=chance.randrange(73, 120)), CLOSED)
    elif fate == "returned":
        yield event("closed", timedelta(hours=chance.randrange(6, 24)), CLOSED)
        yield event("reopened", timedelta(hours=chance.randrange(26, 48)), RETURNED)
        yield event("desk-3", timedelta(hours=50), _held_by(3))


def _lodged(chance: random.Random, number: int, due: datetime) -> ToldLodged:
    language = _weighted(chance, LANGUAGES)
    channel = _weighted(chance, CHANNELS[language])
    said = voice(language).says(chance)
    return ToldLodged(
        channel=channel,
        form="oral" if channel in ORAL else "written",
        language=language,
        product=said.product,
        branch=said.branch,
        category=said.category,
        identity=_weighted(chance, IDENTITIES),
        told_people=chance.choice((0, 0, 0, 1, 2, 5)),
        contact=f"complainant-{number:04}@example.org",
        text=said.text,
        demand=said.demand,
        dues=(GivenDue(clock="resolution", due=due),),
        history=BATCH,
    )


def _held_by(line: Literal[1, 2, 3]) -> ToldReported:
    return ToldReported(fact="custody", team=DESKS[line], line=line)


def _weighted(chance: random.Random, choices: Mapping[T, int]) -> T:
    return chance.choices(list(choices), weights=list(choices.values()))[0]

"""What the publisher tells of the last hours as it happens: no history, so our own clocks run and are broken. Pure.

Lives here: cases whose past the API cannot make, because a command always happens now. Must not: any clock.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from events.inbound import ToldLodged
from local.demo.voices import told_case, voice
from local.demo.week import CHANNELS, ORAL, SEED, SOURCE
from local.importing.history import Event, in_order

BREACHED, UNOWNED, CRISIS = "demo-breached", "demo-unowned-escalated", "demo-crisis"
CLUSTER = tuple(f"demo-cluster-{number}" for number in range(1, 6))
FRESH = 12

HAPPENED_BEFORE = {
    # Twenty minutes for a net message: long over, and the second level of the ladder has it.
    BREACHED: timedelta(hours=3),
    # Three days without anybody: every level of the ladder has been told.
    UNOWNED: timedelta(days=3),
    CRISIS: timedelta(minutes=25),
    **{reference: timedelta(minutes=50 - 8 * index) for index, reference in enumerate(CLUSTER)},
}


def live(now: datetime) -> list[Event]:
    """The last hours before `now`; the same each time, with times counted back from it."""
    cases = [*(_written(reference, now - before) for reference, before in HAPPENED_BEFORE.items()), *_fresh(now)]
    return in_order(cases)


def _written(reference: str, at: datetime) -> Event:
    return _lodged(reference, at, ToldLodged.model_validate(told_case(reference.removeprefix("demo-"))))


def _fresh(now: datetime) -> Iterator[Event]:
    """A few complaints of the last minutes, so that clocks are seen running."""
    for number in range(1, FRESH + 1):
        chance = random.Random(f"{SEED}/fresh/{number}")  # noqa: S311 - the same each time, no secret
        language = chance.choice(("zh", "en"))
        channel = chance.choice(list(CHANNELS[language]))
        said = voice(language).says(chance)
        told = ToldLodged(
            channel=channel,
            form="oral" if channel in ORAL else "written",
            language=language,
            product=said.product,
            branch=said.branch,
            category=said.category,
            contact=f"fresh-{number:02}@example.org",
            text=said.text,
            demand=said.demand,
        )
        yield _lodged(f"demo-fresh-{number:02}", now - timedelta(seconds=chance.randrange(20, 600)), told)


def _lodged(reference: str, at: datetime, told: ToldLodged) -> Event:
    return Event(f"{reference}#lodged", SOURCE, reference, at, told)

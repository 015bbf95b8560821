"""Time in Wait states comes out of pauses: escalation pauses what its pack says, the views add up, case by case."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from escalation.decider import DECIDER
from escalation.decider.state import ImportBatch
from events.escalation import ClockMet, ClockPaused, ClockStarted, CustodyReported
from events.fact import Fact, Origin
from events.inbound import Told, ToldLodged, ToldReported
from events.intake import ComplaintLodged, SourceReported
from given import only, story
from local.importing import bpi2013
from local.importing.history import Event, history
from local.importing.table import load
from projections.views.clocks import CLOCK_FACTS, Clock, fold
from shipped import books

FILE, EXPECTED = "bpi2013_closed_problems.csv.gz", "bpi2013_closed_problems_expected.csv.gz"
BATCH = "import/b1"
BOOKS = books()


def told(data_folder: Path) -> tuple[dict[str, list[Event]], datetime]:
    read = history(bpi2013.FORMAT, load(data_folder / FILE))
    cases: dict[str, list[Event]] = defaultdict(list)
    for event in read.events:
        cases[event.subject].append(event)
    return cases, read.known_until


def fact_of(event: Event) -> Fact:
    """As intake records it."""
    said: Told = event.data
    origin = Origin(source=event.source, reference=event.subject)
    if isinstance(said, ToldLodged):
        return ComplaintLodged(
            at=event.time,
            channel=said.channel,
            category=said.category,
            dues=said.dues,
            history=BATCH,
            reported=origin,
        )
    assert isinstance(said, ToldReported)
    return SourceReported(
        at=event.time,
        fact=said.fact,
        reported=origin,
        team=said.team,
        owner=said.owner,
        line=said.line,
        waiting=said.waiting,
        ground=said.ground,
    )


def lived(events: list[Event], known_until: datetime) -> tuple[Fact, ...]:
    """Everything that comes about, where somebody looks after each record, and once the history is known."""
    case = story(DECIDER, None, others={BATCH: ImportBatch(None)}, books=BOOKS)
    for event in events:
        case = case.then(fact_of(event)).settled(known_until)
    return case.beside(**{BATCH: ImportBatch(known_until)}).settled(known_until).history


def clocks_of(facts: tuple[Fact, ...]) -> Iterator[Clock]:
    found: dict[str, Clock | None] = {}
    for fact in facts:
        if isinstance(fact, CLOCK_FACTS):
            found[fact.clock] = fold(found.get(fact.clock), fact)
    yield from (clock for clock in found.values() if clock is not None)


def test_time_in_wait_states_is_the_time_of_pauses(data_folder: Path) -> None:
    """410 cases, 4,170,978,183 seconds; every clock that was started is met, each cycle has its own."""
    with gzip.open(data_folder / EXPECTED, "rt", encoding="utf-8", newline="") as file:
        expected = {row["case_id"]: row for row in csv.DictReader(file)}
    cases, known_until = told(data_folder)
    paused: dict[str, int] = {}
    for case_id, events in cases.items():
        facts = lived(events, known_until)
        clocks = list(clocks_of(facts))
        assert [clock["state"] for clock in clocks] == ["met"] * (1 + int(expected[case_id]["reopens"]))
        assert not any("due" in clock for clock in clocks)
        paused[case_id] = sum(clock.get("paused_seconds", 0) for clock in clocks)
        assert len(only(facts, ClockStarted)) == len(only(facts, ClockMet)) == len(clocks)
        assert all(pause.lawful for pause in facts if isinstance(pause, ClockPaused))
        assert len(only(facts, CustodyReported)) == int(expected[case_id]["events"])
    assert paused == {case_id: int(row["wait_any_seconds"]) for case_id, row in expected.items()}
    assert (sum(seconds > 0 for seconds in paused.values()), sum(paused.values())) == (410, 4_170_978_183)

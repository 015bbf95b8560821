"""What the importers tell of the real files, counted before anything is published: the source's own figures."""

import csv
import gzip
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from events.codec import canonical
from events.inbound import ACCEPTED, Told, ToldLodged, ToldReported
from local.importing import boston311, bpi2013, cfpb
from local.importing.history import Event, Format, History, history
from local.importing.table import load

BOSTON = "boston311_2011q3.csv.gz"
BPI = "bpi2013_closed_problems.csv.gz"
FILES = [
    (boston311.FORMAT, BOSTON),
    (bpi2013.FORMAT, BPI),
    (cfpb.FORMAT, "cfpb_2014q4.csv.gz"),
    (cfpb.FORMAT, "cfpb_personal_loans_2023_narratives.csv.gz"),
]


def told(form: Format, path: Path) -> History:
    return history(form, load(path))


def reports(events: list[Event], fact: str) -> list[ToldReported]:
    return [event.data for event in events if isinstance(event.data, ToldReported) and event.data.fact == fact]


@pytest.mark.parametrize(("form", "name"), FILES, ids=[name for _, name in FILES])
def test_every_row_is_told_in_order_and_as_the_public_contract_says(data_folder: Path, form: Format, name: str) -> None:
    table = load(data_folder / name)
    read = history(form, table)
    assert read.bad == ()
    every = list(read)
    assert len({event.id for event in every}) == len(every)
    assert all(one.time <= other.time for one, other in pairwise(every))
    for event in every:
        kind: type[Told] = ACCEPTED[event.type]
        assert kind.model_validate_json(canonical(event.data)) == event.data


def test_boston_meets_and_misses_its_deadlines_as_the_city_says(data_folder: Path) -> None:
    """Closed at or before the given due time is met; the rest is late, or open and past due at the export."""
    read = told(boston311.FORMAT, data_folder / BOSTON)
    due = {
        event.subject: [each.due for each in event.data.dues if each.due is not None]
        for event in read.events
        if isinstance(event.data, ToldLodged)
    }
    closed = {event.subject: event.time for event in read.events if isinstance(event.data, ToldReported)}
    figures = Counter(
        "no_deadline"
        if not limits
        else ("met" if closed[subject] <= limits[0] else "late")
        if subject in closed
        else ("open_past_due" if limits[0] < read.known_until else "running")
        for subject, limits in due.items()
    )
    assert figures == {"met": 20356, "late": 4827, "open_past_due": 1632, "no_deadline": 5013}
    assert read.cases == 31828
    assert read.known_until == datetime(2023, 6, 1, 3, 59, 59, tzinfo=UTC)


def test_bpi_tickets_replay_to_what_the_source_expects(data_folder: Path) -> None:
    read = told(bpi2013.FORMAT, data_folder / BPI)
    cases: dict[str, list[Event]] = {}
    for event in read.events:
        cases.setdefault(event.subject, []).append(event)
    with gzip.open(data_folder / "bpi2013_closed_problems_expected.csv.gz", "rt", encoding="utf-8", newline="") as file:
        expected = {row["case_id"]: row for row in csv.DictReader(file)}
    assert cases.keys() == expected.keys()
    for case_id, events in cases.items():
        row, held = expected[case_id], reports(events, "custody")
        assert len(held) == int(row["events"])
        assert (events[0].time, events[-1].time) == (
            datetime.fromisoformat(row["first_timestamp"]),
            datetime.fromisoformat(row["last_timestamp"]),
        )
        assert (held[-1].impact, held[-1].status, held[-1].sub_status) == (
            row["impact"],
            row["final_status"],
            row["final_sub_status"],
        )
        assert sum(one.team != other.team for one, other in pairwise(held)) == int(row["team_handoffs"])
        assert sum(one.owner != other.owner for one, other in pairwise(held)) == int(row["owner_changes"])
        assert max(each.line or 1 for each in held) == int(row["highest_support_line"])
        assert len(reports(events, "reopened")) == int(row["reopens"])
    assert len(reports(list(read.events), "reopened")) == 81


def test_cfpb_complaints_come_through_the_channels_and_end_as_the_bureau_says(data_folder: Path) -> None:
    read = told(cfpb.FORMAT, data_folder / "cfpb_2014q4.csv.gz")
    channels = Counter(event.data.channel for event in read.events if isinstance(event.data, ToldLodged))
    assert channels == {"website": 6269, "regulator": 1053, "phone": 470, "letter": 445, "fax": 103}
    answers = Counter(each.data.status for each in read.events if isinstance(each.data, ToldReported))
    assert answers == {
        "Sent to company": 8340,
        "Closed with explanation": 5075,
        "In progress": 1759,
        "Closed with non-monetary relief": 873,
        "Closed with monetary relief": 399,
        "Closed": 137,
        "Untimely response": 97,
    }
    assert len(reports(list(read.events), "closed")) == 5075 + 873 + 399 + 137
    flags = Counter(flag for each in read.events for flag in (getattr(each.data, "sub_status", None) or "").split(", "))
    assert (flags["disputed"], flags["untimely"]) == (1047, 161)


def test_cfpb_narratives_keep_the_consumers_own_words(data_folder: Path) -> None:
    read = told(cfpb.FORMAT, data_folder / "cfpb_personal_loans_2023_narratives.csv.gz")
    lodged = [event.data for event in read.events if isinstance(event.data, ToldLodged)]
    assert len(lodged) == 2827
    assert sum(each.identity == "vulnerable" for each in lodged) == 192 + 77
    assert max(len(each.text or "") for each in lodged) == 17_097

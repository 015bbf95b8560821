"""Problem tickets as a publisher tells them: custody for every row, and beside it how a ticket ended or came back."""

import csv
import io
from datetime import UTC, datetime

import pytest

from events.fact import GivenDue
from events.inbound import ToldLodged, ToldReported
from local.importing.bpi2013 import COLUMNS, FORMAT
from local.importing.history import Event, History, history
from local.importing.table import table

PLAIN = {
    "case_id": "T1",
    "event_no": "1",
    "timestamp": "2012-03-01T10:00:00+01:00",
    "status": "Accepted",
    "sub_status": "In Progress",
    "impact": "Low",
    "product": "PUMP",
    "support_team": "X1 2nd",
    "organization_line": "Line Z",
    "owner": "Robin",
}
DONE = {"status": "Completed", "sub_status": "Closed"}


def change(number: int, minute: int, **changes: str) -> dict[str, str]:
    return PLAIN | {"event_no": str(number), "timestamp": f"2012-03-01T10:{minute:02}:00+01:00"} | changes


def told(*rows: dict[str, str]) -> History:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return history(FORMAT, table(text.getvalue().encode()))


def reported(event: Event) -> ToldReported:
    assert isinstance(event.data, ToldReported)
    return event.data


def test_the_first_row_lodges_and_tells_who_held_it_at_the_same_time() -> None:
    lodged, custody = told(change(1, 0)).events
    assert (lodged.id, custody.id) == ("T1#lodged", "T1#1")
    assert lodged.time == custody.time == datetime(2012, 3, 1, 9, tzinfo=UTC)
    assert isinstance(lodged.data, ToldLodged)
    assert (lodged.data.product, lodged.data.branch) == ("PUMP", "Line Z")
    assert custody.data == ToldReported(
        fact="custody",
        team="X1 2nd",
        owner="Robin",
        line=2,
        status="Accepted",
        sub_status="In Progress",
        impact="Low",
    )


@pytest.mark.parametrize(
    ("team", "line"), [("X1", 1), ("X1 2nd", 2), ("X1 3rd", 3), ("X2nd", 1), ("Old team 3rdly", 1)]
)
def test_the_support_line_is_the_teams_suffix(team: str, line: int) -> None:
    assert reported(told(change(1, 0, support_team=team)).events[1]).line == line


def test_an_end_and_a_return_are_events_of_their_own_beside_the_custody() -> None:
    read = told(
        change(1, 0), change(2, 1, **DONE), change(3, 2), change(4, 3, status="Completed", sub_status="Cancelled")
    )
    assert [(each.id, getattr(each.data, "fact", "lodged")) for each in read.events] == [
        ("T1#lodged", "lodged"),
        ("T1#1", "custody"),
        ("T1#2", "custody"),
        ("T1#2/closed", "closed"),
        ("T1#3", "custody"),
        ("T1#3/reopened", "reopened"),
        ("T1#4", "custody"),
        ("T1#4/closed", "closed"),
    ]
    assert reported(read.events[3]).ground == "closed-at-source"


def test_completed_without_an_end_is_no_end_and_what_follows_no_return() -> None:
    read = told(change(1, 0, status="Completed", sub_status="In Call"), change(2, 1))
    assert [reported(each).fact for each in read.events[1:]] == ["custody", "custody"]


def test_a_return_to_unmatched_is_no_reopening() -> None:
    read = told(change(1, 0, **DONE), change(2, 1, status="Unmatched", sub_status="Unmatched"))
    assert [reported(each).fact for each in read.events[1:]] == ["custody", "closed", "custody"]


def test_rows_in_any_order_are_told_by_their_times() -> None:
    read = told(change(2, 5, **DONE), change(1, 0))
    assert [each.id for each in read.events] == ["T1#lodged", "T1#1", "T1#2", "T1#2/closed"]


@pytest.mark.parametrize(
    ("sub_status", "waiting"),
    [("Wait", "wait"), ("Wait - User", "wait-user"), ("In Progress", None), ("Awaiting Assignment", None)],
)
def test_what_a_ticket_waits_for_is_told_as_a_reason_for_a_pause(sub_status: str, waiting: str | None) -> None:
    custody = next(event.data for event in told(change(1, 0, sub_status=sub_status)).events if event.id == "T1#1")
    assert isinstance(custody, ToldReported)
    assert custody.waiting == waiting


def test_a_ticket_asks_for_a_clock_that_only_measures() -> None:
    lodged = told(change(1, 0)).events[0].data
    assert isinstance(lodged, ToldLodged)
    assert lodged.dues == (GivenDue(clock="bpi2013:handling", policy="bpi2013/handling"),)


def test_the_history_is_known_until_its_last_time() -> None:
    assert told(change(1, 0), change(2, 9)).known_until == datetime(2012, 3, 1, 9, 9, tzinfo=UTC)


def test_bad_rows_are_named() -> None:
    read = told(change(1, 0), change(1, 1), PLAIN | {"event_no": "two"}, change(3, 3, support_team=" "))
    assert [str(bad) for bad in read.bad] == [
        "row 3, column event_no: stood in an earlier row",
        "row 4, column event_no: is not a number",
        "row 5, column support_team: is empty",
    ]

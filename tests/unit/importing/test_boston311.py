"""Boston's requests as a publisher tells them: instants, given deadlines, and rows that contradict themselves."""

import csv
import io
from datetime import UTC, datetime

import pytest

from events.codec import canonical
from events.fact import GivenDue
from events.inbound import ToldLodged, ToldReported
from local.importing.boston311 import COLUMNS, FORMAT
from local.importing.history import History, history
from local.importing.table import Table, Unreadable, table

PLAIN = {
    "case_enquiry_id": "1",
    "open_dt": "2011-07-01 08:00:00",
    "target_dt": "2011-07-05 08:00:00",
    "closed_dt": "2011-07-04 09:30:00",
    "case_status": "Closed",
    "closure_reason": "Swept the street.",
    "case_title": "Dirty street",
    "reason": "Street cleaning",
    "type": "Sweep a street",
    "department": "STREETS",
    "location": "1 Invented Street",
    "source": "Constituent Call",
}


def a_file(*rows: dict[str, str]) -> Table:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(PLAIN | changes for changes in rows)
    return table(text.getvalue().encode())


def told(*rows: dict[str, str]) -> History:
    return history(FORMAT, a_file(*rows))


def test_a_request_is_lodged_and_closed_at_its_own_instants() -> None:
    lodged, closed = told({}).events
    assert (lodged.id, lodged.source, lodged.subject) == ("1#lodged", "boston311", "1")
    assert lodged.time == datetime(2011, 7, 1, 12, tzinfo=UTC)
    assert isinstance(lodged.data, ToldLodged)
    assert lodged.data.dues == (GivenDue(clock="resolution", due=datetime(2011, 7, 5, 12, tzinfo=UTC)),)
    assert (lodged.data.channel, lodged.data.form, lodged.data.category) == ("phone", "oral", "Sweep a street")
    assert (lodged.data.product, lodged.data.branch) == ("Street cleaning", "STREETS")
    assert lodged.data.text == "Dirty street\n1 Invented Street"
    assert (closed.id, closed.time) == ("1#closed", datetime(2011, 7, 4, 13, 30, tzinfo=UTC))
    assert closed.data == ToldReported(fact="closed", ground="closed-at-source", note="Swept the street.")


def test_by_policy_the_pack_is_asked_for_and_the_citys_deadline_stands_beside_it() -> None:
    read = history(FORMAT, a_file({}, {"case_enquiry_id": "2", "target_dt": ""}), clocks="policy")
    first, second = (event.data for event in read.events if isinstance(event.data, ToldLodged))
    stated = datetime(2011, 7, 5, 12, tzinfo=UTC)
    assert first.dues == (GivenDue(clock="resolution", due=stated, policy="boston-311"),)
    assert second.dues == ()


def test_an_open_request_without_a_deadline_is_lodged_and_no_more() -> None:
    (lodged,) = told({"target_dt": "", "closed_dt": "", "case_status": "Open", "closure_reason": " "}).events
    assert isinstance(lodged.data, ToldLodged)
    assert lodged.data.dues == ()


@pytest.mark.parametrize("target", ["2011-07-01 00:00:00", "2059-12-31 19:00:00"])
def test_a_deadline_is_kept_as_given_before_the_opening_and_in_2059(target: str) -> None:
    lodged = told({"target_dt": target}).events[0]
    assert isinstance(lodged.data, ToldLodged)
    assert len(lodged.data.dues) == 1


def test_a_closing_stamped_before_the_opening_is_still_told_after_it() -> None:
    lodged, closed = told({"closed_dt": "2011-06-30 08:00:00"}).events
    assert (lodged.id, closed.id) == ("1#lodged", "1#closed")
    assert closed.time == datetime(2011, 6, 30, 12, tzinfo=UTC)


def test_an_unknown_channel_goes_through_as_it_stands() -> None:
    lodged = told({"source": "Carrier pigeon"}).events[0]
    assert isinstance(lodged.data, ToldLodged)
    assert (lodged.data.channel, lodged.data.form) == ("Carrier pigeon", "written")


def test_rows_that_contradict_themselves_are_named_and_the_others_told() -> None:
    read = told(
        {"case_enquiry_id": "1", "closed_dt": " "},
        {"case_enquiry_id": "2", "case_status": "Open"},
        {"case_enquiry_id": "3", "open_dt": ""},
        {"case_enquiry_id": "4"},
        {"case_enquiry_id": "4"},
    )
    assert read.cases == 1
    assert [str(bad) for bad in read.bad] == [
        "row 2, column closed_dt: is empty although case_status is Closed",
        "row 3, column closed_dt: has a time although case_status is not Closed",
        "row 4, column open_dt: is empty",
        "row 6, column case_enquiry_id: stood in an earlier row",
    ]


def test_the_history_is_known_until_the_export_or_its_own_last_event() -> None:
    assert told({}).known_until == datetime(2023, 6, 1, 3, 59, 59, tzinfo=UTC)
    late = told({"closed_dt": "2024-02-01 12:00:00"})
    assert late.known_until == late.events[-1].time == datetime(2024, 2, 1, 17, tzinfo=UTC)


def test_a_known_until_before_the_last_event_is_refused() -> None:
    with pytest.raises(Unreadable, match="1 is told of 2011-07-04T13:30"):
        history(FORMAT, a_file({}), datetime(2011, 7, 2, tzinfo=UTC))


def test_the_same_file_gives_the_same_bytes() -> None:
    one, other = ([(each.id, each.time, canonical(each.data)) for each in told({})] for _ in range(2))
    assert one == other


def test_the_batch_opens_first_completes_last_and_is_named_after_the_content() -> None:
    read, other = told({}), told({"case_title": "Another"})
    ids = [each.id for each in read]
    assert ids == [f"{read.batch}#opened", "1#lodged", "1#closed", f"{read.batch}#completed"]
    assert read.batch.startswith("boston311-")
    assert read.batch != other.batch


def test_events_of_all_requests_go_in_the_order_of_their_own_times() -> None:
    read = told(
        {"case_enquiry_id": "late", "open_dt": "2011-07-03 00:00:00"},
        {"case_enquiry_id": "early", "closed_dt": "2011-07-02 00:00:00"},
    )
    assert [each.id for each in read.events] == ["early#lodged", "early#closed", "late#lodged", "late#closed"]

"""The Bureau's complaints as a publisher tells them: dates without a time of day, answers without a date."""

import csv
import io
from datetime import UTC, datetime

import pytest

from events.inbound import ToldLodged, ToldReported
from local.importing.cfpb import FORMAT
from local.importing.history import History, history
from local.importing.table import Unreadable, table

OLD = {
    "Complaint ID": "9",
    "Product": "Credit card",
    "Sub-product": "Gold",
    "Issue": "Late fee",
    "Sub-issue": "",
    "State": "OH",
    "Submitted via": "Postal mail",
    "Date received": "10/14/2014",
    "Date sent to company": "10/16/2014",
    "Company": "Invented Bank",
    "Company response": "Closed with explanation",
    "Timely response?": "Yes",
    "Consumer disputed?": "",
}
NEW = {name: text for name, text in OLD.items() if name != "Company response"} | {
    "Company response to consumer": "Closed with monetary relief",
    "Consumer complaint narrative": "They charged me twice.",
    "Company public response": "None",
    "Tags": "Older American, Servicemember",
    "Submitted via": "Web",
    "Date received": "03/22/23",
    "Date sent to company": "03/23/23",
    "Consumer disputed?": "N/A",
}


def told(*rows: dict[str, str], known_until: datetime | None = None) -> History:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return history(FORMAT, table(text.getvalue().encode()), known_until)


def test_a_date_is_the_first_moment_of_its_day_in_washington() -> None:
    lodged, sent, _ = told(OLD).events
    assert (lodged.id, lodged.time) == ("9#lodged", datetime(2014, 10, 14, 4, tzinfo=UTC))
    assert (sent.id, sent.time) == ("9#sent", datetime(2014, 10, 16, 4, tzinfo=UTC))
    assert sent.data == ToldReported(fact="custody", team="Invented Bank", status="Sent to company")


def test_the_answer_is_told_as_of_the_end_of_the_last_day_in_the_file() -> None:
    read = told(OLD, OLD | {"Complaint ID": "10", "Date sent to company": "11/13/2014"})
    assert read.known_until == datetime(2014, 11, 14, 5, tzinfo=UTC)
    assert {each.time for each in read.events if each.id.endswith("#answer")} == {read.known_until}


def test_the_answer_moves_with_a_stated_known_until() -> None:
    until = datetime(2015, 1, 1, tzinfo=UTC)
    assert told(OLD, known_until=until).events[-1].time == until


@pytest.mark.parametrize(
    ("response", "fact", "ground"),
    [
        ("Closed", "closed", "closed-at-source"),
        ("Closed with monetary relief", "closed", "closed-at-source"),
        ("In progress", "custody", None),
        ("Untimely response", "custody", None),
    ],
)
def test_only_a_closing_response_closes(response: str, fact: str, ground: str | None) -> None:
    answer = told(OLD | {"Company response": response, "Consumer disputed?": "Yes", "Timely response?": "No"}).events[
        -1
    ]
    assert isinstance(answer.data, ToldReported)
    assert (answer.data.fact, answer.data.ground, answer.data.status) == (fact, ground, response)
    assert answer.data.sub_status == "disputed, untimely"


def test_the_older_layout_has_details_instead_of_words() -> None:
    lodged = told(OLD).events[0]
    assert isinstance(lodged.data, ToldLodged)
    assert (lodged.data.channel, lodged.data.category, lodged.data.branch) == ("letter", "Late fee", "Invented Bank")
    assert lodged.data.text == "Sub-product: Gold\nState: OH"
    assert lodged.data.identity == "ordinary"


def test_the_later_layout_has_the_consumers_own_words() -> None:
    lodged, _, answer = told(NEW).events
    assert isinstance(lodged.data, ToldLodged)
    assert lodged.time == datetime(2023, 3, 22, 4, tzinfo=UTC)
    assert (lodged.data.text, lodged.data.identity) == ("They charged me twice.", "vulnerable")
    assert isinstance(answer.data, ToldReported)
    assert (answer.data.status, answer.data.note) == ("Closed with monetary relief", None)


def test_an_empty_issue_is_a_complaint_without_a_category() -> None:
    lodged = told(OLD | {"Issue": ""}).events[0]
    assert isinstance(lodged.data, ToldLodged)
    assert lodged.data.category is None


def test_bad_rows_are_named_and_a_file_of_nothing_else_is_refused() -> None:
    read = told(OLD, OLD | {"Complaint ID": "10", "Date received": "2014-10-14"}, OLD | {"Complaint ID": ""})
    assert [str(bad) for bad in read.bad] == [
        "row 3, column Date received: is not a time of the expected form",
        "row 4, column Complaint ID: is empty",
    ]
    with pytest.raises(Unreadable, match="row 2, column Company: is empty"):
        told(OLD | {"Company": ""})


def test_either_name_of_the_response_column_will_do_but_one_must_be_there() -> None:
    with pytest.raises(Unreadable, match="columns missing: Company response or Company response to consumer"):
        told({name: text for name, text in OLD.items() if name != "Company response"})

"""The story of a stream, told again from the ledger: as it was judged then, record by record."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anything import SEALED, facts
from events.accountability import ComplaintClosed
from events.escalation import OwnershipAccepted
from events.fact import Fact
from events.intake import AmendableField, ComplaintAmended, ComplaintLodged, Identity, MotiveRecorded
from events.triage import ComplaintClassified, ComplaintGraded, ComplaintRouted, ComplaintScreened
from examples import examples
from projections.views import cases
from projections.views.chapters.page import Case
from projections.views.ledger import line
from projections.views.timeline import Retold, entries, page_as_of, retell
from projections.views.told import content, stamp
from runtime.rows import Judged
from told import Log

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
STREAM = "complaint/11111111-1111-5111-8111-111111111111"
LODGED = ComplaintLodged(at=NOON, channel="phone")
IDS = [f"0000000{number}-0000-5000-8000-000000000000" for number in range(2)]


def retold(records: Sequence[Judged]) -> list[Retold]:
    return retell(line(told)._asdict() for told in records)


def recorded(history: Sequence[tuple[Fact, bool]]) -> list[Judged]:
    """These facts, admitted or refused, by writers who said all that an envelope can say."""
    log = Log()
    for fact, admitted in history:
        told = log.tell(STREAM, fact)[0] if admitted else log.refuse(STREAM, fact)
        assert told.envelope is not None
        told.envelope = told.envelope._replace(
            auth_type="service", command_hash="h1", correlation_id=IDS[0], causation_id=IDS[1]
        )
    return log.records


@settings(max_examples=examples(50))
@given(st.lists(st.tuples(facts(tuple(cases.HOW)), st.booleans()), max_size=8))
def test_what_the_ledger_tells_again_is_what_was_judged(history: list[tuple[Fact, bool]]) -> None:
    """And the page that it gives is the page that was folded: nothing refused has touched it."""
    told = recorded(history)
    again = retold(told)
    page: Case | None = None
    for one, other in zip(told, again, strict=True):
        for name in (
            "partition",
            "offset",
            "append_time_ms",
            "verdict",
            "key",
            "value",
            "envelope",
            "why",
            "head",
            "fact",
        ):
            assert getattr(one, name) == getattr(other, name)
        page = cases.fold(page, one) if one.fact is not None else page
    assert page_as_of(again) == page
    assert [one.said for one in again] == [fact for fact, _ in history]


def test_an_entry_says_all_that_a_record_says_of_itself() -> None:
    """The third is refused: it has no number in its chapter, and what it would have said can be read."""
    accepted = OwnershipAccepted(at=NOON + timedelta(minutes=1), owner="handler")
    told = recorded([(LODGED, True), (accepted, True), (accepted, False), (accepted, True)])
    for one, fact, entry, number in zip(
        told, (LODGED, *[accepted] * 3), entries(retold(told)), (1, 1, None, 2), strict=True
    ):
        assert one.envelope is not None
        assert {name: value for name, value in entry.items() if name != "changes"} == {
            "position": [one.partition, one.offset],
            "verdict": one.verdict.value,
            "why": one.why,
            "type": fact.type,
            "chapter": fact.type.split(".")[1],
            "fact": fact.type.split(".")[2],
            "number": number,
            "actor": {"id": one.envelope.auth_id, "type": "service"},
            "time": stamp(fact.at),
            "recorded_time": stamp(fact.at),
            "event_id": one.envelope.event_id,
            "expects": str(one.envelope.expects),
            "data": content(fact),
        }


def test_what_nobody_can_read_stands_in_the_story_without_content() -> None:
    log = Log()
    log.tell(STREAM, LODGED)
    log.garble(log.tell(STREAM, OwnershipAccepted(at=NOON, owner="a"))[0], "owner: missing")
    _, unread = entries(retold(log.records))
    assert (unread["data"], unread["why"], unread["fact"]) == (None, "owner: missing", "ownership-accepted")


def test_what_happened_or_was_known_at_the_moment_asked_for_belongs_to_it() -> None:
    """L24."""
    log = Log()
    log.tell(STREAM, LODGED, recorded=NOON + timedelta(minutes=9))
    told = retold(log.records)
    assert page_as_of(told, as_of=NOON) == page_as_of(told, known_at=NOON + timedelta(minutes=9)) == page_as_of(told)
    assert page_as_of(told, as_of=NOON - timedelta(microseconds=1)) is None
    assert page_as_of(told, known_at=NOON + timedelta(minutes=8)) is None


RULE = {"at": NOON, "reason": "r", "rule": "person", "by": "x"}


@pytest.mark.parametrize("field", get_args(AmendableField))
def test_whatever_can_be_amended_is_shown_before_and_after(field: str) -> None:
    sealed = (SEALED, SEALED.replace("AAAA", "BBBB"))
    plain = get_args(Identity)[:2] if field == "identity" else ("one", "other")
    values = sealed if field in ("text", "demand", "contact") else plain
    amended = ComplaintAmended.model_validate(
        {"at": NOON, "field": field, "before": values[0], "after": values[1], "reason": SEALED, "by": "h"}
    )
    lodged = LODGED.model_copy(update={field: values[0]})
    *_, edit = entries(retold(recorded([(lodged, True), (amended, True)])))
    assert edit["changes"] == [{"field": field, "before": values[0], "after": values[1]}]


@pytest.mark.parametrize(
    ("fact", "changed"),
    [
        (MotiveRecorded(at=NOON, motive="compensation", by="h"), {"motive": "compensation"}),
        (ComplaintScreened.model_validate({**RULE, "outcome": "enquiry"}), {"screening": "enquiry"}),
        (
            ComplaintClassified.model_validate(
                {**RULE, "category": "cabin", "dispute": "product", "confidence_percent": 9}
            ),
            {"category": "cabin", "dispute": "product"},
        ),
        (
            ComplaintGraded.model_validate({**RULE, "grade": "crisis", "severity": 1, "urgency": 1, "inputs": ()}),
            {"grade": "crisis"},
        ),
        (ComplaintRouted.model_validate({**RULE, "queue": "products", "first_owner": "h"}), {"queue": "products"}),
        (OwnershipAccepted(at=NOON, owner="handler"), {"owner": "handler", "status": "owned"}),
        (
            ComplaintClosed(at=NOON, ground="accepted", evidence="e", next_instance="n", by="h"),
            {"status": "closed"},
        ),
    ],
)
def test_each_judgement_shows_what_it_changed(fact: Fact, changed: dict[str, str]) -> None:
    """In the order of the page; said again it changes nothing."""
    _, first, again = entries(retold(recorded([(LODGED, True), (fact, True), (fact, True)])))
    assert {one["field"]: one["after"] for one in first["changes"]} == changed
    assert [one["before"] for one in first["changes"]] == ["lodged" if name == "status" else None for name in changed]
    assert again["changes"] == []

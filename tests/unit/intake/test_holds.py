"""A legal hold: while it stands nothing of this person is erased, in whichever case of theirs it was placed (S28)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from events.decider import Refused
from events.fact import Fact
from events.intake import ComplaintLodged, DataErased, HoldLifted, HoldPlaced
from given import Story, story
from intake.bodies import HoldBody
from intake.channels import Channels
from intake.decider import DECIDER
from intake.decider.commands import Erase, LiftHold, PlaceHold
from intake.holds import moved
from told import Log

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
KEY = "00000000-0000-4000-8000-000000000001"
STREAM = "complaint/00000000-0000-5000-8000-000000000003"
LODGED = ComplaintLodged(at=NOON, channel="phone", key_id=KEY, party_ref="p1", subject_person="zhang.san")
PLACED = HoldPlaced(
    at=NOON, hold_id="h1", party_ref="p1", purpose="litigation", authority="district court", reference="CIV-2026-3",
    by="chen.yu",
)  # fmt: skip
LIFTED = HoldLifted(at=NOON, hold_id="h1", reason="judgment given", by="chen.yu")
ERASED = DataErased(at=NOON, basis="objection", reference="DSR-2026-117", key_ids=(KEY,), by="chen.yu")
GIVEN = story(DECIDER, Channels("channels@1", known=frozenset({"phone"}), entrances=frozenset()), LODGED)
HELD = GIVEN.then(PLACED)


def code(answer: Fact | Refused) -> str:
    return answer.code if isinstance(answer, Refused) else ""


def test_nothing_is_erased_while_a_case_of_this_person_is_under_hold() -> None:
    """The answer says where: this case, or another of theirs. Once it is lifted the erasure goes through."""
    assert HELD.when(Erase(ERASED)) == Refused(
        "under-legal-hold", "the law wants it kept: the hold CIV-2026-3 on this case is lifted first"
    )
    elsewhere = GIVEN.when(Erase(ERASED, held_in=("c7",)))
    assert isinstance(elsewhere, Refused)
    assert (elsewhere.code, "c7" in elsewhere.why) == ("under-legal-hold", True)
    assert HELD.then(LIFTED).when(Erase(ERASED)) == ERASED


def test_a_hold_stands_once_for_each_order_and_is_lifted_once() -> None:
    assert GIVEN.when(PlaceHold(PLACED)) == PLACED
    again = PLACED.model_copy(update={"hold_id": "h2"})
    assert code(HELD.when(PlaceHold(again))) == "hold-stands"
    other = again.model_copy(update={"reference": "CIV-2026-4"})
    both = HELD.then(other)
    for one in (LIFTED, LIFTED.model_copy(update={"hold_id": "h2"})):
        assert code(both.then(one).when(Erase(ERASED))) == "under-legal-hold"
    assert HELD.when(LiftHold(LIFTED)) == LIFTED
    assert code(HELD.then(LIFTED).when(LiftHold(LIFTED))) == code(GIVEN.when(LiftHold(LIFTED))) == "no-such-hold"
    assert HELD.then(LIFTED).when(PlaceHold(again)) == again


@pytest.mark.parametrize(
    ("given", "command", "expected"),
    [
        (GIVEN, PlaceHold(PLACED.model_copy(update={"by": "zhang.san"})), "conflict-of-interest"),
        (HELD, LiftHold(LIFTED.model_copy(update={"by": "zhang.san"})), "conflict-of-interest"),
        (story(DECIDER, None), PlaceHold(PLACED), "nothing-lodged"),
    ],
)
def test_whom_it_is_about_holds_nothing_and_nothing_is_held_that_is_not_there(
    given: Story[Any], command: object, expected: str
) -> None:
    """R24."""
    assert code(given.when(command)) == expected


def test_what_is_kept_of_holds_is_what_was_admitted_by_this_person() -> None:
    """Other cases of theirs are found by it; whoever left no contact has no other case that anybody knows of."""
    log, stranger = Log(), PLACED.model_copy(update={"party_ref": None, "hold_id": "h3"})
    batch = [*log.tell(STREAM, LODGED, PLACED, stranger, LIFTED), log.refuse(STREAM, PLACED)]
    placed, lifted = moved(batch)
    assert (placed, lifted) == ([("h1", "p1", STREAM)], ["h1"])


def test_an_order_is_named_by_its_number() -> None:
    body = {"purpose": "regulator", "authority": "the regulator", "reference": "REG-1"}
    assert HoldBody.model_validate(body).reference == "REG-1"
    with pytest.raises(ValidationError):
        HoldBody.model_validate(body | {"reference": "Li Na"})

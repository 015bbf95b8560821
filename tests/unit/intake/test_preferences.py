"""How the complainant wants to be reached: what may be stated, and what is remembered of it."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from events.decider import Refused
from events.intake import ComplaintLodged, ContactPreferencesStated
from given import story
from intake.bodies import ContactPreferencesBody
from intake.channels import Channels
from intake.decider import DECIDER
from intake.decider.commands import Record
from intake.decider.state import Case
from intake.track import progress

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LODGED = ComplaintLodged(at=NOON, channel="phone", key_id="k")
STATED = ContactPreferencesStated(
    at=NOON, channel="wechat", quiet_hours="20:00-09:00", zone="Europe/London", by="complainant"
)
NONE = ContactPreferencesStated(at=NOON, by="complainant")
CHANNELS = Channels("channels@1", known=frozenset({"phone"}), entrances=frozenset())
GIVEN = story(DECIDER, CHANNELS, LODGED)


def test_preferences_are_stated_changed_and_taken_back() -> None:
    """2-domain, callbacks; R58: the last statement counts as a whole."""
    assert GIVEN.when(Record(STATED)) == STATED
    changed = STATED.model_copy(update={"channel": None})
    assert GIVEN.then(STATED).when(Record(changed)) == changed
    assert GIVEN.then(STATED).when(Record(NONE)) == NONE


@pytest.mark.parametrize("there", [(NONE,), (STATED, NONE), (STATED,)])
def test_what_stands_already_is_not_stated_again(there: tuple[ContactPreferencesStated, ...]) -> None:
    answer = GIVEN.then(*there).when(Record(there[-1].model_copy(update={"by": "li.na"})))
    assert isinstance(answer, Refused)
    assert answer.code == "nothing-changed"


def test_who_never_stated_anything_has_nothing_to_take_back() -> None:
    answer = GIVEN.when(Record(NONE))
    assert isinstance(answer, Refused)
    assert answer.code == "nothing-changed"


def test_nothing_is_stated_about_what_was_never_lodged() -> None:
    answer = story(DECIDER, CHANNELS).when(Record(STATED))
    assert isinstance(answer, Refused)
    assert answer.code == "nothing-lodged"


def test_whoever_holds_the_code_sees_what_stands() -> None:
    before, after = GIVEN.state, GIVEN.then(STATED).state
    assert isinstance(before, Case)
    assert isinstance(after, Case)
    assert progress(before)["contact_preferences"] == {}
    assert progress(after)["contact_preferences"] == {
        "channel": "wechat", "quiet_hours": "20:00-09:00", "zone": "Europe/London",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("quiet_hours", "20-9", "string_pattern_mismatch"),
        ("quiet_hours", "20:00-24:00", "string_pattern_mismatch"),
        ("quiet_hours", "09:00-09:00", "hours_empty"),
        ("zone", "Europe/Nowhere", "zone_unknown"),
        ("zone", "../etc/passwd", "string_pattern_mismatch"),
    ],
)
def test_hours_and_zones_that_are_none_are_refused_with_their_place(field: str, value: str, code: str) -> None:
    with pytest.raises(ValidationError) as found:
        ContactPreferencesBody.model_validate_json(f'{{"{field}": "{value}"}}')
    (error,) = found.value.errors()
    assert (error["loc"], error["type"]) == ((field,), code)
    assert value not in error["msg"]

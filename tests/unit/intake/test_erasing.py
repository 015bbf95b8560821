"""Erasing what is personal: who may, what it says, and what follows from it (section 6, S27)."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest
from pydantic import ValidationError

from events.decider import Refused
from events.intake import ComplaintLodged, DataErased
from events.outbound import WordsErased
from given import Story, story
from intake.bodies import ErasureBody
from intake.channels import Channels
from intake.decider import DECIDER
from intake.decider.commands import Erase
from intake.decider.state import Case
from intake.outbound import outbound
from intake.track import progress
from runtime.erasing import before_commit, erasing, forgetting, in_turn
from runtime.keyring import Keyring, KeyringUnavailable
from told import Log

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FIRST, SECOND = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
STREAM = "complaint/00000000-0000-5000-8000-000000000003"
LODGED = ComplaintLodged(at=NOON, channel="phone", key_id=FIRST, party_ref="p1", subject_person="zhang.san")
ERASED = DataErased(at=NOON, basis="consent-withdrawn", reference="DSR-2026-117", key_ids=(FIRST, SECOND), by="chen.yu")
CHANNELS = Channels("channels@1", known=frozenset({"phone"}), entrances=frozenset())
GIVEN = story(DECIDER, CHANNELS, LODGED)


def test_it_is_erased_with_its_reason_and_the_case_stays() -> None:
    """S27: who, on what basis, by which request, which keys. S28: nothing else of the case moves."""
    assert GIVEN.when(Erase(ERASED)) == ERASED
    before, after = GIVEN.state, GIVEN.then(ERASED).state
    assert isinstance(before, Case)
    assert isinstance(after, Case)
    assert DECIDER.key_of(after) is None, "what is said from now on has another key"
    assert progress(after) == progress(before) | {"erased_at": "2026-03-02T12:00:00.000000Z", "words_erased": True}


def test_the_complainant_sees_that_their_words_went_with_another_case_of_theirs() -> None:
    """S27: this case says nothing of it; its key is gone."""
    state = GIVEN.state
    assert isinstance(state, Case)
    seen = [progress(state, key_gone=gone) for gone in (False, True)]
    assert [(one["words_erased"], one["erased_at"]) for one in seen] == [(False, None), (True, None)]


@pytest.mark.parametrize(
    ("given", "erasure", "code"),
    [
        (GIVEN, ERASED.model_copy(update={"key_ids": ()}), "nothing-to-erase"),
        (GIVEN, ERASED.model_copy(update={"by": "zhang.san"}), "conflict-of-interest"),
        (story(DECIDER, CHANNELS), ERASED, "nothing-lodged"),
    ],
)
def test_what_is_not_there_is_not_erased_nor_by_whom_it_is_about(
    given: Story[Any], erasure: DataErased, code: str
) -> None:
    """R24; an erasure that destroys nothing would be a claim that nobody can check."""
    answer = given.when(Erase(erasure))
    assert isinstance(answer, Refused)
    assert answer.code == code


def test_what_came_in_after_it_can_be_erased_as_well() -> None:
    """Somebody who writes again is somebody new: the next erasure names the keys that were made since."""
    later = ERASED.model_copy(update={"key_ids": (SECOND,), "reference": "DSR-2026-204"})
    assert GIVEN.then(ERASED).when(Erase(later)) == later


def test_whose_keys_are_meant_follows_from_the_lodging() -> None:
    """Section 6: one key serves all cases of one person; who left no contact has the keys of the case alone."""
    stranger = LODGED.model_copy(update={"party_ref": None})
    assert [DECIDER.owner_of(story(DECIDER, CHANNELS, one).state) for one in (LODGED, stranger)] == ["p1", None]


class Ring:
    """A keyring that may be away, and remembers what it destroyed."""

    def __init__(self, *, away: bool = False) -> None:
        self.away, self.destroyed, self.forgotten = away, list[str](), list[str]()

    def forget(self, key_ids: list[str]) -> None:
        self.forgotten += key_ids

    async def erase(self, key_ids: list[str]) -> None:
        if self.away:
            raise KeyringUnavailable
        self.destroyed += key_ids


async def test_the_keys_go_before_the_position_moves_and_again_whenever_it_is_read() -> None:
    """L18: what raises brings the batch again. A replay meets the fact again, and so does a rebuild."""
    log = Log()
    batch = [*log.tell(STREAM, LODGED, ERASED), log.refuse(STREAM, ERASED.model_copy(update={"key_ids": ("other",)}))]
    ring = Ring(away=True)
    erase = erasing(cast("Keyring", ring))
    with pytest.raises(KeyringUnavailable):
        await erase(batch)
    ring.away = False
    await erase(batch)
    await erase(batch)
    assert ring.destroyed == [FIRST, SECOND] * 2, "admitted ones alone, each time"


async def test_whoever_reads_of_it_uses_the_keys_no_more() -> None:
    """Section 6, reads stop at once: by the log itself, however late the keys topic is read."""
    log, ring = Log(), Ring(away=True)
    await forgetting(cast("Keyring", ring))([*log.tell(STREAM, LODGED, ERASED), log.refuse(STREAM, ERASED)])
    assert ring.forgotten == [FIRST, SECOND]


async def test_no_service_loses_that_by_what_it_does_of_its_own() -> None:
    """Own effects come first: what was forgotten counts as destroyed, and its tombstone would never be written."""
    log, ring, seen = Log(), Ring(), list[list[str]]()

    async def own(_: object) -> None:
        seen.append(list(ring.forgotten))

    batch = log.tell(STREAM, LODGED, ERASED)
    for effect in (own, None):
        await before_commit(cast("Keyring", ring), effect)(batch)
    assert (seen, ring.forgotten) == ([[]], [FIRST, SECOND] * 2)


async def test_nobody_is_told_before_the_keys_are_gone() -> None:
    log, told = Log(), list[str]()

    async def tell(_: object) -> None:
        told.append("gateways")

    with pytest.raises(KeyringUnavailable):
        await in_turn(erasing(cast("Keyring", Ring(away=True))), tell)(log.tell(STREAM, ERASED))
    assert told == []


def test_gateways_are_told_which_keys_are_gone() -> None:
    """S27: what a channel keeps of a message goes as well."""
    log = Log()
    (lodged, erased) = log.tell(STREAM, LODGED, ERASED)
    refused = log.refuse(STREAM, ERASED)
    assert erased.envelope is not None
    ((event_id, (key, value, _, headers)),) = outbound([lodged, erased, refused]).items()
    assert (event_id, key) == (erased.envelope.event_id, STREAM.encode())
    assert WordsErased.model_validate_json(value or b"").key_ids == (FIRST, SECOND)
    assert ("ce_type", b"words.erased.v1") in headers


@pytest.mark.parametrize("reference", ["Li Na", "li.na", "138 0013 8000", "13800138000", "DSR", "dsr-1", "DSR-1-"])
def test_the_request_is_named_by_its_number_and_by_nothing_personal(reference: str) -> None:
    assert ErasureBody.model_validate({"basis": "objection", "reference": "DSR-2026-117"}).basis == "objection"
    with pytest.raises(ValidationError) as found:
        ErasureBody.model_validate({"basis": "objection", "reference": reference})
    (error,) = found.value.errors()
    assert (error["loc"], error["type"]) == (("reference",), "string_pattern_mismatch")
    assert reference not in error["msg"]

"""Rulebooks as one value (ADR 10): the same as long as they are, and the same answer between two versions."""

from datetime import UTC, datetime, timedelta

from published import LONG_AGO
from rulebooks.books import covering, latest
from rulebooks.shelf import shelf_of
from rulebooks.state import Books, Rulebook, Version
from triage.decider.state import Empty

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEY = "calendar/office"


def version(number: int, effective_at: datetime, known_at: datetime) -> Version:
    return Version(number, f"text {number}", effective_at, known_at, applies_to_running=False)


def books(*versions: Version) -> Books:
    return {KEY: Rulebook(versions)}


def test_equal_rulebooks_are_one_shelf_and_others_another() -> None:
    first = version(1, LONG_AGO, LONG_AGO)
    shelf = shelf_of(books(first))
    assert shelf_of(books(first)) is shelf
    assert shelf_of(books(first, version(2, NOON, NOON))) is not shelf
    assert shelf_of({}) is not shelf


def test_what_is_put_into_the_mapping_later_is_seen() -> None:
    mapping = dict(books(version(1, LONG_AGO, LONG_AGO)))
    before = shelf_of(mapping)
    mapping["calendar/other"] = Rulebook((version(1, NOON, NOON),))
    assert shelf_of(mapping).moments == (LONG_AGO, NOON)
    assert before.moments == (LONG_AGO,)


def test_books_of_other_chapters_have_no_versions_here() -> None:
    mapping: dict[str, object] = {**books(version(1, NOON, NOON)), "grade/grading": Empty()}
    assert shelf_of(mapping).moments == (NOON,)  # type: ignore[arg-type]  # as the runtime hands them over


def test_a_moment_finds_what_its_beginning_finds() -> None:
    """L24: which version counts changes only where one comes into force or becomes known."""
    told = books(
        version(1, NOON, NOON + 2 * HOUR), version(2, NOON - 3 * HOUR, NOON + HOUR), version(3, NOON + 5 * HOUR, NOON)
    )
    shelf = shelf_of(told)
    for minutes in range(-240, 481, 20):
        at = NOON + timedelta(minutes=minutes)
        since = shelf.since(at)
        assert since <= at
        assert covering(told, "calendar", "office", at) == covering(told, "calendar", "office", since)
        assert latest(told, "calendar", "office", at) == latest(told, "calendar", "office", since)

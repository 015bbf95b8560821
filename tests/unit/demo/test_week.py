"""The demo's week: the same each time, in two languages, over all channels, and nothing told after its end."""

import string
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from events.codec import canonical
from events.inbound import ToldLodged, ToldReported
from local.demo.voices import BRANCHES, PRODUCTS, voice
from local.demo.week import CASES, CHANNELS, WEEK, week
from local.importing.history import Event

ENDS = datetime(2026, 9, 24, 6, tzinfo=UTC)


def lodgings() -> list[ToldLodged]:
    return [event.data for event in week(ENDS).events if isinstance(event.data, ToldLodged)]


def words(event: Event, moved: timedelta) -> tuple[str, datetime, bytes]:
    data = event.data
    if isinstance(data, ToldLodged):
        data = data.model_copy(update={"dues": ()})
    return event.id, event.time - moved, canonical(data)


def test_the_week_is_the_same_each_time_and_moves_as_a_whole() -> None:
    later = timedelta(days=33, seconds=7)
    here = [words(event, timedelta(0)) for event in week(ENDS).events]
    there = [words(event, later) for event in week(ENDS + later).events]
    assert here == there


def test_every_channel_and_both_languages_are_heard() -> None:
    said = lodgings()
    assert len(said) == CASES
    assert {each.channel for each in said} == set(CHANNELS["zh"]) | set(CHANNELS["en"])
    assert min(Counter(each.language for each in said).values()) > CASES // 4


def test_hardly_anybody_says_the_same_words() -> None:
    texts = Counter(each.text for each in lodgings())
    assert len(texts) > CASES * 0.95


def test_everything_happened_within_the_week_and_in_order() -> None:
    times = [event.time for event in week(ENDS).events]
    assert times == sorted(times)
    assert ENDS - WEEK <= times[0] <= times[-1] < ENDS


def test_some_end_in_time_some_late_some_return_and_some_stay_open() -> None:
    read = week(ENDS)
    lodged = {event.subject: event.data for event in read.events if isinstance(event.data, ToldLodged)}
    due = {subject: given for subject, data in lodged.items() if (given := data.dues[0].due) is not None}
    told = [event for event in read.events if isinstance(event.data, ToldReported)]
    closed = {event.subject: event.time for event in told if event.id.endswith("#closed")}
    returned = {event.subject for event in told if event.id.endswith("#reopened")}
    assert all(subject in closed for subject in returned)
    kinds = Counter(
        "returned" if subject in returned else "open" if subject not in closed else closed[subject] <= moment
        for subject, moment in due.items()
    )
    assert set(kinds) == {"returned", "open", True, False}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_fragment_fits_every_slot(language: str) -> None:
    spoken = voice(language)
    assert (len(spoken.cars), len(spoken.shops)) == (len(PRODUCTS), len(BRANCHES))
    slots = {"car", "shop", "days", "km", "amount"}
    stories = [story for theme in spoken.theme for story in theme.stories]
    fragments = [text for story in stories for text in (story.happened, *story.since, *story.wanted)]
    for fragment in fragments + spoken.openings + spoken.closings:
        assert {name for _, name, _, _ in string.Formatter().parse(fragment) if name} <= slots


def test_both_languages_complain_about_the_same_things() -> None:
    assert [theme.category for theme in voice("zh").theme] == [theme.category for theme in voice("en").theme]

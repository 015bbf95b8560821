"""Calendars: what is refused, what is open, and what lies beyond the days that a calendar knows."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from clock_forms import ALWAYS, OFFICE, at, calendar, holiday, policy, ran, spec, wall
from clocks import OutOfReach, due, elapsed, is_open, next_opening
from clocks.wall import moment, zone_named, zone_names

LONDON = calendar(holiday("2025-04-18"), holiday("2025-04-21"))


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"week": {}}, "never open"),
        ({"week": {"mon": ["09:00-09:00"]}}, "empty; a whole day is 00:00-24:00"),
        ({"week": {"mon": ["9-17"]}}, "no span of hours"),
        ({"week": {"mon": ["09:00-25:00"]}}, "no span of hours"),
        ({"week": {"mon": ["09:00-13:00", "12:00-17:00"]}}, "overlap"),
        ({"week": {"mon": ["22:00-06:00"], "tue": ["05:00-12:00"]}}, "week.mon: open hours run into"),
        ({"week": {"monday": ["09:00-17:00"]}}, "Extra inputs"),
        ({"zone": "Mars/Olympus"}, "no time zone"),
        ({"last": "2010-12-31"}, "before `first`"),
        ({"day": [holiday("2027-01-01")]}, "not between `first` and `last`"),
        ({"day": [holiday("2025-01-01"), holiday("2025-01-01")]}, "day.1: 2025-01-01 has a rule already: day.0"),
        ({"day": [holiday("2025-01-01", open=["09:00-12:00"])]}, "a holiday is closed"),
        ({"day": [{"date": "2025-01-04", "kind": "make-up", "why": "x"}]}, "needs open hours"),
        ({"day": [{"from": "2025-01-04", "kind": "holiday", "why": "x"}]}, "either `date`, or both"),
        ({"day": [{"from": "2025-01-04", "to": "2025-01-01", "kind": "holiday", "why": "x"}]}, "is before `from`"),
        (
            {"day": [{"date": "2025-01-01", "kind": "special", "open": ["22:00-10:00"], "why": "x"}]},
            "day.0: open hours of 2025-01-01 run into those of 2025-01-02",
        ),
    ],
)
def test_a_calendar_that_is_not_sound_is_refused(form: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        spec(**form)  # type: ignore[arg-type]


def test_an_opening_is_open_and_a_closing_is_not() -> None:
    open_at = [is_open(at(f"2025-04-17 {time}", LONDON), LONDON) for time in ("08:59", "09:00", "16:59:59", "17:00")]
    assert open_at == [False, True, True, False]
    assert wall(next_opening(at("2025-04-17 17:00", LONDON), LONDON), LONDON) == "Tue 2025-04-22 09:00"
    assert wall(next_opening(at("2025-04-17 12:00", LONDON), LONDON), LONDON) == "Thu 2025-04-17 12:00"


def test_zones_do_not_come_from_the_machine() -> None:
    """A proof is the same bytes anywhere: the zones are those of the locked package."""
    assert LONDON.zone is zone_named("Europe/London")
    assert LONDON.zone is not ZoneInfo("Europe/London")
    assert {"UTC", "Asia/Kathmandu", "Australia/Lord_Howe"} <= zone_names()
    with pytest.raises(KeyError):
        zone_named("../zones")


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    """It is not cut by the holiday that follows; the holiday's own night is closed."""
    nights = calendar(holiday("2025-04-16"), week={day: ["22:00-06:00"] for day in ALWAYS})
    assert nights.is_open(at("2025-04-16 05:59", nights))
    assert not nights.is_open(at("2025-04-16 23:00", nights))
    assert not nights.works(date(2025, 4, 16).toordinal())
    start = at("2025-04-15 20:00", nights)
    assert wall(due(start, policy(9, "business-hours"), nights), nights) == "Thu 2025-04-17 23:00"


def test_days_around_the_clock_lose_no_minute_at_midnight() -> None:
    always = calendar(week=ALWAYS)
    assert elapsed(
        at("2025-04-01 00:00", always), at("2025-05-01 00:00", always), policy(None, "business-hours"), always
    ).time == timedelta(days=30)


def test_open_hours_that_the_zone_skips_or_repeats() -> None:
    """01:00 to 02:00 does not exist on the last Sunday in March, and comes twice on the last in October."""
    early = calendar(week={day: ["01:00-02:00"] for day in ALWAYS})
    rule = policy(None, "business-hours")

    def open_time(day: str) -> timedelta:
        return elapsed(at(f"{day} 00:00", early), at(f"{day} 12:00", early), rule, early).time

    assert open_time("2025-03-30") == timedelta()
    assert not early.works(date(2025, 3, 30).toordinal())
    # Until 02:00, which is shown first after both of its hours have passed.
    assert open_time("2025-10-26") == timedelta(hours=2)


def test_make_up_days_and_special_hours() -> None:
    odd = calendar(
        {"date": "2025-04-19", "kind": "make-up", "open": ["09:00-12:00"], "why": "for Friday"},
        {"from": "2025-04-21", "to": "2025-04-22", "kind": "special", "open": ["10:00-11:00"], "why": "short days"},
    )
    start = at("2025-04-18 16:00", odd)
    assert wall(due(start, policy(6, "business-hours"), odd), odd) == "Tue 2025-04-22 11:00"
    assert wall(due(start, policy(1, "business-days"), odd), odd) == "Sat 2025-04-19 16:00"


def test_beyond_its_last_day_the_week_goes_on_and_the_answer_is_provisional() -> None:
    short = calendar(last="2025-12-31")
    near = ran("2025-12-29 10:00", "2025-12-29 10:00", policy(2, "business-days"), short)
    over = ran("2025-12-29 10:00", "2025-12-29 10:00", policy(3, "business-days"), short)
    assert (near.provisional, over.provisional) == (False, True)
    assert wall(over.due, short) == "Thu 2026-01-01 10:00"
    assert over.why_provisional == ("calendar office knows nothing after 2025-12-31",)
    assert over.proof.provisional == over.why_provisional
    before = ran("2010-12-29 10:00", "2010-12-29 10:00", policy(1, "business-days"), short)
    assert before.why_provisional == ("calendar office knows nothing before 2011-01-01",)


def test_unconfirmed_dates_make_what_leans_on_them_provisional() -> None:
    later = calendar(
        {"from": "2026-10-01", "to": "2026-10-07", "kind": "holiday", "why": "national", "confirmed": False}
    )
    touched = ran("2026-09-29 10:00", "2026-09-29 10:00", policy(3, "business-days"), later)
    assert wall(touched.due, later) == "Fri 2026-10-09 10:00"
    assert touched.why_provisional == ("not confirmed: 2026-10-01 to 2026-10-07 national",)
    assert not ran("2026-09-29 10:00", "2026-09-29 10:00", policy(1, "business-days"), later).provisional


def test_what_does_not_ask_which_days_are_open_is_never_provisional() -> None:
    """Twenty minutes are twenty minutes; but an end that rolls leans on the calendar."""
    short = calendar(last="2025-12-31")
    start = "2025-12-31 23:50"
    assert not ran(start, start, policy(20, "minutes"), short).provisional
    assert not ran(start, start, policy(20, "calendar-days"), short).provisional
    assert ran(start, start, policy(20, "calendar-days", closed_end="rolls"), short).provisional


def test_a_far_date_is_found_and_a_seldom_open_calendar_is_out_of_reach() -> None:
    far = calendar(last=None)
    assert wall(due(at("2059-07-04 10:00", far), policy(1, "business-days"), far), far) == "Mon 2059-07-07 10:00"
    assert wall(due(at("1999-07-02 10:00", far), policy(1, "business-days"), far), far) == "Mon 1999-07-05 10:00"
    seldom = calendar(week={"mon": ["09:00-09:01"]})
    with pytest.raises(OutOfReach):
        due(at("2025-07-02 10:00", seldom), policy(1000, "business-hours"), seldom)


def test_a_calendar_written_anew_gives_a_new_answer_and_keeps_the_old() -> None:
    """T25: a holiday that is announced later."""
    start, rule = "2025-06-02 10:00", policy(10, "business-days")
    before, after = calendar(week=OFFICE), calendar(holiday("2025-06-12", "announced on day 4"))
    assert wall(ran(start, start, rule, before).due, before) == "Mon 2025-06-16 10:00"
    assert wall(ran(start, start, rule, after).due, after) == "Tue 2025-06-17 10:00"


@pytest.mark.parametrize("hours", range(0, 24 * 9, 12))
def test_at_the_end_of_what_is_laid_out_the_answers_are_those_of_a_calendar_that_reaches_farther(hours: int) -> None:
    """What is laid out grows with what is asked, and no answer hangs on how far it has grown."""
    short, far = (calendar(week={"wed": ["09:00-17:00"]}, last="2012-12-31") for _ in range(2))
    asked = moment(short._table.end) - timedelta(hours=hours)
    far.next_opening(asked + timedelta(days=4_000))
    assert short.next_opening(asked) == far.next_opening(asked)

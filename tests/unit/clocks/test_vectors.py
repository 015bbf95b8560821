"""The vectors that were computed by hand, each under its id, by calendars and policies that are data."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clocks import Ended, Extended, History, Paused, Started, due, elapsed, run
from events.escalation import ClockStarted
from events.intake import ComplaintAmended, MessageReceived
from rulebooks.books import Edition, as_first
from rulebooks.forms import calendar_of, pack_of
from rulebooks.histories import Recorded, reckoned
from rulebooks.state import Rulebook, Version, in_force
from shipped import Rule, calendar, edition, rule

LONDON, SHANGHAI = ZoneInfo("Europe/London"), ZoneInfo("Asia/Shanghai")
NEW_YORK, SYDNEY = ZoneInfo("America/New_York"), ZoneInfo("Australia/Sydney")


def noon(day: str, zone: ZoneInfo) -> datetime:
    """The vectors give a day: any time of it will do."""
    return datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=zone)


def extended(found: Rule, start: datetime) -> date:
    """The last day after the one extension that the policy allows, told to the complainant the day after the start."""
    told = start + timedelta(days=1)
    more = Extended(
        told, "extension", noticed_at=told, has=found.policy.extensions.needs if found.policy.extensions else ()
    )
    state = run(History(Started(start, "start"), (more,)), found.policy, found.calendar, told)
    assert state.refused == ()
    assert state.due is not None
    return found.calendar.local(state.due).date()


DAYS = [
    ("T02", "uk-fca-disp/final-response", LONDON, "2025-06-04", "2025-07-30"),
    ("T03", "uk-fca-disp/payment-services-response", LONDON, "2025-04-17", "2025-05-13"),
    ("T05", "uk-housing-ombudsman/stage-1-acknowledgement", LONDON, "2025-12-15", "2025-12-22"),
    ("T05", "uk-housing-ombudsman/stage-1-response", LONDON, "2025-12-22", "2026-01-08"),
    ("T06", "uk-nhs/acknowledgement", LONDON, "2025-05-02", "2025-05-08"),
    ("T08", "us-reg-e/investigation", NEW_YORK, "2025-06-27", "2025-07-14"),
    ("T08", "us-reg-e/investigation-new-account", NEW_YORK, "2025-06-27", "2025-07-28"),
    ("T08", "us-reg-e/investigation-with-credit", NEW_YORK, "2025-06-27", "2025-08-11"),
    ("T08", "us-reg-e/investigation-with-credit-long", NEW_YORK, "2025-06-27", "2025-09-25"),
    ("T09", "au-rg-271/response-credit", SYDNEY, "2025-10-01", "2025-10-22"),
    ("T09", "au-rg-271/response", SYDNEY, "2025-10-01", "2025-10-31"),
    ("T09", "au-rg-271/response-superannuation", SYDNEY, "2025-10-01", "2025-11-15"),
    ("T10", "cn-12315/accept", SHANGHAI, "2025-09-26", "2025-10-13"),
    ("T13", "cn-bank-insurance/decision", SHANGHAI, "2025-09-26", "2025-10-11"),
    ("T13", "cn-bank-insurance/complex-decision", SHANGHAI, "2025-09-26", "2025-10-26"),
    ("T14", "cn-12345-local/finish", SHANGHAI, "2025-09-26", "2025-10-21"),
    ("T17", "uk-day-one/rolls", LONDON, "2024-03-02", "2024-03-11"),
    ("T17", "uk-day-one/stands", LONDON, "2024-03-02", "2024-03-08"),
    ("T17", "uk-day-one/rolls", LONDON, "2024-03-01", "2024-03-08"),
    ("T17", "uk-day-one/stands", LONDON, "2024-03-01", "2024-03-08"),
]


@pytest.mark.parametrize(("vector", "ref", "zone", "received", "last_day"), DAYS)
def test_the_last_day(vector: str, ref: str, zone: ZoneInfo, received: str, last_day: str) -> None:
    """K03, K04, K07, K09, K11, K14 to K16, K18, K20, K25 and the two readings of the first day."""
    assert rule(ref).due(noon(received, zone)).date() == date.fromisoformat(last_day), vector


def test_t01_the_third_business_day_over_easter() -> None:
    """K01: Good Friday and Easter Monday do not count; it ends with the close of business."""
    assert rule("uk-fca-disp/summary-resolution").due(noon("2025-04-17", LONDON)) == datetime(
        2025, 4, 24, 17, tzinfo=LONDON
    )


@pytest.mark.parametrize(
    ("vector", "ref", "zone", "received", "last_day"),
    [
        ("T03", "uk-fca-disp/payment-services-response", LONDON, "2025-04-17", "2025-06-11"),
        ("T05", "uk-housing-ombudsman/stage-1-response", LONDON, "2025-12-22", "2026-01-22"),
        ("T13", "cn-bank-insurance/complex-decision", SHANGHAI, "2025-09-26", "2025-11-25"),
    ],
)
def test_the_last_day_when_extended(vector: str, ref: str, zone: ZoneInfo, received: str, last_day: str) -> None:
    """K04, K07, K20: an extension that was told in time."""
    assert extended(rule(ref), noon(received, zone)) == date.fromisoformat(last_day), vector


@pytest.mark.parametrize(("received", "last_day"), [("2026-04-07", "2026-06-02"), ("2026-04-08", "2026-05-20")])
def test_t04_the_day_of_receipt_picks_the_version_of_the_law(received: str, last_day: str) -> None:
    """K06: eight weeks until 2026-04-07, six from 2026-04-08 on, by the version in force when it was received."""
    known = datetime(2026, 1, 1, tzinfo=LONDON)

    def version(number: int, name: str, since: datetime) -> Version:
        return Version(number, edition("pack", name).text, since, known, applies_to_running=False)

    law = Rulebook(
        (
            version(1, "uk-ofcom-adr-until-2026-04-07", datetime(2009, 1, 1, tzinfo=LONDON)),
            version(2, "uk-ofcom-adr", datetime(2026, 4, 8, tzinfo=LONDON)),
        )
    )
    found = in_force(law, at=noon(received, LONDON))
    assert found is not None
    pack = pack_of(Edition("pack", "uk-ofcom-adr", found.number, found.text))
    policy = pack.policy[0]
    last = due(noon(received, LONDON), policy, calendar_of(edition("calendar", pack.calendar)))
    assert last.astimezone(LONDON).date() == date.fromisoformat(last_day)


@pytest.mark.parametrize(("ref", "last_day"), [("chase", "2025-10-22"), ("criticism", "2025-10-28")])
def test_t14_what_follows_when_the_order_is_not_finished(ref: str, last_day: str) -> None:
    """K25: the chase letter on the day after, public criticism after five working days; they start with the breach."""
    breached = rule("cn-12345-local/finish").due(noon("2025-09-26", SHANGHAI))
    assert rule(f"cn-12345-local/{ref}").due(breached).date() == date.fromisoformat(last_day)


HOURS = """
name = "hours"
title = "Limits in hours"
source = "the vectors"
calendar = "always-london"

[[policy]]
name = "two-hours"
budget = { amount = 2, unit = "hours" }
source = "T18"
standing = "V"

[[policy]]
name = "one-business-hour"
calendar = "england-wales"
budget = { amount = 1, unit = "business-hours" }
source = "T20"
standing = "V"
"""


def by_hours(name: str, start: datetime) -> str:
    pack = pack_of(Edition("pack", "hours", 1, HOURS))
    policy = pack.named(name)
    assert policy is not None
    return Rule(policy, calendar(pack.calendar_of(policy))).due(start).isoformat()


def test_t18_two_hours_over_the_spring_gap() -> None:
    """R81: round the clock, on the night when London's clocks go forward."""
    assert by_hours("two-hours", datetime(2025, 3, 30, 0, 30, tzinfo=LONDON)) == "2025-03-30T03:30:00+01:00"


def test_t20_a_business_hour_over_the_weekend_of_a_clock_change() -> None:
    """Nine to five, Monday to Friday: half an hour on Friday, half an hour on Monday."""
    assert by_hours("one-business-hour", datetime(2025, 3, 28, 16, 30, tzinfo=LONDON)) == "2025-03-31T09:30:00+01:00"


def test_t21_neither_a_holiday_nor_midnight_stops_the_twenty_minutes() -> None:
    """R83: a message on a net channel, left on the eve of the National Day."""
    found = rule("company-default/net-reply").due(datetime(2025, 9, 30, 23, 50, tzinfo=SHANGHAI))
    assert found == datetime(2025, 10, 1, 0, 10, tzinfo=SHANGHAI)


def test_t23_resolved_straight_from_the_pause() -> None:
    """Started on 15 January, waits from 1 February, resolved on 1 August without ever having been resumed: the time
    that it took is the seventeen days before the pause.
    """
    started = datetime(2025, 1, 15, 9, tzinfo=SHANGHAI)
    waits, resolved = datetime(2025, 2, 1, 9, tzinfo=SHANGHAI), datetime(2025, 8, 1, 9, tzinfo=SHANGHAI)
    found = rule("bpi2013/handling")
    history = History(Started(started, "1"), (Paused(waits, "wait", "2"), Ended(resolved, "met", "3")))
    state = run(history, found.policy, found.calendar, resolved + timedelta(days=30))
    assert (state.state, state.ended_at) == ("met", resolved)
    assert (state.elapsed.time, state.paused) == (waits - started, resolved - waits)


def test_t25_a_holiday_that_is_announced_late() -> None:
    """Ten business days from Monday 2025-06-02 end on the 16th. On the fourth of them, Friday the 6th, a new holiday on
    the 12th becomes known: one day more, and what was known before can still be asked for.
    """
    start, announced = datetime(2025, 6, 2, 12, tzinfo=NEW_YORK), datetime(2025, 6, 6, 12, tzinfo=NEW_YORK)
    policy = rule("us-reg-e/investigation").policy
    text = edition("calendar", "us-federal").text
    holiday = '\n[[day]]\ndate = "2025-06-12"\nkind = "holiday"\nwhy = "announced on 2025-06-06"\n'
    first = Version(1, text, start, start, applies_to_running=False)
    second = replace(first, number=2, text=text + holiday, known_at=announced, applies_to_running=True)
    book = Rulebook((first, second))

    def last_day(known_at: datetime) -> date:
        version = in_force(book, at=announced, known_at=known_at)
        assert version is not None
        calendar = calendar_of(Edition("calendar", "us-federal", version.number, version.text))
        assert elapsed(start, announced, policy, calendar).whole == 3
        return due(start, policy, calendar).astimezone(NEW_YORK).date()

    assert last_day(announced - timedelta(seconds=1)) == date(2025, 6, 16)
    assert last_day(announced) == date(2025, 6, 17)


def test_t26_a_comment_moves_no_due_time() -> None:
    """A limit of five days, started on Monday 2026-03-02; on Friday, the fourth of them, the complainant leaves a
    message and amends the complaint: the same due time, the same proof.
    """
    start, comments = datetime(2026, 3, 2, 12, tzinfo=SHANGHAI), datetime(2026, 3, 6, 12, tzinfo=SHANGHAI)
    last = datetime(2026, 3, 9, 12, tzinfo=SHANGHAI)
    started = ClockStarted(
        at=start,
        clock="resolution",
        due=last,
        policy="company-default/complaint-resolution@1",
        calendar="shanghai-weekdays@1",
    )
    comment = MessageReceived(at=comments, message_id="m1", channel="weibo")
    amended = ComplaintAmended(at=comments, field="channel", after="phone", reason="clearer", by="handler-1")
    told = [Recorded(f"e{n}", fact.at, fact) for n, fact in enumerate((started, comment, amended), start=1)]
    named = (edition("pack", "company-default"), edition("calendar", "shanghai-weekdays"))
    books = as_first({f"{one.kind}/{one.name}": one.text for one in named})
    before, after = (reckoned(facts, books, "resolution", comments) for facts in (told[:1], told))
    assert before.due == after.due == last
    assert before.proof.as_json() == after.proof.as_json()

"""What a proof looks like, word for word: an ombudsman reads it."""
# ruff: noqa: E501 - proofs as they are printed

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from clock_forms import at, calendar, holiday, policy, ran
from clocks import Ended, Extended, Paused, Policy, Resumed
from clocks.proof import Proof, duration
from proof_text import checked, read

OFFICE = calendar(holiday("2025-04-18", "Good Friday"), holiday("2025-04-21", "Easter Monday"))
WAIT = "awaiting-complainant"


def proof_of(rule: Policy, start: str, asked: str, *steps: Paused | Resumed | Extended | Ended) -> Proof:
    return ran(start, asked, rule, OFFICE, *steps).proof


def test_business_hours_with_a_pause() -> None:
    rule = policy(12, "business-hours", pauses=[WAIT])
    pause = Paused(at("2025-04-17 15:00", OFFICE), WAIT, "e-2")
    found = proof_of(rule, "2025-04-16 16:00", "2025-05-01", pause, Resumed(at("2025-04-22 10:00", OFFICE), "e-3"))
    assert (
        found.as_text()
        == """\
Policy   limit: 12 business-hours
Source   invented (unconfirmed, not to be taken for law)
Calendar office (Europe/London), known from 2011-01-01 to 2026-12-31; invented
Rule     a pause takes out its own time, as far as it is open; lawful reasons: awaiting-complainant
Started  Wed 2025-04-16 16:00:00+01:00 by start
Due      Tue 2025-04-22 15:00:00+01:00

from | to | what | how much | counted so far | why
Wed 2025-04-16 16:00:00+01:00 | Wed 2025-04-16 17:00:00+01:00 | counted | 1:00:00 | 1:00:00 | open 09:00-17:00
Wed 2025-04-16 17:00:00+01:00 | Thu 2025-04-17 09:00:00+01:00 | closed | - | 1:00:00 | closed: outside open hours
Thu 2025-04-17 09:00:00+01:00 | Thu 2025-04-17 15:00:00+01:00 | counted | 6:00:00 | 7:00:00 | open 09:00-17:00
Thu 2025-04-17 15:00:00+01:00 | Thu 2025-04-17 17:00:00+01:00 | paused | 2:00:00 | 7:00:00 | paused: awaiting-complainant (e-2)
Thu 2025-04-17 17:00:00+01:00 | Tue 2025-04-22 09:00:00+01:00 | closed | - | 7:00:00 | closed: 2025-04-18 Good Friday, 2025-04-19 Saturday, 2025-04-20 Sunday, 2025-04-21 Easter Monday
Tue 2025-04-22 09:00:00+01:00 | Tue 2025-04-22 10:00:00+01:00 | paused | 1:00:00 | 7:00:00 | paused: awaiting-complainant (e-2)
Tue 2025-04-22 10:00:00+01:00 | Tue 2025-04-22 15:00:00+01:00 | counted | 5:00:00 | 12:00:00 | open 09:00-17:00

Counted  12:00:00
"""
    )


def test_business_days_with_everything() -> None:
    rule = policy(
        2,
        "business-days",
        closed_start="rolls",
        cutoff="17:00",
        after_cutoff="08:30",
        pauses=[WAIT],
        extensions={"times": 1, "amount": 1, "unit": "business-days"},
    )
    pause = Paused(at("2025-04-23 16:00", OFFICE), WAIT, "e-2")
    found = proof_of(
        rule,
        "2025-04-19 18:00",
        "2025-05-01",
        pause,
        Resumed(at("2025-04-24 10:00", OFFICE), "e-3"),
        Paused(at("2025-04-24 11:00", OFFICE), "busy", "e-4"),
        Extended(at("2025-04-24 12:00", OFFICE), "e-5"),
        Ended(at("2025-04-29 10:30", OFFICE), "met", "e-6"),
    )
    assert (
        replace(found, policy="pack/limit@3", calendar="office@2").as_text()
        == """\
Policy   pack/limit@3: 2 business-days + 1 business-days
Source   invented (unconfirmed, not to be taken for law)
Calendar office@2 (Europe/London), known from 2011-01-01 to 2026-12-31; invented
Rule     the day of the start is day 0
Rule     a start on a day that is no working day moves to the next, same time of day
Rule     a start after 17:00 moves to the next working day at 08:30
Rule     it ends at the time of day of the start
Rule     a pause takes out its own time, as far as it is open; lawful reasons: awaiting-complainant
Started  Sat 2025-04-19 18:00:00+01:00 by start
Due      Mon 2025-04-28 11:00:00+01:00
Ended    Tue 2025-04-29 10:30:00+01:00 met by e-6, too late
         31:30:00 counted until then, 2:00:00 paused
Note     Thu 2025-04-24 11:00:00+01:00 pause not lawful here, moves nothing: busy (e-4)
Note     Thu 2025-04-24 12:00:00+01:00 extension by 1 business-days (e-5)

from | to | what | how much | taken out so far | why
Wed 2025-04-23 16:00:00+01:00 | Wed 2025-04-23 17:00:00+01:00 | paused | 1:00:00 | 1:00:00 | paused: awaiting-complainant (e-2)
Wed 2025-04-23 17:00:00+01:00 | Thu 2025-04-24 09:00:00+01:00 | closed | - | 1:00:00 | closed: outside open hours
Thu 2025-04-24 09:00:00+01:00 | Thu 2025-04-24 10:00:00+01:00 | paused | 1:00:00 | 2:00:00 | paused: awaiting-complainant (e-2)

Paused   2:00:00

from | to | what | how much | counted so far | why
Sat 2025-04-19 18:00:00+01:00 | Wed 2025-04-23 08:30:00+01:00 | outside | - | 0 days | the start moves: Saturday is no working day and a start after 17:00 counts from 08:30 of the next working day
Wed 2025-04-23 08:30:00+01:00 | Thu 2025-04-24 00:00:00+01:00 | outside | - | 0 days | day 0, on which counting begins, does not count
Thu 2025-04-24 00:00:00+01:00 | Sat 2025-04-26 00:00:00+01:00 | counted | 2 days | 2 days | working day
Sat 2025-04-26 00:00:00+01:00 | Mon 2025-04-28 00:00:00+01:00 | closed | - | 2 days | closed: 2025-04-26 Saturday, 2025-04-27 Sunday
Mon 2025-04-28 00:00:00+01:00 | Mon 2025-04-28 08:30:00+01:00 | counted | 1 day | 3 days | working day
Mon 2025-04-28 08:30:00+01:00 | Mon 2025-04-28 09:00:00+01:00 | closed | - | 3 days | closed: outside open hours
Mon 2025-04-28 09:00:00+01:00 | Mon 2025-04-28 11:00:00+01:00 | moved | 2:00:00 | 3 days | the open time of the pauses is added: open 09:00-17:00

Counted  3 days
"""
    )


@pytest.mark.parametrize(("until", "moves"), [("2025-04-24", ["04-20", "04-22"]), ("2025-04-29", ["04-25"])])
def test_what_is_taken_out_after_the_last_counted_day_is_not_counted(until: str, moves: list[str]) -> None:
    """The end moves over Easter to Tuesday, where a pause begins: two days are counted all the same. Those of the pause
    are added to the last that counted, and then it moves to a working day, as the due time does.
    """
    rule = policy(2, "calendar-days", closed_end="rolls", end_at="end-of-day", pauses=[WAIT], pause_counts="days")
    pause = Paused(at("2025-04-22 10:00", OFFICE), WAIT, "e-2")
    resumed = Resumed(at(f"{until} 10:00", OFFICE), "e-3")
    found = proof_of(rule, "2025-04-16 16:00", "2025-05-01", pause, resumed)
    text = checked(found.as_text())
    assert (text.counted[0], text.ends) == (2, found.due)
    assert [f"{row.end:%m-%d}" for row in text.rows if row.what == "moved"] == moves


def test_months_are_months_and_not_their_days() -> None:
    """What a pause takes out is added behind them; the last day says when it closes."""
    extensions = {"times": 1, "amount": 10, "unit": "calendar-days"}
    rule = policy(3, "months", end_at="close-of-business", pauses=[WAIT], pause_counts="days", extensions=extensions)
    found = proof_of(
        rule,
        "2024-11-30 18:00",
        "2025-09-01",
        Paused(at("2024-12-03 10:00", OFFICE), WAIT, "e-2"),
        Resumed(at("2024-12-05 10:00", OFFICE), "e-3"),
        Extended(at("2025-01-06 12:00", OFFICE), "e-4"),
    )
    checked(found.as_text())
    assert (
        "\n\n".join(found.as_text().split("\n\n")[1:])
        == """\
from | to | what | how much | taken out so far | why
Tue 2024-12-03 10:00:00+00:00 | Thu 2024-12-05 10:00:00+00:00 | paused | 2 days | 2 days | paused: awaiting-complainant; takes out 2024-12-04 to 2024-12-05 (e-2)

Paused   2 days

from | to | what | how much | counted so far | why
Sat 2024-11-30 18:00:00+00:00 | Sun 2024-12-01 00:00:00+00:00 | outside | - | 0 months | day 0, on which counting begins, does not count
Sun 2024-12-01 00:00:00+00:00 | Sat 2025-03-01 00:00:00+00:00 | counted | 3 months | 3 months | 2024-11-30 and 3 months is 2025-02-28, the last day of that month
Sat 2025-03-01 00:00:00+00:00 | Mon 2025-03-10 17:00:00+00:00 | counted | 10 days | 3 months + 10 days | 2025-02-28 and 10 calendar-days is 2025-03-10; 2025-03-10 is open 09:00-17:00
Mon 2025-03-10 17:00:00+00:00 | Wed 2025-03-12 17:00:00+00:00 | moved | 2 days | 3 months + 10 days | days that pauses take out, and no row above does, are added; 2025-03-12 is open 09:00-17:00

Counted  3 months + 10 days
"""
    )


def test_days_that_open_at_other_hours_are_rows_of_their_own() -> None:
    """Each row's hours are true of every day in it, also where days are equally long."""
    late = calendar(week={"mon": ["09:00-17:00"], "tue": ["10:00-18:00"]})
    found = ran("2025-06-02 09:00", "2025-06-02 09:00", policy(16, "business-hours"), late).proof
    assert [one.why for one in found.segments if one.kind == "counted"] == ["open 09:00-17:00", "open 10:00-18:00"]


def test_years_fold_into_weeks() -> None:
    """Equal neighbouring days are one row that says how many there are."""
    found = proof_of(policy(4000, "business-hours"), "2023-01-02 09:00", "2023-01-02 09:00")
    assert len(found.segments) == 2 * 100 - 1
    assert found.segments[0].why == "open 09:00-17:00, 5 days of 8:00:00"
    assert found.counted.time.total_seconds() == 4000 * 3600


def test_a_paused_proof_says_as_of_when_and_a_running_one_does_not_hang_on_it() -> None:
    rule = policy(12, "business-hours", pauses=[WAIT])
    pause = Paused(at("2025-04-17 15:00", OFFICE), WAIT, "e-2")
    running = [proof_of(rule, "2025-04-16 16:00", f"2025-04-17 {hour}:00").as_json() for hour in (10, 12)]
    paused = [proof_of(rule, "2025-04-16 16:00", f"2025-04-22 {hour}:00", pause).as_json() for hour in (10, 12)]
    assert running[0] == running[1]
    assert paused[0] != paused[1]
    assert json.loads(paused[1])["as_of"] == "2025-04-22T11:00:00Z"
    assert json.loads(running[1])["as_of"] is None


def test_the_json_is_canonical() -> None:
    found = proof_of(policy(90, "minutes"), "2025-04-16 16:00:00.250000", "2025-04-17 10:00").as_json()
    assert found == (
        b'{"as_of":null,"calendar":"office","conventions":[],"counts":"90 minutes","due":"2025-04-16T16:30:00.250000Z",'
        b'"ended":null,"known":"known from 2011-01-01 to 2026-12-31; invented","notes":[],"pauses":[],"policy":"limit",'
        b'"provisional":[],"segments":[{"begin":"2025-04-16T15:00:00.250000Z","days":0,'
        b'"end":"2025-04-16T16:30:00.250000Z","event":null,"kind":"counted","months":0,"time":"1:30:00",'
        b'"why":"every hour counts"}],"source":"invented (unconfirmed, not to be taken for law)",'
        b'"started":"2025-04-16T15:00:00.250000Z","started_by":"start","zone":"Europe/London"}'
    )


def test_nobody_s_words_make_a_line_or_a_cell_of_their_own() -> None:
    """A reason is what somebody typed; the proof still reads as it was computed."""
    forged = "late | x\nDue      Mon 2030-01-07 09:00:00+00:00\u2028\u202e"
    rule = policy(12, "business-hours", pauses=[f"a | b {WAIT}"])
    lawful = Paused(at("2025-04-17 15:00", OFFICE), f"a | b {WAIT}", "e-2")
    unlawful = Paused(at("2025-04-17 10:00", OFFICE), forged, "e-1")
    found = proof_of(rule, "2025-04-16 16:00", "2025-05-01", unlawful, lawful)
    text = read(found.as_text())
    assert (text.due, text.ends) == (found.due, found.due)
    assert all(line.isprintable() for line in found.as_text().split("\n"))


@pytest.mark.parametrize(
    ("ended", "in_time"), [("2025-04-17 17:59:59", True), ("2025-04-17 18:00", True), ("2025-04-17 18:00:01", False)]
)
def test_an_end_is_in_time_up_to_the_due_time_itself(ended: str, in_time: bool) -> None:
    """A proof says of every end whether it came in time; of what is only measured nothing is too late."""
    end = Ended(at(ended, OFFICE), "met", "e-2")
    for rule, expected in ((policy(2), in_time), (policy(None), True)):
        found = proof_of(rule, "2025-04-17 16:00", "2025-05-01", end)
        assert found.ended is not None
        assert found.ended.in_time is expected
        assert ("in time" in found.as_text()) is (in_time and found.due is not None)


@pytest.mark.parametrize(
    ("start", "moves"),
    [
        ("2025-04-17 16:00", []),
        ("2025-04-17 17:30", ["a start after 17:00 counts from 08:30 of the next working day"]),
        ("2025-04-19 10:00", ["Saturday is no working day"]),
        ("2025-04-18 16:00", ["Good Friday is no working day"]),
    ],
)
def test_why_a_start_moves_is_said_where_it_does(start: str, moves: list[str]) -> None:
    """And what did not move it is not said to have."""
    rule = policy(2, "business-hours", closed_start="rolls", cutoff="17:00", after_cutoff="08:30")
    said = [one.why for one in proof_of(rule, start, "2025-05-01").segments if one.why.startswith("the start moves")]
    assert said == ([f"the start moves: {moves[0]}"] if moves else [])


def test_a_pause_of_hours_shows_the_time_that_it_takes_out() -> None:
    pause = Paused(at("2025-04-17 17:00", OFFICE), WAIT, "e-2"), Resumed(at("2025-04-17 20:30", OFFICE), "e-3")
    (paused,) = (
        one for one in proof_of(policy(4, pauses=[WAIT]), "2025-04-17 16:00", "2025-05-01", *pause).segments
        if one.kind == "paused"
    )  # fmt: skip
    assert paused.time == paused.end - paused.begin == timedelta(hours=3, minutes=30)


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (timedelta(), "0:00:00"),
        (timedelta(minutes=59, seconds=59), "0:59:59"),
        (timedelta(hours=1), "1:00:00"),
        (timedelta(days=4, seconds=61), "96:01:01"),
        (timedelta(hours=7, microseconds=250), "7:00:00.000250"),
    ],
)
def test_durations_are_hours_and_never_days(time: timedelta, said: str) -> None:
    assert duration(time) == said

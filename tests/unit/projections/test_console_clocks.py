"""How clocks are said: what is left, what moved them, their proofs, and a case as it was. Pure, from invented views."""

from dataclasses import replace
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

import console_pages as invented
from clocked import at
from clocks.given import GivenProof, Giver, Later
from projections.console import board, case, clocks, proof, then, worklist
from projections.console.life import life
from projections.console.spoken import spoken
from projections.reckoning import NOW
from runtime.problems import Problem


def test_a_missed_clock_is_red_after_the_answer_came() -> None:
    """Principle 3: failure stays visible."""
    reader = invented.reader()
    late = clocks.due_of(invented.case()["clocks"]["first-reply"], reader)
    assert (late.tone, late.icon, late.text) == ("late", "late", "7 m late")
    met = clocks.due_of(invented.clock(state="met", met_at="2026-09-24T06:00:00.000000Z"), reader)
    assert met.tone == "ok"
    assert clocks.due_of(invented.clock(state="breached"), reader).text == "1 h 18 m late"
    stopped = invented.clock(state="breached", stopped_at="2026-09-24T06:00:00.000000Z")
    assert clocks.due_of(stopped, reader).text == "Missed"


def test_what_is_left_is_said_in_business_time() -> None:
    """Principle 1: what is left counts business time, the due moment stands on the wall; provisional is said."""
    reader = invented.reader()
    running = invented.clock(elapsed_seconds=103_320, remaining_seconds=4_680, provisional=True)
    due = clocks.due_of(running, reader)
    assert (due.text, due.sub, due.share, due.provisional) == ("1 h 18 m left", "due today 15:30", 95.7, True)
    assert clocks.due_of({**running, "remaining_seconds": 59}, reader).text == "under 1 m left"
    paused = clocks.due_of(invented.clock(state="paused", paused_at="2026-09-24T01:00:00.000000Z"), reader)
    assert (paused.tone, paused.sub) == ("paused", "due today 15:30 if it went on now")
    none = {name: value for name, value in invented.clock(state="not-started").items() if name != "due"}
    assert clocks.due_of({**none, "reason": "no-policy"}, reader).sub == "no policy fits it"
    assert clocks.due_of({**none, "state": "running"}, reader).text == "Measured only"


def test_every_row_and_the_spoken_line_say_the_same_business_time() -> None:
    """Principle 1, wherever a clock stands: worklist, board, and what is announced of a case, with how sure it is."""
    reader = invented.reader()
    left = {"elapsed_seconds": 103_320, "remaining_seconds": 4_680}
    tomorrow = "2026-09-25T01:48:00.000000Z"
    found = invented.case(clocks={"resolution": invented.clock(due=tomorrow)}, next_due_at=tomorrow)
    row = worklist.row({**found, "next_left": left}, reader)
    assert (row.due.text, row.due.sub, row.due.share) == ("1 h 18 m left", "due 25 Sep 09:48", 95.7)
    upcoming = {**invented.board()["next"][0], "due": tomorrow, **left}
    (next_one,) = board.shown({**invented.board(), "next": [upcoming]}, {}, reader).next
    assert next_one.due.text == "1 h 18 m left"
    timed = {"resolution": {**left, "provisional": True, "standing": "M"}}
    assert case.shown(found, reader, timed).spoken.said.endswith("1 h 18 m left (provisional) (unconfirmed).")


def test_a_day_that_is_left_is_a_business_day_of_its_calendar() -> None:
    """Principle 1: 34 open hours of a calendar that is open for seven are four days and six hours."""
    reader = invented.reader()

    def left(remaining_seconds: int, **members: object) -> str:
        far = invented.clock(due="2026-10-09T07:30:00.000000Z", elapsed_seconds=1, remaining_seconds=remaining_seconds)
        return clocks.due_of({**far, **members}, reader).text

    assert left(34 * 3600, day_seconds=7 * 3600) == "4 d 6 h left"
    assert left(34 * 3600) == "1 d 10 h left"
    assert left(7 * 3600 - 60, day_seconds=7 * 3600) == "6 h 59 m left"
    assert left(28 * 3600, day_seconds=30 * 3600) == "28 h 0 m left"


def test_a_countdown_speaks_at_the_warning_an_hour_ten_minutes_and_the_breach() -> None:
    """Console, access: at each stage once, in business time; what stands still, is met or not judged is silent."""
    reader = invented.reader()

    def stage(left_seconds: int, state: str = "running", **members: object) -> str:
        then = dict.fromkeys(("met_at", "paused_at"), "2026-09-24T06:00:00.000000Z")
        one = invented.clock(state=state, elapsed_seconds=1, remaining_seconds=left_seconds, **then)
        return spoken(invented.case(**members), one, reader).stage

    assert [stage(seconds) for seconds in (3_601, 3_600, 601, 600, 0)] == ["none", "hour", "hour"] + ["ten-minutes"] * 2
    assert [stage(seconds, "warned") for seconds in (3_601, 3_600)] == ["warned", "hour"]
    assert [stage(60, state) for state in ("breached", "met", "paused")] == ["late", "none", "none"]
    assert stage(60, unjudged=[invented.waiting()]) == "none"
    assert spoken(invented.case(), None, reader).stage == "none"


def test_everything_that_moved_a_clock_is_said() -> None:
    """Principle 2: pauses, lawful or not, extensions and recalculations with their because, and what counts it."""
    at, later = "2026-09-22T01:00:00.000000Z", "2026-09-25T01:00:00.000000Z"
    moved = invented.clock(
        policy="desk/answer@1", calendar="office@2", paused_at=at, pause_reason="evidence", paused_seconds=7200,
        unlawful=[{"at": at, "reason": "lunch", "by": "wu"}], provisional=True, stated_due=at,
        extended=[{"at": at, "due": later, "reason": "complex", "by": "li"}],
        recalculated=[{"at": at, "old_due": at, "new_due": later, "cause": "late holiday"}],
    )  # fmt: skip
    said = "\n".join(life(moved, invented.reader()))
    for words in (
        "evidence",
        "2 h 0 m",
        "lunch",
        "complex",
        "late holiday",
        "desk/answer@1",
        "office@2",
        "Provisional",
    ):
        assert words in said
    assert "No policy" not in said


def test_a_proof_is_shown_row_by_row() -> None:
    """The rows are those of the proof, in its zone; each has its because and its event."""
    shown = proof.shown(invented.proof(), invented.CASE_ID, "desk:answer", invented.reader(zone="Europe/Berlin"))
    assert [row.word for row in shown.rows] == ["Counted", "Paused", "Closed", "Paused", "Counted"]
    assert (shown.rows[0].begin, shown.rows[0].much, shown.rows[-1].so_far) == (
        "Monday, 2 Mar, 15:00:00", "1:00:00", "2:00:00",
    )  # fmt: skip
    assert (shown.total, shown.rows[1].event) == ("2:00:00", "event-2")
    assert dict(shown.head)["Policy"] == "desk/answer@1: 2 business-hours"
    assert shown.address.endswith("/clocks/desk%3Aanswer/proof")


def test_a_given_due_time_is_shown_with_who_gave_it_and_nothing_counted() -> None:
    """In the reader's own zone, for no calendar has one."""
    lodged, due = at(2, 15).astimezone(UTC), at(9, 9).astimezone(UTC)
    given = GivenProof(
        policy="given",
        given_by=Giver("event-0", lodged, "city", "ref-12"),
        started=lodged,
        started_by="event-1",
        due=due,
        later=(Later(due, "event-2", "breached", "nobody"),),
    )
    shown = proof.shown(given, invented.CASE_ID, "resolution", invented.reader(zone="Europe/Berlin"))
    assert dict(shown.head) == {
        "Policy": "The due time was given. Nothing was counted.",
        "Source": "city, ref-12",
        "Given": "Monday, 2 Mar, 08:00:00, by event event-0",
        "Started": "Monday, 2 Mar, 08:00:00, by event event-1",
        "Due": "Monday, 9 Mar, 02:00:00",
    }
    assert [(row.word, row.much, row.event) for row in shown.rows] == [("Given, not counted", "–", "event-0")]
    assert (shown.total, shown.notes) == (
        "–",
        [("Monday, 9 Mar, 02:00:00", "breached: nobody", "event-2")],
    )


def test_a_case_as_it_was_says_so() -> None:
    """L24: what was true then, and as far as it was known then, on the reader's clock; there is a way back to now."""
    reader = invented.reader()
    moments = then.asked("2026-09-20T10:00", "2026-09-21T02:00:00Z", reader)
    shown = then.shown(moments, reader)
    assert shown.said == "As it was 20 Sep 10:00, as far as it was known 21 Sep 10:00."
    assert (shown.as_of, shown.known_at) == ("2026-09-20T10:00", "2026-09-21T10:00")
    assert then.shown(NOW, reader).said == ""
    assert then.asked("", None, reader).now
    with pytest.raises(Problem):
        then.asked("yesterday", None, reader)


@pytest.mark.parametrize("asked", ["2026-09-20T02:00:37.125000Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"])
def test_what_leads_on_from_a_page_stays_at_its_moment(asked: str) -> None:
    """L24: to the second that was asked for, and where clocks go back to the hour that was meant."""
    reader = replace(invented.reader(), zone=ZoneInfo("Europe/Berlin"))
    moments = then.asked(asked, asked, reader)
    assert then.asked(**then.shown(moments, reader).query, reader=reader) == moments


def test_the_form_of_a_moment_asks_for_the_second_that_it_shows() -> None:
    """L24: whoever sends it again unchanged sees the same page."""
    reader = invented.reader()
    moments = then.asked("2026-09-20T02:00:37Z", None, reader)
    shown = then.shown(moments, reader)
    assert then.asked(shown.as_of, shown.known_at, reader) == moments

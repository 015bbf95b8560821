"""Calendars, policies, clocks and proofs: business time that can be proved. Pure: no clock, no I/O, no events.

What is named here is for whoever counts business time, used by our services or not. Must not: know a complaint, a
stream or a service.

One rule maps wall clocks to instants everywhere: a wall time means the first instant at which the clock on the wall
shows that time or a later one. So a time that the zone skips is the end of the gap, and a time that comes twice is its
first coming.
"""

from clocks.account import CountedExtension, RefusedExtension, UnlawfulPause
from clocks.calendar import Calendar, CalendarInvalid, ClockError, OutOfReach, compiled
from clocks.clock import ClockState, Spent, WarnAt, due, elapsed, is_open, next_opening, remaining, run
from clocks.history import Ended, Extended, History, Paused, Resumed, Started, Step
from clocks.policy import Budget, Extensions, Policy, Unit
from clocks.proof import Proof, Segment
from clocks.spec import CalendarSpec, DayRule, Week

__all__ = [
    "Budget",
    "Calendar",
    "CalendarInvalid",
    "CalendarSpec",
    "ClockError",
    "ClockState",
    "CountedExtension",
    "DayRule",
    "Ended",
    "Extended",
    "Extensions",
    "History",
    "OutOfReach",
    "Paused",
    "Policy",
    "Proof",
    "RefusedExtension",
    "Resumed",
    "Segment",
    "Spent",
    "Started",
    "Step",
    "Unit",
    "UnlawfulPause",
    "WarnAt",
    "Week",
    "compiled",
    "due",
    "elapsed",
    "is_open",
    "next_opening",
    "remaining",
    "run",
]

"""A policy: how one clock counts. Every convention is a field with a name; no rule asks which regime it serves.

Lives here: the form and its checks. Must not: count anything (`counting`), or know what the names of events mean.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from clocks.spec import Form, Hours, Name, Text, TimeOfDay

Unit = Literal["minutes", "hours", "business-hours", "business-days", "calendar-days", "weeks", "months"]
UNITS_OF_DAYS: frozenset[Unit] = frozenset({"business-days", "calendar-days", "weeks", "months"})
BUSINESS_UNITS: frozenset[Unit] = frozenset({"business-hours", "business-days"})
_KIN: tuple[frozenset[Unit], ...] = (
    frozenset({"minutes", "hours"}),
    frozenset({"business-hours"}),
    frozenset({"business-days"}),
    frozenset({"calendar-days", "weeks", "months"}),
)
"""Units that may be added to one another."""
_MOST: dict[Unit, int] = {
    "minutes": 5_256_000,
    "hours": 87_600,
    "business-hours": 87_600,
    "business-days": 3_650,
    "calendar-days": 3_650,
    "weeks": 520,
    "months": 120,
}
"""Ten years of each: a longer limit is a slip of the pen."""


class Budget(Form):
    """How much time there is."""

    amount: Annotated[int, Field(ge=1)]
    unit: Unit

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.amount > _MOST[self.unit]:
            raise ValueError(f"{self.amount} {self.unit} are more than {_MOST[self.unit]}")
        return self

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"


class Extensions(Form):
    """How the time may be made longer: so often, each time by at most so much."""

    times: Annotated[int, Field(ge=1, le=100)]
    amount: Annotated[int, Field(ge=1)]
    unit: Unit
    notice_before_expiry: bool = False
    """The complainant must have been told before the time was over, and after it began."""
    needs: tuple[Text, ...] = ()
    """What else it takes, such as an approval; an extension that lacks one does not count."""


class Policy(Form):
    """One clock's way of counting. Day 0 is the local date of the start unless a field says otherwise."""

    name: Name
    title: Text | None = None
    budget: Budget | None = None
    """None: the clock is measured only and has no due time."""
    unit: Unit = "hours"
    """What a clock without a budget is measured in; with a budget the budget's unit holds."""

    start_day_counts: bool = False
    """The day of the start is day 1. (Day units only; a closed day is never a business day.)"""
    closed_start: Literal["stands", "rolls"] = "stands"
    """A start on a date that is no working day: stays day 0, or moves to the next working day, same time of day.
    A start that stands has no time of day on a working day: `business-days` at the `same-time` end with the day."""
    cutoff: TimeOfDay | None = None
    """A start later than this time of day moves to the next working day at `after_cutoff` (after `closed_start`)."""
    after_cutoff: TimeOfDay | None = None
    end_at: Literal["same-time", "close-of-business", "end-of-day"] = "same-time"
    """When on the last day it is over: at the start's time of day, at the last closing (where there is none, at the
    end of the day), or at the day's last instant. (Day units only.) Where the last month has no such day, `months` at
    the `same-time` end with that month's last day."""
    closed_end: Literal["stands", "rolls"] = "stands"
    """A last day that is no working day: stays, or moves to the next (business units end on working days anyhow).
    What pauses by time add is added after that, exactly."""

    pauses: tuple[Text, ...] = ()
    """The lawful reasons for a pause; a pause for any other is named and moves nothing."""
    pause_counts: Literal["time", "days"] = "time"
    """A pause takes out exactly its time (open time for business units), or every day that opens while it lasts."""
    extensions: Extensions | None = None

    warn_percent: tuple[Annotated[int, Field(ge=1, le=99)], ...] = ()
    """Warnings, in percent of the way from the start to the due time."""
    notify_hours: Hours | None = None
    """Warnings only within these hours of the calendar's zone."""
    escalates: bool = True
    """A breach raises the case to the next level of its ladder."""

    starts: Text | None = None
    """What starts it, meets it, stops it, starts it anew: names that the reader of the policy knows."""
    met_by: tuple[Text, ...] = ()
    stopped_by: tuple[Text, ...] = ()
    restarted_by: tuple[Text, ...] = ()

    source: Text
    standing: Literal["V", "S", "M"]
    """Verified in a primary text, taken from a secondary source, or unconfirmed (M: never shown as law)."""

    @property
    def counts_in(self) -> Unit:
        """The unit that time is counted in."""
        return self.budget.unit if self.budget else self.unit

    @property
    def in_days(self) -> bool:
        """Whether it counts days rather than time."""
        return self.counts_in in UNITS_OF_DAYS

    @property
    def in_business_time(self) -> bool:
        """Whether only open time or working days count."""
        return self.counts_in in BUSINESS_UNITS

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.cutoff is None) != (self.after_cutoff is None):
            raise ValueError("`cutoff` and `after_cutoff` come together")
        if not self.in_days:
            self._of_time()
        if self.start_day_counts and self.end_at == "same-time":
            raise ValueError("where the day of the start counts, `end_at` is close-of-business or end-of-day")
        if self.extensions and (self.budget is None or not kin(self.budget.unit, self.extensions.unit)):
            raise ValueError(
                "an extension is counted like the budget: both in time, business hours, business days or calendar days"
            )
        return self

    def _of_time(self) -> None:
        of_days = {
            "start_day_counts": self.start_day_counts,
            "end_at": self.end_at != "same-time",
            "closed_end": self.closed_end != "stands",
            "pause_counts": self.pause_counts != "time",
        }
        for name, differs in of_days.items():
            if differs:
                raise ValueError(f"`{name}` is for units of days, and {self.counts_in} are time")


def kin(one: Unit, other: Unit) -> bool:
    """Whether amounts of both can be added."""
    return any({one, other} <= units for units in _KIN)

"""The words of a proof: budget, conventions, source, and the steps that count or do not.

Must not: count, or know how a proof is laid out.
"""

from collections.abc import Iterator
from typing import Literal

from clocks.account import Account
from clocks.policy import Policy
from clocks.proof import Note
from clocks.spec import CalendarSpec
from clocks.wall import moment

_STANDING: dict[Literal["V", "S", "M"], str] = {
    "V": "verified in a primary text",
    "S": "from a secondary source",
    "M": "unconfirmed, not to be taken for law",
}


def known(spec: CalendarSpec) -> str:
    """The days that a calendar knows, and where from."""
    return f"known from {spec.first}{f' to {spec.last}' if spec.last else ' on'}; {spec.source}"


def source(policy: Policy) -> str:
    """Where a policy comes from, and what that is worth."""
    return f"{policy.source} ({_STANDING[policy.standing]})"


def counts(account: Account) -> str:
    """The budget, and what extensions add."""
    if account.policy.budget is None:
        return f"measured in {account.policy.unit}, without a limit"
    return " + ".join([str(account.policy.budget), *(str(one.by) for one in account.extended)])


def conventions(policy: Policy) -> tuple[str, ...]:
    """Every convention that bears on the count, one sentence each."""
    return tuple(_conventions(policy))


def _conventions(policy: Policy) -> Iterator[str]:
    if policy.in_days:
        yield "the day of the start is day 1" if policy.start_day_counts else "the day of the start is day 0"
    if policy.closed_start == "rolls":
        yield "a start on a day that is no working day moves to the next, same time of day"
    if policy.cutoff:
        yield f"a start after {policy.cutoff} moves to the next working day at {policy.after_cutoff}"
    if policy.in_days and policy.budget:
        yield _end(policy)
    if "months" in _units(policy):
        last_day = "its last day, to its end," if policy.end_at == "same-time" else "its last day"
        yield f"a month ends on the same day of a later month, or on {last_day} where it has no such day"
    if policy.closed_end == "rolls":
        yield "an end on a day that is no working day moves to the next"
    if policy.pauses:
        yield f"a pause takes out {_taken(policy)}; lawful reasons: {', '.join(policy.pauses)}"


def _end(policy: Policy) -> str:
    if policy.end_at == "end-of-day":
        return "it ends with the day"
    if policy.end_at == "close-of-business":
        return "it ends at the last closing of the day, or with the day where it does not open"
    words = "it ends at the time of day of the start"
    if policy.in_business_time and policy.closed_start == "stands":
        words += ", or with the day where the start is on a day that is no working day"
    return words


def _units(policy: Policy) -> set[str]:
    return {one.unit for one in (policy.budget, policy.extensions) if one}


def _taken(policy: Policy) -> str:
    if policy.pause_counts == "time":
        return "its own time, as far as it is open" if policy.in_business_time else "its own time"
    return "every working day that opens while it lasts" if policy.in_business_time else "every day that begins then"


def notes(account: Account) -> tuple[Note, ...]:
    """Extensions and unlawful pauses, in order of their time."""
    found = [
        *(Note(one.at, one.event, f"extension by {one.by}") for one in account.extended),
        *(Note(one.at, one.event, f"extension not counted: {one.why}") for one in account.refused),
        *(
            Note(moment(one.begin), one.event, f"pause not lawful here, moves nothing: {one.reason}")
            for one in account.unlawful
        ),
    ]
    return tuple(sorted(found, key=lambda note: (note.at, note.event)))

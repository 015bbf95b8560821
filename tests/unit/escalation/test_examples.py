"""Example packs where their law says more than a number: what ends a clock, and where it counts from."""

import pytest

from anything import SEALED
from events.escalation import ClockStarted, ClockStopped
from events.fact import Fact, GivenDue
from events.intake import ComplaintWithdrawn
from shipped import FOLDER, books, text, texts
from unit.escalation.cases import LODGED, NOON, days, graded, regimes, told

CALENDARS = [key for key in texts(folder=FOLDER / "examples") if key.startswith("calendar/")]


def started_by_name(policy: str, *facts: Fact) -> tuple[Fact, ...]:
    """What comes of a case now whose publisher asks for a clock by the policy of an example."""
    lodged = LODGED.model_copy(update={"dues": (GivenDue(clock="limit", policy=policy),)})
    pack = policy.partition("/")[0]
    return told(lodged, *facts, books=books(f"pack/{pack}", *CALENDARS)).added(days(90))


def started_by_itself(pack: str, category: str) -> list[str]:
    """By which policies a case is timed in a company that takes the example into use."""
    in_use = {f"pack/{pack}": text("pack", pack).replace("on_request = true\n", ""), "regimes/company": regimes(pack)}
    case = told(LODGED.model_copy(update={"category": category}), graded(), books=books(*CALENDARS, **in_use))
    return [fact.policy for fact in case.added(NOON) if isinstance(fact, ClockStarted) and fact.pack == pack]


@pytest.mark.parametrize("policy", ["cn-bank-insurance/decision", "cn-bank-insurance/complex-decision"])
def test_a_withdrawal_ends_the_procedure_of_a_bank_that_day(policy: str) -> None:
    """K20."""
    added = started_by_name(policy, ComplaintWithdrawn(at=days(3), reason=SEALED, by="handler-1"))
    stopped = [fact for fact in added if isinstance(fact, ClockStopped) and fact.clock == "limit"]
    assert [(fact.at, fact.reason) for fact in stopped] == [(days(3), "the complaint was withdrawn")]


@pytest.mark.parametrize(
    ("policy", "limit_days"),
    [("us-cfpb/response", 15), ("us-cfpb/final-response", 60), ("au-rg-271/response-death-benefit", 90)],
)
def test_what_does_not_count_from_the_receipt_is_started_by_name_only(policy: str, limit_days: int) -> None:
    """K10: from the sending to the company; K16: from the end of the objection period, told as the time of the case."""
    (clock,) = (one for one in started_by_name(policy) if isinstance(one, ClockStarted) and one.clock == "limit")
    assert clock.policy == f"{policy}@1"
    assert clock.due is not None
    assert (clock.due - NOON).days in {limit_days, limit_days + 1}
    by_itself = started_by_itself(policy.partition("/")[0], "superannuation/death-benefit")
    assert f"{policy}@1" not in by_itself


def test_until_the_objection_period_is_over_a_death_benefit_has_the_earlier_date() -> None:
    """K16: what is not confirmed gives no more time."""
    assert started_by_itself("au-rg-271", "superannuation/death-benefit") == [
        "au-rg-271/acknowledgement@1",
        "au-rg-271/response-superannuation@1",
    ]
    assert started_by_itself("us-cfpb", "x") == []

"""Which packs time a case: in use, asked for by name, one clock after another, by post. Given, when, then."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from anything import SEALED
from events.decider import UnknownRulebook
from events.escalation import (
    ClockBreached,
    ClockMet,
    ClockNotStarted,
    ClockStarted,
    ClockStopped,
    OwnershipAccepted,
    OwnershipOffered,
)
from events.fact import Fact, GivenDue
from events.intake import ComplaintLodged, ComplaintWithdrawn
from events.triage import ComplaintRouted
from given import Story
from published import PACK
from rulebooks.state import Rulebook
from unit.escalation.cases import (
    BOOKS,
    LODGED,
    NOON,
    SOURCE,
    at,
    at_desk,
    closed,
    contact,
    days,
    graded,
    in_use,
    minutes,
    names,
    published_later,
    regimes,
    reopened,
    sent,
    source,
    told,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
REGULATOR = LODGED.model_copy(update={"at": at("09-26T10:00").replace(year=2025), "channel": "regulator"})


def started(case: Story[object], until: datetime) -> dict[str, ClockStarted]:
    return {fact.clock: fact for fact in case.settled(until).history if isinstance(fact, ClockStarted)}


def asked(policy: str, *facts: Fact, category: str | None = None, due: datetime | None = None) -> Story[object]:
    """Old history whose publisher asks for a clock by policy."""
    dues = (GivenDue(clock="limit", policy=policy, due=due),)
    lodged = ComplaintLodged(at=NOON, channel="web", reported=SOURCE, history="import/b1", dues=dues, category=category)
    return told(lodged, *facts)


def test_several_packs_run_on_one_complaint_each_where_it_applies() -> None:
    """T10: seven working days over two make-up days; beside the company's own first reply."""
    clocks = started(told(REGULATOR), REGULATOR.at)
    accept = clocks["cn-12315:accept"]
    assert set(clocks) == {"first-reply", "cn-12315:accept"}
    assert accept.policy == "cn-12315/accept@1"
    assert accept.due is not None
    assert accept.due.astimezone(SHANGHAI).date().isoformat() == "2025-10-13"
    assert not accept.provisional


def test_a_clock_that_follows_another_begins_where_that_one_ended() -> None:
    """K18: mediation counts from the acceptance; what ended it is known, however late the fold."""
    acceptance = sent(REGULATOR.at + timedelta(days=3), "acknowledgement")
    early = told(REGULATOR, acceptance).settled(acceptance.at)
    assert started(early, acceptance.at)["cn-12315:mediation"].at == acceptance.at
    end = closed(acceptance.at + timedelta(days=5))
    late = told(REGULATOR, acceptance, end).settled(end.at + timedelta(days=9))
    met = [fact for fact in late.history if isinstance(fact, ClockMet) and fact.clock == "cn-12315:mediation"]
    assert [fact.at for fact in met] == [end.at]
    assert sorted(map(str, late.history)) == sorted(
        map(str, early.then(end).settled(end.at + timedelta(days=9)).history)
    )


def test_a_clock_after_a_breach_begins_at_the_due_time() -> None:
    """K18, K25: what is chased is counted from the day it was missed."""
    acceptance = sent(REGULATOR.at, "acknowledgement")
    case = told(REGULATOR, acceptance).settled(REGULATOR.at + timedelta(days=200))
    missed = next(
        fact for fact in case.history if isinstance(fact, ClockBreached) and fact.clock == "cn-12315:mediation"
    )
    assert started(case, case.history[-1].at)["cn-12315:tell-the-end"].at == missed.at


def test_withdrawal_stops_nothing_that_the_policy_does_not_stop() -> None:
    withdrawn = ComplaintWithdrawn(at=minutes(5), reason=SEALED, by="handler-1")
    assert "clock-breached first-reply" in names(told(LODGED, withdrawn).added(days(1)))
    ends = at_desk(PACK.replace('met_by = ["reply"]', 'met_by = ["reply"]\nstopped_by = ["withdrawn"]'))
    (stopped,) = (
        fact for fact in told(LODGED, withdrawn, books=ends).added(minutes(6)) if isinstance(fact, ClockStopped)
    )
    assert (stopped.clock, stopped.reason) == ("desk:answer", "the complaint was withdrawn")


def test_each_post_has_its_own_time_to_take_a_case() -> None:
    """R35: by who is offered it; every offer has a clock of its own."""
    routed = ComplaintRouted(at=NOON, queue="q", first_owner="handler", reason="r", rule="r@1", by="rule")
    case = told(LODGED, contact(NOON), routed, books=in_use("post-limits")).settled(NOON)
    offered = started(case, NOON)["post-limits:acceptance"]
    assert (offered.due, offered.policy) == (minutes(60), "post-limits/handler-acceptance@1")
    handed_on = OwnershipOffered(at=minutes(10), to="cso", by="teamlead-1", reason="r", packet_percent=0)
    taken = case.then(handed_on, OwnershipAccepted(at=minutes(30), owner="cso-1")).settled(days(1))
    assert sorted(name for name in names(taken.history) if "acceptance" in name) == [
        "clock-met post-limits:acceptance#2",
        "clock-started post-limits:acceptance",
        "clock-started post-limits:acceptance#2",
        "clock-stopped post-limits:acceptance",
    ]


def test_a_publisher_asks_for_a_clock_by_policy_also_for_old_history() -> None:
    """The due time is ours, and what the publisher states stands beside it."""
    clock = started(asked("uk-fca-disp/final-response", due=days(50)), days(900))["limit"]
    assert clock.policy == "uk-fca-disp/final-response@1"
    assert clock.due is not None
    assert (clock.due - NOON).days in {55, 56}
    assert (clock.stated_due, clock.reported) == (days(50), SOURCE)


def test_a_pack_alone_chooses_by_the_category_of_the_case() -> None:
    table = BOOKS["pack/boston-311"].versions[0].text
    category = table.partition("[by_category]")[2].split('"')[1]
    clock = started(asked("boston-311", category=category, due=days(1)), days(1))["limit"]
    assert clock.policy.startswith("boston-311/")
    assert clock.basis == f"category={category}"


def test_where_the_pack_has_no_policy_it_says_so() -> None:
    """Nothing is silently without a clock."""
    (said,) = asked("boston-311", category="Cake", due=days(1)).added(days(2))
    assert said == ClockNotStarted(
        at=NOON,
        clock="limit",
        pack="boston-311",
        basis="category=Cake",
        reason="no-policy",
        stated_due=days(1),
        reported=SOURCE,
        rulebook="boston-311@1",
    )


@pytest.mark.parametrize(
    ("policy", "unknown"),
    [("nowhere", "nowhere"), ("nowhere/cake", "nowhere"), ("uk-fca-disp/cake", "uk-fca-disp/cake")],
)
def test_an_unknown_pack_or_policy_stops_what_is_owed_on_the_case(policy: str, unknown: str) -> None:
    """L22: parked and told, never silently without a clock; for old history and for what is lodged now."""
    with pytest.raises(UnknownRulebook, match=f"^pack/{unknown}$"):
        asked(policy).owes(days(1))
    live = LODGED.model_copy(update={"dues": (GivenDue(clock="limit", policy=policy),)})
    with pytest.raises(UnknownRulebook, match=f"^pack/{unknown}$"):
        told(live).owes(NOON)


def test_the_case_is_timed_once_its_policy_is_published() -> None:
    later = BOOKS["pack/uk-fca-disp"].versions[0].text.replace('name = "final-response"', 'name = "cake"')
    books = published_later(BOOKS, "pack/uk-fca-disp", later, known_at=days(3))
    case = asked("uk-fca-disp/cake")
    mended = replace(case, context=replace(case.context, books=books))
    assert started(mended, days(4))["limit"].policy == "uk-fca-disp/cake@2"


def test_reopening_starts_the_asked_pack_anew_and_leaves_the_first_cycle() -> None:
    facts = (source("closed", days(2)), source("reopened", days(3)), source("closed", days(5)))
    case = asked("bpi2013/handling", *facts).settled(days(9))
    clocks = [fact for fact in case.history if isinstance(fact, ClockStarted)]
    assert [(clock.clock, clock.at, clock.due) for clock in clocks] == [
        ("limit", NOON, None),
        ("bpi2013:handling", days(3), None),
    ]
    known = told(*case.history, known_until=days(10)).settled(days(11))
    assert [(f.clock, f.at) for f in known.history if isinstance(f, ClockMet)] == [
        ("limit", days(2)),
        ("bpi2013:handling", days(5)),
    ]


def test_a_case_keeps_the_packs_of_the_day_it_was_lodged() -> None:
    """R104: a regime that comes into use later times later cases."""
    books = published_later(BOOKS | in_use("post-limits") | {"regimes/company": BOOKS["regimes/company"]},
                            "regimes/company", regimes("post-limits"), known_at=days(1))  # fmt: skip
    offered = OwnershipOffered(at=days(2), to="handler", by="t", reason="r", packet_percent=0)
    case = told(LODGED, contact(NOON), graded(), books=books).settled(NOON)
    assert "clock-started post-limits:acceptance" not in names(case.history)
    assert "clock-started post-limits:acceptance" in names(case.then(offered).settled(days(2)).history)


def test_a_reopened_live_case_has_the_clocks_of_a_new_cycle_only() -> None:
    case = told(LODGED, contact(NOON), graded(), closed(days(1)), reopened(days(2))).settled(days(2))
    assert [name for name in names(case.history) if "started" in name] == [
        "clock-started first-reply",
        "clock-started resolution",
        "clock-started resolution#2",
    ]


def test_a_clock_whose_calendar_is_not_in_force_yet_is_said_not_to_be() -> None:
    """Never silently without a clock."""
    books = at_desk()
    later = replace(books["calendar/office"].versions[0], effective_at=days(300))
    added = told(LODGED, books={**books, "calendar/office": Rulebook((later,), drafts=1)}).added(NOON)
    assert [(one.clock, one.reason, one.rulebook) for one in added if isinstance(one, ClockNotStarted)] == [
        ("desk:answer", "not-in-force", "desk@1"),
        ("desk:resolve", "not-in-force", "desk@1"),
    ]


def test_a_live_case_is_timed_by_the_version_that_was_known_then_also_where_its_publisher_names_the_policy() -> None:
    """L14: whoever looks before or after a newer version is published."""
    lodged = LODGED.model_copy(update={"dues": (GivenDue(clock="limit", policy="desk/answer"),)})
    later = published_later(at_desk(), "pack/desk", PACK.replace("amount = 10", "amount = 20"), known_at=days(1))
    assert started(told(lodged, books=later), days(2))["limit"].policy == "desk/answer@1"


def test_a_level_of_the_ladder_sets_off_the_clock_of_the_post_that_gets_the_duty() -> None:
    """R23, R35: of no other level."""
    of_lead = PACK.replace('starts = "lodged"', 'starts = "escalated"\napplies = { posts = ["teamlead"] }', 1)
    clocks = [fact for fact in told(LODGED, books=at_desk(of_lead)).added(days(2)) if isinstance(fact, ClockStarted)]
    assert [fact.at for fact in clocks if fact.policy.startswith("desk/answer@")] == [minutes(80)]

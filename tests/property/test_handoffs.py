"""How often a case changed hands: the figures that are folded step by step are those of the whole story at once."""

from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from events.accountability import ComplaintReopened
from events.escalation import OwnershipAccepted, OwnershipOffered
from events.fact import Fact, Origin
from events.intake import SourceReported
from examples import examples
from projections.views import handoffs
from projections.views.handoffs import Handoffs
from projections.views.told import stamp

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
THERE = Origin(source="desk", reference="1")


def some(*values: str) -> st.SearchStrategy[str | None]:
    return st.sampled_from((None, *values))


looks = st.builds(
    SourceReported,
    at=st.integers(0, 300).map(lambda seconds: NOON + timedelta(seconds=seconds)),
    fact=st.just("custody"),
    reported=st.just(THERE),
    team=some("a", "b", "c"),
    owner=some("x", "y", "z"),
    line=st.sampled_from((None, 1, 2, 3)),
    status=some("Completed", "Accepted", "Queued"),
    sub_status=some("Wait - User", "Wait", "Closed", "Resolved", "In Progress"),
    impact=some("High", "Low"),
)


def folded(facts: list[Any], *, imported: bool) -> Handoffs | None:
    figures: Handoffs | None = None
    for fact in facts:
        figures = handoffs.fold(figures, fact, imported=imported)
    return figures


def said(story: list[SourceReported], name: str) -> list[Any]:
    """What stood after each look: its own word, else the last one before."""
    found: list[Any] = []
    for one in story:
        found.append(getattr(one, name) or (found[-1] if found else None))
    return found


def changes(values: list[Any]) -> list[Any]:
    """What was said, equal neighbours merged."""
    return [value for value, _ in groupby(value for value in values if value is not None)]


@settings(max_examples=examples(150))
@given(st.lists(looks, min_size=1, max_size=9))
def test_the_figures_are_those_of_the_whole_story(story: list[SourceReported]) -> None:
    """As the published log of IT problem tickets has them: a ping-pong is a team that gets back what it gave away."""
    figures = folded(story, imported=True)
    assert figures is not None
    teams, owners, lines = (changes([getattr(one, name) for one in story]) for name in ("team", "owner", "line"))
    statuses, subs = said(story, "status"), said(story, "sub_status")
    spans = [max(0, int((then.at - one.at).total_seconds())) for one, then in pairwise(story)]
    waits = list(zip(spans, subs, strict=False))
    assert figures == {
        "events": len(story),
        "first_timestamp": stamp(story[0].at),
        "last_timestamp": stamp(story[-1].at),
        "impact": said(story, "impact")[-1],
        "final_status": statuses[-1],
        "final_sub_status": subs[-1],
        "team": teams[-1] if teams else None,
        "team_before": teams[-2] if len(teams) > 1 else None,
        "owner": owners[-1] if owners else None,
        "owners": list(dict.fromkeys(owners)),
        "line": lines[-1] if lines else None,
        "team_handoffs": len(teams[1:]),
        "ping_pongs": sum(before == again for before, again in zip(teams, teams[2:], strict=False)),
        "owner_changes": len(owners[1:]),
        "distinct_owners": len(set(owners)),
        "highest_support_line": max(lines, default=0),
        "line_escalations": sum(one < then for one, then in pairwise(lines)),
        "line_deescalations": sum(one > then for one, then in pairwise(lines)),
        "reopens": sum(
            (status, sub in ("Resolved", "Closed", "Cancelled")) == ("Completed", True)
            and then.status in ("Accepted", "Queued")
            for status, sub, then in zip(statuses, subs, story[1:], strict=False)
        ),
        "wait_user_seconds": sum(span for span, sub in waits if sub == "Wait - User"),
        "wait_any_seconds": sum(span for span, sub in waits if (sub or "").startswith("Wait")),
    }


OURS: list[Fact] = [
    OwnershipAccepted(at=NOON, owner="x"),
    ComplaintReopened(at=NOON, reason="r", cycle=2, by="h"),
    OwnershipAccepted(at=NOON, owner="y"),
]


def test_of_a_case_of_our_own_who_accepted_it_counts_and_how_often_it_was_opened_again() -> None:
    """Of another system's only its own word; an offer of ownership is no change of hands."""
    figures = folded([*OURS, OwnershipOffered(at=NOON, to="z", by="h", reason="r", packet_percent=0)], imported=False)
    assert figures is not None
    assert (figures["events"], figures["owners"], figures["owner_changes"], figures["reopens"]) == (3, ["x", "y"], 1, 1)
    begun = folded(OURS[1:2], imported=False)
    assert begun is not None
    assert (begun["reopens"], begun["owners"], begun["distinct_owners"]) == (1, [], 0)
    assert folded(OURS, imported=True) is None

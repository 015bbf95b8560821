"""Due times of ours beside those that a publisher states, over HTTP and on real tables."""

from collections.abc import Callable
from datetime import timedelta

import httpx

from asked import NOON, got, lodged, stream
from events.escalation import ClockNotStarted, ClockStarted
from events.fact import Origin
from folded import Folded
from published import LONG_AGO, published
from shipped import edition, rule

As = Callable[..., dict[str, str]]
SOURCE = Origin(source="boston311", reference="1")
SIGNS = rule("boston-311/business-days-10")


def counted(stated_later: timedelta) -> ClockStarted:
    due = SIGNS.due(NOON)
    return ClockStarted(
        at=NOON,
        clock="resolution",
        due=due,
        policy="boston-311/business-days-10@1",
        calendar="boston-weekdays@1",
        pack="boston-311",
        basis="category=Missing Sign",
        stated_due=due + stated_later,
        reported=SOURCE,
    )


async def test_deviations_are_told_by_category_and_the_board_counts_them(
    api: httpx.AsyncClient, folded: Folded, role: As
) -> None:
    """Three stated due times, one of them seven days later; and a request type that the pack does not name."""
    for kind, name in (("pack", "boston-311"), ("calendar", "boston-weekdays")):
        folded.log.tell(f"rulebook/{kind}/{name}", *published(edition(kind, name).text, at=LONG_AGO))
    for number, later in enumerate((timedelta(0), timedelta(minutes=-5), timedelta(days=7)), start=1):
        folded.log.tell(stream(number), lodged(number), counted(later))
    nothing = ClockNotStarted(
        at=NOON, clock="resolution", pack="boston-311", basis="category=Rats", reason="no-policy", stated_due=NOON
    )
    folded.log.tell(stream(4), lodged(4), nothing)
    folded.log.tell(stream(5), lodged(5, source="elsewhere"), counted(timedelta(days=1)))
    await folded.catch_up()
    board = await got(api, "/v1/sla-board", source="boston311", by="category")
    assert (board["due_compared"], board["due_within_5_minutes"], board["no_policy"]) == (3, 2, 1)
    assert (board["cases"], board["no_deadline"]) == (4, 1)
    told = await got(api, "/v1/statistics/due-deviations", source="boston311")
    assert (told["due_compared"], told["due_within_5_minutes"], told["no_policy"]) == (3, 2, 1)
    (signs,) = told["deviations"]
    assert (signs["category"], signs["compared"], signs["deviating"]) == ("Missing Sign", 3, 1)
    assert signs["likely_reason"] == "counted with another amount: 15 business-days"
    assert [(one["reason"], one["deadlines"]) for one in signs["reasons"]] == [("other-amount", 1)]
    assert told["without_policy"] == [{"category": "Rats", "pack": "boston-311", "cases": 1, "stated": 1}]
    other = await got(api, "/v1/statistics/due-deviations", clock="first-reply")
    assert (other["due_compared"], other["deviations"], other["without_policy"]) == (0, [], [])
    assert (await api.get("/v1/statistics/due-deviations", headers=role("complainant"))).status_code == 403

"""Due times of ours beside those that a publisher states, over HTTP and on real tables."""

from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import pytest

from asked import NOON, got, lodged, stream
from events.escalation import ClockNotStarted, ClockStarted
from events.fact import Origin
from folded import Folded
from projections import deviations
from published import LONG_AGO, published
from shipped import edition, rule

As = Callable[..., dict[str, str]]
SOURCE = Origin(source="boston311", reference="1")
SIGNS = rule("boston-311/business-days-10")


def counted(stated_later: timedelta | None, start: datetime = NOON) -> ClockStarted:
    due = SIGNS.due(start)
    return ClockStarted(
        at=start,
        clock="resolution",
        due=due,
        policy="boston-311/business-days-10@1",
        calendar="boston-weekdays@1",
        pack="boston-311",
        basis="category=Missing Sign",
        stated_due=None if stated_later is None else due + stated_later,
        reported=SOURCE,
    )


def tell_rules(folded: Folded) -> None:
    for kind, name in (("pack", "boston-311"), ("calendar", "boston-weekdays")):
        folded.log.tell(f"rulebook/{kind}/{name}", *published(edition(kind, name).text, at=LONG_AGO))


async def test_deviations_are_told_by_category_and_the_board_counts_them(
    api: httpx.AsyncClient, folded: Folded, role: As
) -> None:
    """Three stated due times, one of them seven days later; and a request type that the pack does not name."""
    tell_rules(folded)
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


async def test_where_many_deviate_the_first_that_were_started_are_looked_at(
    api: httpx.AsyncClient, folded: Folded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reasons that explain as many come by the first start; what nobody stated is compared with nothing."""
    tell_rules(folded)
    stories = (
        (1, timedelta(days=7), NOON + timedelta(hours=1)),
        (3, timedelta(days=-99), NOON),
        (2, timedelta(minutes=30), NOON),
        (4, None, NOON),
    )
    for number, later, start in stories:
        folded.log.tell(stream(number), lodged(number), counted(later, start))
    await folded.catch_up()

    async def reasons() -> list[str]:
        told = await got(api, "/v1/statistics/due-deviations", source="boston311")
        (signs,) = told["deviations"]
        assert (told["due_compared"], told["due_within_5_minutes"], signs["deviating"]) == (3, 0, 3)
        return [one["reason"] for one in signs["reasons"]]

    assert await reasons() == ["slight", "before-start", "other-amount"]
    for most, found in ((2, ["slight", "before-start"]), (1, ["slight"])):
        monkeypatch.setattr(deviations, "DEVIATING_MAX", most)
        assert await reasons() == found


async def test_what_no_policy_was_found_for_is_told_the_most_first(api: httpx.AsyncClient, folded: Folded) -> None:
    """By category and pack; what was not in force yet is another matter, and so is another source."""
    kinds = (
        ("Rats", "boston-311", "no-policy", NOON, "boston311"),
        ("Ants", "city", "no-policy", None, "boston311"),
        ("Ants", "boston-311", "no-policy", None, "boston311"),
        ("Signs", "boston-311", "no-policy", NOON, "boston311"),
        ("Signs", "boston-311", "no-policy", None, "boston311"),
        ("Trees", "boston-311", "not-in-force", NOON, "boston311"),
        ("Ants", "city", "no-policy", None, "elsewhere"),
    )
    for number, (category, pack, reason, stated, source) in enumerate(kinds, start=1):
        nothing = ClockNotStarted(
            at=NOON, clock="resolution", pack=pack, basis=f"category={category}", reason=reason, stated_due=stated
        )
        folded.log.tell(stream(number), lodged(number, source=source), nothing)
    await folded.catch_up()

    async def told(**asked: str) -> list[tuple[str, str, int, int]]:
        found = (await got(api, "/v1/statistics/due-deviations", **asked))["without_policy"]
        return [(one["category"], one["pack"], one["cases"], one["stated"]) for one in found]

    least = [("Ants", "boston-311", 1, 0), ("Ants", "city", 1, 0), ("Rats", "boston-311", 1, 1)]
    assert await told(source="boston311") == [("Signs", "boston-311", 2, 1), *least]
    assert await told() == [("Ants", "city", 2, 0), ("Signs", "boston-311", 2, 1), least[0], least[2]]

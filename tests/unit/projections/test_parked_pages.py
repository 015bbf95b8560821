"""What cannot be read changes no page, of whichever kind of stream; from there on it stays as it was (L22)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from events.budgets import BudgetReserved, BudgetSet
from events.escalation import OwnershipAccepted
from events.fact import Fact
from events.intake import ComplaintLodged
from events.triage import ClusterMemberAdded, ClusterProposed
from projections.views import budgets, cases, clusters
from projections.views.standing import folded
from projections.views.told import Told, stamp
from told import Log

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)
Page = Mapping[str, Any]
BUDGET = BudgetSet(at=NOON, amount_minor=100, currency="CNY", reason="first quarter", by="lead")
KINDS = [
    ("complaint/c1", ComplaintLodged(at=NOON, channel="phone"), OwnershipAccepted(at=LATER, owner="handler"), cases),
    (
        "cluster/k1",
        ClusterProposed(at=NOON, title="contactors", reason="nine voices", by="ma"),
        ClusterMemberAdded(at=LATER, complaint_id="c1", evidence="same text", confidence_percent=90, by="ma"),
        clusters,
    ),
    (
        "budget/harbour:2026-Q1",
        BUDGET,
        BudgetReserved(at=LATER, reservation="r1", complaint="c1", amount_minor=60, by="handler"),
        budgets,
    ),
]
each_kind = pytest.mark.parametrize(("stream", "first", "next_one", "view"), KINDS, ids=["case", "cluster", "budget"])


def after(view: ModuleType, page: Page | None, told: Told) -> Page:
    """The page as it is kept after this record."""
    return folded(view.fold, view.moved, page, told)


def said(page: Page) -> Page:
    """All that it says but where it stands."""
    return {name: value for name, value in page.items() if name not in ("head", "position", "updated_at", "parked")}


def stands(page: Page, told: Told) -> bool:
    assert told.envelope is not None
    where = (page["head"], page["position"], page["updated_at"])
    return where == (list(told.head or ()), [told.partition, told.offset], stamp(told.envelope.time))


@each_kind
def test_a_page_stays_as_it_was_where_a_record_could_not_be_read(
    stream: str, first: Fact, next_one: Fact, view: ModuleType
) -> None:
    """It says which record was the first, and why; its place goes on."""
    log = Log()
    good, bad, worse, fine = log.tell(stream, first, *[next_one] * 3)
    before = after(view, None, good)
    assert stands(before, good)
    assert "parked" not in before
    page = after(view, before, log.garble(bad, "by: missing"))
    why = {"position": [bad.partition, bad.offset], "type": next_one.type, "why": "by: missing"}
    assert (page["parked"], said(page), stands(page, bad)) == (why, said(before), True)
    page = after(view, page, log.garble(worse, "at: missing"))
    assert (page["parked"], said(page), stands(page, worse)) == (why, said(before), True)
    page = after(view, page, fine)
    assert (page["parked"], said(page), stands(page, fine)) == (why, said(before), True)


@each_kind
def test_a_stream_whose_first_record_cannot_be_read_has_a_page_that_says_so(
    stream: str, first: Fact, next_one: Fact, view: ModuleType
) -> None:
    log = Log()
    bad, fine = log.tell(stream, first, next_one)
    page = after(view, None, log.garble(bad, "at: missing"))
    assert (page["id"], page["stream"], page["parked"]["why"]) == (stream.partition("/")[2], stream, "at: missing")
    assert stands(page, bad)
    assert said(after(view, page, fine)) == said(page)


@each_kind
def test_what_says_nothing_here_moves_a_page_s_place_and_nothing_else(
    stream: str, first: Fact, next_one: Fact, view: ModuleType
) -> None:
    """L21: a type that nobody here knows, and a fact of another kind of stream."""
    log = Log()
    good, unknown = log.tell(stream, first, next_one)
    unknown.fact = None
    (foreign,) = log.tell(stream, BUDGET if view is not budgets else KINDS[0][1])
    before = after(view, None, good)
    for told in (unknown, foreign):
        page = after(view, before, told)
        assert (said(page), stands(page, told), "parked" in page) == (said(before), True, False)


@each_kind
def test_a_fold_that_raises_parks_its_page_and_no_word_of_it_is_told(
    stream: str, first: Fact, next_one: Fact, view: ModuleType
) -> None:
    log = Log()
    good, bad = log.tell(stream, first, next_one)
    bad.fact = next_one.model_copy(update={"at": "secret"})
    before = after(view, None, good)
    page = after(view, before, bad)
    assert (said(page), stands(page, bad)) == (said(before), True)
    assert page["parked"]["why"] == f"AttributeError on {next_one.type}"

"""From pages of complaints to the rows of the tables beside them: what a batch changed, and no more. Pure.

Must not: fold a page (`views`), or write a row (`store`).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from projections.views.chapters.page import Case
from projections.views.told import Plain

LISTED = (
    "id", "status", "cycle", "source", "source_ref", "channel", "product", "branch", "identity", "screening",
    "category", "grade", "queue", "owner", "offered_to", "withdrawn", "lodged_at", "closed_at", "party_ref",
    "next_due_at", "next_clock", "resumed_due_at", "resumed_clock", "resumed_provisional",
)  # fmt: skip
"""What lists filter and sort by: members of a page with a column of their own in `cases`."""


def case_rows(before: Mapping[str, Case], after: Mapping[str, Case]) -> Iterator[Plain]:
    """The rows of `cases` that are not as before. Where clocks moved, what was counted of the paused ones is stale."""
    for stream, page in after.items():
        was, values = before.get(stream), tuple(map(page.get, LISTED))
        if was is None or was.get("clocks") is not page.get("clocks") or values != tuple(map(was.get, LISTED)):
            yield {**dict(zip(LISTED, values, strict=True)), "withdrawn": page.get("withdrawn") is not None}


def clock_rows(before: Mapping[str, Case], after: Mapping[str, Case]) -> Iterator[Plain]:
    """The clocks that are not as before."""
    for complaint_id, clock in _changed(before, after, "clocks"):
        yield {**clock, "complaint_id": complaint_id}


def promise_rows(before: Mapping[str, Case], after: Mapping[str, Case]) -> Iterator[Plain]:
    """The promises that are not as before; the whole of each is its `detail`."""
    for complaint_id, promise in _changed(before, after, "promises"):
        yield {**promise, "complaint_id": complaint_id, "detail": promise}


def _changed(
    before: Mapping[str, Case], after: Mapping[str, Case], part: Literal["clocks", "promises"]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What of a part of the pages is not the same value as before, with its complaint."""
    for stream, page in after.items():
        now: Mapping[str, Any] | None = page.get(part)
        if not now:
            continue
        was: Mapping[str, object] = before[stream].get(part, {}) if stream in before else {}
        for name, one in now.items():
            if was.get(name) is not one:
                yield page["id"], one


def handoff_rows(before: Mapping[str, Case], after: Mapping[str, Case]) -> Iterator[Plain]:
    for stream, page in after.items():
        was, now = before.get(stream), page.get("handoffs")
        same = was is not None and was.get("handoffs") is now and was.get("source") == page.get("source")
        if now is not None and not same:
            yield {**now, "complaint_id": page["id"], "source": page.get("source")}

"""Where the page of a stream beside complaints stands: its head, its place in the log, and what could not be folded.

Pure. Must not: say what a fact means (that is the view's own).
"""

from collections.abc import Callable, Mapping
from typing import Required, TypeVar, cast

from typing_extensions import TypedDict

from projections.views.told import Plain, Stamped, Told, stamp

PageT = TypeVar("PageT", bound=Mapping[str, object])
Fold = Callable[[PageT | None, Told], PageT]
"""The page of a stream after one admitted record."""


class Standing(TypedDict, total=False):
    """What every such page has. `parked`: from that record on it stays as it was (L22)."""

    id: Required[str]
    stream: Required[str]
    head: Required[list[int]]
    position: Required[list[int]]
    updated_at: Stamped
    parked: Plain


def standing(told: Told, prefix: str) -> Standing:
    """Where a page of the streams `prefix` stands after this record."""
    assert told.envelope is not None
    return {
        "id": told.envelope.stream.removeprefix(prefix),
        "stream": told.envelope.stream,
        "head": list(told.head or ()),
        "position": [told.partition, told.offset],
        "updated_at": stamp(told.envelope.time),
    }


def folded(
    fold: Fold[PageT],
    moved: Fold[PageT],
    page: PageT | None,
    told: Told,
    beside: Callable[[PageT | None, Told], None] | None = None,
) -> PageT:
    """The page by `fold`. A record that cannot be read or folded is a finding about one stream, and parks its page
    (L22): that says so, and from there on only its place changes, as by `moved`. `beside` hears of every record before
    it is folded; where that fails, the page parks as well.
    """
    assert told.envelope is not None
    why, parked = told.why if told.fact is None else None, page is not None and "parked" in page
    try:
        if beside is not None:
            beside(page, told)
        if why is None and not parked:
            return fold(page, told)
    except Exception as error:  # noqa: BLE001 - whatever it is: other streams go on, and this one can still be shown
        why = f"{type(error).__name__} on {told.envelope.type}"
    after = moved(page, told)
    if not parked:
        where = {"position": [told.partition, told.offset], "type": told.envelope.type, "why": why}
        cast("dict[str, object]", after)["parked"] = where
    return after

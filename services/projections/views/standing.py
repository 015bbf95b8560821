"""Where the page of a stream beside complaints stands: its head, its place in the log, and what could not be folded.

Pure. Must not: say what a fact means (that is the view's own).
"""

from collections.abc import Callable
from typing import Required, TypeVar

from typing_extensions import TypedDict

from projections.views.told import Plain, Told, stamp

PageT = TypeVar("PageT")


class Standing(TypedDict, total=False):
    """What every such page has. `parked`: from that record on it stays as it was (L22)."""

    id: Required[str]
    stream: Required[str]
    head: Required[list[int]]
    position: Required[list[int]]
    updated_at: str
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


def unread(told: Told, why: str) -> Plain:
    """Which record could not be folded, and why: a page's `parked`."""
    assert told.envelope is not None
    return {"position": [told.partition, told.offset], "type": told.envelope.type, "why": why}


def folded(
    fold: Callable[[PageT | None, Told], PageT],
    park: Callable[[PageT | None, Told, str], PageT],
    page: PageT | None,
    told: Told,
) -> PageT:
    """The page after one admitted record. A fold that raises is a finding about one stream, and parks it (L22)."""
    try:
        return fold(page, told)
    except Exception as error:  # noqa: BLE001 - whatever it is: other streams go on, and this one can still be shown
        assert told.envelope is not None
        return park(page, told, f"{type(error).__name__} on {told.envelope.type}")

"""Showing: sealed text is opened for those who may read it, and records are written as JSON answers.

Lives here: the form of what leaves. Must not: a query, or who may read.
"""

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import orjson

from events.admission import Head
from projections.views.chapters.page import Case
from projections.views.handoffs import Handoffs
from projections.views.told import Plain, stamp
from runtime.caller import Position
from runtime.sealing import Opened

Unseal = Callable[[str, str], Opened]
"""(stream, token) to its text, or why there is none."""

SEALED = "sealed:1:"

SUMMARY = (
    "id", "status", "cycle", "source", "source_ref", "history", "lodged_at", "closed_at", "channel", "language",
    "product", "branch", "identity", "anonymous", "injury", "told_people", "text", "screening", "category",
    "category_told", "grade", "grade_before", "queue", "owner", "owned_since", "offered_to", "level", "next_due_at",
    "next_clock", "motive", "retellings", "bounces", "last_contact_at", "last_contact_channel", "updated_at",
)  # fmt: skip
_INNER = ("team", "team_before", "owner", "owners", "line")
TEXT_CHARS_IN_LIST = 200


def opened(value: Any, stream: str, unseal: Unseal | None) -> Any:  # noqa: ANN401 - any JSON value
    """The value with its sealed texts opened; where one stays closed, an object says why: `{"sealed": "erased"}`."""
    if isinstance(value, str):
        return _text(value, stream, unseal) if value.startswith(SEALED) else value
    if isinstance(value, Mapping):
        return {name: opened(one, stream, unseal) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [opened(one, stream, unseal) for one in value]
    return value


def _text(token: str, stream: str, unseal: Unseal | None) -> str | dict[str, str]:
    if unseal is None:
        return {"sealed": "withheld"}
    text = unseal(stream, token)
    return text if isinstance(text, str) else {"sealed": text.value}


def case_line(page: Case, unseal: Unseal | None) -> Plain:
    """One line of the worklist."""
    whole: Mapping[str, Any] = page
    line = {name: opened(whole.get(name), page["stream"], unseal) for name in SUMMARY}
    if isinstance(line["text"], str):
        line["text"] = line["text"][:TEXT_CHARS_IN_LIST]
    clock = page.get("clocks", {}).get(page.get("next_clock") or "")
    line["next_clock_state"] = clock["state"] if clock else None
    line["provisional"] = page.get("next_provisional", False)
    line["standing"] = clock.get("standing") if clock else None
    line["withdrawn"] = bool(page.get("withdrawn"))
    line["unjudged"] = bool(page.get("unjudged"))
    line["conflict"] = bool(page.get("conflicts"))
    line["head"] = head_text(page["head"])
    line["handoffs"] = figures(page.get("handoffs"))
    return line


def case_page(page: Case, unseal: Unseal | None, epoch: str) -> Plain:
    """The whole page."""
    whole: Plain = standing({**opened(page, page["stream"], unseal)}, epoch)
    whole["handoffs"] = figures(page.get("handoffs"))
    return whole


def standing(page: Plain, epoch: str) -> Plain:
    """A page, its head and the places where it stands, and is parked, as every answer writes them."""
    parked = {"parked": placed(page["parked"], epoch)} if "parked" in page else {}
    return {**placed(page, epoch), **parked, "head": head_text(page["head"])}


def placed(told: Plain, epoch: str) -> Plain:
    """The same, with its place in the log as every answer writes one."""
    return {**told, "position": place(epoch, *told["position"])}


def place(epoch: str, partition: int, offset: int) -> str:
    """A record's place, as `Complaint-Position` and `GET /v1/records?position=` take it."""
    return str(Position(epoch, partition, offset))


def figures(handoffs: Handoffs | None) -> Plain | None:
    """The figures of a case's handoffs, without what the fold remembers for itself."""
    return {name: value for name, value in handoffs.items() if name not in _INNER} if handoffs else None


def head_text(head: list[int]) -> str:
    """A head as ETag and If-Match write it."""
    return str(Head(*head))


def record(row: Mapping[str, Any], epoch: str) -> Plain:
    """One line of the ledger: every header that was understood, the verdict, and the value as it stood."""
    return {
        "position": place(epoch, row["partition"], row["offset"]),
        "verdict": row["verdict"],
        "why": row["why"],
        "stream": row["stream"],
        "type": row["type"],
        "actor": row["actor"],
        "actor_type": row["actor_type"],
        "event_id": row["event_id"],
        "source": row["source"],
        "time": _time(row["at"]),
        "recorded_time": _time(row["recorded_at"]),
        "appended_ms": row["append_time_ms"],
        "expects": row["expects"],
        "command_hash": row["command_hash"],
        "correlation_id": row["correlation_id"],
        "causation_id": row["causation_id"],
        "key": None if row["key"] is None else row["key"].decode("utf-8", "replace"),
        **_value(row["value"]),
    }


def cloud_event(row: Mapping[str, Any], epoch: str) -> Plain:
    """An admitted fact as a CloudEvent in JSON, with its position; sealed text stays sealed."""
    attributes = {
        "specversion": "1.0",
        "id": row["event_id"],
        "source": row["source"],
        "type": row["type"],
        "subject": row["stream"],
        "time": _time(row["at"]),
        "recordedtime": _time(row["recorded_at"]),
        "authtype": row["actor_type"],
        "authid": row["actor"],
        "correlationid": row["correlation_id"],
        "causationid": row["causation_id"],
        "position": place(epoch, row["partition"], row["offset"]),
        "datacontenttype": "application/json",
    }
    return {name: value for name, value in attributes.items() if value is not None} | _value(row["value"])


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else stamp(moment)


def _value(value: bytes | None) -> Plain:
    """`data` where the bytes are JSON, else `data_base64`: nothing that stood in the log is unshowable."""
    if value is None:
        return {"data": None}
    try:
        return {"data": orjson.loads(value)}
    except ValueError:
        return {"data_base64": base64.b64encode(value).decode()}

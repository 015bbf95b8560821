"""Due times of ours beside those that a publisher states, as the SLA board shows them: how many agree, and where not.

Pure: the answer of `deviations` becomes figures and words. Must not: guess at a reason, or count a due time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from projections.console.reader import Reader
from projections.queries import FEW_JUDGED

TYPES_MAX, REASONS_MAX = 20, 3
"""So many request types of each kind, and so many reasons of each, fit on a board; the API has all of them."""


@dataclass(frozen=True)
class Deviating:
    """One request type whose due times are not always the stated ones."""

    name: str
    policy: str
    compared: int
    within: int
    deviating: int
    reasons: Sequence[str]
    """The likely ones, the most frequent first; empty where it was not looked for."""


@dataclass(frozen=True)
class Missing:
    """One request type that the pack has no policy for."""

    name: str
    pack: str
    cases: int


@dataclass(frozen=True)
class Compared:
    """The whole comparison in words."""

    within: int
    within_sub: str
    deviating: int
    deviating_sub: str
    no_policy: int
    no_policy_sub: str
    types: Sequence[Deviating]
    without: Sequence[Missing]
    more: str
    """How many request types are not shown; empty where all are."""
    said: str


def shown(board: Mapping[str, Any], found: Mapping[str, Any], reader: Reader) -> Compared:
    """The comparison for this reader: the board's own figures, and request type by request type."""
    words, types, without = reader.words, found["deviations"], found["without_policy"]
    total, within, no_policy = (board[name] for name in ("due_compared", "due_within_5_minutes", "no_policy"))
    hidden = max(len(types) - TYPES_MAX, 0) + max(len(without) - TYPES_MAX, 0)
    figures = {"compared": f"{total:,}", "within": f"{within:,}", "without": f"{no_policy:,}"}
    return Compared(
        within=within,
        within_sub=_share(within, total, reader),
        deviating=total - within,
        deviating_sub=words.n("compared.types", len(types)),
        no_policy=no_policy,
        no_policy_sub=words.n("compared.unnamed", len(without)),
        types=[_type(one, reader) for one in types[:TYPES_MAX]],
        without=[
            Missing(_name(one["category"], reader), one["pack"] or "–", one["cases"]) for one in without[:TYPES_MAX]
        ],
        more=words.n("compared.more", hidden) if hidden else "",
        said=words.t("compared.said", **figures),
    )


def _share(within: int, total: int, reader: Reader) -> str:
    if total < FEW_JUDGED:
        return reader.words.t("compared.few", within=within, compared=total)
    return reader.words.t("compared.share", share=reader.percent(100 * within / total), compared=f"{total:,}")


def _type(one: Mapping[str, Any], reader: Reader) -> Deviating:
    reasons = [_reason(reason, reader) for reason in one["reasons"][:REASONS_MAX]]
    name = _name(one["category"], reader)
    return Deviating(name, one["policy"], one["compared"], one["within_5_minutes"], one["deviating"], reasons)


def _name(category: str | None, reader: Reader) -> str:
    return category or reader.words.t("compared.unclassed")


def _reason(reason: Mapping[str, Any], reader: Reader) -> str:
    words, limit = reader.words, ""
    if reason["as_if"] is not None:
        amount, _, unit = reason["as_if"].partition(" ")
        limit = words.n(f"limit.{unit}", int(amount))
    why = words.t(f"deviation.{reason['reason']}", limit=limit)
    return words.t("compared.reason", why=why, deadlines=f"{reason['deadlines']:,}")

"""The commands on what stands beside a case in a stream of its own: clusters and budgets. Plain data.

What there is of them stands on the case as `beside` (`questions`). Must not: judge one (triage and accountability do).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from events.accountability import BudgetNamed
from events.budgets import BudgetReleased, BudgetReserved, BudgetSet
from events.roles import FRONT, HANDLING, RULING
from events.triage import ClusterMemberAdded, ClusterMemberRemoved, ClusterProposed
from projections.console.asking import CURRENCIES, EVIDENCE, REASON, Ask, Case, Choice, Command, Thing, always, choice
from projections.console.reader import Reader

_NOTHING: Mapping[str, Any] = {"clusters": (), "budgets": (), "budget": None}
_THIS_CASE = Ask("complaint_id", "fixed", value="{case}")


def _beside(case: Case) -> Mapping[str, Any]:
    return case.get("beside") or _NOTHING


def _clusters_to_join(case: Case, _: Thing, __: Reader) -> Sequence[Choice]:
    return [Choice(one["id"], one["title"]) for one in _beside(case)["clusters"]]


def clusters_there(case: Case, thing: Thing, reader: Reader) -> Sequence[Choice]:
    """Each cluster, those that the case is in first."""
    own = [Choice(one["id"], one["title"]) for one in case.get("clusters", ())]
    return [*own, *_clusters_to_join(case, thing, reader)]


def queues_there(case: Case, _: Thing, reader: Reader) -> Sequence[Choice]:
    """Each queue that the table of routes names; any other would be one that nobody looks at."""
    return [Choice(name, reader.words.of("queue", name)) for name in _beside(case).get("queues", ())]


def _its_clusters(case: Case) -> Sequence[Thing]:
    return [Thing(one["id"], one) for one in case.get("clusters", ())]


def _other_budgets(case: Case, _: Thing, __: Reader) -> Sequence[Choice]:
    return [Choice(name, name) for name in _beside(case)["budgets"] if name != case.get("budget")]


def _its_budget(case: Case) -> Sequence[Thing]:
    """What an amount was set for: only there can be reserved."""
    budget = _beside(case)["budget"]
    return [Thing(budget["id"], budget)] if budget and budget.get("left_minor", 0) > 0 else []


def kept(case: Case) -> Sequence[Thing]:
    """What is reserved for the case in its budget and no offer has used."""
    budget = _beside(case)["budget"] or {}
    counts = [one for one in case.get("offers", {}).values() if one.get("state") not in ("declined", "withdrawn")]
    used = {one.get("reservation") for one in counts}
    return [
        Thing(name, {**one, "currency": budget["currency"]}, within=budget["id"])
        for name, one in budget.get("reservations", {}).items()
        if one["complaint"] == case["id"] and name not in used
    ]


def reservations(case: Case, _: Thing, reader: Reader) -> Sequence[Choice]:
    """The same, to choose from."""
    free = [one for one in kept(case) if one.id not in case.get("given_up", ())]
    return [Choice(one.id, reader.money(one.about["amount_minor"], one.about["currency"])) for one in free]


START = Command(
    "start-cluster", "/v1/clusters", HANDLING, ClusterProposed, "plus", (Ask("title", label="cluster_title"), REASON),
    always,
)  # fmt: skip
SET_BUDGET = Command(
    "set-budget", "/v1/budgets/{budget}", RULING, BudgetSet, "gift",
    (
        Ask("budget", in_address=True, hint="budget"),
        Ask("amount_minor", "money"),
        choice("currency", "currency", CURRENCIES, value="CNY"),
        REASON,
    ),
)  # fmt: skip
BESIDE: tuple[Command, ...] = (
    Command(
        "join", "/v1/clusters/{cluster_id}/members", HANDLING, ClusterMemberAdded, "link",
        (
            Ask("cluster_id", "choice", label="cluster", among=_clusters_to_join, in_address=True),
            EVIDENCE,
            Ask("confidence_percent", "count"),
            _THIS_CASE,
        ),
        always,
    ),
    Command(
        "leave", "/v1/clusters/{thing}/members/{case}/removal", HANDLING, ClusterMemberRemoved, "refused", (REASON,),
        always, _its_clusters,
    ),
    START,
    Command(
        "budget", "budget", HANDLING, BudgetNamed, "gift",
        (Ask("budget", "line", label="paid_by", among=_other_budgets), REASON),
    ),
    Command(
        "reserve", "/v1/budgets/{thing}/reservations", FRONT, BudgetReserved, "gift",
        (Ask("amount_minor", "money"), _THIS_CASE), things=_its_budget,
    ),
    Command(
        "release", "/v1/budgets/{within}/reservations/{thing}/release", RULING, BudgetReleased, "refused", (REASON,),
        always, kept,
    ),
)  # fmt: skip

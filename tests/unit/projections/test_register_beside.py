"""Who answers for what stands beside complaints: rulebooks, budgets, clusters."""

from events.budgets import BudgetSet
from events.rulebook import EscalationApproved, EscalationDrafted, EscalationDraftRefused
from events.triage import ClusterMemberAdded, ClusterMemberRemoved, ClusterProposed
from projections.views import budgets, clusters, register
from projections.views.budgets import Budget
from projections.views.clusters import Cluster
from projections.views.rulebooks import shelved
from told import Log
from unit.accountability.cases import NOON, later
from unit.projections.test_register import STREAM, said


def test_who_wrote_which_rules_and_who_let_them_take_effect() -> None:
    """R64, R142: each version of a rulebook with its author, its second person, and from when on it holds."""
    drafted = EscalationDrafted(
        at=NOON, version=1, text="much", effective_at=later(minutes=60), why="a holiday", consulted=("legal",), by="li"
    )
    log, found = Log(), []
    told = log.tell(
        "rulebook/calendar/cn",
        drafted,
        EscalationApproved(at=later(minutes=5), version=1, by="wang"),
        drafted.model_copy(update={"version": 2}),
        EscalationDraftRefused(at=later(minutes=9), version=2, why="a slip", by="li"),
    )
    for number, one in enumerate(told):
        line = register.entry(shelved(told[: number + 1]), one)
        assert line is not None
        found.append(said(dict(line), "act", "kind", "by", "second_person", "rule", "after"))
        assert "text" not in line["detail"]
    then = "2026-03-02T13:00:00.000000Z"
    assert found == [
        ("rulebook-drafted", "rules", "li", None, "calendar/cn@1", then),
        ("rulebook-approved", "rules", "wang", "li", "calendar/cn@1", then),
        ("rulebook-drafted", "rules", "li", None, "calendar/cn@2", then),
        ("rulebook-refused", "rules", "li", None, "calendar/cn@2", None),
    ]


def test_who_set_a_budget_from_what_to_what() -> None:
    """R89, R64."""
    amount = BudgetSet(at=NOON, amount_minor=900, currency="CNY", reason="quarter", by="manager")
    page: Budget | None = None
    found = []
    for told in Log().tell("budget/east:2026", amount, amount.model_copy(update={"amount_minor": 400, "by": "other"})):
        line = register.entry(page, told)
        page = budgets.fold(page, told)
        assert line is not None
        found.append(said(dict(line), "kind", "by", "amount_minor", "currency", "before", "after"))
    assert found == [("money", "manager", 900, "CNY", None, "900"), ("money", "other", 400, "CNY", "900", "400")]


def test_who_said_which_cases_have_one_cause() -> None:
    """R111, R64: a cluster, its members with who took one out that another had put in, and the answer on the case."""
    case = STREAM.removeprefix("complaint/")
    proposed = ClusterProposed(at=NOON, title="hinges", reason="r", by="handler")
    added = ClusterMemberAdded(at=NOON, complaint_id=case, evidence="same hinge", confidence_percent=80, by="handler")
    removed = ClusterMemberRemoved(at=NOON, complaint_id=case, reason="another part", by="lead")
    page: Cluster | None = None
    found = []
    for told in Log().tell("cluster/c1", proposed, added, removed, added, removed.model_copy(update={"by": "handler"})):
        line = register.entry(page, told)
        page = clusters.fold(page, told)
        assert line is not None
        found.append(said(dict(line), "act", "kind", "by", "before", "after", "second_person", "override"))
        assert line.get("complaint_id") == (None if told.fact == proposed else case), "found by the case it is about"
    judged = "judgement"
    assert found == [
        ("cluster-proposed", judged, "handler", None, "hinges", None, None),
        ("cluster-member-added", judged, "handler", None, case, None, None),
        ("cluster-member-removed", judged, "lead", case, None, "handler", True),
        ("cluster-member-added", judged, "handler", None, case, None, None),
        ("cluster-member-removed", judged, "handler", case, None, None, False),
    ]

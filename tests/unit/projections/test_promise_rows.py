"""What becomes of each promise and callback of a case where there are several: one row's fate is no other's (R96)."""

from datetime import UTC, datetime, timedelta

from events.accountability import (
    CallbackAttempted,
    CallbackMissed,
    CallbackScheduled,
    ComplaintReopened,
    PromiseBroken,
    PromiseKept,
    PromiseMade,
)
from projections.views import promises
from projections.views.promises import Promise
from projections.views.told import stamp

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SEALED = "sealed:1:00000000-0000-5000-8000-000000000001:00000000-0000-5000-8000-000000000002:text:AAAA"


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def folded(*facts: promises.PromiseFact) -> dict[str, Promise]:
    found: dict[str, Promise] = {}
    for fact in facts:
        found = promises.fold(found, fact)
    return found


MADE = PromiseMade(at=NOON, promise_id="p1", kind="action", text=SEALED, due=after(60), owner="owner", by="handler")
OTHER = MADE.model_copy(update={"promise_id": "p2", "kind": "callback"})
OTHER_DUE = stamp(OTHER.due)
SCHEDULED = CallbackScheduled(at=after(1), due=after(30), reason="closed as accepted", rule="authority@1")
REOPENED = ComplaintReopened(at=after(40), reason="new facts", cycle=2, by="handler")
AGAIN = SCHEDULED.model_copy(update={"at": after(50), "due": after(90)})
TRIED = CallbackAttempted(at=after(55), outcome="not-reached", next_at=after(120), by="handler")


def test_a_promise_says_who_owes_it_until_when() -> None:
    one = folded(MADE)["p1"]
    assert (one["kind"], one["owner"], one["by"], one["text"]) == ("action", "owner", "handler", SEALED)
    assert (one["state"], one["made_at"], one["due"], one["next_at"]) == (
        "open", stamp(NOON), stamp(after(60)), stamp(after(60)),
    )  # fmt: skip


def test_keeping_or_breaking_one_leaves_the_others() -> None:
    kept = PromiseKept(at=after(5), promise_id="p1", evidence="photo", by="handler")
    found = folded(MADE, OTHER, kept)
    assert (found["p1"]["state"], found["p1"]["evidence"], found["p2"]["state"]) == ("kept", "photo", "open")
    found = folded(MADE, OTHER, PromiseBroken(at=after(60), promise_id="p2"))
    assert [one["state"] for one in found.values()] == ["open", "broken"]
    assert folded(MADE, kept.model_copy(update={"promise_id": "p9"})) == folded(MADE)


def test_a_callback_of_each_closing_has_a_row_of_its_own() -> None:
    """A late word about the first moves nothing of the second."""
    found = folded(SCHEDULED, REOPENED, AGAIN, TRIED)
    assert list(found) == ["closing-1", "closing-2"]
    first, second = found.values()
    assert (first["state"], first["next_at"], "attempts" in first) == ("lapsed", None, False)
    assert (second["state"], second["next_at"], len(second["attempts"])) == ("open", stamp(after(120)), 1)
    missed = CallbackMissed(at=after(30), missed=1, next_at=after(60), rule="authority@1")
    late = folded(SCHEDULED, REOPENED, AGAIN, missed)
    assert (late["closing-1"]["missed"], late["closing-1"]["next_at"]) == (1, None)
    assert late["closing-2"] == folded(SCHEDULED, REOPENED, AGAIN)["closing-2"]
    due = folded(SCHEDULED, REOPENED, AGAIN, missed.model_copy(update={"at": after(90), "next_at": after(99)}))
    assert (due["closing-2"]["missed"], due["closing-2"]["next_at"]) == (1, stamp(after(99)))
    assert "missed" not in due["closing-1"]


def test_reopening_ends_what_closing_owes_and_no_promise() -> None:
    found = folded(MADE, OTHER, SCHEDULED, REOPENED)
    assert [(name, one["state"]) for name, one in found.items()] == [
        ("p1", "open"), ("p2", "open"), ("closing-1", "lapsed"),
    ]  # fmt: skip
    reached = TRIED.model_copy(update={"outcome": "satisfied", "at": after(35)})
    assert folded(SCHEDULED, reached, REOPENED)["closing-1"]["state"] == "kept"


def test_once_its_tries_are_spent_nobody_has_to_call_and_reaching_them_still_keeps_it() -> None:
    """R96: the rules name no further try; whoever calls may name one, and a reopening ends it."""
    spent = TRIED.model_copy(update={"next_at": None})
    found = folded(SCHEDULED, TRIED, spent)["closing-1"]
    assert (found["state"], found["next_at"], len(found["attempts"])) == ("spent", None, 2)
    again = folded(SCHEDULED, spent, TRIED)["closing-1"]
    assert (again["state"], again["next_at"]) == ("open", stamp(after(120)))
    reached = spent.model_copy(update={"outcome": "satisfied"})
    assert folded(SCHEDULED, spent, reached)["closing-1"]["state"] == "kept"
    reopened = folded(SCHEDULED, spent, REOPENED, reached)["closing-1"]
    assert (reopened["state"], len(reopened["attempts"])) == ("lapsed", 1)
    promised = folded(OTHER, spent.model_copy(update={"promise_id": "p2"}))["p2"]
    assert (promised["state"], promised["next_at"]) == ("open", OTHER_DUE)


def test_a_try_counts_for_what_it_names_else_for_what_closing_owes() -> None:
    named = TRIED.model_copy(update={"promise_id": "p2"})
    found = folded(OTHER, SCHEDULED, named)
    assert (found["p2"]["next_at"], "attempts" in found["closing-1"]) == (stamp(after(120)), False)
    found = folded(OTHER, SCHEDULED, TRIED)
    assert (found["closing-1"]["next_at"], "attempts" in found["p2"]) == (stamp(after(120)), False)
    assert folded(OTHER, TRIED) == folded(OTHER)
    kept = folded(OTHER, named.model_copy(update={"outcome": "satisfied"}), named)["p2"]
    assert (kept["state"], kept["next_at"], len(kept["attempts"])) == ("kept", None, 2)

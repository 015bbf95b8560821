"""One rulebook: drafted, checked, approved by somebody else, in force; as of then and as known then (L24)."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import TypeAdapter

from events.decider import NOTHING, Context, Decider, Refused, UnknownRulebook
from events.fact import Chapter, Fact
from events.rulebook import EscalationApproved, EscalationDrafted, EscalationDraftRefused
from events.table import Finding
from rulebooks.books import as_first, by_ref, look_up, names
from rulebooks.keeping import keeping
from rulebooks.state import (
    FINDINGS_MAX,
    ApproveRulebook,
    Books,
    DraftRulebook,
    RefuseRulebook,
    Rulebook,
    Writing,
    decide,
    evolve,
    in_force,
)

DAY = timedelta(days=1)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def check(name: str, text: str, _books: Books) -> tuple[Finding, ...]:
    return (Finding(name, "it is bad", "do better"), Finding(name, "it is long", "cut it")) if "bad" in text else ()


WRITING = Writing(EscalationDrafted, EscalationApproved, EscalationDraftRefused, {"calendar": check})


def drafting(text: str = "good", *, by: str = "li.na", **more: object) -> DraftRulebook:
    given: dict[str, object] = {"consulted": ("legal",), "kind": "calendar", **more}
    return DraftRulebook(now=NOON, by=by, name="cn", text=text, why="a holiday", **given)  # type: ignore[arg-type]


def approving(version: int = 1, *, by: str = "wang", shipped: bool = False) -> ApproveRulebook:
    return ApproveRulebook(now=NOON + DAY, by=by, kind="calendar", name="cn", version=version, shipped=shipped)


def after(*commands: DraftRulebook | ApproveRulebook | RefuseRulebook) -> Rulebook:
    book = Rulebook()
    for command in commands:
        fact = decide(command, book, {}, WRITING)
        assert isinstance(fact, EscalationDrafted | EscalationApproved | EscalationDraftRefused), fact
        book = evolve(book, fact)
    return book


def refused(command: object, book: Rulebook) -> str:
    answer = decide(command, book, {}, WRITING)  # type: ignore[arg-type]
    assert isinstance(answer, Refused), answer
    return answer.code


def test_a_draft_is_in_force_once_approved_and_not_before() -> None:
    drafted = after(drafting())
    assert in_force(drafted, at=NOON + 5 * DAY) is None
    version = in_force(after(drafting(), approving()), at=NOON + 5 * DAY)
    assert version is not None
    assert (version.number, version.text) == (1, "good")


@pytest.mark.parametrize("running", [False, True])
def test_what_was_drafted_is_what_is_approved(running: bool) -> None:
    """Also from when on, and whether it counts for clocks that run (L15)."""
    (version,) = after(drafting(effective_at=NOON + 3 * DAY, applies_to_running=running), approving()).versions
    assert (version.effective_at, version.known_at) == (NOON + 3 * DAY, NOON + DAY)
    assert version.applies_to_running is running
    assert after(drafting(), approving()).versions[0].effective_at == NOON


def test_a_fact_that_names_no_open_draft_changes_nothing() -> None:
    """Total: whatever stands in the log."""
    book = after(drafting())
    approved, refusal = (
        decide(one, book, {}, WRITING)
        for one in (approving(), RefuseRulebook(now=NOON, by="li.na", version=1, why="a slip"))
    )
    assert isinstance(approved, EscalationApproved)
    assert isinstance(refusal, EscalationDraftRefused)
    for fact in (approved, refusal):
        assert evolve(book, fact.model_copy(update={"version": 2})) == book
        assert evolve(Rulebook(), fact) == Rulebook()


def test_who_wrote_it_does_not_approve_it() -> None:
    """Two people; only the product's own defaults have no second one."""
    assert refused(approving(by="li.na"), after(drafting())) == "second-person-needed"
    assert after(drafting(by="shipped"), approving(by="shipped", shipped=True)).versions


def test_one_draft_at_a_time_and_numbers_count_up_by_one() -> None:
    assert refused(drafting(), after(drafting())) == "draft-open"
    refusing = RefuseRulebook(now=NOON, by="li.na", version=1, why="a slip")
    book = after(drafting(), refusing, drafting())
    assert (book.draft and book.draft.number, book.versions) == (2, ())
    assert refused(approving(1), book) == "another-draft"
    assert refused(approving(1), after(drafting(), approving())) == "no-draft"
    assert refused(refusing, Rulebook()) == "no-draft"


def test_a_draft_that_does_not_validate_names_every_fault() -> None:
    """R142."""
    answer = decide(drafting("bad"), Rulebook(), {}, WRITING)
    assert isinstance(answer, Refused)
    assert [finding.wrong for finding in answer.findings] == ["it is bad", "it is long"]
    assert refused(drafting(consulted=()), Rulebook()) == "nobody-consulted"
    assert refused(drafting(kind="cake"), Rulebook()) == "rulebook-kind-unknown"


@pytest.mark.parametrize("more", [0, 1])
def test_of_very_many_faults_it_is_said_how_many_are_not_told(more: int) -> None:
    """R142: an answer has an end; nobody takes what is told for all of it."""
    every = tuple(Finding(f"line {n}", "it is bad", "do better") for n in range(FINDINGS_MAX + more))
    writing = Writing(EscalationDrafted, EscalationApproved, EscalationDraftRefused, {"calendar": lambda *_: every})
    answer = decide(drafting(), Rulebook(), {}, writing)
    assert isinstance(answer, Refused)
    assert answer.findings == every[:FINDINGS_MAX]
    assert answer.why.startswith(f"{FINDINGS_MAX + more} things are wrong")
    assert ("1 more are not told here" in answer.why) == bool(more)


def test_what_it_leans_on_may_have_changed_until_it_is_approved() -> None:
    changed = Writing(
        EscalationDrafted, EscalationApproved, EscalationDraftRefused, {"calendar": lambda *_: (Finding("", "", ""),)}
    )
    answer = decide(approving(), after(drafting()), {}, changed)
    assert isinstance(answer, Refused)
    assert answer.code == "rulebook-invalid"


def test_what_was_true_then_and_what_was_known_then_are_two_questions() -> None:
    """L24: a holiday announced late counts for the past, and was not known there."""
    late = drafting("late", effective_at=NOON - 10 * DAY)
    book = after(drafting("first", effective_at=NOON - 30 * DAY), approving(), late, approving(2))
    then = NOON - 5 * DAY
    told = in_force(book, at=then)
    assert told is not None
    assert told.text == "late"
    assert in_force(book, at=then, known_at=then) is None
    before = in_force(book, at=NOON - 20 * DAY)
    assert before is not None
    assert before.text == "first"
    assert in_force(book, at=NOON - 40 * DAY) is None


def test_a_rulebook_is_found_by_name_and_by_the_reference_in_a_fact() -> None:
    books = as_first({"calendar/cn": "x", "pack/cn-12315": "y", "calendar/uk": "z"})
    assert names(books, "calendar") == ("cn", "uk")
    assert look_up(books, "calendar", "cn", at=NOON).ref == "cn@1"
    assert by_ref(books, "calendar", "cn@1").text == "x"
    for missing in ("cn@2", "fr@1", "cn"):
        with pytest.raises(UnknownRulebook, match=missing):
            by_ref(books, "calendar", missing)
    with pytest.raises(UnknownRulebook, match="calendar/fr"):
        look_up(books, "calendar", "fr", at=NOON)


def test_a_state_comes_back_from_json() -> None:
    book = after(drafting(), approving(), drafting("next"))
    adapter = TypeAdapter(int | Rulebook)
    assert adapter.validate_json(adapter.dump_json(book)) == book


def test_a_service_keeps_rulebooks_beside_its_own_streams() -> None:
    """The service's own rules never see a rulebook's stream, nor the other way round."""

    def own(state: int, _fact: Fact, _recorded_at: datetime) -> int:
        return state + 1

    cases: Decider[int] = Decider(
        chapter=Chapter.ESCALATION, version=1, initial=0, state_type=int, reads=frozenset(), evolve=own,
        decide=lambda _command, state, _context: Refused("own", str(state)), owed=lambda *_: NOTHING,
    )  # fmt: skip
    decider = keeping(cases, WRITING)
    drafted = decider.decide(drafting(), decider.initial, Context())
    assert isinstance(drafted, EscalationDrafted)
    book = decider.evolve(decider.initial, drafted, NOON)
    assert isinstance(book, Rulebook)
    assert decider.owed(book, Context(), NOON) == NOTHING
    assert decider.decide("accept", book, Context()) == Refused("own", "0")
    assert decider.evolve(3, drafted, NOON) == 3
    refused = EscalationDraftRefused(at=NOON, version=1, why="x", by="y")
    assert decider.evolve(book, refused, NOON) == Rulebook(drafts=1)
    assert decider.books
    assert {EscalationDrafted, EscalationApproved, EscalationDraftRefused} <= decider.reads

"""A service decides on its own rulebooks beside those of other chapters, of which it knows only that they are there."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from events.decider import Context, Decider, Owed, Refused, UnknownRulebook
from events.fact import EARLIEST, Chapter
from events.rulebook import EscalationApproved, EscalationDrafted, EscalationDraftRefused
from rulebooks.keeping import keeping
from rulebooks.state import Books, DraftRulebook, Rulebook, Version, Writing
from triage.decider import DECIDER
from triage.decider.state import Empty

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_a_rulebook_of_another_chapter_is_no_obstacle_to_a_draft() -> None:
    """Triage has the streams of escalation's rulebooks in its tables, with none of their content."""
    command = DraftRulebook(NOON, "ann", "routing", "routing", "name = 1", "x", ("care",))
    foreign: dict[str, Rulebook] = {"organisation/default": Empty()}  # type: ignore[dict-item]
    answers = [DECIDER.decide(command, Rulebook(), replace(Context(None, {}), books=books)) for books in ({}, foreign)]
    assert isinstance(answers[0], Refused)
    assert answers[0] == answers[1]


def _version(number: int, effective_at: datetime) -> Version:
    return Version(number, "", effective_at, NOON, False)


def _waiting(wake_at: datetime | None) -> Decider[int | Rulebook]:
    """Somebody's rules who owe nothing, and wait for another table of what is late."""
    return keeping(
        Decider(
            chapter=Chapter.ESCALATION, version=1, initial=0, state_type=int, reads=frozenset(),
            evolve=lambda state, _fact, _recorded_at: state, decide=lambda *_: Refused("no", "never"),
            owed=lambda *_: Owed(wake_at=wake_at, waits_for=("rulebook/late/table",)),
        ),
        Writing(EscalationDrafted, EscalationApproved, EscalationDraftRefused, {}),
    )  # fmt: skip


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("effective", "wake_at", "looks_at"),
    [
        ([], None, None),
        ([NOON - HOUR], None, None),
        ([NOON], None, None),
        ([NOON - HOUR, NOON + 3 * HOUR, NOON + 2 * HOUR], None, NOON + 2 * HOUR),
        ([NOON + HOUR], NOON + 2 * HOUR, NOON + HOUR),
        ([NOON + 3 * HOUR], NOON + 2 * HOUR, NOON + 2 * HOUR),
    ],
    ids=["none", "in force", "in force from now on", "the first of two", "before its own look", "after its own look"],
)
def test_who_waits_for_a_rulebook_looks_again_when_an_approved_version_comes_into_force(
    effective: list[datetime], wake_at: datetime | None, looks_at: datetime | None
) -> None:
    """L15: nothing else happens at that moment."""
    book = Rulebook(tuple(_version(n, at) for n, at in enumerate(effective, 1)))
    owed = _waiting(wake_at).owed(0, Context(books={"late/table": book}), NOON)
    assert owed == Owed(wake_at=looks_at, waits_for=("rulebook/late/table",))


def test_a_version_counts_from_when_on_it_is_in_force_and_known() -> None:
    """L24: except for what ships, by which everything that ever happened is judged."""
    assert _version(1, EARLIEST).since == EARLIEST
    assert _version(2, NOON - HOUR).since == NOON
    assert _version(2, NOON + HOUR).since == NOON + HOUR


def test_rules_are_those_of_the_books_and_the_moment_that_are_asked_about() -> None:
    """L15: made once for a batch, and never a moment longer; where they are missing, it is looked at again soon."""
    made: list[tuple[object, datetime]] = []

    def rules(books: Books, at: datetime) -> tuple[int, datetime]:
        if not books:
            raise UnknownRulebook("late/table")
        made.append((books, at))
        return len(books["late/table"].versions), at

    kept = keeping(
        Decider(
            chapter=Chapter.ESCALATION, version=1, initial=0, state_type=int, reads=frozenset(),
            evolve=lambda state, _fact, _recorded_at: state,
            decide=lambda command, _state, context: Refused(str(command), str(context.rules)),
            owed=lambda _state, context, _now: Owed(wake_at=context.rules[1], waits_for=("x",) * context.rules[0]),
        ),
        Writing(EscalationDrafted, EscalationApproved, EscalationDraftRefused, {}),
        rules=rules, when=lambda command: command,
    )  # fmt: skip
    one, two = ({"late/table": Rulebook((_version(1, NOON),) * count)} for count in (1, 2))
    for books, at in ((one, NOON), (one, NOON), (two, NOON), (two, NOON + HOUR), (one, NOON + HOUR)):
        owed = kept.owed(0, Context(books=books), at)
        assert (len(owed.waits_for), owed.wake_at) == (len(books["late/table"].versions), at)
        said = kept.decide(at, 0, Context(books=books))
        assert said == Refused(str(at), str((len(books["late/table"].versions), at)))
    assert len(made) == 4
    assert kept.decide(None, 0, Context(books=one)) == Refused("None", "None")
    assert kept.decide(NOON, 0, Context("given", books=one)) == Refused(str(NOON), "given")
    assert kept.owed(0, Context(), NOON) == Owed(wake_at=NOON + timedelta(seconds=1))
    assert kept.owed(Rulebook(), Context(books=one), NOON) == Owed()

"""What a case remembers of what others said: the latest, in order, and which of it was known before which."""

from dataclasses import replace
from random import Random

import pytest

from escalation.decider.heard import End, Report
from escalation.decider.hearing import ended, heard_before, waiting_at_source
from escalation.decider.state import Asked, Case, Rest
from unit.escalation.cases import NOON, SOURCE, minutes

KEPT = 32


@pytest.mark.parametrize("seed", range(6))
def test_a_long_story_is_remembered_by_its_latest_words(seed: int) -> None:
    """However many there are of each: what was over when a source said that it waits is not paused by that (L14)."""
    random = Random(seed)
    case = Case(rest=Rest(NOON))
    ends: list[End] = []
    reports: list[tuple[Report, list[End]]] = []
    for number in range(200):
        if random.random() < (0.5, 0.9, 0.2)[seed % 3]:
            ends.append(End(minutes(number), f"message:{number}"))
            case = ended(case, ends[-1])
        else:
            reason = random.choice((None, "evidence", "source"))
            said = Report(minutes(number), reason, SOURCE, 0)
            if reason != (reports[-1][0].reason if reports else None):
                reports.append((said, list(ends)))
            case = waiting_at_source(case, said)
        assert list(case.rest.recent) == ends[-KEPT:]
        assert [(one.at, one.reason) for one in case.rest.reports] == [
            (one.at, one.reason) for one, _ in reports[-KEPT:]
        ]
        for kept, (_, before) in zip(case.rest.reports, reports[-KEPT:], strict=True):
            assert list(case.rest.recent[: kept.after_ends]) == [one for one in ends[-KEPT:] if one in before]


@pytest.mark.parametrize("seed", range(40))
def test_what_counts_on_a_clock_is_the_same_whenever_its_beginning_is_noted(seed: int) -> None:
    """L14: what was noted on a clock that was there, as it came, is what one that is set off later finds remembered;
    late words, told after it began of what was before, too.
    """
    random = Random(seed)
    begun = minutes(10)
    there = Case(rest=Rest(NOON), asked=(Asked("resolution", begun, None, None),))
    for number in range(1, 16):
        known = minutes(10 + number)
        at = random.choice((known, minutes(9.5 + number), minutes(random.randint(0, 9))))
        late = None if at == known else known
        if random.random() < 0.5:
            word = random.choice(("closed", "withdrawn", "screened-out", "message:1", "message:2", "message:3"))
            if all(one.word != word for one in there.rest.recent):
                there = ended(there, End(at, word, late))
        else:
            reason = random.choice((None, "evidence", "source"))
            there = waiting_at_source(there, Report(at, reason, SOURCE, 0, late))
    assert heard_before(there.rest, begun, None, inherits=True) == replace(there.asked[0].heard, waits=None)

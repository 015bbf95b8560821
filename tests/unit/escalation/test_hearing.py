"""What a case remembers of what others said: the latest, in order, and which of it was known before which."""

from random import Random

import pytest

from escalation.decider.hearing import ended, waiting_at_source
from escalation.decider.state import Case, End, Report, Rest
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

"""A clock of replies is met by what reached the complainant, whoever writes the pack (R83)."""

import pytest

from published import SMALL_PACK as PACK
from shipped import faults

NAMED = ('name = "one"', 'name = "one"\nclock = "first-reply"')
REPLY = ('name = "one"', 'name = "reply"')
MESSAGE = ('starts = "lodged"', 'starts = "message"')
AGAIN = ('starts = "lodged"', 'starts = "lodged"\nrestarted_by = ["message"]')


def found(text: str) -> list[str]:
    return [f"{place}: {wrong}" for place, wrong in faults("pack", "p", text)]


@pytest.mark.parametrize("of_replies", [NAMED, REPLY, MESSAGE, AGAIN])
@pytest.mark.parametrize("word", ["accepted", "closed", "withdrawn", "offered", "screened-out"])
def test_nothing_but_a_message_or_a_call_meets_a_clock_of_replies(of_replies: tuple[str, str], word: str) -> None:
    """Each word that meets it and is no answer is named; in another clock, or as what stops this one, it may stand."""
    ends = PACK.replace('["reply"]', f'["reply", "{word}"]')
    assert found(ends.replace(*of_replies)) == [
        f"policy.0.met_by: {word!r} answers nobody, and this is a clock of replies"
    ]
    assert found(ends) == []
    assert found(PACK.replace('["reply"]', f'["reply"]\nstopped_by = ["{word}"]').replace(*of_replies)) == []


@pytest.mark.parametrize("of_replies", [NAMED, REPLY, MESSAGE, AGAIN])
def test_messages_and_calls_meet_it_and_the_policy_says_whether_automatic_ones_do(of_replies: tuple[str, str]) -> None:
    answers = PACK.replace('["reply"]', '["acknowledgement", "automatic:reply", "progress", "decision", "contact"]')
    assert found(answers.replace(*of_replies)) == []

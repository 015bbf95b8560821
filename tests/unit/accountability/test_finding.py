"""Both sides are heard before it is found who answers for a case. Given, when, then."""

from dataclasses import replace
from typing import Any

import pytest

from accountability.decider import DECIDER
from accountability.decider.commands import AskForReply, GiveReply
from events.accountability import FindingMade, ReplyAsked, ReplyGiven
from events.decider import NOTHING, Refused
from given import Story, story
from unit.accountability.cases import (
    HEARD,
    LODGED,
    NOON,
    RULES,
    SEALED,
    asked,
    closing,
    decision,
    did,
    finding,
    later,
    offer,
    refused,
    reopening,
    told,
)

ABOUT_NOBODY = LODGED.model_copy(update={"subject_person": None})
SUBJECT = "agent-x"
ASK = AskForReply(**asked("judge"), of=None)
DECIDED = did(told(*HEARD), decision())


def reply(by: str = SUBJECT) -> GiveReply:
    return GiveReply(**asked(by, "handler"), text=SEALED)


def said(start: Story[Any], person: str | None = None) -> str | None:
    """What the finding says of whether they were heard."""
    made = start.when(replace(finding(), person=person))
    assert isinstance(made, FindingMade)
    return made.reply


def test_whom_it_is_about_gives_their_side_though_all_else_is_kept_from_them() -> None:
    """R24, R60: asked or not, at any time."""
    for given in (told(LODGED), DECIDED, did(DECIDED, finding()), did(DECIDED, reply())):
        assert given.when(reply()) == ReplyGiven(at=NOON, text=SEALED, by=SUBJECT)
    assert did(DECIDED, reply()).owes(later(days=900)) == NOTHING


def test_others_reply_where_they_were_asked() -> None:
    """R106: whoever else may be found to answer for it."""
    assert refused(DECIDED, reply("li")) == "reply-not-asked"
    assert refused(told(), reply()) == "nothing-lodged"
    did(DECIDED, replace(ASK, of="li"), reply("li"))


def test_whom_a_finding_holds_answerable_replies_to_it_though_nobody_asked_before() -> None:
    """R60, R106: the right of reply is theirs also where their name surfaced only then; praise gives nobody a case."""
    against = replace(finding(), responsible="person", person="li", measure="sanction")
    assert did(DECIDED, against).when(reply("li")) == ReplyGiven(at=NOON, text=SEALED, by="li")
    assert refused(did(DECIDED, replace(against, measure="commendation")), reply("li")) == "reply-not-asked"


def test_a_judge_asks_and_nobody_twice() -> None:
    """R90: whom the complaint is about where nobody is named."""
    assert DECIDED.when(ASK) == ReplyAsked(at=NOON, of=SUBJECT, by="judge")
    assert refused(did(DECIDED, ASK), replace(ASK, of=SUBJECT)) == "nothing-changed"
    did(DECIDED, ASK, replace(ASK, of="li"))
    assert refused(DECIDED, replace(ASK, roles=frozenset({"teamlead"}))) == "not-a-judge"
    assert refused(DECIDED, replace(ASK, by=SUBJECT)) == "conflict-of-interest"
    nobody = story(DECIDER, RULES, ABOUT_NOBODY, *HEARD[1:])
    assert refused(nobody, ASK) == "person-missing"
    did(nobody, replace(ASK, of="li"))


def test_whoever_was_asked_for_their_side_does_not_judge() -> None:
    """R92: also a judge, whom another judge asked; who asks does."""
    asked_one = did(DECIDED, replace(ASK, of="judge-2"))
    for given in (asked_one, did(asked_one, reply("judge-2"))):
        assert refused(given, finding("judge-2")) == "judge-not-apart"
        assert isinstance(given.when(finding()), FindingMade)


@pytest.mark.parametrize("person", [None, SUBJECT])
def test_a_finding_says_whether_they_were_heard(person: str | None) -> None:
    """R60, R106: the person that it names, else whom the complaint is about; nothing where nobody is named."""
    asked_them, heard = did(DECIDED, ASK), did(DECIDED, ASK, reply())
    for given, reply_of in ((DECIDED, "not-asked"), (asked_them, "asked"), (heard, "given")):
        assert said(given, person) == reply_of
    assert said(did(DECIDED, reply()), person) == "given"
    assert said(heard, "li") == "not-asked"
    assert said(did(heard, replace(ASK, of="li")), "li") == "asked"
    assert said(did(story(DECIDER, RULES, ABOUT_NOBODY, *HEARD[1:]), decision())) is None


@pytest.mark.parametrize("command", [decision("li"), offer(by="li"), closing(by="li"), replace(reopening(), by="li")])
def test_whom_a_finding_holds_answerable_does_nothing_more_on_the_case(command: Any) -> None:  # noqa: ANN401
    """R24: a name that surfaces late counts as if it had been there; praise, and what no person did, bars nobody."""
    against = replace(finding(), responsible="person", person="li", measure="sanction")
    assert refused(did(DECIDED, against), command) == "conflict-of-interest"
    did(DECIDED, replace(ASK, of="li"), against, reply("li"))
    for other in (replace(against, measure="commendation"), replace(against, responsible="process", measure="none")):
        answer = did(DECIDED, other).when(command)
        assert not isinstance(answer, Refused) or answer.code != "conflict-of-interest"

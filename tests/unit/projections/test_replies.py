"""Both sides on the page of a case: who was asked for theirs, what they said, and what a finding says of that."""

import pytest

import console_pages as invented
from events.accountability import FindingMade, ReplyAsked, ReplyGiven
from events.intake import ComplaintLodged
from projections.console.case import shown
from projections.console.words import Language
from projections.views import cases
from projections.views.chapters.page import Case
from told import Log
from unit.accountability.cases import NOON, SEALED, later

STREAM = "complaint/11111111-1111-5111-8111-111111111111"


def test_who_was_asked_and_who_replied_stand_on_the_page() -> None:
    """R60, R106."""
    page: Case | None = None
    for told in Log().tell(
        STREAM,
        ComplaintLodged(at=NOON, channel="phone", subject_person="wu"),
        ReplyAsked(at=later(minutes=1), of="wu", by="judge"),
        ReplyGiven(at=later(minutes=2), text=SEALED, by="wu"),
        FindingMade(at=later(minutes=3), responsible="none", reply="given", measure="none", reasons=SEALED, by="judge"),
    ):
        page = cases.fold(page, told)
    assert page is not None
    assert [(one["of"], one["by"]) for one in page["asked"]] == [("wu", "judge")]
    assert [(one["text"], one["by"]) for one in page["replies"]] == [(SEALED, "wu")]
    assert page["findings"][0]["reply"] == "given"


@pytest.mark.parametrize(("language", "unasked"), [("en", "Was not asked for their side"), ("zh", "未请其陈述")])
def test_a_finding_without_their_side_says_so(language: Language, unasked: str) -> None:
    """R106."""
    finding = {"responsible": "process", "by": "judge", "at": "2026-09-24T02:00:00.000000Z"}

    def lines(**reply: str) -> list[str]:
        case = invented.case(findings=[finding | reply], replies=[{"text": "I followed the rule", "by": "wu"}])
        return [line.text.text for line in shown(case, invented.reader(language=language)).decided]

    assert unasked in lines(reply="not-asked")
    assert unasked not in lines(reply="given")
    assert unasked not in lines()
    assert "I followed the rule" in lines()

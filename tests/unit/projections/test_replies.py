"""Both sides on the page of a case: for whom it is and whom it is about, what they said, and what a finding says."""

import pytest

import console_pages as invented
from events.accountability import FindingMade, ReplyAsked, ReplyGiven
from events.intake import ComplaintLodged
from projections.console.case import CasePage, shown
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


def test_the_page_says_for_whom_somebody_complains_of_whom_and_who_took_it() -> None:
    """R10, R24, R107: whoever calls back, leads or judges has to know it."""

    def said(**members: object) -> list[str]:
        page: CasePage = shown(invented.case(**members), invented.reader())
        return [f"{line.label}: {line.text.text}" for line in (*page.person, *page.matter)]

    told = said(on_behalf=True, nature="claim", form="oral", subject_person="wu.hao", taken_by="li.na")
    assert {
        "Who: Ordinary · On behalf of somebody else",
        "Kind: Claim · Spoken",
        "Whom it is about: wu.hao",
        "Taken by: li.na",
    } <= set(told)
    assert not [line for line in said() if line.startswith(("Kind", "Whom", "Taken"))]


def test_a_finding_says_on_the_page_whom_it_names_and_what_follows() -> None:
    """R90, R91."""
    finding = {"responsible": "person", "person": "wu.hao", "measure": "sanction", "by": "judge", "at": "2026-09-24"}
    shown_as = [line.text.text for line in shown(invented.case(findings=[finding]), invented.reader()).decided]
    assert any("A person · wu.hao · Sanction" in text for text in shown_as)

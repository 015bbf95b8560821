"""A case whose words were erased says so: when, by whom, on what basis, and with which case of the same person."""

import pytest

import console_pages as invented
from console_html import case_html
from projections.console import track
from projections.console.case import shown
from projections.console.rendering import Pages
from projections.console.timeline import lines
from projections.console.words import Language

OTHER = "11111111-1111-4111-8111-111111111111"
ERASURE = {"at": "2026-09-24T01:00:00Z", "by": "chen.yu", "basis": "objection", "reference": "DSR-2026-117"}


@pytest.mark.parametrize(("language", "why"), [("en", "they objected"), ("zh", "本人反对")])
def test_the_page_says_what_was_erased_and_why(language: Language, why: str) -> None:
    """S27: a tombstone that explains itself; nothing is said where nothing was erased."""
    reader, case = invented.reader("manager", language=language), invented.case()
    own, elsewhere = ({**ERASURE, "complaint_id": name} for name in (case["id"], OTHER))
    told = shown({**case, "erasures": [own, elsewhere]}, reader).erased
    assert all(part in one for one in told for part in ("chen.yu", why, "DSR-2026-117"))
    assert [OTHER[:8] in one for one in told] == [False, True]
    assert told[0] in case_html(reader, {**case, "erasures": [own]})
    assert shown(case, reader).erased == []


def test_the_timeline_says_it_too() -> None:
    reader = invented.reader("manager")
    (line,) = lines([invented.entry("data-erased", "intake", 9, data=ERASURE)], reader, None)
    assert line.title == "Personal data erased: they objected, request DSR-2026-117"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Your personal words were erased for good, as the law asks."), ("zh", "您的个人信息已依法永久删除。")],
)
def test_the_complainant_sees_it_and_not_with_which_case_or_by_whom(language: Language, said: str) -> None:
    """S27: also where it was asked with another case of theirs; whoever has this code learns nothing of that one."""
    reader, case = invented.reader(language=language, subject=""), invented.case()
    erasures = [{**ERASURE, "complaint_id": name} for name in (case["id"], OTHER)]
    for erasure in erasures:
        page = track.shown({**case, "erasures": [erasure]}, reader)
        assert [one.stamp for one in page.history if one.what == said] == [ERASURE["at"]]
        html = Pages().html("track.html", reader.words, page=page, problem="", back="/track")
        assert said in html
        assert all(word not in html for word in (OTHER[:8], "chen.yu", "DSR-2026-117"))

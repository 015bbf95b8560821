"""Why a rule did it, as a page says it: in the reader's language, whoever wrote the rule."""

import pytest

import console_pages as invented
from projections.console.reasons import worded
from projections.console.timeline import lines
from projections.console.words import Language

RULE = {"id": "triage", "type": "system"}


@pytest.mark.parametrize(
    ("reason", "en", "zh"),
    [
        ("nothing speaks against it", "nothing speaks against it", "没有相反的情形"),
        ("somebody was hurt (R109); nothing presses", "somebody was hurt; nothing presses", "有人受伤；并不紧急"),
        ("routed: default@1", "its route says so (default@1)", "按分派（default@1）"),
        ("first-reply was not answered in time: default@1", "First reply was not answered in time (default@1)",
         "首次回复未按时答复（default@1）"),
        ("promise:fe9a was not done in time: default@1", "a promise was not done in time (default@1)",
         "承诺未按时完成（default@1）"),
        ("refused, to a person (no post is called so): default@2",
         "the one before turned it down, to a person (no post is called so) (default@2)",
         "前一位拒绝接受，转给个人（没有此岗位）（default@2）"),
        ("closed as accepted", "closed as: The complainant accepts", "结案依据：投诉人接受"),
        ("no-policy", "no policy fits it", "没有适用的政策"),
        ("we know this customer", "we know this customer", "we know this customer"),
    ],
)  # fmt: skip
def test_a_rule_s_reason_is_said_in_the_reader_s_language(reason: str, en: str, zh: str) -> None:
    """R146: plain words on screen, without the number of a row; a company's own table stays as it was written."""
    languages: tuple[Language, Language] = ("en", "zh")
    assert [worded(reason, invented.reader(language=language)) for language in languages] == [en, zh]


def test_what_a_person_gave_as_a_reason_stays_as_they_wrote_it() -> None:
    """Also where a rule says the same words: they are theirs."""
    said = {"grade": "complaint", "reason": "nothing presses"}
    by_rule = invented.entry("graded", "triage", 3, actor=RULE, data=said)
    told = lines([by_rule, invented.entry("graded", "triage", 4, data=said)], invented.reader(language="zh"), None)
    assert [one.why for one in told] == ["并不紧急", "nothing presses"]

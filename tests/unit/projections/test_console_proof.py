"""The proof of a clock that counts days or months, as the console shows it: its pauses stand apart from the rows."""

import re
from dataclasses import replace

import console_pages as invented
from clock_forms import at, calendar, policy, ran
from clocks import Paused, Proof, Resumed
from projections.console import proof
from projections.console.answers import fresh_of
from projections.console.reader import Reader
from projections.console.rendering import Pages

WAIT = "awaiting-complainant"
OFFICE = calendar()


def counted(unit: str, pause_counts: str) -> Proof:
    pauses = {"pauses": [WAIT], "pause_counts": pause_counts}
    begin, end = at("2025-06-03 16:00", OFFICE), at("2025-06-05 10:00", OFFICE)
    steps = Paused(begin, WAIT, "e-2"), Resumed(end, "e-3")
    return ran("2025-06-02 10:00", "2025-09-01 10:00", policy(2, unit, **pauses), OFFICE, *steps).proof


def page(found: Proof, reader: Reader) -> proof.ProofPage:
    return proof.shown(found, invented.CASE_ID, "answer", reader)


def test_pauses_of_a_clock_that_counts_days_stand_apart_with_a_sum_of_their_own() -> None:
    """The rows go in the order of time, and the pauses too."""
    reader = invented.reader()
    by_time = page(counted("business-days", "time"), reader)
    assert [(row.word, row.much, row.so_far) for row in by_time.pauses] == [
        ("Paused", "1:00:00", "1:00:00"), ("Closed", "–", "1:00:00"), ("Paused", "8:00:00", "9:00:00"),
        ("Closed", "–", "9:00:00"), ("Paused", "1:00:00", "10:00:00"),
    ]  # fmt: skip
    assert (by_time.taken, by_time.total) == ("10:00:00", "2 days")
    assert sum(row.word == "Moved" for row in by_time.rows) == 2
    assert [before.end for before in by_time.rows[:-1]] == [after.begin for after in by_time.rows[1:]]


def test_months_are_shown_as_months() -> None:
    """In both languages; what days of pauses add is no part of them."""
    found = counted("months", "days")
    shown = [page(found, invented.reader(language=language)) for language in ("en", "zh")]
    assert [(one.taken, one.total) for one in shown] == [("2 days", "2 months"), ("2 天", "2 个月")]
    assert [row.much for row in shown[0].rows] == ["–", "2 months", "2 days"]


def test_the_page_has_a_table_of_pauses_only_where_they_stand_apart() -> None:
    """With a head, a foot and a name of its own."""
    reader = invented.reader()
    frame = {
        "reader": reader, "role_words": "x", "here": "", "back": "/console/worklist",
        "fresh": replace(fresh_of(48.2, reader), moved="/console/cases/x"), "fresh_url": "/console/fresh",
    }  # fmt: skip
    with_pauses, without = (
        re.sub(r"\s+", " ", Pages().html("proof.html", reader.words, **frame, page=page(one, reader)))
        for one in (counted("weeks", "days"), invented.proof())
    )
    assert (with_pauses.count("<table"), without.count("<table")) == (2, 1)
    assert with_pauses.index("The pauses, and what they take out") < with_pauses.index("Every stretch of time")
    assert re.search(r"Taken out in all</th><td class=\"num\"><strong>2 days</strong>", with_pauses)
    assert "Taken out" not in without


def test_what_leads_on_from_a_proof_stays_at_its_moment() -> None:
    """L24: the case that it belongs to, and the same as the API gives it."""
    moment = {"as_of": "2026-09-20T02:00:37.000000Z"}
    then = proof.shown(invented.proof(), invented.CASE_ID, "answer", invented.reader(), moment)
    assert then.query == "?as_of=2026-09-20T02%3A00%3A37.000000Z"
    assert then.address.endswith(f"/clocks/answer/proof{then.query}")
    now = proof.shown(invented.proof(), invented.CASE_ID, "answer", invented.reader())
    assert (now.query, now.address.rpartition("/")[2]) == ("", "proof")

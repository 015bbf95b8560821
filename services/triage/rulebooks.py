"""Triage's rulebooks: the kinds that it writes, their checks, and its rule set as they are in force.

Pure. Must not: the form of a table (`rules`), or what is done with one (`decider/`).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final

from events.table import Finding
from events.triage import RulebookApproved, RulebookDrafted, RulebookRefused
from rulebooks.books import Edition, look_up
from rulebooks.check_posts import posts_of
from rulebooks.reading import check_form, place, read
from rulebooks.state import Books, Check, Writing
from triage.rules import Classifications, Gradings, Routings, Rules, Screenings, When

FirstFits = type[Screenings] | type[Classifications] | type[Routings]


def _check_first_fits(form: FirstFits) -> Check:
    def check(name: str, text: str, _books: Books) -> tuple[Finding, ...]:
        table, findings = read(form, name, text)
        return (*findings, *(() if table is None else _unreachable(text, table)))

    return check


def _unreachable(text: str, table: Screenings | Classifications | Routings) -> Iterator[Finding]:
    """Rules behind one that holds always, or that hold in no other case than an earlier one."""
    whens = [rule.when for rule in table.rule]
    for n, when in enumerate(whens):
        earlier = next((m for m, other in enumerate(whens[:n]) if other in (When(), when)), None)
        if earlier is not None:
            wrong = f"rule.{earlier} holds whenever this one does, and comes first"
            yield Finding(place(text, ("rule", n)), wrong, "put this one before it, or take it out")


def _check_routing(name: str, text: str, books: Books) -> tuple[Finding, ...]:
    """First owners are posts, where the organisation is at hand: the command line has it, this service does not."""
    findings = _check_first_fits(Routings)(name, text, books)
    table, posts = read(Routings, name, text)[0], posts_of(books)
    if table is None or not posts:
        return findings
    return (
        *findings,
        *(
            Finding(
                place(text, ("rule", n, "first_owner")),
                f"there is no post {rule.first_owner!r}",
                f"name a post of the organisation; there are: {', '.join(posts)}",
            )
            for n, rule in enumerate(table.rule)
            if rule.first_owner not in posts
        ),
    )


CHECKS: Final[Mapping[str, Check]] = {
    "classification": _check_first_fits(Classifications),
    "screening": _check_first_fits(Screenings),
    "grade": check_form(Gradings),
    "routing": _check_routing,
}
WRITTEN: Final = Writing(RulebookDrafted, RulebookApproved, RulebookRefused, CHECKS)


def rules_in(books: Books, at: datetime) -> Rules:
    """The rule set in force. Raises UnknownRulebook."""
    return _rules(
        look_up(books, "screening", "screening", at=at),
        look_up(books, "classification", "classification", at=at),
        look_up(books, "grade", "grading", at=at),
        look_up(books, "routing", "routing", at=at),
    )


@lru_cache(maxsize=32)
def _rules(screening: Edition, classification: Edition, grading: Edition, routing: Edition) -> Rules:
    return Rules(
        screening=Screenings.parse(screening.text, screening.number),
        classification=Classifications.parse(classification.text, classification.number),
        grading=Gradings.parse(grading.text, grading.number),
        routing=Routings.parse(routing.text, routing.number),
    )

"""Triage's rulebooks: the kinds that it writes, their checks, and its rule set as they are in force.

Pure. Must not: the form of a table (`rules`), or what is done with one (`decider/`).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final

from events.rulebook import TriageApproved, TriageDrafted, TriageDraftRefused
from events.table import Finding
from rulebooks.books import Edition, look_up, names
from rulebooks.check_posts import posts_of
from rulebooks.forms import table_of
from rulebooks.reading import check_form, no_such, only_as, place, read_on, repeated
from rulebooks.state import Books, Check, Writing
from triage.playbooks import Playbook
from triage.rules import Classifications, Gradings, Routings, Rules, Screenings, When

SCREENING, CLASSIFICATION, GRADING, ROUTING = "screening", "classification", "grading", "routing"
"""The names of the tables that are read."""
FirstFits = type[Screenings] | type[Classifications] | type[Routings]


def _check_first_fits(form: FirstFits) -> Check:
    def check(name: str, text: str, _books: Books) -> tuple[Finding, ...]:
        told = read_on(form, name, text)
        return told.findings if told.value is None else told.and_also(_unreachable(text, told.value))

    return check


def _unreachable(text: str, table: Screenings | Classifications | Routings) -> Iterator[Finding]:
    """Rules behind one that holds always, or that hold in no other case than an earlier one."""
    whens = [rule.when for rule in table.rule]
    for n, when in enumerate(whens):
        earlier = next((m for m, other in enumerate(whens[:n]) if other in (When(), when)), None)
        if earlier is not None:
            wrong = f"rule.{earlier} holds whenever this one does, and comes first"
            yield Finding(place(text, ("rule", n)), wrong, "put this one before it, or take it out")


def _check_playbook(name: str, text: str, _books: Books) -> tuple[Finding, ...]:
    told = read_on(Playbook, name, text)
    if told.value is None:
        return told.findings
    untold = () if told.is_broken("opening") else _untold(text, told.value)
    return told.and_also((*_scenes_twice(text, told.value), *untold))


def _scenes_twice(text: str, playbook: Playbook) -> Iterator[Finding]:
    for before, n in repeated(scene.name for scene in playbook.scene):
        where = place(text, ("scene", n, "name"))
        yield Finding(where, f"scene.{before} is called so as well", "give each scene a name of its own")


def _untold(text: str, playbook: Playbook) -> Iterator[Finding]:
    """What is not said in each language of the opening."""
    languages = playbook.opening.keys()
    told: list[tuple[tuple[str | int, ...], Mapping[str, str]]] = [(("title",), playbook.title)]
    told += [(("checklist", n), one) for n, one in enumerate(playbook.checklist)]
    for n, scene in enumerate(playbook.scene):
        told += [(("scene", n, "title"), scene.title)]
        told += [(("scene", n, "script", m), one) for m, one in enumerate(scene.script)]
        told += [(("scene", n, "prompts", m), one) for m, one in enumerate(scene.prompts)]
    for where, said in told:
        if said.keys() != languages:
            wrong = f"it is said in {', '.join(said)}, the opening in {', '.join(languages)}"
            yield Finding(place(text, where), wrong, "say everything in the same languages")


def _check_routing(name: str, text: str, books: Books) -> tuple[Finding, ...]:
    """Playbooks are known. First owners are posts, where the organisation is at hand: the command line has it, this
    service does not.
    """
    told = read_on(Routings, name, text)
    if told.value is None:
        return told.findings
    return told.and_also((*_unreachable(text, told.value), *_nowhere(text, told.value, books)))


def _nowhere(text: str, table: Routings, books: Books) -> Iterator[Finding]:
    known = {"first_owner": posts_of(books), "playbook": names(books, "playbook")}
    for n, rule in enumerate(table.rule):
        for field, used in (("first_owner", rule.first_owner), ("playbook", rule.playbook)):
            if used is not None and known[field] and used not in known[field]:
                kind, todo = "post" if field == "first_owner" else field, f"name one of: {', '.join(known[field])}"
                yield no_such(place(text, ("rule", n, field)), kind, used, todo)


CHECKS: Final[Mapping[str, Check]] = {
    "classification": only_as(CLASSIFICATION, _check_first_fits(Classifications)),
    "screening": only_as(SCREENING, _check_first_fits(Screenings)),
    "grade": only_as(GRADING, check_form(Gradings)),
    "playbook": _check_playbook,
    "routing": only_as(ROUTING, _check_routing),
}
WRITTEN: Final = Writing(TriageDrafted, TriageApproved, TriageDraftRefused, CHECKS)


def rules_in(books: Books, at: datetime) -> Rules:
    """The rule set in force. Raises UnknownRulebook."""
    return _rules(
        look_up(books, "screening", SCREENING, at=at),
        look_up(books, "classification", CLASSIFICATION, at=at),
        look_up(books, "grade", GRADING, at=at),
        look_up(books, "routing", ROUTING, at=at),
    )


@lru_cache(maxsize=32)
def _rules(screening: Edition, classification: Edition, grading: Edition, routing: Edition) -> Rules:
    return Rules(
        screening=table_of(Screenings, screening),
        classification=table_of(Classifications, classification),
        grading=table_of(Gradings, grading),
        routing=table_of(Routings, routing),
    )

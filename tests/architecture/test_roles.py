"""Who may do what is said once, in `events.roles`: what routes ask for, the console offers and the READMEs say."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from described import NOTHING, OF_CASES, bare
from events.roles import ROLES, RULING
from local.caddy import COMMANDS_ON_A_COMPLAINT, OTHERS, WRITTEN
from projections.console.beside_commands import SET_BUDGET
from projections.console.commands import COMMANDS
from projections.console.lodging import LODGE
from projections.sources import WATCHERS
from runtime.access import Guard
from runtime.rulebook_routes import rulebook_routes

ROOT = Path(__file__).parents[2]
ONLY_BY_API = {"/v1/complaints/{}/messages/received"}
"""What a complainant says; staff may write it down for them by the API alone (ADR 21)."""
Allowed = dict[str, frozenset[str]]


def guards(dependant: Dependant) -> Iterator[Guard]:
    for one in dependant.dependencies:
        if isinstance(one.call, Guard):
            yield one.call
        yield from guards(one)


def asked(router: APIRouter) -> Allowed:
    """Each command's address, with the roles that its route asks for."""
    found = {}
    for route in router.routes:
        assert isinstance(route, APIRoute)
        if route.methods == {"POST"}:
            (guard,) = guards(route.dependant)
            found[bare(route.path)] = guard.roles
    return found


def asked_by(service: str) -> Allowed:
    return {path: roles for router in OF_CASES[service] for path, roles in asked(router).items()}


def written(text: str) -> Allowed:
    """The tables of commands in a README: below which address, who."""
    found: Allowed = {}
    below = ""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| command |"):
            below = cells[1].split("`")[1]
        elif line.startswith("|") and below:
            roles = frozenset(ROLES).intersection(re.findall(r"[a-z]+", cells[2]))
            found |= {bare(below + path): roles for path in re.findall(r"`POST ?([^`]*)`", cells[1])}
        elif not line:
            below = ""
    return found


@pytest.mark.parametrize("service", OF_CASES)
def test_a_readme_says_of_every_command_who_may_give_it(service: str) -> None:
    page = f"services/{service}/README.md"
    said, asked = written((ROOT / page).read_text("utf-8")), asked_by(service)
    assert said == asked, f"mend the table of commands in {page}: {said.items() ^ asked.items()}"


def test_the_front_door_sends_each_command_to_its_service() -> None:
    """A route that it does not know would reach projections, which takes no command; one that nobody takes is stale."""
    prefix = "/v1/complaints/{}/"
    taken = {
        service: {path.removeprefix(prefix).split("/")[0] for path in asked_by(service) if path.startswith(prefix)}
        for service in OF_CASES
    }
    named = {service: set(words) for service, words in COMMANDS_ON_A_COMPLAINT.items()}
    assert named == taken, "mend COMMANDS_ON_A_COMPLAINT in deploy/local/caddy.py"
    others = {service: {path for path in asked_by(service) if not path.startswith(prefix)} for service in OF_CASES}
    for service, paths in others.items():
        for path in paths:
            door = (OTHERS.get(service, ""), WRITTEN.get(service, ""))
            assert any(re.fullmatch(one, path) for one in door), f"{path}: name it in deploy/local/caddy.py"


def test_the_console_offers_a_command_to_those_who_may_give_it() -> None:
    """Principle 4: what may not be done is absent, here by role. What only the APIs take for staff is named above."""
    routes = {path: roles & set(WATCHERS) for service in OF_CASES for path, roles in asked_by(service).items()}
    commands = (*COMMANDS, LODGE, SET_BUDGET)
    offered = {command.name: command.roles for command in commands}
    assert offered == {one.name: routes[bare(one.address)] for one in commands}
    for_staff = {path for path, roles in routes.items() if roles}
    without = for_staff - {bare(one.address) for one in commands}
    assert without == ONLY_BY_API, "give each a form in projections/console/commands.py, or name it in ONLY_BY_API here"


def test_a_role_may_do_nothing_until_a_group_names_it() -> None:
    """Whoever adds one says what it may; nobody is let in by having been forgotten."""
    source = (ROOT / "libs" / "events" / "roles.py").read_text("utf-8")
    groups: dict[str, Any] = {}
    exec(source.replace('"ops",', '"ops", "newcomer",'), groups)  # noqa: S102 - our own source
    assert "newcomer" in groups["ROLES"]
    assert [name for name, group in groups.items() if isinstance(group, frozenset) and "newcomer" in group] == []


def test_rulebooks_are_written_by_whom_the_documents_name() -> None:
    assert set(asked(rulebook_routes(NOTHING)).values()) == {RULING}
    (named,) = re.findall(r"\(roles ([a-z, ]+)\)", (ROOT / "docs" / "rulebooks.md").read_text("utf-8"))
    assert frozenset(named.split(", ")) == RULING

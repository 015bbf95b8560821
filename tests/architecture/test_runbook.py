"""What the documents tell people to type is there, and every name in the runbook stands in the code: a page that is
read at night must not be wrong.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from local.caddy import PROBES
from local.commands import app
from local.places import DataDir
from local.ports import SERVICES

ROOT = Path(__file__).parents[2]
RUNBOOK = ROOT / "docs" / "runbook.md"
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", RUNBOOK, ROOT / "docs" / "rulebooks.md"]
COMMANDS: Any = typer.main.get_command(app)
TARGETS = set(re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
FOLDERS = [ROOT / name for name in ("libs", "services", "deploy")]
OF_OTHERS = {
    "pg_dump --table=projections.ledger", "openssl rand -hex 32", "kill -9", "OTEL_TRACES_EXPORTER",
    "OTEL_METRICS_EXPORTER",
    "select pid, query from pg_stat_activity where pid in (select unnest(pg_blocking_pids(pid)) from pg_stat_activity)",
}  # fmt: skip
"""Names that PostgreSQL, OpenSSL, the system and OpenTelemetry have given."""


class _Unsaid(ast.NodeTransformer):
    """What a file says of itself is no code."""

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        return ast.Pass() if isinstance(node.value, ast.Constant) else node


@pytest.fixture(scope="module")
def code() -> str:
    """All code and all SQL, without a comment or docstring."""
    files = [ast.parse(path.read_text(encoding="utf-8")) for folder in FOLDERS for path in folder.rglob("*.py")]
    queries = [path.read_text(encoding="utf-8") for folder in FOLDERS for path in folder.rglob("*.sql")]
    return "\n".join([*(ast.unparse(_Unsaid().visit(file)) for file in files), *queries])


def _typed(text: str) -> Iterator[str]:
    """What a person is told to type, in a sentence or in a block."""
    yield from re.findall(r"`(?:\.venv/bin/)?((?:complaints|make)(?: [^`]+)?)`", text)
    for block in re.findall(r"^```(?:sh)?\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield from re.findall(r"^((?:complaints|make) [^#\n]+)", block, re.MULTILINE)


def _mistyped(line: str) -> list[str]:
    """The words of a command line that are no command and no option of it."""
    program, *words = line.split()
    if program == "make":
        targets = {name for names in TARGETS for name in names.split()}
        return [word for word in words if "=" not in word and word not in targets]
    command = COMMANDS
    wrong = []
    for word in words:
        if word.startswith("--"):
            known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)} | {"--help"}
            wrong += [] if word in known else [word]
        elif hasattr(command, "commands"):
            if word not in command.commands:
                return [*wrong, word]
            command = command.commands[word]
    return wrong


def _unknown(text: str, code: str) -> list[str]:
    """The names in a text, between backticks, that stand nowhere in the code."""
    names = [name for name in re.findall(r"`([^`\n]+)`", text) if not name.startswith(("complaints ", "make "))]
    return [name for name in names if not (name in OF_OTHERS or _is_place(name, code) or _stands_in(code, name))]


def _is_place(name: str, code: str) -> bool:
    """A file of the checkout, a folder of the data, or an address."""
    if name.startswith(".local/data/"):
        return isinstance(getattr(DataDir, name.removeprefix(".local/data/"), None), property)
    service, _, probe = name.removeprefix("/").partition("/")
    route = name.removeprefix("GET /v1")
    return (
        (service in SERVICES and probe in PROBES)
        or (route != name and repr(route) in code)
        or ("/" in name and (ROOT / name).is_file())
    )


def _stands_in(code: str, name: str) -> bool:
    """Each part of a name or message, of which `…` leaves out what differs. `/readyz` says `edge <name>` of an edge."""
    parts = [part.strip() for part in name.removeprefix("edge ").split("…")]
    return all(re.search(rf"(?<![\w-]){re.escape(part)}(?![\w-])", code) for part in parts if part.strip(", "))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_tells_to_type_is_a_command_with_these_options(path: Path) -> None:
    lines = list(_typed(path.read_text(encoding="utf-8")))
    assert lines
    assert {line: wrong for line in lines if (wrong := _mistyped(line))} == {}


def test_every_name_in_the_runbook_stands_in_the_code(code: str) -> None:
    assert _unknown(RUNBOOK.read_text(encoding="utf-8"), code) == []


def test_it_is_read_at_night() -> None:
    assert len(RUNBOOK.read_text(encoding="utf-8").splitlines()) <= 150


def test_what_is_not_there_is_found(code: str) -> None:
    """A check that cannot fail proves nothing."""
    assert _mistyped("complaints rebuild triage --no-wait --now") == ["--now"]
    assert _mistyped("complaints log shew x") == ["shew"]
    assert _mistyped("make rum FRESH=1") == ["rum"]
    assert _unknown("`words-erased`, `/triage/readyz`, `GET /v1/parked`, `edge inbound`, `docs/runbook.md`", code) == []
    gone = ["words-eras", "/triage/ready", "GET /v1/park", "edge sideways", "docs/gone.md", "the log ends in …"]
    assert _unknown(" ".join(f"`{name}`" for name in [*gone, ".local/data/logs"]), code) == gone

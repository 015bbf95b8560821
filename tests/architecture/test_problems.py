"""Whoever gets an error finds its code in `docs/problems.md`, and finds none there that nothing answers."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from events.decider import NOTHING_LODGED
from local import caddy
from runtime import problems

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "problems.md"
OF_THE_DOOR = re.compile(r'"status":(\d+),"code":"([a-z-]+)"')
Code = tuple[int, str]


def raised_in(module: ast.Module) -> Iterator[Code]:
    """Each status and code that stands in a call. What is made of a rule's own refusal has neither."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            said = [_value(one) for one in node.args[:2]]
            match node.func.id, said:
                case "Problem", [int(status), str(code)]:
                    yield status, code
                case "unauthenticated", [str(code), *_]:
                    yield 401, code
                case "later", [str(code), *_]:
                    yield 503, code


def _value(node: ast.expr) -> object:
    if isinstance(node, ast.Name):
        return vars(problems).get(node.id)
    return node.value if isinstance(node, ast.Constant) else None


def raised() -> set[Code]:
    modules = [path for folder in ("libs", "services") for path in (ROOT / folder).rglob("*.py")]
    found = {one for path in modules for one in raised_in(ast.parse(path.read_text("utf-8")))}
    found |= {(status, code) for status, (code, _) in problems.HTTP_ERRORS.items()}
    return found | {(int(status), code) for status, code in OF_THE_DOOR.findall(caddy.CADDYFILE)}


def listed() -> set[Code]:
    rows = re.findall(r"^\| (\d{3}) \| `([a-z-]+)` \| .+ \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    return {(int(status), code) for status, code in rows}


def test_every_error_has_a_row_in_the_documents() -> None:
    assert raised() - listed() == set(), "say in docs/problems.md what they mean and what to do"
    assert listed() - raised() == set(), "nothing answers these: take them out of docs/problems.md"


def test_every_code_of_a_receipt_has_a_row_in_the_page_for_publishers() -> None:
    """They see no route and no console: what is refused there is mended by the receipt and this page alone."""
    page = (ROOT / "docs" / "publishing.md").read_text("utf-8")
    rows = set(re.findall(r"`([a-z-]+)`", " ".join(re.findall(r"^\| (`[a-z-]+`.*?) \|", page, re.MULTILINE))))
    assert receipt_codes() - rows == set(), "say in docs/publishing.md what to do"


def receipt_codes() -> set[str]:
    """What the gateway refuses by itself, and what its rules do of a case or a batch that is there or is not."""
    gateway = [ast.parse((ROOT / "services/intake" / name).read_text("utf-8")) for name in ("told.py", "gateway.py")]
    calls = [node for module in gateway for node in ast.walk(module) if isinstance(node, ast.Call)]
    first = {_value(call.args[0]) for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Unfit"}
    named = {_value(one.value) for call in calls for one in call.keywords if one.arg == "code"}
    found = {code for code in first | named if isinstance(code, str)}
    assert len(found) > 4
    return found | {"already-lodged", NOTHING_LODGED.code}

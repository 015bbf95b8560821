"""House rules that a tool can hold: sizes, names, what a service is made of, no paths of one machine."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from local.ports import SERVICES

ROOT = Path(__file__).parents[2]
CODE = [
    path
    for folder in ("libs", "services", "deploy", "tests", "bench")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "__pycache__" not in path.parts
]
DECIDING = [name for name in SERVICES if (ROOT / "services" / name / "decider").exists()]
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "manager", "misc"}


def test_no_file_is_longer_than_300_lines() -> None:
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in CODE}
    assert {name: lines for name, lines in long.items() if lines > 300} == {}, (
        "make it shorter, or give a part that has a name a file of its own; of facts as `budgets.py` is one"
    )


def test_no_function_is_longer_than_70_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > 70
    ]
    assert long == [], "give a part of each a name and a function of its own"


def test_there_is_no_drawer() -> None:
    assert [str(path) for path in CODE if path.stem in FORBIDDEN_NAMES] == [], "call it by what lives in it"


def test_every_module_says_what_lives_in_it() -> None:
    """Before all else in it, but for a line to the machine."""
    begun = re.compile(r'(#.*\n)*\s*("""\S|$)')
    assert [str(path.relative_to(ROOT)) for path in CODE if not begun.match(path.read_text())] == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_the_same_parts(service: str) -> None:
    folder = ROOT / "services" / service
    for name in ("api.py", "stream.py", "__main__.py", "README.md"):
        assert (folder / name).exists(), name
    if service in DECIDING:
        parts = [f"decider/{name}.py" for name in ("commands", "decide", "state", "fold")]
        assert [name for name in parts if not (folder / name).exists()] == []
    assert len((folder / "stream.py").read_text().splitlines()) <= 60


@pytest.mark.parametrize("service", DECIDING)
def test_a_readme_says_where_to_look_for_each_rule(service: str) -> None:
    folder = ROOT / "services" / service
    page = (folder / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_]+)`", page.split("## Where to look")[1]))
    rules = {path.stem for path in (folder / "decider").glob("*.py")} - {"__init__"}
    assert rules - named == set(), "say there what lives in it"
    gone = named - rules - {path.stem for path in folder.glob("*.py")} - {"limits"}  # a kind of rulebook
    assert gone == set(), "there is no such module"


def test_every_service_is_started_and_held_to_the_import_contracts() -> None:
    """A folder of its own is not enough; its name stands in each of these places, and nothing else would miss it."""
    folders = {path.parent.name for path in (ROOT / "services").glob("*/__main__.py")}
    assert folders == set(SERVICES), "name it in SERVICES of deploy/local/ports.py"
    linted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    assert folders - set(linted["root_packages"]) == set(), "name it in root_packages of pyproject.toml"
    layers = linted["contracts"][0]["layers"]
    assert " | ".join(SERVICES) in layers, "name it in the layers of pyproject.toml, in the order of SERVICES"
    pure = linted["contracts"][1]["source_modules"]
    rules = {f"{name}.decider" for name in DECIDING}
    assert rules - set(pure) == set(), "name its decider among the source_modules of pyproject.toml"


def test_nothing_names_one_machine_or_a_registry() -> None:
    """What is tracked works anywhere."""
    # Whoever owns the checkout: git refuses another one's unless it is told.
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    wrong = re.compile(r"/(?:work|root|home)/[a-z]|(?:pypi|npmjs|maven)\.(?:org|com)|files\.pythonhosted|crates\.io")
    found = []
    for name in listed:
        path = ROOT / name
        if path.suffix in {".png", ".ico", ".woff2"} or not path.is_file() or path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if wrong.search(line):
                found.append(f"{name}:{number}")
    assert found == []

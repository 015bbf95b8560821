"""The README and the recipes are true: each name stands in the file it is said to stand in; and they stay short."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LIFE = README.split("## The life of one record")[1].split("\n## ")[0]


NAME = r"`[A-Za-z_][A-Za-z_.]*`"
PAIRED = re.compile(rf"({NAME}(?:(?:,| and| or)\s+{NAME})*)\s+(?:in\s+|\()`([a-z_/]+\.py)`")
"""`name` in `file`, or `name` (`file`); several names may share a file."""
NO_NAME_OF_CODE = {"ETag", "ce_expects"}


def _names_in(path: Path) -> set[str]:
    """Functions and classes of a file, methods as `Class.method`."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            inner = [one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
            found |= {node.name, *(f"{node.name}.{one.name}" for one in inner)}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
    return found


def _untrue(text: str) -> list[str]:
    """What a text says of the code and is not so: files that are missing, names that do not stand where it says."""
    pairs = [(name.strip("`"), path) for names, path in PAIRED.findall(text) for name in re.findall(NAME, names)]
    homes = {name.partition(".")[0]: path for name, path in pairs} | dict(pairs)
    wrong = [path for path in re.findall(r"`([a-z_]+/[a-z_/]+(?:\.py)?)`", text) if not (ROOT / path).exists()]
    for name in [quoted.strip("`") for quoted in re.findall(NAME, text)]:
        home = homes.get(name) or homes.get(name.partition(".")[0])
        if name not in NO_NAME_OF_CODE and (home is None or home in wrong or name not in _names_in(ROOT / home)):
            wrong.append(f"{name} in {home}")
    return wrong


def test_every_name_in_the_life_of_a_record_stands_in_the_file_that_it_is_said_to_stand_in() -> None:
    assert len(PAIRED.findall(LIFE)) > 10
    assert _untrue(LIFE) == []


def test_a_name_that_stands_elsewhere_is_found() -> None:
    """A check that cannot fail proves nothing."""
    driver = "libs/runtime/driver.py"
    assert _untrue(f"the `Driver` (`{driver}`), `Driver.run`") == []
    assert _untrue(f"`Driver` and `Reader` in `{driver}`") == [f"Reader in {driver}"]
    assert _untrue(f"the `Driver` (`{driver}`), `Driver.feed`") == [f"Driver.feed in {driver}"]
    assert _untrue("`Driver`") == ["Driver in None"]
    assert _untrue("`Driver` in `libs/runtime/gone.py`") == ["libs/runtime/gone.py", "Driver in libs/runtime/gone.py"]


def test_it_is_read_in_one_go() -> None:
    assert len(README.splitlines()) <= 150


def test_every_folder_it_names_is_there() -> None:
    named = re.findall(r"^\| `([a-z/]+)(?:/\*)?` \|", README, re.MULTILINE)
    assert named
    assert [name for name in named if not (ROOT / name).is_dir()] == []


CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SERVICES = ROOT / "services"
FOLDERS = (ROOT, SERVICES / "projections", SERVICES / "triage", SERVICES / "triage" / "decider")
"""Where a recipe's short paths begin: a service may stand for all that have the same files."""


def _found(path: str) -> Path | None:
    return next((folder / path for folder in FOLDERS if (folder / path).exists()), None)


def _astray(text: str) -> list[str]:
    """What a recipe names and is not there: files and folders, and names of or in a file."""
    wrong = [
        path for path in re.findall(r"`([a-z_]+(?:/[a-z_]+)*(?:\.(?:py|sql|md)|/[a-z_]+))`", text) if not _found(path)
    ]
    for name, path in re.findall(r"`([A-Za-z_]+)` (?:of|in)\s+`([a-z_/]+\.(?:py|sql))`", text):
        file = _found(path)
        if file is None or not re.search(rf"\b{name}\b", file.read_text(encoding="utf-8")):
            wrong.append(f"{name} in {path}")
    return wrong


def test_what_a_recipe_names_is_there() -> None:
    assert _astray(CONTRIBUTING) == []
    assert len(CONTRIBUTING.splitlines()) <= 60


def test_a_recipe_that_leads_astray_is_found() -> None:
    """A check that cannot fail proves nothing."""
    assert _astray("`ROLES` of `libs/events/roles.py`, `LISTED` of\n`rows.py`, `decide.py`, `console/words`") == []
    assert _astray("`ROLLS` of `libs/events/roles.py`, `console/wards`, `sql/fold.sql`, `gone.py`") == [
        "console/wards", "gone.py", "ROLLS in libs/events/roles.py"
    ]  # fmt: skip

"""The README is true: the files and names in the life of one record exist, and it stays short."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LIFE = README.split("## The life of one record")[1].split("\n## ")[0]


def _names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_file_in_the_life_of_a_record_exists_and_every_name_stands_in_one_of_them() -> None:
    quoted = re.findall(r"`([^`]+)`", LIFE)
    files = [ROOT / text for text in quoted if "/" in text and " " not in text and not text.startswith("/")]
    missing = [str(path.relative_to(ROOT)) for path in files if not path.exists()]
    assert missing == []
    known = set().union(*(_names_in(path) for path in files))
    known |= _names_in(ROOT / "services/intake/bodies.py")
    known |= _names_in(ROOT / "libs/events/triage.py") | _names_in(ROOT / "libs/events/escalation.py")
    known |= _names_in(ROOT / "libs/events/decider.py") | _names_in(ROOT / "services/intake/decider/state.py")
    said = [text for text in quoted if re.fullmatch(r"[A-Za-z_.]+", text) and "-" not in text]
    unknown = [text for text in said if not set(text.split(".")) <= known and text not in {"ETag", "ce_expects"}]
    assert unknown == []


def test_it_is_read_in_one_go() -> None:
    assert len(README.splitlines()) <= 150


def test_every_folder_it_names_is_there() -> None:
    named = re.findall(r"^\| `([a-z/]+)(?:/\*)?` \|", README, re.MULTILINE)
    assert named
    assert [name for name in named if not (ROOT / name).is_dir()] == []

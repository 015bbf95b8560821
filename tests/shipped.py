"""The rulebooks as shipped, as values: what a decider finds in `Context.books` once they have been published."""

from functools import cache
from pathlib import Path

from local.rules.files import CHECKS
from rulebooks.books import as_first
from rulebooks.state import Rulebook

FOLDER = Path(__file__).parents[1] / "rules"


@cache
def texts() -> dict[str, str]:
    """Every shipped text by `<kind>/<name>`."""
    files = [path for kind in CHECKS for path in sorted((FOLDER / kind).glob("*.toml"))]
    return {f"{path.parent.name}/{path.stem}": path.read_text("utf-8") for path in files}


def books(**changed: str) -> dict[str, Rulebook]:
    """All of them in force since ever; `**{"calendar/cn": text}` puts another text in one's place."""
    return as_first({**texts(), **changed})

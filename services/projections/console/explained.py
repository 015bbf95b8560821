"""What a code means and what to do: the page that the `type` of each error answer names.

Refusals of rules have their words in the catalogues; of the other codes docs/problems.md says it, in English.
Must not: words of its own.
"""

import re
from functools import cache
from pathlib import Path

from projections.console.reader import Text
from projections.console.words import Words

_PAGE = Path(__file__).parents[3] / "docs" / "problems.md"
_ROW = re.compile(r"^\| \d{3} \| `([a-z-]+)` \| (.+) \|$", re.MULTILINE)


def explained(code: str, words: Words) -> Text | None:
    """None where no error has this code."""
    refused = words.table.get(f"refused.{code}")
    if refused is not None:
        return Text(refused, words.language)
    return Text(_rows()[code], "en") if code in _rows() else None


@cache
def _rows() -> dict[str, str]:
    return {code: said.replace("`", "") for code, said in _ROW.findall(_PAGE.read_text(encoding="utf-8"))}

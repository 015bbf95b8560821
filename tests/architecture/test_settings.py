"""Whoever runs a service finds each of its variables in `docs/settings.md`, and none that it does not read."""

import re
from pathlib import Path

from runtime.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
ROW = re.compile(r"^\| `([A-Z_]+)` \| (.+?) \| .+ \|$", re.MULTILINE)


def test_every_setting_has_a_row_with_what_holds_where_it_is_not_set() -> None:
    listed = dict(ROW.findall(PAGE.read_text(encoding="utf-8")))
    known = {name.upper(): field for name, field in Settings.model_fields.items()}
    assert listed.keys() == known.keys()
    for name, field in known.items():
        if field.is_required() or field.default is not None:
            assert listed[name] == ("needed" if field.is_required() else f"`{field.default}`"), name

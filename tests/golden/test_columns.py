"""A table that was there before gets a new column, too: `create table if not exists` passes over it.

So a table is made with the columns that it began with, those of `columns.json`; what came later is added below it by
`alter table … add column if not exists`. `GOLDEN=write` notes new tables, and no column of one that is known.
"""

import json
import os
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FROZEN = Path(__file__).parent / "columns.json"
_TABLE = re.compile(r"^create table if not exists (\w+) \(\n(.*?)\n\)", re.MULTILINE | re.DOTALL)
_COLUMN = re.compile(r"^    \"?(\w+)\"? ", re.MULTILINE)
_NO_COLUMN = {"primary", "unique", "check", "foreign", "constraint", "exclude"}

Columns = dict[str, str]
"""By table, with spaces between."""


def made(schema: str) -> Columns:
    """The columns of each table that a schema makes where there is none."""
    return {
        table: " ".join(one for one in _COLUMN.findall(body) if one not in _NO_COLUMN)
        for table, body in _TABLE.findall(schema)
    }


def _schemas() -> dict[str, Columns]:
    files = [path for folder in ("libs", "services") for path in sorted((ROOT / folder).rglob("*.sql"))]
    found = {str(path.relative_to(ROOT)): made(path.read_text(encoding="utf-8")) for path in files}
    return {name: tables for name, tables in found.items() if tables}


def test_every_table_is_made_with_the_columns_that_it_began_with() -> None:
    frozen: dict[str, Columns] = json.loads(FROZEN.read_text(encoding="utf-8"))
    schemas = _schemas()
    if os.environ.get("GOLDEN") == "write":
        frozen = {name: tables | frozen.get(name, {}) for name, tables in schemas.items()}
        FROZEN.write_text(json.dumps(frozen, indent=1) + "\n", encoding="utf-8")
    for name, tables in schemas.items():
        known = frozen.get(name, {})
        assert tables.keys() == known.keys(), f"{name}: `make golden` notes a new table"
        assert tables == known, f"{name}: write `alter table … add column if not exists` below the table instead"


def test_columns_are_found() -> None:
    """A check that cannot fail proves nothing."""
    table = 'create table if not exists one (\n    id text,\n    "offset" bigint,\n    primary key (id)\n);\n'
    assert made(table) == {"one": "id offset"}
    assert made(table + "alter table one add column if not exists new text;") == {"one": "id offset"}
    assert made(table.replace("    primary", "    new text,\n    primary")) == {"one": "id offset new"}

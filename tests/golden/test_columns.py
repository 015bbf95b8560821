"""Tables that are there already get a new column, too: `create table if not exists` passes over them.

`columns.json` has the columns that each table began with. What came later is added by `alter table`, else a start on
older data has no such column. `GOLDEN=write` adds new tables, and no column to one that is known.
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
_ALTERED = re.compile(r"^alter table (\w+) (.*?);", re.MULTILINE | re.DOTALL)
_ADDED = re.compile(r"add column if not exists \"?(\w+)")

Columns = dict[str, str]
"""By table, with spaces between."""


def made(schema: str) -> Columns:
    """The columns of each table that a schema makes."""
    return {
        table: " ".join(one for one in _COLUMN.findall(body) if one not in _NO_COLUMN)
        for table, body in _TABLE.findall(schema)
    }


def missing(schema: str, began_with: Columns) -> list[str]:
    """The columns that a table which was there before would lack."""
    added = {(table, column) for table, change in _ALTERED.findall(schema) for column in _ADDED.findall(change)}
    return [
        f"{table}.{column}"
        for table, columns in made(schema).items()
        for column in columns.split()
        if column not in began_with[table].split() and (table, column) not in added
    ]


def _schemas() -> dict[str, str]:
    files = [path for folder in ("libs", "services") for path in sorted((ROOT / folder).rglob("*.sql"))]
    found = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in files}
    return {name: text for name, text in found.items() if "create table" in text}


def test_every_later_column_is_added_to_tables_that_are_there() -> None:
    frozen: dict[str, Columns] = json.loads(FROZEN.read_text(encoding="utf-8"))
    schemas = _schemas()
    if os.environ.get("GOLDEN") == "write":
        frozen = {name: made(text) | frozen.get(name, {}) for name, text in schemas.items()}
        FROZEN.write_text(json.dumps(frozen, indent=1) + "\n", encoding="utf-8")
    new = {name: made(text).keys() - frozen.get(name, {}).keys() for name, text in schemas.items()}
    assert {name: tables for name, tables in new.items() if tables} == {}, "a new table: make golden"
    lacking = [one for name, text in schemas.items() for one in missing(text, frozen[name])]
    assert lacking == [], "write `alter table … add column if not exists` below the table"


def test_a_column_that_nothing_adds_is_found() -> None:
    """A check that cannot fail proves nothing."""
    schema = (
        'create table if not exists one (\n    id text,\n    "offset" bigint,\n    new text,\n    primary key (id)\n);'
    )
    assert made(schema) == {"one": "id offset new"}
    before = {"one": "id offset"}
    assert missing(schema, before) == ["one.new"]
    assert missing(schema + "\nalter table one add column if not exists new text;", before) == []
    assert missing(schema + "\nalter table two add column if not exists new text;", before) == ["one.new"]

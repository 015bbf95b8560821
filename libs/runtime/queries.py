"""Named SQL queries from a file (`-- name: x` opens each one), and rows as arguments of them. One file a store."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any


def read_queries(path: Path) -> dict[str, str]:
    """The queries of one .sql file by name."""
    found: dict[str, str] = {}
    for part in path.read_text(encoding="utf-8").split("-- name: ")[1:]:
        name, _, body = part.partition("\n")
        found[name.strip()] = body.strip().rstrip(";")
    return found


def columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Rows as the columns that `unnest` takes, `width` of them."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]

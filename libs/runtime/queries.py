"""Named SQL queries from a file: `-- name: x` opens each one. One file beside each store, nothing else."""

from pathlib import Path


def read_queries(path: Path) -> dict[str, str]:
    """The queries of one .sql file by name."""
    found: dict[str, str] = {}
    for part in path.read_text(encoding="utf-8").split("-- name: ")[1:]:
        name, _, body = part.partition("\n")
        found[name.strip()] = body.strip().rstrip(";")
    return found

"""The address of the embedded PostgreSQL."""

from pathlib import Path

import asyncpg
import pytest

from local.places import DataDir
from local.ports import free_ports
from local.postgres import Postgres


async def test_a_home_that_cannot_be_opened_keeps_nobody_from_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is started as another user often has root's HOME. Here nobody listens; there must be no error before that."""
    data = DataDir(tmp_path)
    data.postgres.mkdir()
    (data.postgres / "password").write_text("geheim")
    monkeypatch.setenv("HOME", f"/{'x' * 300}")  # nothing can be looked up there, by root neither
    (port,) = free_ports(1)
    with pytest.raises(ConnectionRefusedError):
        await asyncpg.connect(Postgres(data, port=port).url)

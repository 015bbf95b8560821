"""An edge whose Kafka is away for a night."""

import gc
from pathlib import Path
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError

from local.ports import HOST, free_ports
from runtime.edge import Edge


class Store:
    """A PostgreSQL that is never asked."""

    async def start(self) -> None:
        return

    async def stop(self) -> None:
        return


async def nothing(*_: object) -> None:
    return None


async def test_asking_in_vain_leaves_no_file_open() -> None:
    """Each start of Faust left three open, until the process could open no connection at all."""
    (port,) = free_ports(1)
    store: Any = Store()
    handler: Any = nothing
    edge = Edge(name="gate", topic="t", bootstrap=f"{HOST}:{port}", instance="0", store=store, handler=handler)
    open_files = []
    gc.disable()
    try:
        for _ in range(3):
            with pytest.raises(KafkaConnectionError):
                await edge._session()
            open_files.append(len(list(Path("/proc/self/fd").iterdir())))
    finally:
        gc.enable()
    assert open_files[2] == open_files[0]

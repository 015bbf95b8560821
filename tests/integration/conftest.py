"""Stores for the modules whose topics have their real names: one pair for all of them, each begins with nothing."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from stores import Stores, stores_of_their_own


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stores(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stores]:
    async with stores_of_their_own(tmp_path_factory.mktemp("stores")) as running:
        yield running

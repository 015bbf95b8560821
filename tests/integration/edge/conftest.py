"""Where each test of the edge has its place."""

import pytest

from integration.edge.edges import Place


@pytest.fixture
def place(kafka_bootstrap: str, fresh_database: str) -> Place:
    return Place(kafka_bootstrap, fresh_database)

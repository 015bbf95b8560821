"""`complaints status` says what is so now, and nothing that nobody can tell."""

from typing import Any

import pytest

from local.status_report import row, state

READY = {"ready": True, "reasons": {}, "positions": {"0": 7, "1": 5}}
AWAY = {"ready": False, "reasons": {"database": "TimeoutError"}, "positions": {}}


def seen(said: str, service: dict[str, Any], pid: int | None = 1) -> dict[str, Any]:
    return {"state": said, "pids": {"postgres": 1, "intake": pid}, "services": {"intake": service}}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (seen("ready", READY), "ready"),
        (seen("ready", AWAY), "not all ready"),
        (seen("ready", READY, None), "not all ready"),
        (seen("starting", AWAY), "starting"),
    ],
)
def test_ready_is_said_while_all_is_ready(found: dict[str, Any], said: str) -> None:
    """Whoever is called at night reads the first word."""
    assert state(found) == said


def test_how_much_was_read_is_not_known_while_no_table_answers() -> None:
    assert row(READY)[1] == "12"
    assert row(AWAY)[1:] == ("?", "database: TimeoutError")

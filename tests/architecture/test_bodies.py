"""What people write in a body is refused where it would not be seen: said for every module that has bodies."""

from importlib import import_module

import pytest

from events import fact
from runtime import body

MODULES = (
    "intake.bodies", "triage.bodies", "escalation.bodies", "accountability.bodies", "runtime.rulebook_routes",
    "projections.preview",
)  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_a_word_of_a_body_is_one_that_can_be_seen(name: str) -> None:
    """A fact's own `Word` takes line breaks and marks of direction; no reader of the log shall meet them there."""
    module = vars(import_module(name))
    assert any(isinstance(one, type) and issubclass(one, body.Body) for one in module.values())
    assert fact.Word not in module.values()
    assert module.get("fact") is not fact

"""A text that is made to break or to busy its reader is a finding like any other (R142)."""

import pytest

from local.rules.files import CHECKS
from shipped import books


@pytest.mark.parametrize(
    "bomb",
    ["[" * 5_000 + "]" * 5_000, "{a=" * 3_000 + "1" + "}" * 3_000, "9" * 5_000],
    ids=["arrays", "inline tables", "number"],
)
@pytest.mark.parametrize("kind", ["calendar", "organisation", "ladder", "pack", "regimes", "grade", "limits"])
def test_a_text_that_no_machine_can_read_is_refused_like_any_other(kind: str, bomb: str) -> None:
    """R142: too deep or too long is a finding, never a failure of ours."""
    (wrong,) = CHECKS[kind]("x", f"x = {bomb}", books())
    assert wrong.wrong.startswith("no TOML")


@pytest.mark.timeout(60)
def test_no_text_keeps_its_reader_busy() -> None:
    """R142: a text of the largest size is answered in seconds: deep names, and faults on every line."""
    assert CHECKS["calendar"]("x", ".".join(["a"] * 100_000) + " = 1", books())[0].wrong.startswith("no TOML")
    assert len(CHECKS["calendar"]("x", 'name = "x"\n' + "[[day]]\n" * 30_000, books())) > 60_000

"""The rule set is checked when it is loaded, not when somebody needs it (R142)."""

import shutil
from pathlib import Path

import pytest
from pydantic import ValidationError

from accountability.rules import Limit, load_rules
from unit.accountability.cases import RULES

SHIPPED = Path(__file__).parents[3] / "rules" / "authority.toml"


def test_the_highest_limit_of_several_roles_counts() -> None:
    assert RULES.limit(frozenset({"handler", "reception"}), "CNY") == Limit(50_000, "authority@1/handler")
    assert RULES.limit(frozenset({"judge"}), "CNY") is None
    assert RULES.limit(frozenset({"handler"}), "XAU") is None


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("version = 1", "version = 0", "version"),
        ("attempts = 3", 'attempts = "3"', "callbacks.attempts"),
        ("accepted = 3", "acepted = 3", "callbacks.days_after_closing"),
        ("CNY = 20_000\n", "CNY = -1\n", "limits.reception.CNY"),
        ('"find"]', '"fnd"]', "apart"),
        ("next_instance", "next_instances", "closing.next_instance"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, before: str, after: str, named: str) -> None:
    shutil.copy(SHIPPED, tmp_path)
    text = SHIPPED.read_text(encoding="utf-8")
    assert before in text
    (tmp_path / SHIPPED.name).write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ValidationError) as refused:
        load_rules(tmp_path)
    assert any(".".join(map(str, error["loc"])).startswith(named) for error in refused.value.errors())

"""The rule set is checked when it is loaded, not when somebody needs it (R142)."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from accountability.rulebooks import CHECKS
from accountability.rules import Quiet
from rulebooks.authority import Limit
from unit.accountability.cases import RULES

SHIPPED = Path(__file__).parents[3] / "rules" / "limits" / "authority.toml"


def test_the_highest_limit_of_several_roles_counts() -> None:
    assert RULES.limit(frozenset({"handler", "reception"}), "CNY") == Limit(50_000, "authority@1/handler")
    assert RULES.limit(frozenset({"judge"}), "CNY") is None
    assert RULES.limit(frozenset({"handler"}), "XAU") is None


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ('name = "authority"', "", "name"),
        ("attempts = 3", 'attempts = "3"', "callbacks.attempts"),
        ("retry_hours = 24", "retry_hours = 3", "callbacks"),
        ("accepted = 3", "acepted = 3", "callbacks.days_after_closing"),
        ("CNY = 20_000\n", "CNY = -1\n", "limits.reception.CNY"),
        ('"find"]', '"fnd"]', "apart"),
        ("next_instance", "next_instances", "closing.next_instance"),
        ('zone = "Asia/Shanghai"', 'zone = "Asia/Nowhere"', "callbacks.quiet.zone"),
        ('begins = "21:00"', 'begins = "25:00"', "callbacks.quiet.begins"),
        ('begins = "21:00"', 'begins = "2٠:00"', "callbacks.quiet.begins"),
    ],
)
def test_a_wrong_entry_is_named(before: str, after: str, named: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert before in text
    findings = CHECKS["limits"]("authority", text.replace(before, after, 1), {})
    assert any(one.place.startswith(named) for one in findings), findings


def test_a_limit_is_that_of_a_role_which_may_give_something() -> None:
    """R119: a misspelt one leaves the role that was meant without any; who neither offers nor approves has none."""
    text = SHIPPED.read_text(encoding="utf-8")
    assert CHECKS["limits"]("authority", text, {}) == ()
    for role, wrong in (("handlar", "there is no role 'handlar'"), ("judge", "'judge' neither offers nor approves")):
        (finding,) = CHECKS["limits"]("authority", text.replace("[limits.handler]", f"[limits.{role}]"), {})
        assert finding.place.startswith(f"limits.{role} (line ")
        assert finding.wrong == wrong
        assert "handler" in finding.todo
    both = text.replace("[limits.handler]", "[limits.handlar]").replace("attempts = 3", 'attempts = "3"')
    assert len(CHECKS["limits"]("authority", both, {})) == 2, "one fault hides no other"
    (finding, *_) = CHECKS["limits"]("authority", 'name = "authority"\nlimits = 1\n', {})
    assert finding.place.startswith("limits")


def test_the_next_try_that_the_table_names_counts() -> None:
    """R96: one that comes as soon as the next counts, too."""
    text = SHIPPED.read_text(encoding="utf-8")
    apart = f"retry_hours = {RULES.callbacks.apart_hours}"
    assert CHECKS["limits"]("authority", text.replace("retry_hours = 24", apart), {}) == ()


@pytest.mark.parametrize(
    ("begins", "ends", "moment", "after"),
    [
        ("21:00", "08:00", "2026-03-02T20:59", "2026-03-02T20:59"),
        ("21:00", "08:00", "2026-03-02T21:00", "2026-03-03T08:00"),
        ("21:00", "08:00", "2026-03-03T07:59", "2026-03-03T08:00"),
        ("21:00", "08:00", "2026-03-03T08:00", "2026-03-03T08:00"),
        ("12:00", "14:00", "2026-03-02T13:00", "2026-03-02T14:00"),
        ("12:00", "14:00", "2026-03-02T14:00", "2026-03-02T14:00"),
        ("00:00", "00:00", "2026-03-02T14:00", "2026-03-02T14:00"),
        # The night in which the clocks go forward: 01:30 there is no quiet hour's end but 02:00, which is 03:00.
        ("22:00", "02:00", "2026-03-08T01:30", "2026-03-08T03:00"),
    ],
)
def test_quiet_hours_are_those_of_the_zone(begins: str, ends: str, moment: str, after: str) -> None:
    """R96: given and answered in local time of New York, where clocks change on 8 March 2026."""
    zone = ZoneInfo("America/New_York")
    quiet = Quiet(begins=begins, ends=ends, zone=zone.key)
    found = quiet.after(datetime.fromisoformat(moment).replace(tzinfo=zone), "")
    assert found.astimezone(zone).replace(tzinfo=None) == datetime.fromisoformat(after)

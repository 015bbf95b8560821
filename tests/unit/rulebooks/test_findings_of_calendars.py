"""Where what is wrong with a calendar begins, and where it is sound still (R142)."""

import pytest

from local.rules.files import CHECKS

HEAD = """
name = "office"
zone = "Europe/London"
first = "{first}"
last = "{last}"
source = "a test"

[week]
{week}
"""


def found(days: list[str], *, first: str = "2025-01-01", last: str = "2025-12-31", week: str = "") -> list[str]:
    """What is wrong, without the lines. `days`: a date, or the first and the last with two dots between them."""
    text = HEAD.format(first=first, last=last, week=week or 'mon = ["09:00-17:00"]')
    for day in days:
        since, _, to = day.partition("..")
        when = f'from = "{since}"\nto = "{to}"' if to else f'date = "{since}"'
        text += f'[[day]]\n{when}\nkind = "holiday"\nwhy = "x"\n'
    return [f"{one.place.split(' ')[0]}: {one.wrong}" for one in CHECKS["calendar"]("office", text, {})]


def test_days_at_its_edges_are_within_it() -> None:
    assert found(["2025-01-01", "2025-12-31"]) == []
    assert found(["2025-03-03"], first="2025-03-03", last="2025-03-03") == []
    for day in ("2024-12-31", "2026-01-01"):
        assert found(["2025-05-05", day]) == [f"day.1: {day} is not between `first` 2025-01-01 and `last` 2025-12-31"]


def test_one_rule_speaks_of_a_leap_year_at_most() -> None:
    whole = {"first": "2024-01-01", "last": "2025-12-31"}
    assert found(["2024-01-01..2024-12-31", "2025-05-05"], **whole) == []
    wrong = found(["2024-01-01..2025-01-01", "2024-05-05", "2025-05-05"], **whole)
    assert wrong[-1] == "day.0: it speaks of more than a year"
    assert not any("rule already" in one for one in wrong if one.startswith("day."))


def test_two_rules_that_share_days_are_told_once() -> None:
    assert found(["2025-05-01..2025-05-09", "2025-05-04..2025-05-20", "2025-05-09"]) == [
        "day.1: 2025-05-04 has a rule already: day.0",
        "day.2: 2025-05-09 has a rule already: day.0",
    ]


@pytest.mark.parametrize(
    ("first", "last", "missing"),
    [
        ("2024-01-01", "2025-12-31", ["2024"]),
        ("2024-01-02", "2025-12-31", []),
        ("2025-01-01", "2026-12-31", ["2026"]),
        ("2025-01-01", "2026-12-30", []),
        ("2023-06-01", "2027-06-01", ["2024", "2026"]),
    ],
)
def test_a_whole_year_that_nobody_entered_is_named(first: str, last: str, missing: list[str]) -> None:
    """In a part of a year there may be nothing to enter."""
    said = [f"last: no day of {year} is entered, and other years have some" for year in missing]
    assert found(["2025-05-05"], first=first, last=last) == said
    assert found([], first=first, last=last) == []


@pytest.mark.parametrize(
    ("week", "wrong"),
    [
        ('sun = ["09:00-17:00"]', []),
        ('sun = ["22:00-06:00"]\nmon = ["06:00-17:00"]', []),
        ('sun = ["22:00-06:00"]\nmon = ["05:59-17:00"]', ["mon: 05:59-17:00 begins while sun"]),
        ('sat = ["08:00-09:00", "22:00-06:00"]\nsun = ["05:00-07:00"]', ["sun: 05:00-07:00 begins while sat"]),
        ('mon = ["09:00-24:00"]\ntue = ["00:00-17:00"]', []),
    ],
)
def test_days_of_the_week_do_not_run_into_each_other(week: str, wrong: list[str]) -> None:
    assert found([], week=week) == [f"week.{one} still runs over midnight" for one in wrong]


@pytest.mark.parametrize(
    ("week", "special", "run"),
    [
        ('thu = ["22:00-06:00"]', {"2025-05-02": "06:00-09:00"}, None),
        ('thu = ["22:00-06:00"]', {"2025-05-02": "05:59-09:00"}, ("2025-05-01", "2025-05-02")),
        ('fri = ["06:00-09:00"]', {"2025-05-01": "22:00-06:00"}, None),
        ('fri = ["05:59-09:00"]', {"2025-05-01": "22:00-06:00"}, ("2025-05-01", "2025-05-02")),
        ('mon = ["09:00-17:00"]', {"2025-05-01": "22:00-06:00", "2025-05-02": "05:00-06:00"},
         ("2025-05-01", "2025-05-02")),
        ('fri = ["05:00-09:00"]', {"2025-05-01": "22:00-06:00", "2025-05-02": "06:00-09:00"}, None),
    ],
)  # fmt: skip
def test_a_special_day_does_not_run_into_its_neighbours(
    week: str, special: dict[str, str], run: tuple[str, str] | None
) -> None:
    """By its own hours, and theirs where they are special as well."""
    text = HEAD.format(first="2025-01-01", last="2025-12-31", week=week)
    for day, hours in special.items():
        text += f'[[day]]\ndate = "{day}"\nkind = "special"\nopen = ["{hours}"]\nwhy = "x"\n'
    wrong = [one.wrong for one in CHECKS["calendar"]("office", text, {})]
    assert wrong == ([] if run is None else wrong[:1])
    assert run is None or f"open hours of {run[0]} run into those of {run[1]}" in wrong[0]

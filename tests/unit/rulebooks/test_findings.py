"""What is wrong with a rulebook is said all at once, each with its place (R142)."""

import pytest

from local.rules.files import CHECKS
from published import SMALL_PACK
from shipped import books, texts

CALENDAR = """
name = "office"
zone = "Europe/London"
first = "2025-01-01"
last = "2026-12-31"
source = "a test"

[week]
mon = ["09:00-12:00", "13:00-17:00"]
fri = ["22:00-06:00"]

[[day]]
date = "2025-12-25"
kind = "holiday"
why = "Christmas"

[[day]]
date = "2026-12-25"
kind = "holiday"
why = "Christmas"
"""
PACK = f"""{SMALL_PACK}
[[policy]]
name = "two"
starts = "met:one"
budget = {{ amount = 2, unit = "hours" }}
met_by = ["reply"]
source = "a test"
standing = "S"
"""


def found(kind: str, name: str, text: str) -> list[str]:
    return [f"{one.place}: {one.wrong}" for one in CHECKS[kind](name, text, books())]


@pytest.mark.parametrize("key", sorted(texts()))
def test_nothing_is_wrong_with_what_is_shipped(key: str) -> None:
    kind, _, name = key.partition("/")
    assert found(kind, name, texts()[key]) == []


def test_nothing_is_wrong_with_these_examples() -> None:
    assert found("calendar", "office", CALENDAR) == []
    assert found("pack", "p", PACK) == []


def test_a_text_that_is_no_toml_names_its_line() -> None:
    assert found("calendar", "office", CALENDAR.replace('"2025-01-01"', "2025-1-1"))[0].startswith("line 4: no TOML")


def test_the_form_names_every_field_with_its_line() -> None:
    text = CALENDAR.replace("Europe/London", "Europe/Lodnon").replace('why = "Christmas"\n', "", 1) + 'because = "x"\n'
    assert [line.split(":")[0] for line in found("calendar", "ofice", text)] == [
        "name (line 2)",
        "zone (line 3)",
        "day.0.why (line 12)",
        "day.1.because (line 20)",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ('mon = ["09:00-12:00", "13:00-17:00"]', 'mon = ["09:00-12:00", "11:00-17:00"]'),
            "week.mon (line 9): 09:00-12:00 and 11:00-17:00 overlap",
        ),
        (
            ('fri = ["22:00-06:00"]', 'fri = ["22:00-06:00"]\nsat = ["05:00-07:00"]'),
            "week.sat (line 11): 05:00-07:00 begins while fri",
        ),
        (('mon = ["09:00-12:00", "13:00-17:00"]\nfri = ["22:00-06:00"]', ""), "week (line 8): it is never open"),
        (('date = "2026-12-25"', 'date = "2025-12-25"'), "day.1 (line 17): 2025-12-25 has a rule already: day.0"),
        (('date = "2026-12-25"', 'date = "2027-12-25"'), "day.1 (line 17): 2027-12-25 is not between"),
        (
            ('date = "2026-12-25"', 'from = "2025-12-24"\nto = "2025-12-26"'),
            "day.1 (line 17): 2025-12-25 has a rule already: day.0",
        ),
        (
            ('date = "2026-12-25"', 'from = "2026-12-26"\nto = "2026-12-25"'),
            "day.1 (line 17): `to` 2026-12-25 is before",
        ),
        (
            ('date = "2026-12-25"', 'from = "2025-01-01"\nto = "2026-12-31"'),
            "day.1 (line 17): it speaks of more than a year",
        ),
        (('date = "2026-12-25"', 'date = "2025-12-26"'), "last (line 5): no day of 2026 is entered"),
        (
            ('date = "2026-12-25"\nkind = "holiday"', 'date = "2026-12-21"\nkind = "make-up"\nopen = ["09:00-12:00"]'),
            "day.1 (line 17): 2026-12-21 is a Monday, which the week has open",
        ),
        (('last = "2026-12-31"', 'last = "2024-12-31"'), "last (line 5): 2024-12-31 is before `first`"),
    ],
)
def test_a_calendar_says_what_is_wrong_and_where(change: tuple[str, str], said: str) -> None:
    assert change[0] in CALENDAR
    assert [line for line in found("calendar", "office", CALENDAR.replace(*change)) if line.startswith(said)], said


def test_one_fault_of_a_calendar_does_not_hide_another() -> None:
    text = CALENDAR.replace('date = "2026-12-25"', 'date = "2025-12-25"').replace('fri = ["22:00-06:00"]', "")
    for date, kind in (("2024-01-01", "holiday"), ("2025-02-03", "cake")):
        text += f'[[day]]\ndate = "{date}"\nkind = "{kind}"\nwhy = "x"\n'
    assert [line.split(" (")[0] for line in found("calendar", "office", text)] == [
        "day.3.kind",
        "day.1",
        "day.2",
        "last",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('calendar = "cn"', 'calendar = "mars"'), "calendar (line 5): there is no calendar 'mars'"),
        (
            ('name = "two"', 'name = "two"\ncalendar = "mars"'),
            "policy.1.calendar (line 17): there is no calendar 'mars'",
        ),
        (('name = "two"', 'name = "one"'), "policy.1.name (line 16): policy.0 is called 'one' as well"),
        (('"met:one"', '"met:three"'), "policy.1.starts (line 17): there is no policy 'three'"),
        (('"met:one"', '"met:two"'), "policy.1.starts (line 17): it waits for itself"),
        (('"met:one"', '"full-moon"'), "policy.1.starts (line 17): there is no start 'full-moon'"),
        (('starts = "met:one"\n', ""), "policy.1 (line 15): nothing starts it"),
        (('met_by = ["reply"]', 'met_by = ["hope"]'), "policy.0.met_by (line 11): there is no occasion 'hope'"),
        (('met_by = ["reply"]\n', ""), "policy.0 (line 7): nothing meets it"),
        (
            ('starts = "met:one"', 'starts = "lodged"\nclock = "one"'),
            "policy.1 (line 15): policy.0 (one) fits whenever",
        ),
        (
            ('starts = "lodged"', 'starts = "lodged"\napplies = { posts = ["king"] }'),
            "policy.0.applies.posts (line 10): there is no post 'king'",
        ),
        (
            ('calendar = "cn"', 'calendar = "cn"\nby_category = { dog = "three" }'),
            "by_category.dog (line 6): there is no policy 'three'",
        ),
        (('calendar = "cn"', 'calendar = "cn"\napplies = { grades = ["crisis"] }'), "nothing"),
        (
            ('budget = { amount = 2, unit = "hours" }', "warn_percent = [50]"),
            "policy.0.warn_percent (line 10): `warn_percent` without a budget",
        ),
        (
            ('budget = { amount = 2, unit = "hours" }', 'budget = { amount = 2, unit = "moons" }'),
            "policy.0.budget.unit (line 10)",
        ),
    ],
)
def test_a_pack_says_what_is_wrong_and_where(change: tuple[str, str], said: str) -> None:
    assert change[0] in PACK
    lines = found("pack", "p", PACK.replace(*change, 1))
    assert [line for line in lines if line.startswith(said)] or (said == "nothing" and lines == []), lines


def test_a_policy_that_only_a_category_names_is_reached() -> None:
    text = PACK.replace('calendar = "cn"', 'calendar = "cn"\nby_category = { dog = "two" }')
    assert found("pack", "p", text.replace('starts = "met:one"\n', "")) == []


def test_a_policy_that_the_pack_never_lets_in_is_found() -> None:
    text = PACK.replace('calendar = "cn"', 'calendar = "cn"\napplies = { grades = ["crisis"] }')
    text = text.replace('starts = "lodged"', 'starts = "lodged"\napplies = { grades = ["suggestion"] }')
    assert "policy.0 (line 8): the pack never applies where this policy does" in found("pack", "p", text)


def test_a_regimes_table_knows_its_packs() -> None:
    text = 'name = "company"\ntitle = "x"\npacks = ["uk-fca-disp", "nobody", "uk-fca-disp"]\n'
    text += 'ladder = "l"\norganisation = "o"\n'
    assert [line.split("; ")[0] for line in found("regimes", "company", text)] == [
        "packs (line 3): 'uk-fca-disp' stands there more than once",
        "packs (line 3): there is no pack 'nobody'",
        "ladder (line 4): there is no ladder 'l'",
        "organisation (line 5): there is no organisation 'o'",
    ]


def test_a_ladder_says_what_is_wrong_and_where() -> None:
    text = (
        texts()["ladder/default"].replace("crisis_level = 4", "crisis_level = 9").replace('"teamlead"', '"reception"')
    )
    assert [line.split(" (")[0] for line in found("ladder", "default", text.replace('"cso"', '"king"'))] == [
        "level.1.post",
        "crisis_level",
        "level.3.post",
    ]


def test_an_organisation_says_what_is_wrong_and_where() -> None:
    text = texts()["organisation/default"].replace('fallback = "reception"', 'fallback = "nobody"')
    text = text.replace('name = "cso"', 'name = "king"')
    text += """
[[post]]
name = "night"
roles = ["handler"]
after_refusal = "reception"
deputy = "late"
[[post]]
name = "late"
roles = ["handler"]
after_refusal = "reception"
deputy = "night"
[[absence]]
person = "li.na"
since = 2026-10-01T00:00:00+08:00
until = 2026-10-08T00:00:00+08:00
deputy = "wang"
[[absence]]
person = "wang"
since = 2026-10-05T00:00:00+08:00
until = 2026-10-12T00:00:00+08:00
deputy = "li.na"
[[absence]]
person = "wang"
since = 2026-10-11T00:00:00+08:00
until = 2026-10-10T00:00:00+08:00
[[absence]]
person = "wang"
since = 2026-10-06T00:00:00+08:00
until = 2026-10-07T00:00:00+08:00
[[delegation]]
by = "li.na"
to = "wang"
post = "moon"
since = 2026-10-06T00:00:00+08:00
until = 2026-10-07T00:00:00+08:00
why = "x"
"""
    assert [line.split(" (")[0].split(":")[0] for line in found("organisation", "default", text)] == [
        "fallback",
        "post.3.after_refusal",
        "post.4.after_refusal",
        "delegation.0.post",
        "post.5.deputy",
        "post.6.deputy",
        "absence.0.deputy",
        "absence.1.deputy",
        "absence.3",
        "absence.2.until",
        "ladder/default",
    ]


def test_a_table_of_triage_says_which_rules_nothing_reaches_and_that_the_log_counts_versions() -> None:
    text = texts()["routing/routing"].replace('name = "routing"', 'name = "routing"\nversion = 3')
    text = text.replace('when = { grade = ["crisis"] }\n', "", 1)
    lines = [line.split(" (")[0] for line in found("routing", "routing", text)]
    assert lines[0] == "version"
    assert lines[1:] == [f"rule.{n}" for n in range(1, text.count("[[rule]]"))]


def test_a_wrong_limit_is_named() -> None:
    text = texts()["limits/authority"].replace("CNY = 20_000\n", "CNY = -1\n").replace("attempts = 3", 'attempts = "3"')
    assert [line.split(" (")[0] for line in found("limits", "authority", text)] == [
        "limits.reception.CNY",
        "callbacks.attempts",
    ]


def test_a_case_is_routed_to_a_post_of_the_organisation() -> None:
    """R117: two services share no code, only these names."""
    text = texts()["routing/routing"].replace('first_owner = "teamlead"', 'first_owner = "king"', 1)
    text = text.replace('playbook = "crisis"', 'playbook = "panic"')
    assert [line.partition("): ")[2] for line in found("routing", "routing", text)] == [
        "there is no post 'king'",
        "there is no playbook 'panic'",
    ]
    assert CHECKS["routing"]("routing", text, {}) == ()


def test_a_playbook_says_everything_in_the_same_languages() -> None:
    """R86, R138."""
    text = texts()["playbook/crisis"].replace('title = { en = "A crisis", zh = "危机" }', 'title = { en = "A crisis" }')
    text = text.replace('name = "many-at-once"', 'name = "somebody-is-hurt"')
    assert [line.split(" (")[0] for line in found("playbook", "crisis", text)] == ["scene.1.name", "title"]


@pytest.mark.parametrize("days", ["5", '"x"', "[1, 2]", "{ from = 1 }"])
def test_days_that_are_no_tables_are_a_finding(days: str) -> None:
    assert found("calendar", "office", f"day = {days}\n" + CALENDAR.partition("[[day]]")[0])


def test_a_company_has_one_regimes_table_and_a_pack_in_it() -> None:
    """A second table would take the place of the first, or lie there unread; without a pack nothing has a clock."""
    second = 'name = "other"\ntitle = "t"\npacks = ["company-default"]\n'
    assert found("regimes", "other", second) == ["name (line 1): the regimes in use are those of 'company'"]
    assert found("regimes", "company", 'name = "company"\ntitle = "t"\npacks = []\n')[0].startswith("packs (line 3)")

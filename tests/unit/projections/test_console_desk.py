"""Who is shown what: the console's tables agree with the rulebooks, and offers go to whoever acts for a post."""

from dataclasses import replace
from datetime import timedelta

import console_pages as invented
from projections.console.asking import CHANNELS, POSTS
from projections.console.commands import COMMANDS
from projections.console.desk import Desk
from rulebooks.books import Edition
from rulebooks.forms import organisation_of
from shipped import edition


def test_the_tables_of_commands_and_rules_agree() -> None:
    """Channels and posts on offer are those of the shipped rulebooks."""
    company = invented.DESK.company
    assert company is not None
    assert {post.name for post in company.post} == set(POSTS)
    assert f"[channel.{CHANNELS[0]}]" in edition("channels", "channels").text
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)


def test_offers_are_shown_to_whoever_acts_for_the_post_now() -> None:
    """R117, R119: by its roles where nobody is named, else to its members and to whom it was delegated."""
    desk, handler = invented.DESK, frozenset({"handler"})
    assert desk.may_take("handler", "x", handler)
    assert not desk.may_take("cso", "x", handler)
    text = edition("organisation", "default").text.replace('roles = ["cso"]', 'roles = ["cso"]\nmembers = ["zhou"]')
    delegation = """
[[delegation]]
by = "zhou"
to = "x"
post = "cso"
since = "2026-09-24T00:00:00Z"
until = "2026-09-25T00:00:00Z"
why = "away for a day"
"""
    delegated = replace(desk, company=organisation_of(Edition("organisation", "other", 1, text + delegation)))
    assert delegated.may_take("cso", "x", handler)
    assert "cso" in delegated.posts_of("x", handler)
    assert not replace(delegated, at=delegated.at + timedelta(days=1)).may_take("cso", "x", handler)
    skilled = (
        text.replace('members = ["zhou"]', 'requires = ["law"]') + '[[competence]]\nperson = "zhou"\nskills = ["law"]\n'
    )
    required = replace(desk, company=organisation_of(Edition("organisation", "other", 2, skilled)))
    shown = [required.may_take("cso", person, frozenset({"cso"})) for person in ("zhou", "x")]
    assert (shown, "cso" in required.posts_of("x", frozenset({"cso"}))) == ([True, False], False)
    assert not Desk(None, desk.at).may_take("handler", "x", handler)

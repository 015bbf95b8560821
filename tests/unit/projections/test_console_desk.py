"""Who is shown what: the console's tables agree with the rulebooks, and offers go to whoever acts for a post."""

from dataclasses import replace
from datetime import timedelta

import console_pages as invented
from projections.console import case
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


def test_an_offer_to_a_name_that_is_no_post_says_so() -> None:
    """R117: a route or an offer may name a person, so a misspelt post is taken for one; whoever looks sees it."""

    def told(to: str, desk: Desk | None = invented.DESK) -> str:
        found = invented.case(owner=None, offered_to=to)
        return case.shown(found, invented.reader(), desk=desk).holding[0]

    assert told("reception") == "offered to reception"
    assert told("receptoin") == "offered to receptoin: a person, there is no such post"
    nobody_can_say = replace(invented.DESK, company=None)
    assert told("receptoin", None) == told("receptoin", nobody_can_say) == "offered to receptoin"

"""Rule tables are checked before they take effect (R142), and those as shipped fit one another."""

from pathlib import Path

import pytest

from escalation.rules import Handoff, Ladder, Policies
from escalation.rules import load_rules as load_escalation
from events.table import Table, TableInvalid
from triage.rules import Classifications, Gradings, Screenings
from triage.rules import load_rules as load_triage

FOLDER = Path(__file__).parents[2] / "rules"
POLICIES = (FOLDER / "policies.toml").read_text("utf-8")
HANDOFF = (FOLDER / "handoff.toml").read_text("utf-8")
GRADING = (FOLDER / "grading.toml").read_text("utf-8")


def test_whoever_is_routed_to_is_a_post_that_somebody_may_answer_for() -> None:
    """R117: the two services share no code, only these names."""
    posts = {post.name for post in load_escalation(FOLDER).handoff.post}
    assert {rule.first_owner for rule in load_triage(FOLDER).routing.rule} <= posts
    assert {level.post for level in load_escalation(FOLDER).ladder.level} <= posts


def test_the_net_channels_of_the_policy_answer_within_twenty_minutes() -> None:
    """R83."""
    policies = load_escalation(FOLDER).policies
    for channel in ("weibo", "wechat", "app", "website", "forum", "mail"):
        assert policies.for_channel(channel).within_minutes == 20
        assert not policies.for_channel(channel).automatic_counts


def test_a_table_names_itself_with_its_version() -> None:
    assert Screenings.parse('name = "screening"\nversion = 7\nrule = [{outcome = "complaint", reason = "r"}]').ref == (
        "screening@7"
    )


@pytest.mark.parametrize(
    ("table", "text", "said"),
    [
        (Screenings, "name = ", "no TOML"),
        (Screenings, 'name = "x"\nversion = 1\nrule = []', "the last rule must hold always"),
        (Screenings, 'name = "X!"\nversion = 1\nrule = [{outcome = "complaint", reason = "r"}]', "name"),
        (Screenings, 'name = "x"\nversion = 1\nrule = [{outcome = "cake", reason = "r"}]', "rule.0.outcome"),
        (Screenings, 'name = "x"\nversion = 1\nmore = 1\nrule = [{outcome = "complaint", reason = "r"}]', "more"),
        (Screenings, 'name = "x"\nversion = 2026-01-01', "JSON"),
        (
            Classifications,
            'name = "x"\nversion = 1\nrule = [{dispute = "service", confidence_percent = 1, reason = "r"}]',
            "category",
        ),
        (Gradings, GRADING.replace("score_min = 0", "score_min = 1"), "down to 0"),
        (Gradings, GRADING.replace('reason = "nothing presses"', 'reason = "r"\nwhen = { injury = true }'), "always"),
        (Gradings, GRADING.replace('to = "grievance"', 'to = "suggestion"'), "only ever goes up"),
        (Gradings, GRADING.replace('names = ["compensation"]', 'names = ["greed"]'), "no such motive"),
        (Gradings, GRADING.replace("times = 12", 'names = ["k"]'), "no names to choose by"),
        (Gradings, GRADING.replace('name = "loss"', 'name = "pressing"'), "a name of its own"),
        (Policies, POLICIES.replace("Asia/Shanghai", "Asia/Nowhere"), "no such time zone"),
        (Policies, POLICIES.replace('channels = ["phone", "counter", "entrance"]', ""), "names no channel"),
        (Policies, POLICIES.replace('grade = "crisis"', 'grade = "complaint"'), "each grade"),
        (Policies, POLICIES.replace('name = "spoken-reply"', 'name = "net-reply"'), "different names"),
        (Ladder, (FOLDER / "ladder.toml").read_text("utf-8").replace("crisis_level = 4", "crisis_level = 9"), "levels"),
        (Handoff, HANDOFF.replace('fallback = "reception"', 'fallback = "nobody"'), "nobody is no post"),
    ],
)
def test_a_table_that_is_wrong_is_refused_with_the_place(table: type[Table], text: str, said: str) -> None:
    """R142."""
    with pytest.raises(TableInvalid, match=said):
        table.parse(text)

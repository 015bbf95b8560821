"""Rule tables are checked before they take effect (R142), and those as shipped fit one another."""

import re
from datetime import UTC, datetime

import pytest

from accountability.rulebooks import rules_in as limits
from events.table import Table
from intake.channels import channels_in
from local.rules.files import CHECKS
from rulebooks.books import Edition, look_up
from rulebooks.forms import ladder_of, organisation_of, table_of
from rulebooks.reading import read
from shipped import FOLDER, books, texts
from triage.rulebooks import rules_in as triage_rules
from triage.rules import Classifications, Gradings, Screenings

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NEVER_ALWAYS = 'reason = "r"\nwhen = { injury = true }'
GRADING = (FOLDER / "grade" / "grading.toml").read_text("utf-8")


def test_whoever_is_routed_to_is_a_post_that_somebody_may_answer_for() -> None:
    """R117: the two services share no code, only these names."""
    all_books = books()
    posts = {post.name for post in organisation_of(look_up(all_books, "organisation", "default", at=NOW)).post}
    assert {rule.first_owner for rule in triage_rules(all_books, NOW).routing.rule} <= posts
    assert {level.post for level in ladder_of(look_up(all_books, "ladder", "default", at=NOW)).level} <= posts


def test_a_table_names_itself_with_the_version_that_the_log_gave_it() -> None:
    text = 'name = "screening"\nrule = [{outcome = "complaint", reason = "r"}]'
    assert table_of(Screenings, Edition("screening", "screening", 7, text)).ref == "screening@7"


@pytest.mark.parametrize(
    ("table", "text", "said"),
    [
        (Screenings, "name = ", "no TOML"),
        (Screenings, 'name = "x"\nrule = []', "the last rule must hold always"),
        (Screenings, 'name = "X!"\nrule = [{outcome = "complaint", reason = "r"}]', "name"),
        (Screenings, 'name = "x"\nrule = [{outcome = "cake", reason = "r"}]', "rule.0.outcome"),
        (Screenings, 'name = "x"\nmore = 1\nrule = [{outcome = "complaint", reason = "r"}]', "more"),
        (Screenings, 'name = "x"\nrule = 2026-01-01', "rule (line 2): Input should be a valid array"),
        (
            Classifications,
            'name = "x"\nrule = [{dispute = "service", confidence_percent = 1, reason = "r"}]',
            "category",
        ),
        (
            Screenings,
            'name = "x"\nrule = [{outcome = "complaint", reason = "r", when = { injury = true }}]',
            "the last rule must hold always",
        ),
        (Gradings, GRADING.replace("score_min = 0", "score_min = 1"), "down to 0"),
        (Gradings, GRADING.replace("score_min = 12", "score_min = 3"), "down to 0"),
        (Gradings, GRADING.replace('reason = "somebody is not satisfied"', NEVER_ALWAYS), "always"),
        (Gradings, GRADING.replace('grade = ["grievance", "complaint"]', 'grade = ["grievance", "crisis"]'), "goes up"),
        (Gradings, GRADING.replace("times = 10", 'names = ["k"]'), "no names to choose by"),
        (Gradings, GRADING.replace('reason = "nothing presses"', 'reason = "r"\nwhen = { injury = true }'), "always"),
        (Gradings, GRADING.replace('to = "grievance"', 'to = "suggestion"'), "only ever goes up"),
        (Gradings, GRADING.replace('names = ["compensation"]', 'names = ["greed"]'), "no such motive"),
        (Gradings, GRADING.replace("times = 12", 'names = ["k"]'), "no names to choose by"),
        (Gradings, GRADING.replace('name = "loss"', 'name = "pressing"'), "a name of its own"),
    ],
)
def test_a_table_that_is_wrong_is_refused_with_the_place(table: type[Table], text: str, said: str) -> None:
    """R142."""
    findings = read(table, "x", text)[1]
    assert any(said in str(one) for one in findings), findings


@pytest.mark.parametrize(
    "key",
    [
        "screening/screening",
        "classification/classification",
        "grade/grading",
        "routing/routing",
        "limits/authority",
        "channels/channels",
    ],
)
def test_a_table_that_nobody_would_read_is_a_finding(key: str) -> None:
    """R142: a second table of a kind would be approved, and change nothing."""
    kind, _, name = key.partition("/")
    text = texts()[key].replace(f'name = "{name}"', 'name = "other"', 1)
    (finding,) = CHECKS[kind]("other", text, books())
    assert finding.place.startswith("name (line ")
    assert finding.wrong == f"of this kind only '{name}' is read"


READ = {
    "screening": triage_rules,
    "classification": triage_rules,
    "grade": triage_rules,
    "routing": triage_rules,
    "limits": limits,
    "channels": channels_in,
}


@pytest.mark.parametrize("key", sorted(key for key in texts() if key.partition("/")[0] in READ))
@pytest.mark.parametrize("odd", ["2026-01-01", "2026-01-01T00:00:00Z", "nan", "1e400", '"\\U0001F600"'])
def test_what_is_found_sound_can_be_read(key: str, odd: str) -> None:
    """R142: else it would stop its service once it is in force. Each value in turn is something that TOML knows too."""
    (kind, _, name), text = key.partition("/"), texts()[key]
    for value in re.finditer(r'(?<== )("[^"\n]*"|\d+)$', text, re.MULTILINE):
        changed = text[: value.start()] + odd + text[value.end() :]
        if not CHECKS[kind](name, changed, books()):
            READ[kind](books(**{key: changed}), NOW)

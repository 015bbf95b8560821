"""The catalogues: both languages whole, nothing missing, nothing unused, no word of the console's own elsewhere."""

import re
import tomllib
from html.parser import HTMLParser
from itertools import chain
from pathlib import Path
from typing import get_args

import pytest

from clocks import Unit
from clocks.proof import Kind
from events.accountability import (
    Attitude,
    CallbackOutcome,
    Ground,
    Measure,
    Outcome,
    PromiseKind,
    Reply,
    Responsible,
)
from events.codec import TYPES
from events.fact import CHAPTERS
from events.intake import (
    AmendableField,
    ContactRecorded,
    ErasureBasis,
    HoldPurpose,
    Identity,
    MessageKind,
    Motive,
    SourceReported,
)
from events.roles import ROLES
from events.triage import GRADES, Dispute, OneOrManyAnswered, Screening
from local.ports import SERVICES
from projections.console import words
from projections.console.asking import CURRENCIES, FUNCTIONS, PACKET, POSTS, SCORES
from projections.console.beside_commands import SET_BUDGET
from projections.console.board import BUCKETS
from projections.console.clock_commands import CONTACT
from projections.console.commands import COMMANDS
from projections.console.lodging import FORMS, LANGUAGES, LODGE, NATURES
from projections.console.questions import VIEWS
from projections.console.rendering import Pages
from projections.console.saying import OWN
from projections.console.steps import Step, needs
from projections.console.timeline import KINDS, LOOKS
from projections.console.track import STEPS
from projections.console.words import Language, catalogue, chosen
from projections.console.worklist import Group
from projections.deviations import WORDS
from projections.queries import By
from projections.views.timeline import EDITED

CONSOLE = Path(words.__file__).parent
ROOT = CONSOLE.parents[2]
TEMPLATES = sorted((CONSOLE / "templates").glob("*.html"))
MODULES = sorted(CONSOLE.glob("*.py"))


def literals(fact: type, field: str) -> set[str]:
    return set(get_args(fact.model_fields[field].annotation))  # type: ignore[attr-defined]


EVERY_COMMAND = (*COMMANDS, LODGE, SET_BUDGET, *OWN)
EVERY_ASK = [ask for command in EVERY_COMMAND for ask in command.asks]
CHANNELS = tomllib.loads((ROOT / "rules" / "channels" / "channels.toml").read_text(encoding="utf-8"))["channel"]
REFUSALS = {
    code
    for path in chain((ROOT / "libs").glob("rulebooks/state.py"), (ROOT / "libs").glob("events/*.py"),
        *((ROOT / "services").glob(f"{name}/decider/*.py")
        for name in ("intake", "triage", "escalation", "accountability")))
    for code in re.findall(r'Refused\(\s*"([a-z-]+)"', path.read_text(encoding="utf-8"))
}  # fmt: skip
NOT_HERE = {
    "cluster-exists", "import-already-open",
    "import-already-complete", "import-not-open", "import-of-another-source", "no-such-message",
    "draft-open", "nobody-consulted", "rulebook-kind-unknown",
}  # fmt: skip
"""Refusals of commands that the console does not give: imports, new drafts, the gateway's own, a cluster anew."""
SHIPPED_REASONS = {
    row["reason"]
    for path in (ROOT / "rules").glob("*/*.toml")
    for rows in tomllib.loads(path.read_text(encoding="utf-8")).values()
    if isinstance(rows, list)
    for row in rows
    if isinstance(row, dict) and "reason" in row
}


def named_by(table: str, name: str) -> set[str]:
    """What the rules of a table as shipped name."""
    rules = tomllib.loads((ROOT / "rules" / table / f"{table}.toml").read_text(encoding="utf-8"))["rule"]
    return {rule[name] for rule in rules if name in rule}


OWN_REASONS = {
    "the source says so", "routed", "refused", "reopened", "screened-out", "named", "it is graded as a crisis",
    "not satisfied at the callback", "the case was closed", "the complaint was withdrawn", "screened as no complaint",
}  # fmt: skip
"""What the deciders themselves give as a reason, where no table does."""
OUTCOMES = literals(ContactRecorded, "outcome") | set(get_args(Outcome)) | set(get_args(CallbackOutcome))
CODES: dict[str, set[str]] = {
    "nav": set(words.LANGUAGES),
    "status": {"lodged", "offered", "owned", "decided", "closed"},
    "grade": set(GRADES),
    "screening": set(get_args(Screening)),
    "dispute": set(get_args(Dispute)),
    "identity": set(get_args(Identity)),
    "motive": set(get_args(Motive)),
    "erasure_basis": set(get_args(ErasureBasis)),
    "channel": set(CHANNELS) | {"callback"},
    "outcome": OUTCOMES,
    "facts": literals(ContactRecorded, "facts"),
    "kind": set(get_args(MessageKind)) | set(get_args(PromiseKind)) | {CONTACT},
    "ground": set(get_args(Ground)),
    "attitude": set(get_args(Attitude)),
    "responsible": set(get_args(Responsible)),
    "reply": set(get_args(Reply)),
    "measure": set(get_args(Measure)),
    "currency": set(CURRENCIES),
    "post": set(POSTS),
    "packet": set(PACKET),
    "function": set(FUNCTIONS),
    "role": set(ROLES),
    "chapter": set(CHAPTERS),
    "field": set(EDITED) | set(get_args(AmendableField)),
    "reported": literals(SourceReported, "fact"),
    "one_or_many": literals(OneOrManyAnswered, "answer"),
    "purpose": set(get_args(HoldPurpose)),
    "answered_by": {"message-sent", "contact-recorded", "closed", "withdrawn", "accepted", "refused", "offered"},
    "clock_name": {"answer-anew", "first-reply", "resolution", "reply", "crisis"},
    "sealed": {"erased", "withheld", "missing", "unreadable"},
    "fact": {fact.type.split(".")[2] for fact in TYPES.values()}
    - {"import-opened", "history-completed", "cluster-proposed", "cluster-member-added", "cluster-member-removed"}
    - {"budget-set", "budget-reserved", "budget-released"}
    - {"rulebook-drafted", "rulebook-approved", "rulebook-refused"},
    "refused": REFUSALS - NOT_HERE,
    "step": set(get_args(Step)),
    "need": {step for step, _ in needs({"status": "owned"})},
    "group": set(get_args(Group)),
    "group_why": set(get_args(Group)),
    "view": set(VIEWS),
    "empty": set(VIEWS),
    "empty_next": set(VIEWS),
    "show": {"all", *KINDS},
    "bucket": set(BUCKETS),
    "unsaid": {"closing", "redress"},
    "offer": {"waiting", "standing", "declined", "withdrawn", "redressed"},
    "proof": {
        "started", "warn_at", "warned_at", "due", "breached_at", "met_at", "stopped_at", "answered_by",
        "stopped_because", "given", "policy", "counted_by", "paused_at", "paused_seconds", "unlawful", "extended",
        "recalculated", "reason", "asked_of", "stated_due", "provisional", "unconfirmed",
    },
    "proof_page": {
        "policy", "source", "calendar", "zone", "started", "given", "due", "as_of", "ended", "met_in_time", "met_late",
        "stopped_in_time", "stopped_late",
    },
    "proof_column": {"from", "to", "segment", "much", "so_far", "taken_out", "because", "event"},
    "segment": set(get_args(Kind)),
    "not_started": {"no-policy", "not-in-force"},
    "rule_says": {*SHIPPED_REASONS, *OWN_REASONS},
    "why": {"not_answered", "not_done", "promise", "callback"},
    "track": {
        *(f"stage.{name}" for name in ("received", "checking", "answering", "closed", "reopened", "withdrawn")),
        *(f"step.{name}" for name in STEPS),
        *(f"told.{name}" for name in (
            "lodged", "owned", "spoken", "sent", "received", "missed", "reopened", "withdrawn", "closed", "evidence",
            "viewed", "preferred", "erased", "offered", "offer_withdrawn", "offer_redressed")),
    },
    "by": set(get_args(By)),
    "queue": named_by("routing", "queue"),
    "category": {"unclassified"},
    "before": {"calls_before", "complaints_before"},
    "preferred": {"channel", "quiet_hours", "zone"},
    "service": set(SERVICES),
    "command": {f"{command.name}.{part}" for command in EVERY_COMMAND for part in ("title", "send")},
    "sure": {
        f"{one.name}.{part}" for one in EVERY_COMMAND if one.asks_twice for part in ("title", "means", "yes", "no")
    },
    "score": set(SCORES),
    "ask": {"optional"}
    | {ask.label or ask.name for ask in EVERY_ASK if ask.kind != "fixed"},
    "hint": {ask.hint for ask in EVERY_ASK if ask.hint},
    "filled": {ask.filled for ask in EVERY_ASK if ask.filled},
    "cluster": {"joined", "left"},
    "beside": {"no_clusters", "no_budgets"} | {f"{name}.other" for name in ("clusters", "budgets")},
    "beside_column": {"cluster", "cases", "budget", "amount", "reserved", "left"},
    "form": set(FORMS),
    "nature": set(NATURES),
    "language": set(LANGUAGES),
    "wrong": {
        "missing", "string-too-short", "string-too-long", "string-pattern-mismatch", "text-blank", "word-unfit",
        "greater-than-equal", "less-than-equal", "hours-empty", "zone-unknown", "other",
    },
    "door_problem": {"role-missing", "token-expired", "token-early", "token-foreign", "token-malformed"},
    "time": {f"month.{m}" for m in range(1, 13)} | {f"weekday_name.{d}" for d in range(1, 8)},
    "answer": {"202", "401", "403", "409", "422", "503"},
    "answer_why": {"202", "401", "403", "503"},
    "told": {"idempotency-key-reused", "stream-parked", "reader-stopped"},
    "told_why": {"idempotency-key-reused", "stream-parked", "reader-stopped"},
    "problem": {f"{name}{why}" for name in ("missing", "asked", "unsure") for why in ("", "_why")},
    "board": {"met", "late", "at_risk", "paused", "unjudged", "on_track", "all", "of_judged"},
    "deviation": set(WORDS),
    "limit": {f"{unit}.other" for unit in get_args(Unit)},
    "label": {
        label
        for file in ("case.py", "lines.py")
        for label in re.findall(r'line\(\s*reader, "([a-z_]+)"', (CONSOLE / file).read_text(encoding="utf-8"))
    },
}  # fmt: skip
"""Groups whose entries are looked up by a code: every code has an entry."""


def asked_for() -> set[str]:
    """The keys that templates and modules name."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in (*TEMPLATES, *MODULES))
    plain = set(re.findall(r"""\bt\(\s*["']([a-z_]+\.[a-z_.]+)["']""", source))
    plain |= set(re.findall(r'"((?:time|case|board)\.(?!html)[a-z_]+)"', source))
    counted = set(re.findall(r'\bn\(\s*"([a-z_]+\.[a-z_]+)"', source))
    return (
        plain - counted
        | {f"{key}.other" for key in counted}
        | {f"{group}.{c}" for group, cs in CODES.items() for c in cs}
    )


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_no_key_is_missing_and_none_is_unused(language: Language) -> None:
    table, wanted = set(catalogue(language).table), asked_for()
    assert wanted - table == set(), f"say them in words/{language}/*.toml"
    unused = {key for key in table - wanted if not key.endswith(".one")}
    assert unused == set(), "take them out; what is looked up by a code is named in CODES above"


def test_every_fact_of_a_case_has_its_look_in_the_timeline() -> None:
    """Else it stands there as something that nobody here knows."""
    assert set(LOOKS) ^ CODES["fact"] == set(), "give each its icon, tone and kind in LOOKS of console/timeline.py"


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_an_entry_fills_in_no_name_that_the_english_one_does_not(language: Language) -> None:
    english, table = catalogue("en").table, catalogue(language).table
    different = {key for key, entry in table.items() if _names(entry) - _names(english[key])}
    assert different == set()


def _names(entry: str) -> set[str]:
    return set(re.findall(r"{([a-z_]+)}", entry))


class Visible(HTMLParser):
    """Collects what a person would read or hear of a template."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("aria-label", "title", "placeholder", "alt")]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_words_of_its_own(path: Path) -> None:
    """What is left without tags and expressions has no letter in it, but for the names of keys on a keyboard."""
    text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    visible = Visible()
    visible.feed(re.sub(r"<kbd[^>]*>.</kbd>", "", text))
    assert re.findall(r"[^\W\d_]+", " ".join(visible.found)) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_needs_more_than_the_policy_allows(path: Path) -> None:
    """No inline script, style or handler, nothing from elsewhere (console, security)."""
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"\son[a-z]+=|style=|<style|javascript:|https?://|\|\s*safe|hx-on", text) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_page_with_a_form_has_the_words_for_every_fault_of_a_field(language: Language) -> None:
    """What it lacks would be told in the service's own English."""
    table = catalogue(language)
    html = Pages().html("sending.html", table)
    told = {f"wrong.{code}": said for code, said in re.findall(r'<p data-code="([a-z-]+)">(.*?)</p>', html)}
    assert told == {key: said for key, said in table.table.items() if key.startswith("wrong.")}


def test_the_reader_s_language_is_chosen_first_then_accepted_then_english() -> None:
    for language in words.LANGUAGES:
        assert chosen(language, "en") == chosen(None, f"xx, {language}-XX;q=0.5") == language
    assert chosen(None, "xx, zh-CN;q=0.8, en;q=0.7") == "zh"
    assert chosen("xx", "en;q=0.2, zh;q=0.1") == "en"
    assert chosen(None, "fr;q=x") == "en"

"""The catalogue and the schemas are what the models say, and a released form never changes."""

import json
import re
from pathlib import Path

import pytest

from events import catalogue
from events.codec import TYPES
from events.fact import WORD_CHARACTERS_MAX, Fact
from events.inbound import ACCEPTED

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / catalogue.SCHEMAS


def test_docs_and_schemas_are_fresh() -> None:
    """`python -m events.catalogue` writes them. A released schema never changes: the type gets a new version."""
    assert catalogue.stale(ROOT) == [], "run `.venv/bin/python -m events.catalogue`, with --draft where a model changed"


def test_a_changed_or_orphaned_schema_is_found(tmp_path: Path) -> None:
    """A check that cannot fail proves nothing."""
    assert catalogue.write(tmp_path, draft=False) is None
    assert catalogue.stale(tmp_path) == []
    changed, orphan, missing = (tmp_path / catalogue.SCHEMAS / f"complaints.{name}.v1.json" for name in (
        "intake.lodged", "intake.dreamt", "triage.routed"
    ))  # fmt: skip
    changed.write_text(changed.read_text(encoding="utf-8").replace("channel", "chanel"), encoding="utf-8")
    orphan.write_text("{}", encoding="utf-8")
    missing.unlink()
    assert [line.partition(" ")[0] for line in catalogue.stale(tmp_path)] == [
        str(path.relative_to(tmp_path)) for path in (changed, missing, orphan)
    ]


def test_a_released_schema_is_frozen(tmp_path: Path) -> None:
    """Before its release a schema changes only where that is meant; after it never, and no other way goes unseen."""
    assert catalogue.write(tmp_path, draft=False) is None
    routed = catalogue.SCHEMAS / "complaints.triage.routed.v1.json"
    other = (tmp_path / routed).read_text(encoding="utf-8").replace("queue", "line")
    (tmp_path / routed).write_text(other, encoding="utf-8")
    assert catalogue.write(tmp_path, draft=False) == routed
    catalogue.freeze(tmp_path)
    released = (tmp_path / catalogue.FROZEN).read_text(encoding="utf-8")
    assert catalogue.write(tmp_path, draft=True) == routed
    assert (tmp_path / routed).read_text(encoding="utf-8") == other
    (tmp_path / routed).write_text(catalogue.files()[routed], encoding="utf-8")
    assert catalogue.stale(tmp_path) == [f"{routed} (frozen, and changed)"]
    catalogue.freeze(tmp_path)
    assert (tmp_path / catalogue.FROZEN).read_text(encoding="utf-8") == released
    (tmp_path / routed).unlink()
    assert f"{routed} (frozen, and changed)" in catalogue.stale(tmp_path)


def test_a_schema_that_no_release_has_frozen_is_overwritten_as_a_draft(tmp_path: Path) -> None:
    """Nothing is released yet that would hold it."""
    assert catalogue.write(tmp_path, draft=False) is None
    routed = catalogue.SCHEMAS / "complaints.triage.routed.v1.json"
    (tmp_path / routed).write_text("{}", encoding="utf-8")
    assert catalogue.write(tmp_path, draft=True) is None
    assert catalogue.stale(tmp_path) == []


@pytest.mark.parametrize("kind", TYPES.values(), ids=TYPES.keys())
def test_a_schema_has_the_fields_of_the_value(kind: type[Fact]) -> None:
    """L24: the time is not among them, it travels as ce_time."""
    schema = json.loads((SCHEMAS / f"{kind.type}.json").read_text(encoding="utf-8"))
    assert set(schema["properties"]) == set(kind.model_fields) - {"at"}
    assert schema["additionalProperties"] is False


def test_every_accepted_inbound_type_is_listed() -> None:
    """Whoever publishes looks them up there."""
    page = (ROOT / catalogue.DOCS).read_text(encoding="utf-8")
    for name in [*ACCEPTED, *TYPES]:
        assert f"### `{name}`" in page


@pytest.mark.parametrize("name", [*TYPES, *ACCEPTED])
def test_the_page_says_what_is_needed_and_how_long_it_may_be(name: str) -> None:
    """Whoever writes a client reads the page, and must be told there what would be refused."""
    page = (ROOT / catalogue.DOCS).read_text(encoding="utf-8").split(f"### `{name}`\n")[1].split("\n#")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.*?) \| .*\|$", page, re.MULTILINE)
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    needed = {field for field, form, default in rows if "absent" not in form and not default}
    assert needed == set(schema.get("required", ()))
    for field, form, _ in rows if name in ACCEPTED else ():
        said = schema["properties"][field]
        most = said.get("maxLength") or said.get("anyOf", [{}])[0].get("maxLength") or said.get("maxItems")
        assert most in (None, WORD_CHARACTERS_MAX) or f"at most {most:,}" in form

"""Old logs keep their meaning: a log as it once stood gives the same states and the same case page, for ever.

`late_phone_complaint.jsonl` is frozen. `make golden` writes what the code makes of it today; a difference is reviewed.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from accountability.decider import DECIDER as ACCOUNTABILITY
from escalation.decider import DECIDER as ESCALATION
from events.codec import TYPES, decode, encode
from events.decider import Decider
from events.envelope import format_time, parse_time
from events.fact import Fact
from intake.decider import DECIDER as INTAKE
from projections.views import cases
from told import Log
from triage.decider import DECIDER as TRIAGE

HERE = Path(__file__).parent
LOG = HERE / "late_phone_complaint.jsonl"
EXPECTED = HERE / "late_phone_complaint.expected.json"
STREAM = "complaint/00000000-0000-5000-8000-00000000aaaa"
DECIDERS: dict[str, Decider[Any]] = {
    "intake": INTAKE,
    "triage": TRIAGE,
    "escalation": ESCALATION,
    "accountability": ACCOUNTABILITY,
}


def _facts() -> list[Fact]:
    facts = []
    for line in LOG.read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        at = parse_time(told["time"].encode())
        assert at is not None
        fact = decode(told["type"], at, json.dumps(told["value"], ensure_ascii=False).encode())
        assert isinstance(fact, Fact), fact
        facts.append(fact)
    return facts


def _meaning(facts: list[Fact]) -> dict[str, Any]:
    page = None
    for told in Log().tell(STREAM, *facts):
        page = cases.fold(page, told)
    states: dict[str, Any] = {}
    for name, decider in DECIDERS.items():
        state = decider.initial
        for fact in facts:
            if type(fact) in decider.reads:
                state = decider.evolve(state, fact, fact.at)
        states[name] = TypeAdapter(decider.state_type).dump_python(state, mode="json")
    meaning: dict[str, Any] = json.loads(json.dumps({"page": page, "states": states}, default=str))
    return meaning


def test_a_log_as_it_once_stood_means_what_it_meant() -> None:
    """L21: code that changes keeps the meaning of what is written."""
    meaning = _meaning(_facts())
    if os.environ.get("GOLDEN") == "write":
        EXPECTED.write_text(json.dumps(meaning, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    assert meaning == json.loads(EXPECTED.read_text(encoding="utf-8")), "wanted? `make golden` writes it for review"


@pytest.mark.parametrize("number", range(len(LOG.read_text(encoding="utf-8").splitlines())))
def test_every_record_is_written_as_it_was_read(number: int) -> None:
    """The codec gives back the same canonical bytes."""
    line = json.loads(LOG.read_text(encoding="utf-8").splitlines()[number])
    fact = _facts()[number]
    assert encode(fact).decode() == json.dumps(line["value"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert (fact.type, format_time(fact.at)) == (line["type"], line["time"])
    assert type(fact) is TYPES[line["type"]]

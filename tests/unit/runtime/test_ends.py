"""A process that cannot start says why in one line of JSON, like all its lines: a traceback may carry a password."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local import secret_files
from local.places import RULES, DataDir
from local.ports import free_ports
from runtime.keyring import KeyringUnavailable
from runtime.process import why_ended
from runtime.refolding import OthersFold
from runtime.topics import Difference, TopicsDiffer


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """Of a service whose Kafka is not there."""
    data = DataDir(tmp_path)
    secret_files.prepare(data)
    jwks = tmp_path / "keys.json"
    jwks.write_text("{}")
    (kafka,) = free_ports(1)
    return {
        "KAFKA_BOOTSTRAP": f"127.0.0.1:{kafka}",
        "DATABASE_URL": "postgresql://somebody:geheim@127.0.0.1/complaints",
        "HTTP_PORT": "0",
        "SECRETS_DIR": str(data.secrets),
        "JWKS_FILE": str(jwks),
        "RULES_DIR": str(RULES),
    }


def ended(environment: Mapping[str, str]) -> tuple[int, list[dict[str, Any]]]:
    """Exit code and lines of a service with that environment."""
    done = subprocess.run(
        [sys.executable, "-m", "triage"], env=dict(environment), capture_output=True, text=True, check=False, timeout=60
    )
    assert "geheim" not in done.stderr
    return done.returncode, [json.loads(line) for line in done.stderr.splitlines()]


def test_settings_that_are_wrong_end_it_with_2_and_are_named(environment: Mapping[str, str]) -> None:
    code, (line,) = ended({**environment, "HTTP_PORT": "x", "LOG_PARTITIONS": "0"})
    assert (code, line["event"], line["service"]) == (2, "settings.invalid", "triage")
    assert [one.split(":")[0] for one in line["reason"]] == ["HTTP_PORT", "LOG_PARTITIONS"]


def test_a_start_that_fails_ends_with_a_line_and_no_traceback(environment: Mapping[str, str]) -> None:
    code, lines = ended(environment)
    assert (code, lines[-1]["event"], lines[-1]["error"]) == (1, "process.failed", "KafkaConnectionError")
    assert lines[-1]["where"]


DIFFERENT = ["a is 1, it must be 2", "b is missing"]


@pytest.mark.parametrize(
    "error",
    [
        TopicsDiffer([Difference(one) for one in DIFFERENT]),
        KeyringUnavailable("; ".join(DIFFERENT)),
        OthersFold("; ".join(DIFFERENT)),
    ],
)
def test_what_we_refuse_ourselves_is_said_in_our_words(error: Exception) -> None:
    """The runbook names these sentences; each stands for itself, since a long text is shortened."""
    assert why_ended(error)["reason"] == DIFFERENT
    assert "reason" not in why_ended(ValueError("Zhang Wei"))

"""`complaints doctor` names what is wrong with this machine and says what to do about it."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local import doctor, secret_files
from local.doctor import Finding
from local.places import DataDir
from local.ports import HOST, Ports, free_ports
from local.process import write_record
from local.system import PROGRAMS
from runtime.topics import Difference

SLEEPER = (sys.executable, "-c", "import time; time.sleep(600)")


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> Ports:
    """The ones that a start would take; nobody holds them."""
    ours = Ports.free()
    monkeypatch.setattr(doctor, "Ports", lambda: ours)
    return ours


@pytest.fixture
def orphan(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """What a supervisor that was killed has left running."""
    with subprocess.Popen(SLEEPER) as process:
        write_record(DataDir(tmp_path).run / "intake.json", process.pid, SLEEPER)
        yield process
        process.kill()


def wrong(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.what: finding for finding in findings if finding.remedy}


async def looked(data: Path) -> dict[str, Finding]:
    """What it finds wrong with that data, whatever the machine of the tests lacks."""
    found = wrong(await doctor.findings(DataDir(data)))
    return {what: one for what, one in found.items() if what not in {*PROGRAMS, "Kafka jars", "disk"}}


async def test_nothing_is_wrong_where_nothing_is_there_yet(tmp_path: Path, ports: Ports) -> None:
    assert await looked(tmp_path / "not yet") == {}
    assert ports.door


async def test_each_port_that_a_start_takes_is_looked_at(tmp_path: Path, ports: Ports) -> None:
    """The controller's too: a start would refuse because of it."""
    wanted = {ports.door, ports.kafka, ports.controller, ports.postgres, *ports.services.values()}
    servers = [socket.create_server((HOST, port)) for port in wanted]
    try:
        found = await looked(tmp_path)
    finally:
        for server in servers:
            server.close()
    assert {int(what.split()[1]) for what in found} == wanted
    assert all(f"taken by pid {os.getpid()}" in one.seen for one in found.values())


async def test_what_a_killed_run_left_is_told_from_a_stranger(
    tmp_path: Path, ports: Ports, orphan: subprocess.Popen[bytes]
) -> None:
    found = await looked(tmp_path)
    assert found == {"intake": found["intake"]}
    assert str(orphan.pid) in found["intake"].seen
    assert "the next start stops it" in found["intake"].remedy
    assert ports.door


async def test_a_record_of_who_has_ended_is_nothing_to_do(
    tmp_path: Path, ports: Ports, orphan: subprocess.Popen[bytes]
) -> None:
    orphan.kill()
    orphan.communicate()
    assert await looked(tmp_path) == {}
    assert ports.door


async def test_secrets_that_are_lost_are_named_before_anything_starts(tmp_path: Path, ports: Ports) -> None:
    data = DataDir(tmp_path)
    secret_files.prepare(data)
    assert await looked(tmp_path) == {}
    (data.secrets / "kek").write_bytes(b"\xff not hexadecimal")
    assert "kek is not 32 bytes" in (await looked(tmp_path))["secrets"].seen
    (data.secrets / "kek").unlink()
    assert "kek is missing" in (await looked(tmp_path))["secrets"].seen
    assert ports.door


def test_a_java_that_is_too_old_is_called_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = wrong(list(doctor.machine()))
    assert found["java"].seen == f"{java} is Java 11, it must be 17 or newer"
    java.unlink()
    assert wrong(list(doctor.machine()))["java"].seen == "not found"


@pytest.mark.parametrize(("seconds", "said"), [(0.5, ""), (600, "600 s ahead of ours"), (-90, "90 s behind ours")])
def test_clocks_that_are_apart_are_named(seconds: float, said: str) -> None:
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    found = doctor.clocks(now + timedelta(seconds=seconds), now)
    assert bool(found.remedy) == bool(said)
    assert said in found.seen


async def test_a_database_that_does_not_answer_is_named() -> None:
    (port,) = free_ports(1)
    found = await doctor.database_answers(f"postgresql://nobody:secret@{HOST}:{port}/complaints")
    assert found.remedy
    assert "secret" not in found.seen


def test_a_setting_that_was_changed_is_put_back_by_a_command() -> None:
    """L6. Nobody knows Kafka's own tools by heart at night."""
    changed = Difference("retention.ms is another", "complaints.log", "retention.ms", "-1")
    found = doctor.topic_differs(changed, "127.0.0.1:9192")
    assert found.command.endswith(
        "kafka.admin.ConfigCommand --bootstrap-server 127.0.0.1:9192 --alter --entity-type topics "
        "--entity-name complaints.log --add-config retention.ms=-1"
    )
    gone = doctor.topic_differs(Difference("complaints.keys is missing"), "127.0.0.1:9192")
    assert gone.remedy
    assert not gone.command

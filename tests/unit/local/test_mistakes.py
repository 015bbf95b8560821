"""What goes wrong around the command line is one line that says what to do: no traceback, and nothing hangs."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import stores
from local.cli import main
from local.places import DataDir
from local.ports import HOST, SERVICES, free_ports
from local.process import write_record
from local.status import write_status

NOTHING_RUNS = "nothing runs on {data}; start it with `make run`"
MISTAKES = {
    "status": NOTHING_RUNS,
    "status -o json": NOTHING_RUNS,
    "down": "nothing runs on {data}",
    "log show 1": NOTHING_RUNS,
    "redrive triage": NOTHING_RUNS,
    "rebuild triage": NOTHING_RUNS,
    "rebuild nobody": "no service nobody; there are intake,",
    "up --data {file}": "{file}/run: Not a directory; name a folder that this user can write with --data",
    "up --kafka-bootstrap a:b": "KAFKA_BOOTSTRAP names a:b, but no Kafka answers there",
    "up --kafka-bootstrap {closed}": "KAFKA_BOOTSTRAP names {closed}, but no Kafka answers there",
    "up --database-url garbage": "DATABASE_URL names a database that does not answer a query",
    "up --database-url postgresql://{closed}/d": "DATABASE_URL names a database that does not answer a query",
}
MISUSED = {
    "up --door 99999": "--door",
    "up --door 0": "--door",
    "up --services 65532": "--services",
    "up --kafka 65535": "--kafka",
    "up --postgres 65536": "--postgres",
    "token king": "no such role: king",
}
FROZEN = {
    "redrive triage": "PostgreSQL did not do what was asked: no answer in time; look at logs/postgres.log",
    "rebuild triage": "PostgreSQL did not do what was asked: no answer in time; look at logs/postgres.log",
    "log show 1": "Kafka did not do what was asked: no answer in time; look at logs/kafka.log",
    "log tail": "Kafka did not do what was asked: no answer in time; look at logs/kafka.log",
}


@pytest.fixture
def silent() -> Iterator[str]:
    """An address where somebody listens and says nothing, as what is frozen does."""
    with socket.create_server((HOST, 0)) as server:
        yield f"{HOST}:{server.getsockname()[1]}"


@pytest.fixture
def closed() -> Iterator[str]:
    """An address where nobody listens, and nobody else can begin to: it is held, and who calls is refused."""
    with socket.socket() as nobody:
        nobody.bind((HOST, 0))
        yield f"{HOST}:{nobody.getsockname()[1]}"


def run(words: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit code. Nothing of one's own is named, and nobody holds the ports that are wanted."""
    for name in ("KAFKA_BOOTSTRAP", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    services, *_, kafka, _, door, postgres = free_ports(len(SERVICES) + 4)
    ports = f"up --services {services} --kafka {kafka} --door {door} --postgres {postgres}"
    given = [*ports.split(), *words[1:]] if words[0] == "up" else words
    monkeypatch.setattr(sys, "argv", ["complaints", *given])
    with pytest.raises(SystemExit) as end:
        main()
    assert isinstance(end.value.code, int)
    return end.value.code


@pytest.mark.parametrize("command", MISTAKES)
def test_what_is_wrong_is_said_in_one_line(
    command: str, tmp_path: Path, closed: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Errors of the command line are answers."""
    (tmp_path / "file").touch()
    named = {"file": str(tmp_path / "file"), "data": str(tmp_path / "data"), "closed": closed}
    words = command.format(**named).split()
    assert run(words if "--data" in words else [*words, "--data", named["data"]], monkeypatch) == 1
    said = capfd.readouterr().err
    assert said.startswith("complaints: " + MISTAKES[command].format(**named))
    assert said.count("\n") == 1


@pytest.mark.parametrize("command", MISUSED)
def test_what_cannot_be_meant_is_refused_before_anything_starts(
    command: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(command.split(), monkeypatch) == 2
    assert MISUSED[command] in capfd.readouterr().err


@pytest.mark.parametrize("command", FROZEN)
def test_nothing_waits_for_ever_for_a_store(
    command: str, tmp_path: Path, silent: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A Kafka or PostgreSQL that is there and does nothing is named after the limit."""
    data = DataDir(tmp_path)
    write_record(data.run / "supervisor.json", os.getpid(), sys.orig_argv)
    database = f"postgresql://somebody:secret@{silent}/complaints"
    write_status(data, state="ready", url="", kafka=silent, database=database, log_partitions=1, parts={})
    monkeypatch.setattr(stores, "ASK_SECONDS_MAX", 0.2)
    assert run([*command.split(), "--data", str(tmp_path)], monkeypatch) == 1
    said = capfd.readouterr().err
    assert said.startswith("complaints: " + FROZEN[command])
    assert said.count("\n") == 1


def test_a_database_to_which_there_is_no_way_is_named(
    tmp_path: Path, closed: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not every failed connect is a ConnectionError: a name may be unknown, or a socket missing, as here."""
    data = DataDir(tmp_path)
    write_record(data.run / "supervisor.json", os.getpid(), sys.orig_argv)
    database = f"postgresql://somebody:secret@/complaints?host={tmp_path}"
    write_status(data, state="ready", url="", kafka=closed, database=database, log_partitions=1, parts={})
    assert run(["redrive", "triage", "--data", str(tmp_path)], monkeypatch) == 1
    said = capfd.readouterr().err
    assert said.startswith("complaints: PostgreSQL did not do what was asked: FileNotFoundError")
    assert said.count("\n") == 1


@pytest.mark.parametrize("encoding", ["ascii", "gb2312"])
def test_a_terminal_that_cannot_show_a_sign_ends_no_command(encoding: str, tmp_path: Path) -> None:
    """Neither knows the doctor's cross; a machine in China may well speak the second."""
    done = subprocess.run(
        [sys.executable, "-c", "from local.cli import main; main()", "doctor", "--data", str(tmp_path)],
        env={**os.environ, "PYTHONIOENCODING": encoding}, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert b"Kafka jars" in done.stdout
    assert b"Traceback" not in done.stderr


_INTERRUPTED_WHILE_LOADED = """
import os, signal, sys
class Interrupts:
    def find_spec(self, name, *_):
        if name == "aiokafka":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupts())
from local.cli import main
main()
"""


def test_ctrl_c_while_the_commands_are_loaded_ends_without_a_word() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED_WHILE_LOADED], capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")

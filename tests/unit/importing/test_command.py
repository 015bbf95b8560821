"""`complaints import` before it reaches any system: what it refuses, and what it reports."""

import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from events.inbound import ToldHistoryCompleted, ToldHistoryOpened
from local.commands import app
from local.importing.command import CUT_OFF, summary
from local.importing.comparing import in_words
from local.importing.history import Event, History
from local.importing.receipts import Answers, NotFollowed, Receipt
from local.importing.table import BadCell, Unreadable
from local.places import DataDir
from local.ports import HOST
from local.process import write_record
from local.status import NothingRuns, write_status

LIMIT_SECONDS = 60.0
ENDS_SECONDS_MAX = 10.0
INTERRUPTED = 130
NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)
HEADER = "case_id,event_no,timestamp,status,sub_status,impact,product,support_team,organization_line,owner"
ROW = "T1,1,2012-03-01T10:00:00+01:00,Accepted,In Progress,Low,PUMP,X1 2nd,Line Z,Robin"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["import", *arguments])


def test_a_format_that_is_not_known_is_refused_with_those_that_are(tmp_path: Path) -> None:
    answer = run("boston", str(tmp_path / "a.csv"))
    assert answer.exit_code == 2
    assert "boston311" in answer.output


@pytest.mark.parametrize("text", ["yesterday", "2012-03-01T10:00:00"])
def test_a_known_until_without_a_zone_or_sense_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.csv"
    file.write_text(f"{HEADER}\n{ROW}\n")
    answer = run("bpi2013", str(file), "--known-until", text)
    assert answer.exit_code == 2
    assert "--known-until" in answer.output


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (("bpi2013", "--clocks", "policy"), "--clocks"),
        (("boston311", "--clocks", "mine"), "--clocks"),
        (("boston311", "--policies", "table.csv"), "--policies"),
    ],
)
def test_clocks_by_policy_need_a_format_with_a_pack(tmp_path: Path, arguments: tuple[str, ...], option: str) -> None:
    file = tmp_path / "a.csv"
    file.write_text(f"{HEADER}\n{ROW}\n")
    answer = run(arguments[0], str(file), *arguments[1:])
    assert answer.exit_code == 2
    assert option in answer.output


def test_how_due_times_compare_is_said_by_request_type() -> None:
    told = {
        "due_compared": 4,
        "due_within_5_minutes": 3,
        "no_policy": 2,
        "deviations": [{"category": "Rats", "compared": 2, "deviating": 1, "likely_reason": "set by hand"}],
        "without_policy": [{"category": "Mice", "cases": 2}],
    }
    assert in_words(told) == [
        "due times: 3 of 4 equal the stated ones to within 5 minutes (75.00 %)",
        "  1 of 2 deviate: Rats; most likely set by hand",
        "no_policy: 2 cases of 1 request types that the pack does not name",
        "  2: Mice",
    ]


def test_a_file_without_the_columns_is_refused_by_their_names(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("case_id,event_no\n1,2\n")
    answer = run("bpi2013", str(file))
    assert isinstance(answer.exception, Unreadable)
    assert "columns missing: timestamp, status, sub_status" in str(answer.exception)


def test_without_a_running_system_nothing_is_told(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(f"{HEADER}\n{ROW}\n")
    answer = run("bpi2013", str(file), "--data", str(tmp_path / "data"))
    assert isinstance(answer.exception, NothingRuns)
    assert "1 cases, 2 events; 0 rows cannot be told" in answer.output


def test_the_report_names_every_row_and_event_that_is_not_in_the_system() -> None:
    told = History(
        batch="b",
        known_until=NOON,
        opened=Event("b#opened", "s", "b", NOON, ToldHistoryOpened()),
        events=(),
        completed=Event("b#completed", "s", "b", NOON, ToldHistoryCompleted(known_until=NOON)),
        bad=(BadCell(7, "open_dt", "is empty"),),
    )
    refused = Receipt("1#lodged", "s", "refused", code="event-id-reused", why="told otherwise before")
    report = summary(told, Answers(counts=Counter({"admitted": 2, "refused": 1}), refused=[refused]), 1.26)
    assert report["bad_rows"] == [{"row": 7, "column": "open_dt", "why": "is empty"}]
    assert report["refused"] == [{"event": "1#lodged", "code": "event-id-reused", "why": "told otherwise before"}]
    assert (report["admitted"], report["already"], report["seconds"]) == (2, 0, 1.3)


def test_a_person_may_cut_it_off_and_is_told_how_to_go_on(tmp_path: Path) -> None:
    """Ctrl-C ends it within 10 s, also where Kafka is frozen, and says in one line what to do."""
    file, data = tmp_path / "a.csv", DataDir(tmp_path / "data")
    file.write_text(f"{HEADER}\n{ROW}\n")
    write_record(data.run / "supervisor.json", os.getpid(), sys.orig_argv)
    with socket.create_server((HOST, 0)) as silent:
        there = f"{HOST}:{silent.getsockname()[1]}"
        write_status(data, state="ready", url="", kafka=there, database="", log_partitions=1, parts={})
        command = (Path(sys.executable).with_name("complaints"), "import", "bpi2013", file, "--data", data.root)
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as importer:
            assert importer.stderr is not None
            told = importer.stderr.readline()
            silent.settimeout(LIMIT_SECONDS)
            with silent.accept()[0]:
                importer.send_signal(signal.SIGINT)
                assert importer.wait(ENDS_SECONDS_MAX) == INTERRUPTED
                last = importer.stderr.read()
    assert "1 cases" in told
    assert CUT_OFF in last
    assert "Traceback" not in last


def test_a_kafka_that_is_away_is_named_before_anything_is_published(tmp_path: Path) -> None:
    """One line that says what is the matter, as for every mistake at the command line."""
    file, data = tmp_path / "a.csv", DataDir(tmp_path / "data")
    file.write_text(f"{HEADER}\n{ROW}\n")
    write_record(data.run / "supervisor.json", os.getpid(), sys.orig_argv)
    with socket.socket() as nobody:
        nobody.bind((HOST, 0))
        there = f"{HOST}:{nobody.getsockname()[1]}"
        write_status(data, state="ready", url="", kafka=there, database="", log_partitions=1, parts={})
        answer = run("bpi2013", str(file), "--data", str(data.root))
    assert isinstance(answer.exception, NotFollowed)
    assert there in str(answer.exception)

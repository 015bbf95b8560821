"""What a person meets before anything runs: the list of targets, and what is said where the machine lacks something."""

import os
import re
import subprocess
import sys
from pathlib import Path

from local.places import CHECKOUT
from local.system import PROGRAMS

MAKEFILE = (CHECKOUT / "Makefile").read_text("utf-8")


def make(*words: str) -> subprocess.CompletedProcess[str]:
    """As a person types it, whatever `make` this test runs under. `-o environment`: a test builds none."""
    command = ["make", "-o", "environment", *words]
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(command, cwd=CHECKOUT, env=own, capture_output=True, text=True, check=False, timeout=60)


def test_help_lists_every_target_with_what_it_does() -> None:
    """`make` alone says what there is."""
    targets = {target for line in re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE) for target in line.split()}
    said = make()
    listed = dict(line.split(maxsplit=1) for line in said.stdout.splitlines())
    assert said.returncode == 0
    assert {"run", "down", "status", "doctor", "demo", "import", "check", "test", "test-data", "bench"} <= targets
    assert set(listed) == targets
    assert make("help").stdout == said.stdout


def test_the_tests_on_real_records_fail_without_their_folder_and_say_so() -> None:
    """They are never left out in silence."""
    said = make("test-data", "COMPLAINTS_DATA=no-such-folder")
    assert said.returncode != 0
    assert "there is no folder no-such-folder" in said.stderr
    assert "make test-data COMPLAINTS_DATA=path" in said.stderr


def test_a_machine_that_lacks_a_chinese_font_is_told_so(tmp_path: Path) -> None:
    """A Chromium was there and no such font: 13 tests of the console failed, and nothing said why."""
    for program in ("chromium", "fc-list"):
        (tmp_path / program).write_text("#!/bin/sh\n")
        (tmp_path / program).chmod(0o700)
    (wanted,) = re.findall(r"^test: .*\n.*-m local\.system (.+)$", MAKEFILE, re.MULTILINE)
    assert set(wanted.split()) == set(PROGRAMS)
    done = subprocess.run(
        [sys.executable, "-m", "local.system", "chromium", "font"],
        env={**os.environ, "PATH": str(tmp_path)}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "font shows the console in Chinese" in done.stderr
    assert "sudo apt-get install -y fontconfig fonts-wqy-zenhei" in done.stderr


def test_a_machine_that_lacks_java_is_told_the_command_that_installs_it() -> None:
    """Apt where that is ours to do, else the exact command; here there is no apt to be found."""
    done = subprocess.run(
        [sys.executable, "-m", "local.system", "java", "maven"],
        env={**os.environ, "PATH": ""}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "java runs the Kafka broker; maven fetches the Kafka jars" in done.stderr
    assert "sudo apt-get install -y openjdk-17-jre-headless maven" in done.stderr
    assert "KAFKA_BOOTSTRAP=host:port" in done.stderr

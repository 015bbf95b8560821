"""The Kafka jars: fetched once by Maven as `pom.xml` names them, then kept in the checkout's cache.

`python -m local.jars` fetches them ahead, so that no test's limit runs while they come.
"""

import fcntl
import hashlib
import os
import pwd
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.errors import LocalError
from local.places import CHECKOUT, DOWNLOADS, KAFKA_LIBS
from local.system import JAVA, MAVEN, ensure, java_environment

POM = Path(__file__).with_name("pom.xml")
FETCH_SECONDS_MAX = 1200
ATTEMPTS = 3
PAUSE_SECONDS = 10.0
LINES_OF_FAILURE = 15


class JarsMissing(LocalError):
    """Maven could not fetch the jars; the message holds its last lines."""


def fetch_kafka_libs() -> None:
    """Make sure that the jars lie in `KAFKA_LIBS`; says what is fetched, and how far it is."""
    wanted = hashlib.sha256(POM.read_bytes()).hexdigest()
    if _built_from(KAFKA_LIBS) == wanted:
        return
    with _alone(KAFKA_LIBS.with_suffix(".lock")):
        if _built_from(KAFKA_LIBS) != wanted:
            ensure(JAVA, MAVEN)
            fresh = KAFKA_LIBS.with_suffix(".fresh")
            shutil.rmtree(fresh, ignore_errors=True)
            _fetch(fresh)
            (fresh / ".built-from").write_text(wanted)
            shutil.rmtree(KAFKA_LIBS, ignore_errors=True)
            fresh.rename(KAFKA_LIBS)


def _built_from(folder: Path) -> str | None:
    stamp = folder / ".built-from"
    return stamp.read_text() if stamp.exists() else None


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Two starts at once fetch once."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _fetch(folder: Path) -> None:
    """A registry may falter for a moment: it is asked a few times, and what has come is kept."""
    version = re.search(r"<artifactId>kafka_2.13</artifactId>\s*<version>([^<]+)", POM.read_text())
    print(f"kafka: fetching Apache Kafka {version[1] if version else ''} and its libraries by Maven", flush=True)
    started = time.monotonic()
    for attempt in range(1, ATTEMPTS + 1):
        last_lines = _maven(folder)
        if last_lines is None:
            break
        if attempt == ATTEMPTS:
            raise JarsMissing("Maven could not fetch the Kafka jars; its last lines:\n  " + "\n  ".join(last_lines))
        print(f"kafka: Maven failed, attempt {attempt} of {ATTEMPTS}: {last_lines[-1:]}", flush=True)
        time.sleep(PAUSE_SECONDS)
    jars = sorted(folder.glob("*.jar"))
    megabytes = sum(jar.stat().st_size for jar in jars) / 1e6
    print(f"kafka: {len(jars)} jars, {megabytes:.0f} MB, {time.monotonic() - started:.0f} s", flush=True)


def _maven(folder: Path) -> list[str] | None:
    """One attempt. None where all came, else Maven's last lines."""
    command = ["mvn", "--batch-mode", "--strict-checksums", "--update-snapshots", "--file", str(POM)]
    command += ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={folder}"]
    if not _has_home():
        command.append(f"-Dmaven.repo.local={DOWNLOADS / 'maven'}")
    last_lines: list[str] = []
    with subprocess.Popen(
        [*command, "-Dstyle.color=never"],
        cwd=CHECKOUT, env=java_environment(), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as maven:  # fmt: skip
        assert maven.stdout is not None
        progress = _Progress()
        limit = threading.Timer(FETCH_SECONDS_MAX, maven.kill)
        limit.start()
        for line in maven.stdout:
            last_lines = [*last_lines, line.rstrip()][-LINES_OF_FAILURE:]
            progress.see(line)
        limit.cancel()
    return last_lines if maven.returncode != 0 else None


def _has_home() -> bool:
    """Whether Maven can keep what it fetched where it does: in the home of the account, whatever HOME says."""
    try:
        home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError:
        return False
    return any(os.access(folder, os.W_OK) for folder in (home / ".m2" / "repository", home))


class _Progress:
    """Says about every second which files have come."""

    def __init__(self) -> None:
        self.files = 0
        self.said_at = 0.0

    def see(self, line: str) -> None:
        came = re.search(r"Downloaded from .*/([^/ ]+\.jar) \((.+?) at", line)
        if came is None:
            return
        self.files += 1
        if time.monotonic() - self.said_at >= 1:
            self.said_at = time.monotonic()
            print(f"kafka: {self.files} files so far, the last {came[1]} ({came[2]})", flush=True)


def main() -> int:
    """Fetch them where they are missing."""
    try:
        fetch_kafka_libs()
    except LocalError as failure:
        print(f"kafka: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

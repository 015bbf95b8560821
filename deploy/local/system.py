"""What the system must have: Java, Maven, Chromium, a font. Installed by apt where that is ours to do, else asked for.

Python packages are not this module's business: they come from `requirements.lock` (see `environment.sh`).
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from local.errors import LocalError

JAVA_MAJOR_MIN = 17  # Kafka 4 brokers start on nothing older
APT_SECONDS_MAX = 1200
APT_ATTEMPTS = 3
PAUSE_SECONDS = 10.0


class SystemLacks(LocalError):
    """The system lacks a program that we may not install ourselves; the message holds the command that does."""


@dataclass(frozen=True)
class Program:
    """A program of the system. `packages` are Debian's; of one entry's alternatives the first known to apt is taken."""

    name: str
    commands: tuple[str, ...]
    packages: tuple[tuple[str, ...], ...]
    purpose: str
    will_do: Callable[[str], bool] = lambda _: True
    """Whether the one at that path does."""


def java_major(path: str) -> int:
    """Major version of that Java, 0 where it does not say."""
    match = re.search(r'version "(\d+)', _said(path, "-version").stderr)
    return int(match[1]) if match else 0


def java_environment() -> dict[str, str]:
    """Java writes the names of files as the locale says; in one that is not UTF-8 it could not open our folder."""
    return {**os.environ, "LC_ALL": "C.UTF-8"}


def _said(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


JAVA = Program(
    "java",
    ("java",),
    (("openjdk-17-jre-headless", "openjdk-21-jre-headless"),),
    "runs the Kafka broker",
    lambda path: java_major(path) >= JAVA_MAJOR_MIN,
)
MAVEN = Program("maven", ("mvn",), (("maven",),), "fetches the Kafka jars")
CHROMIUM = Program(
    "chromium",
    ("chromium", "chromium-browser", "google-chrome"),
    (("chromium",),),
    "lets the tests drive the console",
)
FONT = Program(
    "font",
    ("fc-list",),
    (("fontconfig",), ("fonts-wqy-zenhei",)),
    "shows the console in Chinese",
    lambda fc_list: bool(_said(fc_list, ":lang=zh").stdout),
)
PROGRAMS = {program.name: program for program in (JAVA, MAVEN, CHROMIUM, FONT)}


def found(program: Program) -> str | None:
    """Path of the program, or None where it is missing or will not do: too old a Java, no font for Chinese."""
    for command in program.commands:
        path = shutil.which(command)
        if path is not None and program.will_do(path):
            return path
    return None


def ensure(*programs: Program) -> None:
    """Make sure that they are there, installing by apt as root on Debian or Ubuntu; else raise `SystemLacks`."""
    missing = [program for program in programs if found(program) is None]
    if not missing:
        return
    may_install = os.geteuid() == 0 and shutil.which("apt-get") is not None
    if may_install:
        print("system: asking apt for its newest lists (apt-get update)", flush=True)
        _apt("update", "--quiet")
    packages = [_known(alternatives) for program in missing for alternatives in program.packages]
    why = "; ".join(f"{program.name} {program.purpose}" for program in missing)
    if not may_install:
        msg = f"missing on this system: {why}.\n  On Debian or Ubuntu: sudo apt-get install -y {' '.join(packages)}"
        if {JAVA, MAVEN} & set(missing):
            msg += "\n  Or name a Kafka of your own: KAFKA_BOOTSTRAP=host:port"
        raise SystemLacks(msg)
    print(f"system: {why}; installing by apt: {' '.join(packages)}", flush=True)
    _apt("install", "--yes", "--no-install-recommends", *packages)
    still = [program.name for program in missing if found(program) is None]
    if still:
        raise SystemLacks(f"apt installed {' '.join(packages)}, but these are still not found: {', '.join(still)}")


def _known(alternatives: tuple[str, ...]) -> str:
    if shutil.which("apt-cache") is None:
        return alternatives[0]
    for name in alternatives:
        said = subprocess.run(["apt-cache", "policy", name], capture_output=True, text=True, check=False, timeout=60)
        if re.search(r"Candidate: (?!\(none\))\S", said.stdout):
            return name
    return alternatives[0]


def _apt(verb: str, *arguments: str) -> None:
    """A mirror may falter for a moment: it is asked a few times."""
    # Another apt may hold the lock for a while; what is asked of a terminal must not stop a script.
    command = ["apt-get", "-o", "DPkg::Lock::Timeout=600", "-o", "Acquire::Retries=3", verb, *arguments]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for attempt in range(1, APT_ATTEMPTS + 1):
        try:
            subprocess.run(command, env=environment, check=True, timeout=APT_SECONDS_MAX, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            raise SystemLacks(f"did not end in {APT_SECONDS_MAX} s: {' '.join(command)}") from None
        except subprocess.CalledProcessError as failure:
            if attempt == APT_ATTEMPTS:
                raise SystemLacks(f"failed with exit code {failure.returncode}: {' '.join(command)}") from None
            print(f"system: apt-get {verb} failed, attempt {attempt} of {APT_ATTEMPTS}", file=sys.stderr, flush=True)
            time.sleep(PAUSE_SECONDS)
        else:
            return


def main(names: list[str]) -> int:
    """`python -m local.system java maven chromium font`: make sure that these are there."""
    try:
        ensure(*(PROGRAMS[name] for name in names))
    except SystemLacks as lack:
        print(f"system: {lack}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

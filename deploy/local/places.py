"""Where things lie: the checkout, its cache of downloads, and the folders of one running system's data."""

import os
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
RULES = CHECKOUT / "rules"
DATA_DEFAULT = CHECKOUT / ".local" / "data"
KAFKA_LIBS = CHECKOUT / ".local" / "kafka-libs"
DOWNLOADS = CHECKOUT / ".local" / "downloads"
"""Where an account without a home keeps what `environment.sh` and Maven fetched."""


@dataclass(frozen=True)
class DataDir:
    """One system's data: everything it knows lies under `root`; removing the folder starts anew."""

    root: Path

    @property
    def kafka(self) -> Path:
        return self.root / "kafka"

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def door(self) -> Path:
        return self.root / "door"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def tokens(self) -> Path:
        return self.root / "tokens"

    @property
    def outbox(self) -> Path:
        return self.root / "outbox"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def run(self) -> Path:
        """Who runs: one record per process that we started, and the status file."""
        return self.root / "run"


def keep_private(folder: Path) -> None:
    """Have the folder, for its owner only: what people said lies in it."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)


def write_private(path: Path, text: str) -> None:
    """Write the file whole or not at all, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)

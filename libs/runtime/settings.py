"""What a process is told by its environment, checked once at start. Must not: any default that is a secret."""

import stat
from pathlib import Path
from typing import Annotated, Literal

from pydantic import DirectoryPath, Field, FilePath, SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

Instance = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,32}$")]


class Settings(BaseSettings):
    """One field per environment variable, the same name in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    kafka_bootstrap: Annotated[str, StringConstraints(pattern=r"^[^,\s]+:\d+(,[^,\s]+:\d+)*$")]
    database_url: SecretStr
    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Field(ge=0, le=65_535)]
    instance: Instance = "0"
    """Static group membership: two processes of one service have different ones."""
    log_partitions: Annotated[int, Field(ge=1, le=1024)] = 12
    """Fixed for the life of a log (L6)."""
    secrets_dir: DirectoryPath
    jwks_file: FilePath
    token_issuer: str = "http://localhost/complaints"  # noqa: S105  # a name
    token_audience: str = "complaints"  # noqa: S105  # a name
    rules_dir: DirectoryPath
    outbox_dir: Path | None = None
    """Where intake's demo gateway writes messages as files."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


Keys = tuple[bytes, ...]


class Secrets:
    """The three secrets in `SECRETS_DIR`, each some keys of 32 bytes. Never printed.

    The first key of each makes what is new; all of them find what was made (docs/adr/0030-secrets-are-lists.md).
    """

    __slots__ = ("contact", "kek", "tracking")

    def __init__(self, *, kek: Keys, tracking: Keys, contact: Keys) -> None:
        self.kek = kek
        """Wraps the data keys."""
        self.tracking = tracking
        """Proves tracking codes and sessions, and hashes commands."""
        self.contact = contact
        """Hashes contacts into party_ref."""


class SettingsInvalid(Exception):
    """The environment is not as it must be; the message names each variable or file and never its value."""


def load_settings() -> Settings:
    """The settings of this process. Raises SettingsInvalid."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = [f"{'.'.join(str(p) for p in e['loc']).upper()}: {e['msg']}" for e in error.errors(include_input=False)]
        raise SettingsInvalid("; ".join(wrong)) from None


def load_secrets(folder: Path) -> Secrets:
    """The secrets in a folder, one file each, a key of 64 hex digits a line. Raises SettingsInvalid."""
    return Secrets(**{name: _secret(folder / name) for name in ("kek", "tracking", "contact")})


def _secret(path: Path) -> Keys:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        keys = tuple(map(bytes.fromhex, path.read_text("ascii").split()))
    except OSError as error:
        raise SettingsInvalid(f"secrets: {path.name} cannot be read ({error.strerror})") from None
    except ValueError:
        keys = ()
    if {len(key) for key in keys} != {32}:
        raise SettingsInvalid(f"secrets: {path.name} is not 64 hex digits, or several lines of them")
    if mode & 0o077:
        raise SettingsInvalid(f"secrets: {path.name} may be read by others; set its mode to 0600")
    return keys

"""The services' secrets as files: made once, kept with the data, never made again where older data needs them.

A file has a key a line, the newest first (docs/adr/0030-secrets-are-lists.md); more than the first come by hand.
"""

import re
import secrets
from pathlib import Path

from local.errors import LocalError
from local.places import DataDir, write_private

# kek wraps the data keys; tracking and contact key the hashes of tracking codes and of contact addresses.
NAMES = ("kek", "tracking", "contact")
BYTES = 32


class SecretsBroken(LocalError):
    """A secret is missing or unreadable although the folder was made before; the message names the file."""


def prepare(data: DataDir) -> Path:
    """The folder with all secrets, made the first time; raises `SecretsBroken`."""
    complete = data.secrets / ".complete"
    if not complete.exists():
        for name in NAMES:
            if not (data.secrets / name).exists():
                write_private(data.secrets / name, secrets.token_hex(BYTES))
        data.secrets.chmod(0o700)
        complete.touch()
    check(data)
    for name in NAMES:
        (data.secrets / name).chmod(0o600)
    return data.secrets


def check(data: DataDir) -> None:
    """Raise `SecretsBroken` where secrets were made and are not all there, or cannot be read."""
    try:
        if (data.secrets / ".complete").exists():
            for name in NAMES:
                _check(data.secrets / name)
    except OSError as error:
        raise SecretsBroken(f"{error.filename} cannot be read by this user: {error.strerror}") from None


def _check(path: Path) -> None:
    if not path.exists():
        raise SecretsBroken(f"{path} is missing: sealed data cannot be read without it. Restore it from a backup.")
    if not re.fullmatch(rf"([0-9a-f]{{{2 * BYTES}}}\s+)+", path.read_text(errors="replace").strip() + "\n"):
        raise SecretsBroken(f"{path} is not {BYTES} bytes in hexadecimal, or lines of it. Restore it from a backup.")

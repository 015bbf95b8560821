"""The environment is checked at start; what is wrong is named, and no value is repeated (S36)."""

from pathlib import Path

import pytest

from runtime.settings import Settings, SettingsInvalid, load_secrets, load_settings


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "jwks.json").write_text('{"keys":[]}')
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in {
        "KAFKA_BOOTSTRAP": "127.0.0.1:9092",
        "DATABASE_URL": "postgresql://complaints:hush@127.0.0.1:5432/complaints",
        "HTTP_PORT": "8101",
        "SECRETS_DIR": str(tmp_path),
        "JWKS_FILE": str(tmp_path / "jwks.json"),
        "RULES_DIR": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def test_defaults(environment: Path) -> None:
    settings = load_settings()
    assert (settings.http_host, settings.http_port, settings.instance, settings.log_partitions) == (
        "127.0.0.1", 8101, "0", 12,
    )  # fmt: skip
    assert settings.token_issuer == "http://localhost/complaints"
    assert settings.secrets_dir == environment
    assert "hush" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KAFKA_BOOTSTRAP", "nowhere"),
        ("HTTP_PORT", "70000"),
        ("INSTANCE", "a b"),
        ("LOG_PARTITIONS", "0"),
        ("SECRETS_DIR", "/not/there"),
        ("JWKS_FILE", "/not/there.json"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
@pytest.mark.usefixtures("environment")
def test_what_is_wrong_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid, match=name) as error:
        load_settings()
    assert value not in str(error.value) or value == "0"


@pytest.mark.usefixtures("environment")
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    with pytest.raises(SettingsInvalid, match="DATABASE_URL: Field required"):
        load_settings()


def test_secrets(tmp_path: Path) -> None:
    """Three files of 64 hex digits that only their owner may read; a line more is an older key."""
    for name, byte in (("kek", "11"), ("tracking", "22"), ("contact", "33")):
        (tmp_path / name).write_text(byte * 32 + "\n")
        (tmp_path / name).chmod(0o600)
    (tmp_path / "kek").write_text("44" * 32 + "\n" + "11" * 32 + "\n")
    secrets = load_secrets(tmp_path)
    assert secrets.kek == (b"\x44" * 32, b"\x11" * 32)
    assert (secrets.tracking, secrets.contact) == ((b"\x22" * 32,), (b"\x33" * 32,))
    assert "1111" not in repr(secrets)
    for mode in (0o640, 0o620, 0o610, 0o604, 0o602, 0o601):
        (tmp_path / "contact").chmod(mode)
        with pytest.raises(SettingsInvalid, match="contact may be read by others"):
            load_secrets(tmp_path)
    for wrong in ("22" * 31, "22" * 33, "22" * 31 + "2g", "密" * 64, ""):
        (tmp_path / "tracking").write_text(wrong)
        with pytest.raises(SettingsInvalid, match="tracking is not 64 hex digits"):
            load_secrets(tmp_path)
    (tmp_path / "kek").unlink()
    with pytest.raises(SettingsInvalid, match="kek cannot be read"):
        load_secrets(tmp_path)

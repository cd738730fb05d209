"""The environment: every mistake in one message, secrets from files, secrets of an embedded installation kept."""

from pathlib import Path

import pytest

from torque_sso.configuration import ConfigurationError, allowed_by_default, read_configuration

SECRET = "s" * 32
DATABASE = "postgres://u@db.example/torque"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ENCRYPTION_KEYS", "BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("STATE_DIR", str(tmp_path))


def test_every_mistake_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BASE_URL", "sso.example.com/path")
    monkeypatch.setenv("LOG_FORMAT", "xml")
    monkeypatch.setenv("DATABASE_URL", "mysql://u:secret-word@x/y")
    monkeypatch.setenv("ENCRYPTION_KEYS", "short")
    with pytest.raises(ConfigurationError) as wrong:
        read_configuration()
    told = str(wrong.value)
    assert not [name for name in ("BASE_URL", "LOG_FORMAT", "DATABASE_URL", "ENCRYPTION_KEYS") if name not in told]
    assert "secret-word" not in told


@pytest.mark.parametrize("minutes", ["0", "721", "soon"])
def test_a_short_token_lives_for_minutes_within_limits(monkeypatch: pytest.MonkeyPatch, minutes: str) -> None:
    monkeypatch.setenv("SHORT_TOKEN_MINUTES", minutes)
    with pytest.raises(ConfigurationError, match="SHORT_TOKEN_MINUTES"):
        read_configuration()


def test_production_must_bring_its_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", DATABASE)
    with pytest.raises(ConfigurationError, match=r"SECRET_KEY: expected[^$]*ENCRYPTION_KEYS: expected"):
        read_configuration()


def test_a_wrong_secret_is_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENCRYPTION_KEYS", "tell-nobody")
    with pytest.raises(ConfigurationError) as wrong:
        read_configuration()
    assert "tell-nobody" not in str(wrong.value)


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mounted").write_text(SECRET + "\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "mounted"))
    assert read_configuration().secret_key.get_secret_value() == SECRET


def test_a_secret_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY_FILE", "/nowhere/secret")
    with pytest.raises(ConfigurationError, match="SECRET_KEY_FILE: '/nowhere/secret'"):
        read_configuration()


def test_an_embedded_installation_makes_its_secrets_once_and_for_its_owner_only(tmp_path: Path) -> None:
    first, second = read_configuration(), read_configuration()
    assert first.secret_key == second.secret_key
    assert len(first.secret_key.get_secret_value()) >= 32
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


def test_a_sqlite_address_is_an_embedded_installation_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///elsewhere.sqlite3")
    assert read_configuration().is_embedded


def test_commands_know_where_make_run_of_their_folder_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_configuration().base_url == "http://localhost:8000"
    (tmp_path / "base-url").write_text("http://localhost:8123")
    assert read_configuration().base_url == "http://localhost:8123"
    monkeypatch.setenv("BASE_URL", "https://sso.example.com/")
    assert read_configuration().base_url == "https://sso.example.com"


def test_the_own_machine_is_reached_by_all_its_names() -> None:
    assert allowed_by_default("http://localhost:8000") == ["localhost", "127.0.0.1", "[::1]"]
    assert allowed_by_default("https://sso.example.com") == ["sso.example.com"]

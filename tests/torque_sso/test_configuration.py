"""The environment: every mistake in one message, secrets from files, secrets of an embedded installation kept."""

from pathlib import Path

import pytest

from torque_sso.configuration import ConfigurationError, allowed_by_default, origin_of, read_configuration

SECRET = "s" * 32
DATABASE = "postgres://u@db.example/torque"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ENCRYPTION_KEYS", "BASE_URL", "TRUSTED_PROXIES", "DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("STATE_DIR", str(tmp_path))


def test_all_mistakes_are_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BASE_URL", "sso.example.com/path")
    monkeypatch.setenv("LOG_FORMAT", "xml")
    monkeypatch.setenv("DATABASE_URL", "mysql://u:secret-word@x/y")
    monkeypatch.setenv("ENCRYPTION_KEYS", "short")
    monkeypatch.setenv("TRUSTED_PROXIES", "127.0.0.1, proxy.example")
    with pytest.raises(ConfigurationError) as wrong:
        read_configuration()
    message = str(wrong.value)
    names = ("BASE_URL", "LOG_FORMAT", "DATABASE_URL", "ENCRYPTION_KEYS", "TRUSTED_PROXIES")
    assert not [name for name in names if name not in message]
    assert "got 'proxy.example'" in message
    assert "secret-word" not in message


@pytest.mark.parametrize("minutes", ["0", "721", "soon"])
def test_a_short_token_lives_for_minutes_within_limits(monkeypatch: pytest.MonkeyPatch, minutes: str) -> None:
    monkeypatch.setenv("SHORT_TOKEN_MINUTES", minutes)
    with pytest.raises(ConfigurationError, match="SHORT_TOKEN_MINUTES"):
        read_configuration()


@pytest.mark.parametrize("threads", ["1", "65", "many"])
def test_a_web_process_has_threads_of_which_half_can_wait(monkeypatch: pytest.MonkeyPatch, threads: str) -> None:
    monkeypatch.setenv("WEB_THREADS", threads)
    with pytest.raises(ConfigurationError, match="WEB_THREADS"):
        read_configuration()


def test_production_must_bring_its_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", DATABASE)
    with pytest.raises(ConfigurationError, match=r"SECRET_KEY: expected[^$]*ENCRYPTION_KEYS: expected"):
        read_configuration()


@pytest.mark.parametrize("debug", ["0", "1"])
def test_an_installation_with_a_database_server_must_say_its_origin(
    monkeypatch: pytest.MonkeyPatch, debug: str
) -> None:
    """A default would be http, with cookies that are not Secure."""
    for name, value in {
        "DATABASE_URL": DATABASE,
        "SECRET_KEY": SECRET,
        "ENCRYPTION_KEYS": SECRET,
        "DEBUG": debug,
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match="BASE_URL: expected the public origin"):
        read_configuration()
    monkeypatch.setenv("BASE_URL", "https://sso.example.com")
    assert read_configuration().base_url == "https://sso.example.com"


@pytest.mark.parametrize(
    "wrong",
    ["ftp://sso.example.com", "https://", "https://a@sso.example.com", "https://sso.example.com/#x", "https://h:99999"],
)
def test_an_origin_is_scheme_host_and_port(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("BASE_URL", wrong)
    with pytest.raises(ConfigurationError, match="BASE_URL"):
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
    assert allowed_by_default("https://[2001:db8::1]:8443") == ["[2001:db8::1]"]


@pytest.mark.parametrize(
    ("base_url", "origin"),
    [
        ("https://SSO.Example.com:443", "https://sso.example.com"),
        ("https://sso.example.com:8443", "https://sso.example.com:8443"),
        ("http://localhost:80", "http://localhost"),
        ("https://[2001:DB8::1]", "https://[2001:db8::1]"),
    ],
)
def test_an_origin_is_spelled_as_browsers_do(base_url: str, origin: str) -> None:
    assert origin_of(base_url) == origin

"""What the environment may set (`interface.md`, "Environment"), typed; all mistakes are reported at once."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from common.http.forwarded import read_trusted_proxies

SHORTEST_SECRET = 32


class ConfigurationError(Exception):
    """The environment is wrong; the message has one line for each wrong or missing value."""


class FromFiles(PydanticBaseSettingsSource):
    """Settings source: `NAME_FILE` is a file with the value of `NAME` (mounted secrets)."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        variable = f"{field_name.upper()}_FILE"
        path = os.environ.get(variable)
        try:
            return (Path(path).read_text().strip() if path else None), field_name, False
        except OSError as problem:
            raise ConfigurationError(f"{variable}: '{path}': {problem.strerror}.") from None

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


class Configuration(BaseSettings):
    """One attribute for each environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(extra="ignore")

    state_dir: Path = Path("var")
    database_url: str = ""
    redis_url: str = ""
    secret_key: SecretStr = SecretStr("")
    encryption_keys: SecretStr = SecretStr("")
    base_url: str = ""
    port: int = 8000
    allowed_hosts: str = ""
    debug: bool = False
    trusted_proxies: str = ""
    outbound_allowlist: str = ""
    graph_url: str = "https://graph.microsoft.com"
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    task_visibility_timeout: int = Field(default=600, ge=10)
    metrics_token: SecretStr = SecretStr("")
    email_host: str = ""
    email_port: int = Field(default=587, ge=1, le=65535)
    email_security: Literal["starttls", "tls", "none"] = "starttls"
    email_user: str = ""
    email_password: SecretStr = SecretStr("")
    email_from: str = ""
    web_threads: int = Field(default=8, ge=2, le=64)
    short_token_minutes: int = Field(default=60, ge=1, le=720)

    @classmethod
    def settings_customise_sources(  # type: ignore[override]  # called by name
        cls, settings_cls: Any, **sources: Any
    ) -> tuple[Any, ...]:
        return sources["init_settings"], sources["env_settings"], FromFiles(settings_cls)

    @field_validator("base_url")
    @classmethod
    def _is_an_origin(cls, value: str) -> str:
        if value and not _is_origin(value):
            raise ValueError(f"expected a public origin such as https://sso.example.com, got {value!r}")
        return value.rstrip("/")

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        read_trusted_proxies(words(value))
        return value

    @field_validator("database_url")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value and not value.startswith(("postgres://", "postgresql://", "sqlite:///")):
            raise ValueError("expected postgres://user@host/name or sqlite:///file")  # the value may hold a password
        return value

    @field_validator("encryption_keys")
    @classmethod
    def _are_long(cls, value: SecretStr) -> SecretStr:
        for number, key in enumerate(words(value.get_secret_value()), start=1):
            if len(key) < SHORTEST_SECRET:
                raise ValueError(f"key {number} has {len(key)} characters, expected at least {SHORTEST_SECRET}")
        return value

    @model_validator(mode="after")
    def _production_brings_its_secrets(self) -> "Configuration":
        problems = []
        if self.is_embedded:
            self.base_url = self.base_url or self._running_here()
            self._keep_embedded_secrets()
        elif not self.base_url:  # a default would be plain http, which sends cookies in the clear
            problems.append("BASE_URL: expected the public origin, such as https://sso.example.com")
        secret = f"random text of at least {SHORTEST_SECRET} characters"
        if len(self.secret_key.get_secret_value()) < SHORTEST_SECRET:
            problems.append(f"SECRET_KEY: expected {secret}")
        if not words(self.encryption_keys.get_secret_value()):
            problems.append(f"ENCRYPTION_KEYS: expected {secret}, or several separated by commas, the newest first")
        if 0 < len(self.metrics_token.get_secret_value()) < SHORTEST_SECRET:
            problems.append(f"METRICS_TOKEN: expected {secret}, or none")
        if self.email_host and "@" not in self.email_from:
            problems.append("EMAIL_FROM: expected the address that mails come from, because EMAIL_HOST is set")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _running_here(self) -> str:
        """Return the origin that `make run` of this folder wrote down, so that commands print addresses that work."""
        announced = self.state_dir / "base-url"
        return announced.read_text().strip() if announced.exists() else f"http://localhost:{self.port}"

    @property
    def is_embedded(self) -> bool:
        """Whether a single folder holds everything, without a database server."""
        return not self.database_url or self.database_url.startswith("sqlite:")

    def _keep_embedded_secrets(self) -> None:
        """Use the secrets in the folder of an embedded installation; the first start makes them."""
        if not self.secret_key.get_secret_value():
            self.secret_key = SecretStr(self._kept("secret-key", secrets.token_urlsafe(48)))
        if not self.encryption_keys.get_secret_value():
            self.encryption_keys = SecretStr(self._kept("encryption-keys", secrets.token_urlsafe(48)))

    def _kept(self, name: str, fresh: str) -> str:
        """Return the secret in that file. The first process makes it, written whole before it has its name."""
        path = self.state_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            own = path.with_name(f".{name}-{os.getpid()}")
            with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(fresh)
            with suppress(FileExistsError):
                os.link(own, path)
            own.unlink()
        return path.read_text().strip()


def words(value: str) -> list[str]:
    """Split a comma-separated setting into its entries, without blanks."""
    return [word.strip() for word in value.split(",") if word.strip()]


LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]


def allowed_by_default(base_url: str) -> list[str]:
    """Return the host of the public origin; for localhost all its names."""
    host = _host(urlsplit(base_url))
    return LOOPBACK_HOSTS if host in LOOPBACK_HOSTS else [host]


def origin_of(base_url: str) -> str:
    """Return the origin as browsers write it in the header Origin: lower case, without a default port."""
    parts = urlsplit(base_url)
    port = "" if parts.port in (None, {"http": 80, "https": 443}[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{_host(parts)}{port}"


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    return f"[{host}]" if ":" in host else host


def _is_origin(value: str) -> bool:
    """Raises ValueError for a port that is none."""
    parts = urlsplit(value)
    has_more = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not has_more and parts.port != 0


def read_configuration() -> Configuration:
    """Return the configuration of this process. Raises ConfigurationError with a line for each mistake."""
    try:
        return Configuration()
    except ValidationError as error:
        lines = [_line(problem) for problem in error.errors()]
        raise ConfigurationError("The environment is not right:\n" + "\n".join(lines)) from None


def _line(problem: Any) -> str:
    name = ".".join(str(part) for part in problem["loc"]).upper()
    message = problem["msg"].removeprefix("Value error, ")
    return f"  {name}: {message}" if name else "\n".join(f"  {part}" for part in message.split("; "))

"""What is not tested on a machine without nginx: said aloud, and not allowed in CI."""

import pytest

from tools import servers
from tools import test as tests_of_all


@pytest.fixture(autouse=True)
def _no_nginx(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers.shutil, "which", lambda *_, **__: None)


def test_it_is_said_aloud(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert tests_of_all.without_nginx() == " and not nginx"
    assert "apt-get install nginx-light" in capsys.readouterr().out


def test_it_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(SystemExit, match="No nginx on this machine"):
        tests_of_all.without_nginx()

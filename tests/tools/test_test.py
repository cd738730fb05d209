"""`make test`: it counts what pytest reported, and says aloud what a machine without nginx leaves out."""

from pathlib import Path

import pytest

from tools import servers
from tools import test as tests_of_all
from tools.test import Count, counted

REPORT = '<testsuites><testsuite tests="{}" failures="{}" errors="{}" skipped="{}"/></testsuites>'


def report(folder: Path, *numbers: int) -> Path:
    path = folder / "report.xml"
    path.write_text(REPORT.format(*numbers))
    return path


def test_errors_count_as_failures(tmp_path: Path) -> None:
    assert counted(report(tmp_path, 10, 1, 2, 3), green=False) == Count(passed=4, failed=3, skipped=3, green=False)


def test_a_run_without_tests_fails(tmp_path: Path) -> None:
    assert counted(report(tmp_path, 0, 0, 0, 0), green=True) == Count(failed=1, green=False)


def test_a_run_that_wrote_no_report_fails(tmp_path: Path) -> None:
    assert counted(tmp_path / "nothing.xml", green=False).failed == 1


def test_one_bad_half_spoils_the_sum() -> None:
    total = Count(passed=5) + Count(passed=4, failed=1, green=False)
    assert (str(total), total.green) == ("9 passed, 1 failed", False)


@pytest.fixture
def no_nginx(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers.shutil, "which", lambda *_, **__: None)


def test_nginx_tests_that_are_left_out_are_named(
    no_nginx: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert tests_of_all.without_nginx() == " and not nginx"
    assert "apt-get install nginx-light" in capsys.readouterr().out


def test_ci_fails_without_nginx(no_nginx: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(SystemExit, match="No nginx on this machine"):
        tests_of_all.without_nginx()

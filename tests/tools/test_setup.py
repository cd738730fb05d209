"""`.venv` is made anew when a requirements file changed, and only then."""

from pathlib import Path

import pytest

from tools import setup


@pytest.fixture
def installed(tmp_path: Path) -> tuple[Path, Path]:
    """An environment, and the requirements file whose packages it holds."""
    folder, file = tmp_path / "environment", tmp_path / "some.txt"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch()
    file.write_text("django==5.2\n")
    setup.stamp(folder, file).write_text(setup.fingerprint(folder, file))
    return folder, file


def test_the_same_file_needs_no_work(installed: tuple[Path, Path]) -> None:
    assert setup.is_installed(*installed)


def test_a_changed_file_is_noticed(installed: tuple[Path, Path]) -> None:
    installed[1].write_text("django==5.3\n")
    assert not setup.is_installed(*installed)


def test_an_environment_that_was_moved_is_noticed(installed: tuple[Path, Path], tmp_path: Path) -> None:
    folder, file = installed
    assert not setup.is_installed(folder.rename(tmp_path / "elsewhere"), file)


def test_a_python_that_is_gone_is_noticed(installed: tuple[Path, Path]) -> None:
    (installed[0] / "bin" / "python").unlink()
    assert not setup.is_installed(*installed)

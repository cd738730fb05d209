"""Tests mirror the code: a new module brings its test, and the list of those without one gets shorter."""

from pathlib import Path

import pytest

from tools import mirror

LONG = "x = 1\n" * (mirror.SHORT + 1)


def test_every_new_module_has_a_test_at_the_mirrored_path(capsys: pytest.CaptureFixture[str]) -> None:
    found = mirror.without_tests()
    with capsys.disabled():
        print(f" {mirror.summary(found)}", end=" ")
    assert sorted(set(found) - set(mirror.known())) == []


def test_a_module_that_has_its_test_leaves_the_list() -> None:
    """Else: `python -m tools.mirror --write`."""
    assert sorted(set(mirror.known()) - set(mirror.without_tests())) == []


def made(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(LONG)
    return root


def test_a_module_without_a_test_is_named(tmp_path: Path) -> None:
    made(tmp_path, "accounts/groups/sync.py", "tests/accounts/test_sync.py")
    assert mirror.without_tests(tmp_path) == ["accounts/groups/sync.py"]


@pytest.mark.parametrize("test", ["test_sync.py", "test_sync_after_logins.py"])
def test_a_test_at_the_mirrored_path_is_found(tmp_path: Path, test: str) -> None:
    made(tmp_path, "accounts/groups/sync.py", f"tests/accounts/groups/{test}")
    assert mirror.without_tests(tmp_path) == []


@pytest.mark.parametrize("name", ["accounts/models/user.py", "spaces/urls.py", "scim/migrations/0001_x.py"])
def test_declarations_need_none(tmp_path: Path, name: str) -> None:
    assert mirror.without_tests(made(tmp_path, name)) == []

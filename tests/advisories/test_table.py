"""The table of advisories is complete, its tests exist, and `docs/security.md` shows the same table."""

from importlib import import_module
from pathlib import Path

from tests.advisories.summary import Tally, row_of, tally
from tests.advisories.table import ADVISORIES, Advisory

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def own_tests() -> dict[int, list[str]]:
    """Row -> names of the files of this folder that have a test for it."""
    found: dict[int, list[str]] = {}
    for path in sorted(HERE.glob("test_*.py")):
        names = vars(import_module(f"tests.advisories.{path.stem}"))
        rows = {row_of(f"tests/advisories/{path.name}::{name}") for name, value in names.items() if callable(value)}
        for row in sorted(row for row in rows if row is not None):
            found.setdefault(row, []).append(path.name)
    return found


def line(advisory: Advisory, own: list[str]) -> str:
    """As it stands in the document."""
    tests = [f"`test_{advisory.row:02}_…` in {', '.join(f'`{name}`' for name in own)}"]
    tests += [f"`{node}`" for node in advisory.elsewhere]
    return f"| {advisory.row} | {advisory.names} | {advisory.went_wrong} | {'; '.join(tests)} |"


def test_every_row_of_the_list_is_there_once() -> None:
    assert [advisory.row for advisory in ADVISORIES] == list(range(1, 40))


def test_every_row_has_a_test_of_its_own() -> None:
    assert sorted(own_tests()) == [advisory.row for advisory in ADVISORIES]


def test_every_test_that_is_pointed_to_exists() -> None:
    for node in (node for advisory in ADVISORIES for node in advisory.elsewhere):
        path, _, name = node.partition("::")
        module = import_module(path.removesuffix(".py").replace("/", "."))
        assert callable(getattr(module, name, None)), node


def test_the_document_shows_this_table() -> None:
    own = own_tests()
    expected = [line(advisory, own.get(advisory.row, [])) for advisory in ADVISORIES]
    shown = [
        text for text in (ROOT / "docs" / "security.md").read_text().splitlines() if text[:3].strip("| ").isdigit()
    ]
    assert shown == expected, "\n".join(["Expected these lines in docs/security.md:", *expected])


def test_a_row_with_a_failed_test_does_not_hold() -> None:
    passed = ["tests/advisories/test_scim.py::test_01_a[x]", "tests/advisories/test_scim.py::test_01_b"]
    found = tally(passed, ["tests/advisories/test_scim.py::test_01_c"])
    assert (found.passed, found.held - found.broken, found.broken) == (2, set(), {1})


def test_the_summary_names_what_was_not_tried() -> None:
    assert str(Tally(3, {1, 2}, {2})).startswith(
        "Advisories of the field: 1 of 39 hold (3 tests passed); broken: 2; not"
    )

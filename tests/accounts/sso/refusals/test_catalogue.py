"""The catalogue and the source name the same codes."""

import ast
from collections.abc import Iterator
from pathlib import Path

from accounts.sso.refusals import login_rows, oidc_rows, provider_rows, saml_rows
from accounts.sso.refusals.catalogue import CATALOGUE, text_for_user

ROOT = Path(__file__).parents[4]
CATALOGUE_FOLDER = ROOT / "accounts" / "sso" / "refusals"
TABLES = (login_rows, oidc_rows, provider_rows, saml_rows)


def _source() -> Iterator[ast.AST]:
    """All that may raise, without the catalogue itself."""
    for path in (*ROOT.glob("accounts/**/*.py"), *ROOT.glob("console/**/*.py")):
        if CATALOGUE_FOLDER not in path.parents:
            yield from ast.walk(ast.parse(path.read_text()))


def _code_of(node: ast.AST) -> str | None:
    """The code that stands in `LoginRefused("code", ...)`; None for another node, or a code from a table."""
    is_refusal = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "LoginRefused"
    first = node.args[0] if isinstance(node, ast.Call) and is_refusal else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def test_every_code_that_is_raised_has_a_row() -> None:
    assert {code for node in _source() if (code := _code_of(node))} <= CATALOGUE.keys()


def test_every_row_is_raised_somewhere() -> None:
    texts = {node.value for node in _source() if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert sorted(CATALOGUE.keys() - texts) == []


def test_no_code_has_two_rows() -> None:
    assert sum(len(table.ROWS) for table in TABLES) == len(CATALOGUE)


def test_a_code_of_a_former_release_still_has_a_text() -> None:
    assert text_for_user("gone", "the person signing in").endswith("Please start again.")

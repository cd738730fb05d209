"""The contracts of import-linter in `pyproject.toml` say what the code says of itself."""

import ast
import tomllib
from typing import Any

from tests.support import product
from tools.setup import ROOT


def contracts() -> list[dict[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    listed: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return listed


def test_every_module_that_says_pure_is_in_the_contract_and_no_other() -> None:
    says = {
        path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
        for path in product.modules()
        if (ast.get_docstring(ast.parse(path.read_text())) or "").startswith("PURE.")
    }
    (listed,) = (contract["source_modules"] for contract in contracts() if contract["name"] == "Rules are pure")
    assert says == set(listed)


def test_no_contract_ignores_imports_by_a_wildcard() -> None:
    ignored = [line for contract in contracts() for line in contract.get("ignore_imports", ())]
    assert [line for line in ignored if "*" in line] == []


def test_no_folder_of_the_product_holds_more_than_sixteen_modules() -> None:
    numbers: dict[str, int] = {}
    for path in product.modules():
        folder = path.parent.relative_to(ROOT).as_posix()
        numbers[folder] = numbers.get(folder, 0) + (path.name != "__init__.py")
    assert {folder: number for folder, number in numbers.items() if number > 16} == {}

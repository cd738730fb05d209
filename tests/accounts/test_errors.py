"""Each refusal has a code in kebab-case, and docs/errors.md lists each code once."""

import ast
import pickle
import re
from pathlib import Path

from accounts.errors import ActionRefused

ROOT = Path(__file__).parents[2]
PRODUCT = ("accounts", "spaces", "scim", "console")
FIRST_IS_CODE = {"ActionRefused", "PermissionsExceeded", "Protected", "OwnToken", "Taken"}
FIXED = {"IssuerDiffers", "ProviderNotChosen"}  # the code is in the class


def codes_in(source: str) -> set[str]:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    first = [call.args[0] for call in calls if ast.unparse(call.func).rpartition(".")[2] in FIRST_IS_CODE]
    for inner in [
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef) and node.name in FIXED
    ]:
        first += [
            call.args[0]
            for call in ast.walk(inner)
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__"
        ]
    assert all(isinstance(arg, ast.Constant) for arg in first), "a code is a literal"
    return {str(ast.literal_eval(arg)) for arg in first}


def codes_in_source() -> set[str]:
    files = [path for folder in PRODUCT for path in sorted((ROOT / folder).rglob("*.py"))]
    return {code for path in files for code in codes_in(path.read_text())}


def documented() -> list[str]:
    return re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs/errors.md").read_text(), re.MULTILINE)


def test_codes_are_kebab_case() -> None:
    assert [code for code in codes_in_source() if not re.fullmatch(r"[a-z]+(-[a-z]+)*", code)] == []


def test_each_code_is_documented_once() -> None:
    assert sorted(documented()) == sorted(codes_in_source())


def test_a_refusal_shows_its_sentence_and_keeps_its_code() -> None:
    refusal = pickle.loads(pickle.dumps(ActionRefused("group-name-taken", "Choose another name.")))  # noqa: S301
    assert (str(refusal), refusal.code) == ("Choose another name.", "group-name-taken")

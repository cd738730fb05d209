"""Every code with which the product refuses, collected from its source."""

import ast
from pathlib import Path

from accounts.sso import provider_errors
from accounts.sso.saml import fields as saml_fields
from accounts.sso.saml import shape as saml_shape

ROOT = Path(__file__).parents[3]
SOURCES = (ROOT / "accounts", ROOT / "console")
# Functions that make a refusal out of a code, and what they put before it. `_refused` stands in two modules.
_MAKERS = {"LoginRefused": "", "refused": "saml-", "refusal": "saml-", "_refused": "", "_clock": ""}
_BEFORE = {"logout/logout_token.py": "logout-"}
# Where the code is no literal: module and function -> the codes.
_COMPUTED = {
    ("oidc/id_token.py", "check_half_hash"): {"oidc-c-hash", "oidc-at-hash"},
    ("sso/provider_errors.py", "refused_for"): {cause.code for cause in provider_errors.CAUSES},
    ("saml/fields.py", "one"): {f"saml-{code}" for code in saml_fields._MISSING.values()},
    ("saml/shape.py", "_refuse_markup"): {f"saml-{code}" for _, code, _ in saml_shape._FORBIDDEN_MARKUP},
}
# They take a refusal, or make a page or a record of one.
_NO_MAKERS = {
    ("sso/views.py", "_finish"),
    ("logins/views.py", "begin_test"),
    ("logout/saml_views.py", "saml_slo"),
    ("logout/saml_views.py", "_asked"),
}


class Unreadable(Exception):
    """A code that is computed, in a place that `_COMPUTED` does not name."""


def codes() -> dict[str, set[str]]:
    """Code -> the modules that refuse with it. Raises Unreadable."""
    found: dict[str, set[str]] = {}
    for path in sorted(path for source in SOURCES for path in source.rglob("*.py")):
        for code in _codes_of(path):
            found.setdefault(code, set()).add(_short(path))
    return found


def _short(path: Path) -> str:
    """With the folder it is in, because files of several folders have one name."""
    return f"{path.parent.name}/{path.name}"


def _codes_of(path: Path) -> set[str]:
    found: set[str] = set()
    source = path.read_text()
    if "LoginRefused" not in source and "shape" not in source:
        return found  # other doors call other things `_refused`
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef) and function.name not in _MAKERS:
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and _name(call) in _MAKERS:
                    found |= _code(call, _short(path), function.name)
    return found


def _code(call: ast.Call, module: str, function: str) -> set[str]:
    code = call.args[0] if call.args else None
    if isinstance(code, ast.Constant) and isinstance(code.value, str):
        return {_BEFORE.get(module, _MAKERS[_name(call)]) + code.value}
    if (module, function) in _NO_MAKERS:
        return set()
    if (module, function) in _COMPUTED:
        return _COMPUTED[module, function]
    raise Unreadable(f"{module}: {function}: {ast.unparse(call)}")


def _name(call: ast.Call) -> str:
    called = call.func
    return called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""

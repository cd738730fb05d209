"""References of one place to another: in docstrings, comments, templates and documents. What each of them names."""

import ast
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tools.house_rules import tracked
from tools.setup import ROOT

PROSE = {".md", ".html", ".toml", ".yaml", ".yml", ".css", ".js", ".mjs", ".php", ".template", ""}
# History keeps the names that it was written with; licences and pinned requirements are not ours.
LEFT_OUT = re.compile(r"^(CHANGELOG\.md|LICENSE)$|\.txt$|/migrations/|^tests/docs/")


@dataclass(frozen=True)
class Text:
    """A comment, a docstring, or a line of a document."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@cache
def files() -> tuple[str, ...]:
    return tuple(tracked())


@dataclass(frozen=True)
class Source:
    """A Python file: comments and docstrings, names, and texts that are no docstring."""

    prose: tuple[Text, ...]
    names: frozenset[str]
    texts: frozenset[str]


_PART_OF_F_STRING = getattr(tokenize, "FSTRING_MIDDLE", None)  # since Python 3.12; before, the whole is a STRING
_BEGINS_A_LINE = (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)


@cache
def source_of(name: str) -> Source:
    prose, names, texts, before = [], set(), set(), tokenize.NEWLINE
    with (ROOT / name).open() as file:
        for kind, token, (line, _), _, _ in tokenize.generate_tokens(file.readline):
            if kind == tokenize.NAME:
                names.add(token)
            elif kind == tokenize.COMMENT:
                prose.append(Text(name, line, token))
            elif kind == tokenize.STRING and before in _BEGINS_A_LINE:
                prose.append(Text(name, line, " ".join(token.strip("\"'").split())))
            elif kind in (tokenize.STRING, _PART_OF_F_STRING):
                texts.add(token.lstrip("bfru").strip("\"'"))
            if kind not in (tokenize.COMMENT, tokenize.NL):
                before = kind
    return Source(tuple(prose), frozenset(names), frozenset(texts))


@cache
def texts() -> tuple[Text, ...]:
    """Everything that may refer to something."""
    found: list[Text] = []
    for name in files():
        if LEFT_OUT.search(name):
            continue
        if name.endswith(".py"):
            found += source_of(name).prose
        elif Path(name).suffix in PROSE:
            lines = (ROOT / name).read_text(errors="replace").splitlines()
            found += [Text(name, number, line) for number, line in enumerate(lines, 1)]
    return tuple(found)


# --- Documents ----------------------------------------------------------------------------------

_DOCUMENT = re.compile(
    r"(?<![\w/.*-])((?:[\w-]+/)*[\w-]+\.md)\b`?(?: (?:sections? )?((?:\d+(?:\.\d+)?(?:, | and | to )?)+))?"
)
_NUMBERED = re.compile(r"^#+ (\d+(?:\.\d+)?)\.? ", re.MULTILINE)


@dataclass(frozen=True)
class DocumentReference:
    at: Text
    document: str
    sections: tuple[str, ...]


def documents() -> Iterator[DocumentReference]:
    for text in texts():
        for document, sections in _DOCUMENT.findall(text.text):
            yield DocumentReference(text, document, tuple(re.findall(r"\d+(?:\.\d+)?", sections)))


def path_of(document: str, beside: str = "") -> Path | None:
    """A path from the root or from beside the file; a document named alone is in `docs/`."""
    for folder in (ROOT, ROOT / "docs", (ROOT / beside).parent):
        if (folder / document).is_file():
            return folder / document
    return None


@cache
def sections_of(path: Path) -> frozenset[str]:
    return frozenset(_NUMBERED.findall(path.read_text()))


_COMMAND = re.compile(r"manage\.py ([a-z_]+)(?![\w.])")
_LINK = re.compile(r"\]\(([\w./-]+)\)")


def commands() -> Iterator[tuple[Text, str]]:
    return ((text, name) for text in texts() for name in _COMMAND.findall(text.text))


def links() -> Iterator[tuple[Text, str]]:
    """Of Markdown: `[words](path)` and pictures."""
    for text in texts():
        if text.file.endswith(".md"):
            yield from ((text, path) for path in _LINK.findall(text.text))


# --- Decisions and rules ------------------------------------------------------------------------

_DECISION = re.compile(r"decisions?[/ `]+(\d{4})|`(\d{4})`")
_RULE = re.compile(r"(?<![\w.#&;:/-])([RCPOEKM]\d{1,2})(?![\w.-]*\w)")
_DEFINED = re.compile(r"^\| ([RCPOEKM]\d{1,2}) \|", re.MULTILINE)
MAPPING_RULES = frozenset(f"M{number}" for number in range(1, 7))


def decisions() -> Iterator[tuple[Text, str]]:
    for text in texts():
        for named, alone in _DECISION.findall(text.text):
            if named or text.file.startswith("docs/"):
                yield text, named or alone


def known_decisions() -> set[str]:
    return {path.name[:4] for path in (ROOT / "docs/decisions").glob("0*.md")}


def rules() -> Iterator[tuple[Text, str]]:
    for text in texts():
        if text.file.endswith(".py") or text.file.startswith("docs/"):
            for rule in _RULE.findall(text.text):
                yield text, rule


def known_rules() -> set[str]:
    defining = (ROOT / "docs" / name for name in ("protocol.md", "requirements.md"))
    return MAPPING_RULES.union(*(_DEFINED.findall(path.read_text()) for path in defining))


# --- Modules, names and files in backticks --------------------------------------------------------

_QUOTED = re.compile(r"(?<!`)`([A-Za-z_][\w./-]*(?:::\w+)?)(?:\(\))?`(?!`)")


def quoted() -> Iterator[tuple[Text, str]]:
    for text in texts():
        for name in _QUOTED.findall(text.text):
            if not re.search(r"decisions/\d{4}$|\.md$", name):  # found by `decisions` and `documents`
                yield text, name.rstrip(".")


@cache
def modules() -> dict[str, str]:
    """Dotted name -> file, packages too."""
    found = {}
    for name in files():
        if name.endswith(".py"):
            found[name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")] = name
            for parent in Path(name).parents:
                found.setdefault(".".join(parent.parts), "")
    found.pop("", None)
    return found


@cache
def by_ending() -> dict[str, tuple[str, ...]]:
    """Every ending of a dotted name (`sync`, `groups.sync`) -> the modules that end so."""
    found: dict[str, list[str]] = defaultdict(list)
    for module in modules():
        parts = module.split(".")
        for start in range(len(parts)):
            found[".".join(parts[start:])].append(module)
    return {ending: tuple(named) for ending, named in found.items()}


@cache
def defined_in(file: str) -> frozenset[str]:
    """Names that a module defines or imports, and `Class.attribute`."""
    if not file:
        return frozenset()
    return frozenset(_defined(ast.parse((ROOT / file).read_text()).body, ""))


def _defined(body: list[ast.stmt], prefix: str) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield prefix + node.name
            yield from _defined(node.body, f"{prefix}{node.name}.") if isinstance(node, ast.ClassDef) else ()
        elif isinstance(node, ast.Assign):
            yield from (prefix + target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield prefix + node.target.id
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((alias.asname or alias.name) for alias in node.names)
        elif isinstance(node, ast.If | ast.Try | ast.With):
            yield from _defined(node.body, prefix)


@cache
def classes() -> dict[str, frozenset[str]]:
    """Class -> its attributes, over all modules."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in modules().values():
        for name in defined_in(file):
            owner, dot, attribute = name.partition(".")
            if dot:
                found[owner].add(attribute)
    return {name: frozenset(attributes) for name, attributes in found.items()}


# Packages whose names are quoted, and names of other programs, providers and standards that no code here spells out.
FOREIGN = ("django.", "jwt.", "mozilla_django_oidc.", "socket.")
NOT_OURS = frozenset(
    """
    PatchOp.patch User.model_validate Model.from_db form.errors __traceback__ acks_late reject_on_worker_lost
    Okta-SCIM-20-SPEC-Test.json Okta-SCIM-20-CRUD-Test.json saml20-sp-remote folder/authsources
    extn.NAME frontchannel_logout_uri sensitive sts.windows.net strasse.example straße.example
    Secure __Host- aria-sort data-label hx-select large_client_header_buffers max_prepared_statements
    deploy/nginx/certificates/tls.crt tls.key var/encryption-keys NAME_FILE account_role.permissions
    accounts/management NeedsLock xmin
    """.split()
)


def is_there(name: str, beside: str) -> bool:
    """Whether a quoted path, module, or name of a module or class exists here, or is a text of the code."""
    path, is_test, function = name.partition("::")
    if is_test:
        return _is_path(path, beside) and function in defined_in(path)
    if name in literals() or _is_path(name, beside) or name.startswith(FOREIGN) or name in NOT_OURS:
        return True
    dotted = name.removesuffix(".py").strip("/").replace("/", ".")
    if "." in dotted:
        return _is_dotted(dotted)
    return dotted in by_ending() or not words().isdisjoint((dotted, dotted.lower()))  # a setting is a field of ours


def _is_path(name: str, beside: str) -> bool:
    return any(path.rstrip("/") in _paths() for path in (name, str(Path(beside).parent / name)))


@cache
def _paths() -> frozenset[str]:
    return frozenset(files()) | {str(folder) for name in files() for folder in Path(name).parents}


def _is_dotted(name: str) -> bool:
    parts = name.split(".")
    if len(parts) == 2 and parts[1] in classes().get(parts[0], ()):
        return True
    for end in range(len(parts), 0, -1):
        rest = ".".join(parts[end:])
        for module in by_ending().get(".".join(parts[:end]), ()):
            if not rest or rest in defined_in(modules()[module]):
                return True
    return False


@cache
def literals() -> frozenset[str]:
    """Texts in the code, whole."""
    return frozenset().union(*(source_of(name).texts for name in _python()))


@cache
def words() -> frozenset[str]:
    """Words of the code and of what it reads and writes; not of comments and docstrings."""
    found = {word for text in literals() for word in re.findall(r"\w+", text)}
    found.update(*(source_of(name).names for name in _python()))
    for name in files():
        if Path(name).suffix in {".html", ".js", ".mjs", ".json", ".css", ".toml", ".yaml", ".xml"}:
            found.update(re.findall(r"\w+", (ROOT / name).read_text(errors="replace")))
    return frozenset(found)


def _python() -> list[str]:
    return [name for name in files() if name.endswith(".py") and not name.startswith("tests/docs/")]

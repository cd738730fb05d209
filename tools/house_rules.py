"""Rules that no linter knows: short files; no package registry, path of one machine, private key or private word."""

import re
import subprocess
import sys
from pathlib import Path

from tools.setup import ROOT
from tools.words import by_folder, house_words

LONGEST = 400  # lines
WRITTEN_BY_HAND = {".py", ".html", ".css", ".js", ".mjs", ".php", ".md", ".toml", ".yaml", ".yml", ".txt", ""}
LONG_BY_NATURE = re.compile(r"(^|/)(LICENSE|requirements\.txt|package-lock\.json)$|^requirements/.*\.txt$|/migrations/")

# Spelled in parts, so that this file does not hold what it looks for.
_REGISTRIES = (
    ("py" "pi", "org"),
    ("pythonhosted", "org"),
    ("npm" "js", "org"),
    ("npm" "js", "com"),
    ("yarn" "pkg", "com"),
    ("debian", "org"),
    ("golang", "org"),
)  # fmt: skip
UNWANTED = {
    "address of a package registry": re.compile("|".join(re.escape(".".join(host)) for host in _REGISTRIES)),
    "path of one machine": re.compile(r"(?<![\w.:/-])/(wo" r"rk|fa" r"rm|ro" r"ot)/"),
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE " r"KEY-----\s+[A-Za-z0-9+/]{40}"),
}  # fmt: skip


# A user's own role instead of effective permissions: only `accounts.rights` reads it.
OWN_ROLE = re.compile(
    r"account_role(\.|__)(permissions|name\s*(==|!=|=))|ACCOUNT_(ADMIN|MEMBER)\s*(==|!=)|(==|!=)\s*ACCOUNT_(ADMIN|MEMBER)"
)
PRODUCT = re.compile(r"^(accounts|common|console|scim|spaces|templates|torque_sso)/")
MAY_READ_OWN_ROLE = ("accounts/models/user.py", "accounts/rights.py")


def reads_own_role(name: str, text: str) -> bool:
    """Whether a file of the product decides by a user's own account role."""
    if name in MAY_READ_OWN_ROLE or not PRODUCT.match(name) or "/migrations/" in name:
        return False
    return bool(OWN_ROLE.search(text))


def broken_rules(name: str, text: str) -> list[str]:
    """Return a line for each rule that a file breaks."""
    found = [f"{name}: ask accounts.rights, not a user's own account role"] if reads_own_role(name, text) else []
    found += [f"{name}: {what}" for what, pattern in UNWANTED.items() if pattern.search(text)]
    found += house_words(name, text)
    length = text.count("\n")
    if length > LONGEST and Path(name).suffix in WRITTEN_BY_HAND and not LONG_BY_NATURE.search(name):
        found.append(f"{name}: {length} lines, {LONGEST} at most")
    return found


def tracked() -> list[str]:
    """Return the files under version control, and new ones that are not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def main(arguments: list[str]) -> int:
    """Check all files. With `--words`: only the rule about words, with counts by folder."""
    texts = ((name, (ROOT / name).read_bytes().decode(errors="replace")) for name in tracked())
    rule = house_words if "--words" in arguments else broken_rules
    found = [line for name, text in texts for line in rule(name, text)]
    print("\n".join(found), end="\n" if found else "")
    if found and rule is house_words:
        print(f"{len(found)} lines: {by_folder(found)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Private words, and what to write instead: `python -m tools.house_rules --words`.

A word may stay where it is a stored or public name: OVERLOOKED lists these, each with its reason.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# Pattern (case counts, unless it begins with (?i)) -> what to write instead.
INSTEAD: dict[str, str] = {
    r"(?i)\blet(s|ting)?(_| (it |them |one |somebody |someone |people |a person )?)go\b": "deprovision, deprovisioning",
    r"(?i)departures?(?![a-z])|departed": "deprovisioning, access ended",
    r"(?i)\bleavers?\b": "deprovisioned user",
    r"(?i)\b(who|is|are|was|were) out\b(?! of\b)": "deprovisioned",
    r"(?i)\bwho (goes|leaves)\b": "deprovisioned user",
    # In cryptography a message or a program may well prove something; a domain is verified.
    r"(?i)(?<![a-z])(un)?proved(?![a-z])": "verified",
    r"(?i)prove_domain|\bprov(e|es|ing) [^.]{0,30}domain|\bproofs? of [^.]{0,20}domain": "verify, verification",
    r"(?i)\b(their|our)( |_)values( |_)for\b": "identity provider details, service provider details",
    r"\bAzure\b": "Microsoft Entra ID",
    r"(?i)(?<![a-z])told(?![a-z])(?! apart)|timeline of telling": "record, step, check, changes",
    r"(?<![\w.])_?tell\(|(?<=def )tell\w*|\btell_\w+": "record, describe",
    r"(?i)(?<![a-z])deeds?(?![a-z])": "request summary",
    r"(?i)(?<![a-z])piles?\b(?! up)": "background queue",
    r"(?i)program[ _-]?roads?": "SCIM fast-path middleware",
    r"(?i)\broads?\b": "way, path",
    r"(?i)(?<![a-z])doors?(?![a-z])": "interface, endpoint, view",
    r"(?i)\bwho(ever)?( |_)asks?\b|\bwhoever\b": "caller, client, user",
    r"(?i)\bcame( |_)by\b": "source",
    r"(?i)\bin( |_)or( |_)waiting\b": "active and pending",
    r"(?i)\bneeds you\b": "needs attention",
    r"(?i)\bmay: ?anything\b": "permission: any",
    r"(?i)\bhow it stands\b": "configuration",
    r"(?i)(?<![a-z])self[- _]test(?!case)": "SCIM test",
    r"(?i)\bas it was written\b": "log integrity",
    r"(?i)(?<!, )\b(come|comes|came|coming) in\b(?! (an?|one|two|three|several|its|their|the|place)\b)": "sign in",
    r"(?i)\bobey\w*|(?-i:\bCame\b(?=[(\]|:]))": "apply_logout_request, InboundMessage",
    r"(?i)\bchanged( |_)meanwhile\b|\bas they were read\b": "optimistic update, retry under lock",
    r"(?i)(?<!at the )(?<!a )(?<!one )(?<!this )(?<!that )(?<!any )(?<![a-z])moments?(?![a-z])": "time",
    r"(?i)\b(make|makes|making) strangers\b": "they are not recognized any more",
}


@dataclass(frozen=True)
class Overlooked:
    """Text in which the words may stay: where `path` matches the file and `text` covers the word."""

    path: str
    text: str
    reason: str


EVERYWHERE = ""
OVERLOOKED = (
    Overlooked(
        r"^(tools/words|tests/tools/test_words|tests/tools/test_house_rules)\.py$",
        r".*",
        "They hold what they look for.",
    ),
    Overlooked(r"^CHANGELOG\.md$|^docs/decisions/", r".*", "History: what was decided and released, in its words."),
    Overlooked(r"/migrations/", r".*", "Migrations that have run are not changed."),
    Overlooked(r"^tests/(payloads|advisories|idps)/", r".*", "Messages and names of other products."),
    Overlooked(EVERYWHERE, r"(?i:HeldDeparture)|(?<![a-z])held_departure(?![a-z])", "Model and table."),
    Overlooked(EVERYWHERE, r"\bhold[_-]mass[_-]departures(-changed)?\b", "Column, and the stored audit action."),
    Overlooked(EVERYWHERE, r"\b(mass-departure|MASS_DEPARTURE)\b", "Stored kind of alert, and a label of /metrics."),
    Overlooked(EVERYWHERE, r"\buser\.departure-(held|dropped)\b", "Stored audit actions."),
    Overlooked(EVERYWHERE, r"[\"'=]departures(_finished)?[\"'}]", "Label of /metrics, key of worker_health and sweep."),
    Overlooked(EVERYWHERE, r"[\"']let_go[\"']", "Key of the JSON that `manage.py departures` prints."),
    Overlooked(EVERYWHERE, r"(?<=[\"'])changed_meanwhile", "Key of the JSON that `manage.py rotate_secrets` prints."),
    Overlooked(EVERYWHERE, r"(manage\.py |run\(\"|commands[./ ]|^\"\"\"`)departures\b", "Name of a command."),
    Overlooked(
        EVERYWHERE, r"(?<![a-z])(proved_at|proof_token|email_domain_has_one_proved_owner)(?![a-z])", "Database names."
    ),
    Overlooked(EVERYWHERE, r"\bdomain\.proved\b|\bemail-not-proved\b", "Stored audit action and refusal code."),
    Overlooked(EVERYWHERE, r"(?i)proof (of possession|key for code)\b", "Terms of RFC 7800 and RFC 7636."),
    Overlooked(r"^scim/conversations\.py$", r"Self Test(ed)?\b", "Name of the user that the test creates."),
    Overlooked(EVERYWHERE, r"provisioning[/-]self-test", "Address of a page, and its name."),
    Overlooked(r"models/work\.py$", r"many people let go within an hour", "Label that a migration holds."),
    Overlooked(EVERYWHERE, r"models[./]departure\b", "Module of HeldDeparture."),
    Overlooked(EVERYWHERE, r"Sign in with Azure|Azure (AD|Active Directory|portal)\b", "Quoted: names in consoles."),
    Overlooked(r"^(demo|tests|tools|bench)/|^docs/trying", r"Azure", "Name of a connection that tests and demo make."),
    Overlooked(r"\.js$", r"(?i)moment\w*", "No dates are meant."),
)
READ = re.compile(r"\.(py|html|md|js|mjs|css|txt|toml|yaml|yml|template|in)$|^(Makefile|Dockerfile|\.ci/run)$")
_PATTERNS = [(re.compile(pattern), instead) for pattern, instead in INSTEAD.items()]
_OVERLOOKED = [(re.compile(one.path), re.compile(one.text)) for one in OVERLOOKED]


def house_words(name: str, text: str) -> Iterator[str]:
    """A line for each word of INSTEAD in a file: where, which, what to write instead."""
    if not READ.search(name) or name.startswith("requirements"):
        return
    overlooked = [pattern for path, pattern in _OVERLOOKED if path.search(name)]
    for number, line in enumerate(text.splitlines(), start=1):
        left = line
        for pattern in overlooked:
            left = pattern.sub(" … ", left)
        for pattern, instead in _PATTERNS:
            if found := pattern.search(left):
                yield f"{name}:{number}: “{found[0].strip()}”: write {instead}"


def by_folder(lines: Iterable[str]) -> str:
    """How many lines each top folder has, the most first."""
    counts = Counter(re.split("[/:]", line)[0] for line in lines)
    return ", ".join(f"{folder} {count}" for folder, count in counts.most_common())

"""An entry of the audit log as pages show it: one sentence, and what changed."""

from dataclasses import dataclass

from accounts.audit import words as audit_words
from accounts.audit.words import Change
from accounts.models import AuditEntry


@dataclass(frozen=True)
class Line:
    """An entry, and what it says."""

    entry: AuditEntry
    sentence: str
    changes: list[Change]


def line_of(entry: AuditEntry) -> Line:
    sentence = audit_words.sentence(entry.action, entry.object_label)
    return Line(entry, sentence, audit_words.changes(entry.changes, entry.action))

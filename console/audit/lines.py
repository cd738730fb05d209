"""An audit entry for pages: its sentence and its changes."""

from dataclasses import dataclass

from accounts.audit import words as audit_words
from accounts.audit.words import Change
from accounts.models import AuditEntry


@dataclass(frozen=True)
class Line:
    """An audit entry with its sentence and changes."""

    entry: AuditEntry
    sentence: str
    changes: list[Change]


def line_of(entry: AuditEntry) -> Line:
    sentence = audit_words.sentence(entry.action, entry.object_label)
    return Line(entry, sentence, audit_words.changes(entry.changes, entry.action))

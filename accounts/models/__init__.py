"""Tables of `accounts`, imported from here."""

from accounts.models.account import Account, EmailDomain
from accounts.models.audit import AuditEntry, AuditHead, AuditSeal, UnsealedEntry
from accounts.models.base import AccountOwned, AccountQuerySet, FoldedField, Origin, Role
from accounts.models.connection_changes import ConnectionDraft, ConnectionMove
from accounts.models.group import Group, GroupMembership
from accounts.models.identity import (
    Connection,
    ConnectionDomain,
    ExternalIdentity,
    GrantableAccountRole,
    LoginRecord,
)
from accounts.models.sign_in import ConsumedMessage, SignedInSession, SignInTransaction, UnrecordedRefusals
from accounts.models.token import ApiToken
from accounts.models.user import AccountRole, FormerAccess, HeldDeparture, RecoveryCode, User
from accounts.models.work import Alert, TaskAttempt, TaskRun

__all__ = [
    "Account",
    "AccountOwned",
    "AccountQuerySet",
    "AccountRole",
    "Alert",
    "ApiToken",
    "AuditEntry",
    "AuditHead",
    "AuditSeal",
    "Connection",
    "ConnectionDomain",
    "ConnectionDraft",
    "ConnectionMove",
    "ConsumedMessage",
    "EmailDomain",
    "ExternalIdentity",
    "FoldedField",
    "FormerAccess",
    "GrantableAccountRole",
    "Group",
    "GroupMembership",
    "HeldDeparture",
    "LoginRecord",
    "Origin",
    "RecoveryCode",
    "Role",
    "SignInTransaction",
    "SignedInSession",
    "TaskAttempt",
    "TaskRun",
    "UnrecordedRefusals",
    "UnsealedEntry",
    "User",
]

"""Tables of `accounts`, imported from here."""

from accounts.models.account import Account, EmailDomain
from accounts.models.audit import AuditEntry, AuditHead, AuditSeal, UnsealedEntry
from accounts.models.base import AccountOwned, AccountQuerySet, FoldedField, Origin, Role
from accounts.models.connection_draft import ConnectionDraft
from accounts.models.departure import FormerAccess, HeldDeparture
from accounts.models.group import Group, GroupMembership
from accounts.models.identity import (
    Connection,
    ConnectionDomain,
    ExternalIdentity,
    GrantableAccountRole,
    LoginRecord,
)
from accounts.models.move import ConnectionMove
from accounts.models.recovery import RecoveryCode
from accounts.models.refusals import UnrecordedRefusals
from accounts.models.session import SignedInSession
from accounts.models.sign_in import ConsumedMessage, SignInTransaction
from accounts.models.token import ApiToken
from accounts.models.user import AccountRole, User
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

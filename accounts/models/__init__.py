from accounts.models.account import Account, EmailDomain
from accounts.models.audit import AuditEntry
from accounts.models.base import AccountOwned, AccountQuerySet, FoldedField, Origin
from accounts.models.group import Group, GroupMembership
from accounts.models.identity import (
    Connection,
    ConnectionDomain,
    ConsumedMessage,
    ExternalIdentity,
    GrantableAccountRole,
    LoginRecord,
    SignInTransaction,
)
from accounts.models.token import ApiToken
from accounts.models.user import AccountRole, User

__all__ = [
    "Account",
    "AccountOwned",
    "AccountQuerySet",
    "AccountRole",
    "ApiToken",
    "AuditEntry",
    "Connection",
    "ConnectionDomain",
    "ConsumedMessage",
    "EmailDomain",
    "ExternalIdentity",
    "FoldedField",
    "GrantableAccountRole",
    "Group",
    "GroupMembership",
    "LoginRecord",
    "Origin",
    "SignInTransaction",
    "User",
]

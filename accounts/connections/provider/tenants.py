"""PURE. Entra's tenants: which one an issuer is of, and whether it is one of Microsoft's issuers at all."""

from urllib.parse import urlsplit
from uuid import UUID

# Hosts of Microsoft's issuers, those of its national clouds too (`protocol.md` 6.1).
HOSTS = frozenset(
    "login.microsoftonline.com login.microsoftonline.us login.partner.microsoftonline.cn login.chinacloudapi.cn"
    " login.windows.net sts.windows.net sts.chinacloudapi.cn".split()
)
# What stands in the place of the tenant where an application takes people of many.
_OF_MANY = frozenset(("common", "organizations", "consumers", "{tenantid}"))


def is_microsoft(issuer: str) -> bool:
    return host_of(issuer) in HOSTS


def tenant_of(issuer: str) -> str:
    """The GUID in the issuer's path, in lower case; empty when there is none."""
    return next((guid for part in parts_of(issuer) if (guid := as_guid(part))), "")


def is_of_many(issuer: str) -> bool:
    """Whether an issuer stands for any tenant: no token can be held to one."""
    return is_any_tenant(issuer) or (is_microsoft(issuer) and not tenant_of(issuer))


def is_any_tenant(issuer: str) -> bool:
    """Whether Microsoft's own words for any tenant are in the path."""
    return not _OF_MANY.isdisjoint(parts_of(issuer))


def as_guid(text: str) -> str:
    """A GUID in its usual spelling, in lower case; empty for anything else."""
    try:
        return text.lower() if str(UUID(text)) == text.lower() else ""
    except ValueError:
        return ""


def parts_of(issuer: str) -> list[str]:
    """The parts of its path, in lower case; none where it is no address."""
    try:
        return urlsplit(issuer.strip().lower()).path.split("/")
    except ValueError:
        return []


def host_of(issuer: str) -> str:
    """In lower case; empty where there is none."""
    try:
        return urlsplit(issuer.strip().lower()).hostname or ""
    except ValueError:
        return ""

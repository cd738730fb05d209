"""A person as the pure parts of provisioning see them: a user row that is in no database, and the vendors' bodies."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from accounts.models import User
from accounts.models.user import UserOrigin, UserState
from accounts.provisioning.provisioning import UserRecord
from common.folding import fold
from scim.patch import patch
from scim.users import resources

BASE = "https://torque.example/api/scim"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PAYLOADS = Path(__file__).parent.parent / "payloads"
_TIME = datetime(2026, 3, 1, 10, tzinfo=UTC)


def payload(vendor: str, name: str) -> Any:
    return json.loads((PAYLOADS / vendor / "scim" / f"{name}.json").read_text())


def person(**columns: Any) -> User:
    """Ann, whom an identity provider announced."""
    known = {
        "id": UUID("0c6a7e0e-5d0c-4a43-9a53-0c6f0e6a1f11"),
        "email": "ann@acme.example",
        "user_name": "ann@acme.example",
        "external_id": "00u1abcd",
        "first_name": "Ann",
        "last_name": "Lee",
        "state": UserState.ACTIVE,
        "origin": UserOrigin.SCIM,
        "created_at": _TIME,
        "modified_at": _TIME,
    }
    user = User(**{**known, **columns})
    user.email_key, user.user_name_key = fold(user.email), fold(user.user_name)
    return user


def recorded(document: Any) -> User:
    """The person that a POST of the document makes, as far as resources show them."""
    return revised(person(user_name="", external_id="", first_name="", last_name=""), resources.to_record(document))


def revised(user: User, record: UserRecord) -> User:
    """What `provisioning` would make of the row."""
    address = record.user_name if "@" in record.user_name else ""
    return person(
        email=record.emails[0] if record.emails else address,
        user_name=record.user_name,
        external_id=user.external_id if record.external_id is None else record.external_id,
        first_name=record.first_name,
        last_name=record.last_name,
        display_name=record.display_name,
        timezone=record.timezone,
        state=UserState.DEPROVISIONED if record.active is False else UserState.ACTIVE,
        origin=user.origin,
        scim_attributes=record.attributes,
    )


def patched(user: User, body: Any) -> dict[str, Any]:
    """The resource of the person after a PATCH."""
    document = patch.apply(resources.to_resource(user, BASE), body, max_operations=100)
    return resources.to_resource(revised(user, resources.to_record(document, user)), BASE)


def patched_by(user: User, *operations: dict[str, Any]) -> dict[str, Any]:
    return patched(user, {"Operations": list(operations)})

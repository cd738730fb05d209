"""A user as an identity provider describes them when it provisions them."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class UserRecord:
    """A user as the IdP describes them. `external_id` and `active`: None when not sent, then they stay as they are.

    `emails` are in order of importance: the primary first. `work_email` is the one of type work. `attributes` is the
    JSON that is kept as it was sent.
    """

    user_name: str
    external_id: str | None = None
    active: bool | None = None
    emails: tuple[str, ...] = ()
    work_email: str = ""
    first_name: str = ""
    last_name: str = ""
    display_name: str = ""
    timezone: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def email(self) -> str:
        """The primary e-mail, or a user name that is one."""
        return self.emails[0] if self.emails else self.user_name if "@" in self.user_name else ""

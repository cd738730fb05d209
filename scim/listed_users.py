"""Users as a list shows them, read without what only a whole `User` needs: that would be a third of a page's cost."""

from django.db.models import QuerySet
from django.db.models.base import ModelState

from accounts.models import User

# What `resources.to_resource` shows, and the number that pages go by.
_SHOWN = (
    "id",
    "number",
    "version",
    "user_name",
    "email",
    "email_key",
    "external_id",
    "first_name",
    "last_name",
    "display_name",
    "timezone",
    "state",
    "origin",
    "scim_attributes",
    "created_at",
    "modified_at",
)


def read(people: QuerySet[User]) -> list[User]:
    """The users, to be looked at only. Passwords stay in the database; an attribute that is not shown is fetched."""
    return [_user(row) for row in people.values_list(*_SHOWN)]


def _user(row: tuple[object, ...]) -> User:
    """As `Model.from_db` makes one with deferred fields, without the work of `__init__` for each field."""
    user = User.__new__(User)
    user.__dict__.update(zip(_SHOWN, row, strict=True))
    user._state = ModelState()
    user._state.adding, user._state.db = False, "default"
    return user

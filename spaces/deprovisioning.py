"""Deprovisioning in spaces."""

from accounts.deprovisioning.cleanup import Removed, cleanup_step
from accounts.models import User
from spaces.models import SpaceMembership


@cleanup_step
def leave_spaces(user: User) -> Removed:
    """Remove the user from all spaces; returns which with what role."""
    own = SpaceMembership.objects.in_account(user.account_id).filter(user=user)
    had = [
        {"space": space, "role": role, "origin": origin}
        for space, role, origin in own.values_list("space__name", "role__name", "origin")
    ]
    if had:
        own.delete()
    return {"spaces": sorted(had, key=lambda entry: entry["space"])}

"""What people who are out lose in spaces."""

from accounts.deprovisioning.cleanup import Ended, cleanup_step
from accounts.models import User
from spaces.models import SpaceMembership


@cleanup_step
def leave_spaces(user: User) -> Ended:
    """Takes the person out of all spaces, and tells which with what role."""
    own = SpaceMembership.objects.in_account(user.account_id).filter(user=user)
    had = [
        {"space": space, "role": role, "origin": origin}
        for space, role, origin in own.values_list("space__name", "role__name", "origin")
    ]
    if had:
        own.delete()
    return {"spaces": sorted(had, key=lambda entry: entry["space"])}

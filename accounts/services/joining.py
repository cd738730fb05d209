"""Adding ticked people to a group by hand, some hundreds at once, with an entry of the audit log about each."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from accounts.models import Group, User
from accounts.models.user import UserState
from accounts.services import audit
from accounts.services.audit import Actor
from accounts.services.group_members import add_members


@transaction.atomic
def join(user_ids: Iterable[UUID], group: Group, *, acting: Actor) -> int:
    """Puts people of the group's account into it, all or none; gives how many were not in it before.

    People who are out are left out. Raises ActionRefused, naming them, for those whom the identity provider manages
    there. A constant number of queries.
    """
    people = User.objects.in_account(group.account_id).filter(pk__in=list(user_ids), erased_at=None)
    new = add_members(group, people.exclude(state=UserState.DEPROVISIONED), acting=acting)
    audit.record_all(acting, "user.added-to-group", ((person, {"groups": [None, group.name]}) for person in new))
    return len(new)

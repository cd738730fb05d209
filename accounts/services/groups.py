"""The verbs about groups and their members; what groups give in spaces is `spaces.services.group_roles`."""

from django.db import IntegrityError, transaction

from accounts.errors import ActionRefused
from accounts.models import Account, AccountRole, Group, GroupMembership, Origin, User
from accounts.services import audit
from accounts.services.audit import Actor


@transaction.atomic
def create_group(
    account: Account,
    name: str,
    *,
    acting: Actor,
    idp_identifier: str = "",
    account_role: AccountRole | None = None,
    description: str = "",
) -> tuple[Group, bool]:
    """The group of that name, made when there is none; and whether it was made. Raises ActionRefused."""
    existing = Group.objects.in_account(account).filter(name=name).first()
    if existing is not None:
        return existing, False
    group = Group(account=account, name=name, description=description, account_role=account_role)
    group.idp_identifier = idp_identifier.strip()
    try:
        with transaction.atomic():
            group.save(force_insert=True)
    except IntegrityError:
        raise ActionRefused(
            f"IdP identifier '{idp_identifier}' is set on another group of this account already."
        ) from None
    audit.record(acting, "group.created", group, {"idp_identifier": ["", group.idp_identifier]})
    return group, True


@transaction.atomic
def add_member(group: Group, user: User, *, acting: Actor) -> bool:
    """Puts a person in a group by hand; False when they were in it. Raises ActionRefused across accounts."""
    if group.account_id != user.account_id:
        raise ActionRefused("Expected a person and a group of the same account.")
    _, created = GroupMembership.objects.get_or_create(
        account_id=group.account_id, group=group, user=user, defaults={"origin": Origin.MANUAL}
    )
    if created:
        audit.record(acting, "group.member-added", group, {"members": [None, user.email]})
    return created

"""Members of groups: add and remove them manually, and who may be removed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.connections.vendors import VENDORS
from accounts.errors import ActionRefused
from accounts.groups import managed_by_hand
from accounts.groups.groups import locked
from accounts.groups.managed_by_hand import Member, Ruling
from accounts.models import ExternalIdentity, Group, GroupMembership, Origin, User
from accounts.models.identity import ConnectionState
from accounts.models.user import UserOrigin, UserState
from accounts.rights import beyond, check_may_act_on

SHOWN_IN_REFUSAL = 5


@dataclass(frozen=True)
class Joined:
    """`added`: how many were not in the group before; `refused`: a sentence for each who stays out."""

    added: int
    refused: tuple[str, ...]


def join(user_ids: Iterable[UUID], group: Group, *, acting: Actor) -> Joined:
    """As `add_members`, for ticked people, without deprovisioned ones. Who has more than the actor is named."""
    found = User.objects.in_account(group.account_id).present().filter(pk__in=list(user_ids))
    people = list(found.with_access())
    refused = beyond(people, acting)
    new = add_members(group, (person for person in people if person.pk not in refused), acting=acting)
    return Joined(len(new), tuple(map(str, refused.values())))


def add_member(group: Group, user: User, *, acting: Actor) -> bool:
    """Puts a person in a group by hand; False when they were in it. Raises ActionRefused."""
    return bool(add_members(group, [user], acting=acting))


@transaction.atomic
def add_members(group: Group, people: Iterable[User], *, acting: Actor) -> list[User]:
    """Puts people in a group by hand, all or none; gives those who were not in it before. Written down about
    the group and about each person, in a constant number of queries.

    Raises ActionRefused for users of another account, deprovisioned ones, or those whom the identity provider manages
    there, and where a user has, or the group gives, more than the actor has.
    """
    asked = {person.pk: person for person in people}
    group = locked(group, acting)
    rows = User.objects.in_account(group.account_id).present().filter(pk__in=asked).order_by("pk")
    there = list(rows.select_for_update(no_key=True))
    if len(there) != len(asked):
        raise ActionRefused("group-of-another-account", "Expected people and a group of the same account.")
    members = GroupMembership.objects.in_account(group.account_id).filter(group=group, user__in=asked)
    before = set(members.values_list("user_id", flat=True))
    new = [person for person in there if person.pk not in before]
    if new:
        check_may_act_on(new, acting)
        _check_may_be_added(group, new)
        GroupMembership.objects.bulk_create(
            [
                GroupMembership(account_id=group.account_id, group=group, user=user, origin=Origin.MANUAL)
                for user in new
            ],
            ignore_conflicts=True,  # a login may have put them in just now
        )
        audit.record(acting, "group.members-added", group, {"members": [[], audit.shortened(sorted(map(str, new)))]})
        audit.record_all(acting, "user.added-to-group", ((user, {"groups": [None, group.name]}) for user in new))
    return new


@transaction.atomic
def remove_member(group: Group, user: User, *, acting: Actor) -> bool:
    """Takes a person out of a group by hand; False when they were not in it. Raises ActionRefused where a login would
    put them back, and where the person has, or the group gives, more than the actor has."""
    rows = GroupMembership.objects.in_account(group.account_id).filter(group=group, user=user)
    membership: GroupMembership | None = (
        rows.select_for_update(of=("self",)).select_related("group", "user", "connection").first()
    )
    if membership is None:
        return False
    locked(membership.group, acting)
    check_may_act_on([membership.user], acting)
    ruling = rulings([membership])[membership.pk]
    if not ruling.by_hand:
        raise ActionRefused("membership-managed-by-provider", f"{ruling.why} Remove them from the group there.")
    membership.delete()
    group, user = membership.group, membership.user
    audit.record(acting, "group.member-removed", group, {"members": [str(user), None]})
    audit.record(acting, "user.removed-from-group", user, {"groups": [group.name, None]})
    return True


def rulings(memberships: Sequence[GroupMembership]) -> Mapping[UUID, Ruling]:
    """Membership -> may it be taken away by hand, and why. Each with its group, user and connection. One query."""
    people = members_of([membership.user for membership in memberships])
    return {
        membership.pk: managed_by_hand.removing(
            people[membership.user_id],
            is_mapped=membership.group.is_mapped,
            by_login=membership.origin != Origin.MANUAL,
            connection=membership.connection.name if membership.connection else "",
        )
        for membership in memberships
    }


def members_of(users: Iterable[User]) -> dict[UUID, Member]:
    """How each of these people of one account logs in. One query."""
    by_id = {user.pk: user for user in users}
    identities = ExternalIdentity.objects.filter(
        user__in=by_id, account__in={user.account_id for user in by_id.values()}
    ).exclude(connection__state=ConnectionState.DISABLED)
    columns = ("user_id", "connection__name", "connection__vendor", "connection__attribute_names")
    delivering: dict[UUID, list[str]] = {}
    silent: dict[UUID, list[str]] = {}
    for user_id, name, vendor, names in identities.order_by("connection__name").values_list(*columns).distinct():
        (delivering if VENDORS[vendor].delivers(names) else silent).setdefault(user_id, []).append(name)
    return {
        pk: Member(
            user.full_name or str(user),
            tuple(delivering.get(pk, ())),
            tuple(silent.get(pk, ())),
            has_password=user.origin == UserOrigin.PASSWORD,
        )
        for pk, user in by_id.items()
    }


def _check_may_be_added(group: Group, people: Sequence[User]) -> None:
    gone = [str(person) for person in people if person.state == UserState.DEPROVISIONED]
    if gone:
        raise ActionRefused(
            "user-deprovisioned", f"Nobody was added: {', '.join(gone[:SHOWN_IN_REFUSAL])} no longer has access here."
        )
    known = members_of(people) if group.is_mapped else {}
    ruled = [managed_by_hand.adding(person, is_mapped=True) for person in known.values()]
    reasons = [ruling.why for ruling in ruled if not ruling.by_hand]
    if reasons:
        more = len(reasons) - SHOWN_IN_REFUSAL
        others = f" The same is true of {more} more." if more > 0 else ""
        raise ActionRefused(
            "membership-managed-by-provider", f"Nobody was added. {' '.join(reasons[:SHOWN_IN_REFUSAL])}{others}"
        )

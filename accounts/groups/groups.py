"""Groups: create, update, delete; identifiers in latest logins, and the effect of setting one.

Their members: `members`; the space roles they give: `spaces.group_roles`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db import connection as database
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, Value

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.connections.agreed_permissions import allow_for_group, lacking
from accounts.connections.vendors import VENDORS, Vendor
from accounts.errors import ActionRefused
from accounts.models import Account, AccountRole, Connection, ExternalIdentity, Group, GroupMembership, Origin, User
from accounts.rights import check_may_change_group, check_may_grant, permissions_of_role
from common.folding import identifier_key, nfc

# What `update_group` may change, and how the audit log shows it.
_FIELDS = ("name", "description", "idp_identifier", "account_role")
LOOKED_AT = 3_000  # latest logins
MOST = 50
NAMED = 8


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
    """The group of that name, made when there is none; and whether it was made. Raises ActionRefused.

    Mapping it, an account admin agrees to what it gives (`agreed_permissions.allow_for_group`).
    """
    name = _checked_name(name)
    existing = Group.objects.in_account(account).filter(name=name).first()
    if existing is not None:
        return existing, False
    group = Group(account=account, name=name, description=description, account_role=account_role)
    group.idp_identifier = idp_identifier.strip()
    _check_role(group, acting)
    _save(group, force_insert=True)
    changes = {"idp_identifier": ["", group.idp_identifier]}
    if account_role:
        changes["account_role"] = ["", account_role.name]
    audit.record(acting, "group.created", group, changes)
    allow_for_group(group, acting)
    return group, True


@transaction.atomic
def update_group(group: Group, values: Mapping[str, Any], *, acting: Actor) -> dict[str, list[str]]:
    """Sets some of `name`, `description`, `idp_identifier` and `account_role` (None: none); gives field -> [before,
    after] of what changed. Raises ActionRefused, naming the other group, where a name or identifier is taken.

    Memberships stay as they are: another identifier is followed from each person's next login on. An
    account admin who sets identifier or account role agrees to what the group gives.
    """
    current = locked(group, acting)
    before = {name: _shown(current, name) for name in _FIELDS}
    for name in set(values) & set(_FIELDS):
        setattr(current, name, values[name])
    current.name, current.idp_identifier = _checked_name(current.name), current.idp_identifier.strip()
    _check_role(current, acting)
    changes = {name: [before[name], now] for name in _FIELDS if before[name] != (now := _shown(current, name))}
    if changes:
        _save(current, update_fields=[*changes, "idp_identifier_key"])
        audit.record(acting, "group.updated", current, changes)
    if changes.keys() & {"idp_identifier", "account_role"}:
        allow_for_group(current, acting)
    return changes


@transaction.atomic
def delete_group(group: Group, *, acting: Actor) -> int:
    """Takes the group away with its memberships and all it gave; gives how many people were in it.

    Raises ActionRefused for a group that gives more than the actor has.
    """
    current = locked(group, acting)
    members = GroupMembership.objects.in_account(current.account_id).filter(group=current)
    emails = list(members.order_by("user__email_key").values_list("user__email", flat=True)[: audit.SHOWN + 1])
    count = members.count() if len(emails) > audit.SHOWN else len(emails)
    changes = {name: [_shown(current, name), ""] for name in ("idp_identifier", "account_role")}
    audit.record(acting, "group.deleted", current, {**changes, "members": [audit.shortened(emails, count), []]})
    current.delete()
    return count


def locked(group: Group, acting: Actor) -> Group:
    """Lock the group's row for a change. Logins may still add members meanwhile.

    Raises ActionRefused when it was deleted, and PermissionsExceeded when it gives more than the actor has.
    """
    rows = Group.objects.in_account(group.account_id).select_for_update(no_key=True)
    current: Group | None = rows.filter(
        pk=group.pk
    ).first()  # its role when it is asked for: see `accounts.users.locking`
    if current is None:
        raise ActionRefused("group-deleted", f"The group '{group}' was deleted in the meantime: nothing was changed.")
    check_may_change_group(current, acting)
    return current


def _checked_name(name: str) -> str:
    name = nfc(name.strip())
    if not name or not name.isprintable() or len(name) > 255:
        raise ActionRefused(
            "group-name-invalid", f"Expected a group name of 1 to 255 printable characters; received '{name[:300]}'."
        )
    return name


def _check_role(group: Group, acting: Actor) -> None:
    if (role := group.account_role) is None:
        return
    if role.account_id != group.account_id:
        raise ActionRefused("account-role-of-another-account", "Expected an account role of the group's own account.")
    check_may_grant(role, acting)


def _save(group: Group, **options: Any) -> None:
    """Raises ActionRefused where another group has the name or the identifier, also one that was saved just now."""
    try:
        with transaction.atomic():
            group.save(**options)
    except IntegrityError:
        raise _conflict(group) from None


def _conflict(group: Group) -> ActionRefused:
    key = identifier_key(group.idp_identifier)
    others = Group.objects.in_account(group.account_id).exclude(pk=group.pk)
    other = others.filter(Q(name=group.name) | (Q(idp_identifier_key=key) & ~Q(idp_identifier_key=""))).first()
    if other is not None and other.name == group.name:
        return ActionRefused(
            "group-name-taken", f"Another group of this account is called '{group.name}' already: choose another name."
        )
    there = f" '{other.name}'" if other else ""
    return ActionRefused(
        "group-identifier-taken",
        f"IdP identifier '{group.idp_identifier}' is set on another group of this account already: change or clear it"
        f" on group{there} first.",
    )


def _shown(group: Group, name: str) -> str:
    value = getattr(group, name)
    return value.name if isinstance(value, AccountRole) else value or ""


@dataclass(frozen=True)
class SeenIdentifier:
    """`people`: how many carried it at their latest login."""

    identifier: str
    people: int


@dataclass(frozen=True)
class Effect:
    """Users whom a change of identifier adds and removes at their next login, by their latest logins."""

    added: int = 0
    removed: int = 0
    added_names: tuple[str, ...] = ()
    removed_names: tuple[str, ...] = ()


class _Carries(Func):
    """Whether a JSON list holds a text."""

    output_field = BooleanField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self._compiled(compiler, "EXISTS (SELECT 1 FROM json_each({0}) WHERE json_each.value = {1})")

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self._compiled(compiler, "({0} @> jsonb_build_array({1}::text))")

    def _compiled(self, compiler: Any, template: str) -> tuple[str, list[Any]]:
        (listed, first), (text, second) = map(compiler.compile, self.get_source_expressions())
        return template.format(listed, text), [*first, *second]


# A person who carries an identifier through two connections counts once.
_ELEMENTS = {
    "sqlite": "json_each(identity.group_ids) AS carried",
    "postgresql": "jsonb_array_elements_text(identity.group_ids) AS carried(value)",
}
_SEEN = """
SELECT value, people FROM (
  SELECT carried.value AS value, COUNT(DISTINCT identity.user_id) AS people
  FROM accounts_externalidentity identity
  JOIN (
    SELECT latest.id FROM accounts_externalidentity latest
    JOIN accounts_connection ON accounts_connection.id = latest.connection_id
    JOIN accounts_user person ON person.id = latest.user_id
    WHERE latest.account_id = %s AND latest.group_ids IS NOT NULL {of_connection}
      AND accounts_connection.state <> 'disabled' AND person.state <> 'deprovisioned'
    ORDER BY latest.last_login_at DESC NULLS LAST LIMIT %s
  ) looked_at ON looked_at.id = identity.id
  CROSS JOIN {elements}
  GROUP BY carried.value
) seen
WHERE NOT EXISTS (
  SELECT 1 FROM accounts_group WHERE accounts_group.account_id = %s AND idp_identifier_key = seen.value
)
ORDER BY people DESC, value LIMIT %s
"""


def seen_identifiers(account: Account, most: int = MOST, of: Connection | None = None) -> list[SeenIdentifier]:
    """Identifiers that no group has and latest logins carried, those of most people first. One query.

    `of`: those that came through one connection; else through all.

    The latest LOOKED_AT logins are read: all of most accounts, and of a large one as many as a page can wait for.
    """
    key = Account._meta.pk.get_db_prep_value(account.pk, database)
    with database.cursor() as cursor:
        named = {"elements": _ELEMENTS[database.vendor], "of_connection": "AND latest.connection_id = %s" if of else ""}
        narrowed = [of._meta.pk.get_db_prep_value(of.pk, database)] if of else []
        cursor.execute(_SEEN.format(**named), [key, *narrowed, LOOKED_AT, key, most])
        return [SeenIdentifier(identifier, people) for identifier, people in cursor.fetchall()]


def effect_of(account: Account, identifier: str, group: Group | None = None, allowing: Collection[UUID] = ()) -> Effect:
    """What saving the identifier on the group, None for one to be made, does at next logins. Five queries at most.

    `allowing`: connections whose logins may give what the group gives once it is saved, beside those that may already.
    Without an identifier nobody moves any more: who is in stays in.
    """
    key = identifier_key(identifier)
    if not key or (group is not None and group.idp_identifier_key == key):
        return Effect()
    speaking = delivering_connections(account)
    gives = permissions_of_role(group.account_role) if group else frozenset()
    agreed = [one.pk for one in speaking if one.pk in allowing or not lacking(one, gives)]
    own = ExternalIdentity.objects.in_account(account).filter(user=OuterRef("pk"))
    identities = own.filter(connection__in=[one.pk for one in speaking])
    carriers = identities.filter(_Carries("group_ids", Value(key)))
    joining = carriers.filter(connection__in=agreed)
    people = User.objects.in_account(account).with_access()
    inside = GroupMembership.objects.in_account(account).filter(group=group, user=OuterRef("pk"))
    added = people.filter(Exists(joining))
    if group is None:
        return Effect(added.count(), added_names=_names(added))
    added = added.exclude(Exists(inside))
    removed = people.filter(Exists(inside.filter(origin=Origin.IDP)), Exists(identities)).exclude(Exists(carriers))
    return Effect(added.count(), removed.count(), _names(added), _names(removed))


def delivering_connections(account: Account) -> list[Connection]:
    """Those through which people log in, or will (all that are not disabled), and whose logins say their groups."""
    rows = Connection.objects.in_account(account).not_disabled().order_by("name")
    found = rows.only("name", "vendor", "attribute_names", "agreed_permissions")
    return [one for one in found if VENDORS[one.vendor].delivers(one.attribute_names)]


def vendors_of(account: Account) -> list[Vendor]:
    """Vendors whose logins say in which groups people are, each once."""
    return [VENDORS[key] for key in dict.fromkeys(one.vendor for one in delivering_connections(account))]


def _names(people: "QuerySet[User]") -> tuple[str, ...]:
    return tuple(user.full_name or str(user) for user in people.order_by(F("email_key"))[:NAMED])

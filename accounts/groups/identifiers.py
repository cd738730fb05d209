"""IdP identifiers in latest logins: those that no group has yet, and the effect of setting one."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection as database
from django.db.models import BooleanField, Exists, F, Func, OuterRef, QuerySet, Value

from accounts.connections.agreed_permissions import lacking
from accounts.connections.vendors import VENDORS, Vendor
from accounts.models import Account, Connection, ExternalIdentity, Group, GroupMembership, Origin, User
from accounts.rights import permissions_of_role
from common.folding import identifier_key

LOOKED_AT = 3_000
MOST = 50
NAMED = 8


@dataclass(frozen=True)
class SeenIdentifier:
    """`people`: how many carried it at their latest login."""

    identifier: str
    people: int


@dataclass(frozen=True)
class Effect:
    """Users whom a change of identifier adds and removes at their next login, by their latest logins."""

    identifier: str
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
        return Effect(key)
    speaking = [one for one in live_connections(account) if VENDORS[one.vendor].delivers(one.attribute_names)]
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
        return Effect(key, added=added.count(), added_names=_names(added))
    added = added.exclude(Exists(inside))
    removed = people.filter(Exists(inside.filter(origin=Origin.IDP)), Exists(identities)).exclude(Exists(carriers))
    return Effect(key, added.count(), removed.count(), _names(added), _names(removed))


def live_connections(account: Account) -> list[Connection]:
    """Those through which people log in, or will: all that are not disabled."""
    rows = Connection.objects.in_account(account).not_disabled()
    return list(rows.only("name", "vendor", "attribute_names", "agreed_permissions").order_by("name"))


def vendors_of(account: Account) -> list[Vendor]:
    """Vendors whose logins say in which groups people are, each once."""
    speaking = [one for one in live_connections(account) if VENDORS[one.vendor].delivers(one.attribute_names)]
    return [VENDORS[key] for key in dict.fromkeys(one.vendor for one in speaking)]


def _names(people: "QuerySet[User]") -> tuple[str, ...]:
    return tuple(user.full_name or str(user) for user in people.order_by(F("email_key"))[:NAMED])

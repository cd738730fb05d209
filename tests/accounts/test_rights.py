"""Who may act on whom: always by effective permissions, own and through groups (issue rows A)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from accounts import rights, sessions
from accounts.audit import audit
from accounts.audit.audit import OPERATOR, Actor
from accounts.deprovisioning import end_access, holds
from accounts.deprovisioning.end_access import deprovision_many
from accounts.errors import ActionRefused
from accounts.groups import groups
from accounts.groups import members as group_members
from accounts.models import Account, AccountRole, FormerAccess, Group, HeldDeparture, User
from accounts.passwords import links as password_links
from accounts.permissions import ACCOUNT_ADMIN, ACCOUNT_MEMBER, Permission
from accounts.provisioning import identifiers
from accounts.provisioning.provisioning import UserRecord
from accounts.rights import PermissionsExceeded
from accounts.roles import roles
from accounts.roles.custom_roles import RoleDraft
from accounts.sso.login.complete import complete_login
from accounts.users import users
from accounts.users.protection import Protected
from tests.support import changing
from tests.support.cast import PASSWORD, Cast
from tests.support.changing import erase
from tests.support.factories import claims, saml_connection

pytestmark = pytest.mark.django_db

SCIM = Actor("provisioning (Okta)", automatic=True)


def person_with(account: Account, name: str, *permissions: str, by_group: bool = False) -> User:
    """Somebody with exactly these permissions, by their own account role or through a group."""
    role = AccountRole.objects.create(account=account, name=f"Role of {name}", permissions=list(permissions))
    own = users.role_named(account, ACCOUNT_MEMBER) if by_group else role
    email = f"{name}@acme.example"
    user = users.create_password_user(account, email, PASSWORD, acting=OPERATOR, account_role=own)
    if by_group:
        group, _ = groups.create_group(account, f"Group of {name}", acting=OPERATOR, account_role=role)
        group_members.add_member(group, user, acting=OPERATOR)
    return user


@pytest.fixture
def helpdesk(cast: Cast) -> Actor:
    return audit.person(person_with(cast.acme, "helen", Permission.MANAGE_USERS))


@pytest.fixture
def auditor(cast: Cast) -> User:
    """Their one permission comes from a group; their own role is Account Member."""
    return person_with(cast.acme, "gwen", Permission.VIEW_AUDIT_LOG, by_group=True)


def group_of(user: User) -> Group:
    return Group.objects.get(name=f"Group of {user.email.partition('@')[0]}")


def plain_group(cast: Cast, *members: User) -> Group:
    group, _ = groups.create_group(cast.acme, "Readers", acting=OPERATOR)
    group_members.add_members(group, members, acting=OPERATOR)
    return group


def with_email(email: str) -> dict[str, str]:
    return {"email": email, "user_name": email, "external_id": ""}


ON_A_PERSON: dict[str, Callable[[Cast, User, Actor], Any]] = {
    "make a set-password link": lambda _, user, acting: password_links.make_link(user, acting=acting),
    "set the password": lambda _, user, acting: users.set_password(user, "another good password", acting=acting),
    "change identifiers": lambda _, user, acting: identifiers.change_identifiers(
        user, with_email("new@acme.example"), acting=acting
    ),
    "change the account role": lambda cast, user, acting: users.set_account_role(
        user, AccountRole.objects.create(account=cast.acme, name="Nothing"), acting=acting
    ),
    "end all sessions": lambda _, user, acting: sessions.end_all(user, acting=acting),
    "add to a group": lambda cast, user, acting: group_members.add_member(plain_group(cast), user, acting=acting),
    "remove from a group": lambda cast, user, acting: group_members.remove_member(
        plain_group(cast, user), user, acting=acting
    ),
    "deprovision": lambda cast, user, acting: end_access.deprovision(user.pk, cast.acme, acting=acting),
    "erase": lambda cast, user, acting: erase(user.pk, cast.acme, acting=acting),
}


@pytest.mark.parametrize("verb", ON_A_PERSON)
def test_nobody_acts_on_a_person_with_more_through_a_group(
    cast: Cast, auditor: User, helpdesk: Actor, verb: str
) -> None:
    with pytest.raises(PermissionsExceeded, match="View Audit Log, which you do not have"):
        ON_A_PERSON[verb](cast, auditor, helpdesk)


@pytest.mark.parametrize("verb", ON_A_PERSON)
def test_nobody_acts_on_an_account_admin_without_being_one(cast: Cast, helpdesk: Actor, verb: str) -> None:
    with pytest.raises(PermissionsExceeded, match=r"alice@acme\.example has"):
        ON_A_PERSON[verb](cast, cast.alice, helpdesk)


@pytest.mark.parametrize("verb", ON_A_PERSON)
def test_helpdesk_acts_on_people_with_no_more_than_its_own(cast: Cast, helpdesk: Actor, verb: str) -> None:
    ON_A_PERSON[verb](cast, person_with(cast.acme, "hugo", Permission.MANAGE_USERS, by_group=True), helpdesk)


ON_A_GROUP: dict[str, Callable[[Group, User, Actor], Any]] = {
    "delete": lambda group, _, acting: groups.delete_group(group, acting=acting),
    "take the last member out": lambda group, member, acting: group_members.remove_member(group, member, acting=acting),
    "change the identifier": lambda group, _, acting: groups.update_group(
        group, {"idp_identifier": "x"}, acting=acting
    ),
    "rename": lambda group, _, acting: groups.update_group(group, {"name": "x"}, acting=acting),
    "take its account role": lambda group, _, acting: groups.update_group(group, {"account_role": None}, acting=acting),
}


@pytest.mark.parametrize("verb", ON_A_GROUP)
def test_nobody_changes_a_group_that_gives_more_than_they_have(
    cast: Cast, auditor: User, helpdesk: Actor, verb: str
) -> None:
    with pytest.raises(PermissionsExceeded):
        ON_A_GROUP[verb](group_of(auditor), auditor, helpdesk)
    assert group_of(auditor).memberships.count() == 1


def test_somebody_is_not_taken_out_of_a_harmless_group_by_who_has_less(
    cast: Cast, auditor: User, helpdesk: Actor
) -> None:
    with pytest.raises(PermissionsExceeded):
        group_members.remove_member(plain_group(cast, auditor), auditor, acting=helpdesk)


@pytest.mark.parametrize("verb", [roles.update_account_role, roles.delete_account_role])
def test_nobody_changes_a_role_that_has_more_than_they_have(cast: Cast, verb: Any) -> None:
    keeper = audit.person(person_with(cast.acme, "rose", Permission.MANAGE_ROLES))
    role = AccountRole.objects.create(account=cast.acme, name="Auditors", permissions=[Permission.VIEW_AUDIT_LOG])
    draft = (RoleDraft("Auditors", "", frozenset()),) if verb is roles.update_account_role else ()
    with pytest.raises(PermissionsExceeded):
        verb(role, *draft, acting=keeper)


def test_a_token_limits_what_its_owner_may_act_on(cast: Cast, auditor: User) -> None:
    through_a_token = audit.person(cast.alice, limited_to=frozenset([Permission.MANAGE_USERS]))
    with pytest.raises(PermissionsExceeded):
        end_access.deprovision(auditor.pk, cast.acme, acting=through_a_token)
    assert end_access.deprovision(auditor.pk, cast.acme, acting=audit.person(cast.alice)).state == "deprovisioned"


def test_an_actor_of_another_account_has_no_permission_here(cast: Cast, auditor: User) -> None:
    users.set_account_role(cast.charlie, users.role_named(cast.globex, ACCOUNT_ADMIN), acting=OPERATOR)
    with pytest.raises(PermissionsExceeded):
        rights.check_may_act_on([auditor], audit.person(cast.charlie))


def test_who_was_deprovisioned_meanwhile_may_do_nothing(cast: Cast, auditor: User, helpdesk: Actor) -> None:
    end_access.deprovision(helpdesk.user_id, cast.acme, acting=OPERATOR)  # type: ignore[arg-type]
    with pytest.raises(ActionRefused):
        rights.check_has([Permission.MANAGE_USERS], cast.acme.pk, helpdesk, "Role 'x' has")


# Held deprovisioning


@pytest.mark.parametrize("decide", [holds.release_all, holds.drop_all])
def test_held_people_with_more_wait_for_somebody_who_has_it(
    cast: Cast, auditor: User, helpdesk: Actor, decide: Any
) -> None:
    for user in (auditor, cast.bob):
        HeldDeparture.objects.create(account=cast.acme, user=user, asked_by="Okta")
    assert decide(cast.acme, helpdesk) == 1
    assert HeldDeparture.objects.get().user == auditor
    assert decide(cast.acme, audit.person(cast.alice)) == 1


@pytest.mark.parametrize(
    ("acting", "is_one"),
    [(OPERATOR, True), (SCIM, False), (Actor("login through Okta"), False), (Actor("metadata refresh"), False)],
)
def test_of_those_who_are_nobodys_users_the_operator_alone_counts_as_an_admin(
    cast: Cast, acting: Actor, is_one: bool
) -> None:
    assert rights.is_account_admin(acting, cast.acme.pk) is is_one


# Several people at once


def test_of_many_those_with_more_stay_and_are_named(cast: Cast, auditor: User, helpdesk: Actor) -> None:
    done = deprovision_many([auditor.pk, cast.bob.pk], cast.acme, acting=helpdesk)
    assert done.deprovisioned == 1
    assert [sentence for sentence in done.refused if "gwen@acme.example" in sentence] == list(done.refused)


def test_of_many_who_are_added_those_with_more_stay_out_and_are_named(
    cast: Cast, auditor: User, helpdesk: Actor
) -> None:
    group = plain_group(cast)
    joined = group_members.join([auditor.pk, cast.bob.pk], group, acting=helpdesk)
    assert (joined.added, [name for name in joined.refused if "gwen@acme.example" in name]) == (1, list(joined.refused))
    assert set(group.members.all()) == {cast.bob}


# Links end when the rights grow


def test_a_set_password_link_ends_when_its_person_gets_an_account_role(cast: Cast) -> None:
    token = password_links.make_link(cast.bob, acting=OPERATOR).rpartition("/")[2]
    assert password_links.person_of_link(cast.bob.pk, token) == cast.bob
    users.set_account_role(cast.bob, users.role_named(cast.acme, ACCOUNT_ADMIN), acting=OPERATOR)
    assert password_links.person_of_link(cast.bob.pk, token) is None


def test_a_set_password_link_ends_when_its_person_joins_a_group_with_permissions(cast: Cast, auditor: User) -> None:
    token = password_links.make_link(cast.bob, acting=OPERATOR).rpartition("/")[2]
    group_members.add_member(group_of(auditor), cast.bob, acting=OPERATOR)
    assert password_links.person_of_link(cast.bob.pk, token) is None


def test_a_set_password_link_ends_when_the_role_of_its_person_grows(cast: Cast) -> None:
    user = person_with(cast.acme, "ivo", Permission.VIEW_AUDIT_LOG)
    token = password_links.make_link(user, acting=OPERATOR).rpartition("/")[2]
    draft = RoleDraft("Role of ivo", "", frozenset([Permission.VIEW_AUDIT_LOG, Permission.MANAGE_SSO]))
    roles.update_account_role(user.account_role, draft, acting=OPERATOR)
    assert password_links.person_of_link(user.pk, token) is None


# Provisioning and identifiers


def announced_admin(cast: Cast) -> User:
    role = users.role_named(cast.acme, ACCOUNT_ADMIN)
    return users.provision_pending(cast.acme, "ada@acme.example", acting=OPERATOR, account_role=role)


def record(email: str = "ada@acme.example", **values: Any) -> UserRecord:
    return UserRecord(**{"user_name": email, "emails": (email,), **values})


CHANGED = {
    "external ID": record(external_id="00u-evil"),
    "user name": record(user_name="evil"),
    "e-mail": UserRecord("ada@acme.example", emails=("evil@acme.example",)),
}


@pytest.mark.parametrize("what", CHANGED)
def test_provisioning_changes_no_identifier_of_an_announced_admin(cast: Cast, what: str) -> None:
    ada = announced_admin(cast)
    with pytest.raises(Protected, match="Identifiers"):
        changing.revise(ada.pk, cast.acme, CHANGED[what], acting=SCIM)
    assert User.objects.get(pk=ada.pk).external_id == ""


@pytest.mark.parametrize("what", CHANGED)
def test_provisioning_changes_no_identifier_of_who_has_permissions_through_a_group(
    cast: Cast, auditor: User, what: str
) -> None:
    with pytest.raises(Protected):
        changing.revise(auditor.pk, cast.acme, CHANGED[what], acting=SCIM)


def test_provisioning_changes_names_of_an_admin(cast: Cast) -> None:
    ada = changing.revise(announced_admin(cast).pk, cast.acme, record(first_name="Ada"), acting=SCIM)
    assert ada.first_name == "Ada"


def test_an_admin_is_deprovisioned_although_the_same_message_renames_them(cast: Cast) -> None:
    ada = announced_admin(cast)
    changing.revise(ada.pk, cast.acme, record("evil@acme.example", external_id="x", active=False), acting=SCIM)
    ada.refresh_from_db()
    assert (ada.state, ada.email, ada.user_name, ada.external_id) == ("deprovisioned", *["ada@acme.example"] * 2, "")


# Out means out for the account role too

ENDS = {
    "page": lambda cast, user: end_access.deprovision(user.pk, cast.acme, acting=audit.person(cast.alice)),
    "SCIM": lambda cast, user: changing.revise(user.pk, cast.acme, record(active=False), acting=SCIM),
    "command": lambda cast, user: end_access.deprovision(user.pk, cast.acme, acting=OPERATOR),
}


@pytest.mark.parametrize("way", ENDS)
def test_end_of_access_takes_the_account_role_and_notes_it(cast: Cast, way: str) -> None:
    ada = announced_admin(cast)
    ENDS[way](cast, ada)
    ada.refresh_from_db()
    assert (ada.state, ada.account_role.name) == ("deprovisioned", ACCOUNT_MEMBER)
    assert FormerAccess.objects.get(user=ada).account_role == ACCOUNT_ADMIN


def test_a_return_brings_no_rights_back(cast: Cast) -> None:
    ada = announced_admin(cast)
    changing.revise(ada.pk, cast.acme, record(active=False), acting=SCIM)
    back = changing.revise(ada.pk, cast.acme, record(active=True, external_id="00u-evil"), acting=SCIM)
    assert (back.state, rights.account_permissions(User.objects.get(pk=ada.pk))) == ("pending", set())


@pytest.mark.parametrize("way", ["page", "SCIM"])
def test_a_role_that_the_release_before_left_does_not_come_back(cast: Cast, way: str) -> None:
    ada = announced_admin(cast)
    User.objects.filter(pk=ada.pk).update(state="deprovisioned", deprovisioned_at=timezone.now())
    if way == "page":
        end_access.restore(ada.pk, cast.acme, acting=audit.person(cast.alice))
    else:
        changing.revise(ada.pk, cast.acme, record(active=True), acting=SCIM)
    ada = User.objects.get(pk=ada.pk)
    assert (ada.state, ada.account_role.name) == ("pending", ACCOUNT_MEMBER)


def test_who_had_permissions_through_a_group_comes_back_without(cast: Cast, auditor: User) -> None:
    end_access.deprovision(auditor.pk, cast.acme, acting=OPERATOR)
    end_access.restore(auditor.pk, cast.acme, acting=OPERATOR)
    assert rights.account_permissions(User.objects.get(pk=auditor.pk)) == set()


def test_who_is_out_has_no_permission_even_before_the_clean_up(cast: Cast, auditor: User) -> None:
    end_access.deprovision(auditor.pk, cast.acme, acting=OPERATOR)
    assert rights.account_permissions(User.objects.get(pk=auditor.pk)) == set()


# Identifiers by hand


def test_an_admin_gives_the_identifiers_that_provisioning_may_not_change(cast: Cast) -> None:
    ada = announced_admin(cast)
    values = {"email": "ada.new@acme.example", "user_name": "ada.new@acme.example", "external_id": "00u1"}
    assert identifiers.change_identifiers(ada, values, acting=audit.person(cast.alice))
    new = record("ada.new@acme.example", external_id="00u1", last_name="Adler")
    assert changing.revise(ada.pk, cast.acme, new, acting=SCIM).last_name == "Adler"


@pytest.mark.parametrize("name", ["email", "user_name"])
def test_an_identifier_of_somebody_else_is_refused_by_name(cast: Cast, name: str) -> None:
    taken = {"email": "bob@acme.example", "user_name": "bob"}
    User.objects.filter(pk=cast.bob.pk).update(user_name="bob", user_name_key="bob")
    values = {**with_email("petra@acme.example"), name: taken[name]}
    with pytest.raises(ActionRefused, match="already"):
        identifiers.change_identifiers(cast.petra, values, acting=audit.person(cast.alice))


@pytest.mark.parametrize("name", ["email", "user_name"])
def test_an_identifier_with_what_nobody_sees_is_refused(cast: Cast, name: str) -> None:
    values = {**with_email("petra@acme.example"), name: "pe\u200btra@acme.example"}
    with pytest.raises(ActionRefused, match="received U\\+200B ZERO WIDTH SPACE"):
        identifiers.change_identifiers(cast.petra, values, acting=audit.person(cast.alice))


def test_identifiers_of_a_password_user_need_an_email(cast: Cast) -> None:
    with pytest.raises(ActionRefused, match="Expected an e-mail address"):
        identifiers.change_identifiers(cast.bob, with_email(""), acting=audit.person(cast.alice))


def test_an_admin_says_whose_logins_find_the_user_by_external_id(cast: Cast) -> None:
    company, partner = saml_connection(cast.acme), saml_connection(cast.acme)
    values = {**with_email("petra@acme.example"), "external_id": "00u-petra", "connection": company}
    identifiers.change_identifiers(cast.petra, values, acting=audit.person(cast.alice))
    for connection, found in ((partner, False), (company, True)):
        said = claims(connection, email="petra@elsewhere.example", external_ids=("00u-petra",))
        assert (complete_login(said, connection).user == cast.petra) is found

"""What somebody with Manage Single Sign-On alone may do to connections: each verb, and each field of an enabled one."""

import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest

from accounts import account_settings
from accounts.audit.audit import OPERATOR, Actor, person
from accounts.connections import admin_requests, agreed_permissions, connections, consent, drafts, enforcement
from accounts.connections import changes as connection_changes
from accounts.connections.admin_requests import Request
from accounts.connections.certificates import changes as connection_certificates
from accounts.connections.changes import CHANGEABLE
from accounts.connections.consent import FREE, HARMLESS, NEEDS_ADMIN
from accounts.connections.domains import domains
from accounts.connections.moving import moves
from accounts.connections.provider import metadata
from accounts.models import Account, AccountRole, Alert, Connection, ConnectionMove, EmailDomain, Group, User
from accounts.models.request_choices import NameIdFormat
from accounts.rights import PermissionsExceeded
from spaces import sign_in_rules
from tests.support.cast import Cast
from tests.support.drafts import draft_of
from tests.support.factories import known_at, oidc_connection, put_in, saml_connection
from tests.support.saml_keys import key_pair

pytestmark = pytest.mark.django_db
MODULES = (
    "accounts.account_settings",
    "accounts.connections.admin_requests",
    "accounts.connections.agreed_permissions",
    "accounts.connections.certificates.changes",
    "accounts.connections.changes",
    "accounts.connections.drafts",
    "accounts.connections.connections",
    "accounts.connections.domains.domains",
    "accounts.connections.enforcement",
    "accounts.connections.provider.metadata",
    "accounts.connections.moving.moves",
    "accounts.passwords.recovery_codes",
    "spaces.sign_in_rules",
)
# They take the actor of the verb that calls them, which has asked.
NO_VERBS = {"put_agreed", "allow_for_group", "would_allow", "check_may_see", "check_may_be_enabled"}
# No verb of that name: a part of `update_connection`.
PARTS = {"grant_roles"}


def verbs() -> Iterator[str]:
    for name in MODULES:
        module = import_module(name)
        for found, function in inspect.getmembers(module, inspect.isfunction):
            own = function.__module__ == name or getattr(function, "__wrapped__", function).__module__ == name
            if own and not found.startswith("_") and "acting" in inspect.signature(function).parameters:
                yield found


def test_every_verb_of_connections_is_listed_once() -> None:
    assert set(verbs()) - NO_VERBS == {*NEEDS_ADMIN, *FREE} - PARTS
    assert not NEEDS_ADMIN.keys() & FREE.keys()


@pytest.fixture
def new(cast: Cast) -> Connection:
    """Never enabled."""
    return saml_connection(cast.acme, name="New", idp_certificates=key_pair("idp").certificate, state="draft")


def hold(connection: Connection) -> None:
    proposed = {name: getattr(connection, name) for name in metadata._READ}
    connection.metadata_held = {
        **proposed,
        "idp_certificates": key_pair("evil").certificate,
        "why": "It is another.",
        "digest": "d",
    }
    connection.save()


def admin_role(account: Account) -> AccountRole:
    return AccountRole.objects.in_account(account).get(name="Account Admin")


def _publish(okta: Connection, acting: Actor) -> None:
    drafts.change_settings(okta, {"sso_url": "https://evil.example/sso"}, acting=acting)
    drafts.publish(okta, drafts.version_of(draft_of(okta)), acting=acting)


def _enable(okta: Connection, acting: Actor) -> None:
    connections.disable(okta, acting=acting)
    connections.enable(okta, acting=acting)


def _create(okta: Connection, acting: Actor, **more: Any) -> None:
    settings = {"name": "Evil", "vendor": "other", "protocol": "saml", **more.pop("settings", {})}
    connections.create_connection(okta.account, acting=acting, settings=settings, **more)


def _create_live(okta: Connection, acting: Actor) -> None:
    whole = {"state": "live", "idp_entity_id": "x", "sso_url": "https://x", "idp_certificates": "x"}
    _create(okta, acting, settings=whole)


def _create_granting(okta: Connection, acting: Actor) -> None:
    _create(okta, acting, grantable_account_roles=[admin_role(okta.account)])


def _create_with_domain(okta: Connection, acting: Actor) -> None:
    _create(okta, acting, domains=["evil.example"])


def _grant(okta: Connection, acting: Actor) -> None:
    connection_changes.update_connection(okta, {}, acting=acting, grantable_account_roles=[admin_role(okta.account)])


def _agree(okta: Connection, acting: Actor) -> None:
    connection_changes.update_connection(okta, {}, acting=acting, agreed_permissions=["Manage Users"])


def _allow(okta: Connection, acting: Actor) -> None:
    agreed_permissions.allow_permissions(okta, ["Manage Users"], acting=acting)


def _secret(okta: Connection, acting: Actor) -> None:
    connection_changes.set_client_secret(oidc_connection(okta.account), "x", None, acting=acting)


def _default_space(okta: Connection, acting: Actor) -> None:
    rules = {"grantable_account_roles": [], "default_space": "Trial", "default_role": "Space Admin"}
    sign_in_rules.change_sign_in_rules(okta, {}, **rules, acting=acting)  # type: ignore[arg-type]


def _claim(okta: Connection, acting: Actor) -> None:
    domains.claim_domain(okta, "evil.example", acting=acting)


def _verify(okta: Connection, acting: Actor) -> None:
    domains.verify_domain(EmailDomain.objects.create(account=okta.account, domain="evil.example"), acting=acting)


def _approve(okta: Connection, acting: Actor) -> None:
    hold(okta)
    metadata.approve_metadata(okta, acting=acting)


def _delete(okta: Connection, acting: Actor) -> None:
    known_at(okta, okta.account.user_set.get(email="bob@acme.example"))
    connections.disable(okta, acting=acting)
    connections.delete_connection(okta, acting=acting)


def _lift(okta: Connection, acting: Actor) -> None:
    enforcement.lift_enforcement(okta.account, acting=acting)


def _dismiss(okta: Connection, acting: Actor) -> None:
    admin_requests.ask_an_admin(okta, Request.DOMAIN, acting=acting)
    admin_requests.dismiss_request(Alert.objects.get(), acting=acting)


def _of_operator(okta: Connection, acting: Actor) -> None:
    domains.claim_verified_domain(okta.account, "evil.example", acting=acting)


def _start_move(okta: Connection, acting: Actor) -> ConnectionMove:
    known_at(okta, okta.account.user_set.get(email="bob@acme.example"))
    return moves.start_move(okta, oidc_connection(okta.account), includes_privileged=True, acting=acting)


def _finish_move(okta: Connection, acting: Actor) -> None:
    moves.finish_move(_start_move(okta, OPERATOR), acting=acting)


def _undo_move(okta: Connection, acting: Actor) -> None:
    moves.undo_move(_start_move(okta, OPERATOR), acting=acting)


ATTACKS: dict[Callable[[Connection, Actor], Any], str] = {
    _publish: "publish",
    _enable: "enable",
    _create_live: "create_connection",
    _create_granting: "create_connection",
    _create_with_domain: "claim_verified_domain",
    _grant: "grant_roles",
    _agree: "allow_permissions",
    _allow: "allow_permissions",
    _secret: "set_client_secret",
    _default_space: "change_sign_in_rules",
    _claim: "claim_domain",
    _verify: "verify_domain",
    _approve: "approve_metadata",
    _delete: "delete_connection",
    _lift: "lift_enforcement",
    _dismiss: "dismiss_request",
    _of_operator: "claim_verified_domain",
    _start_move: "start_move",
    _finish_move: "finish_move",
    _undo_move: "undo_move",
}


@pytest.mark.parametrize(("attack", "verb"), ATTACKS.items(), ids=lambda one: getattr(one, "__name__", one))
def test_what_lets_logins_in_needs_an_account_admin(
    okta: Connection, mallory: Actor, attack: Callable[[Connection, Actor], None], verb: str
) -> None:
    with pytest.raises(PermissionsExceeded, match="needs an account admin, because") as refusal:
        attack(okta, mallory)
    assert NEEDS_ADMIN[verb][1] in str(refusal.value)


def test_each_of_them_is_tried() -> None:
    assert {*ATTACKS.values(), "update_connection"} == NEEDS_ADMIN.keys()


@pytest.mark.parametrize("attack", [one for one in ATTACKS if one is not _verify], ids=lambda one: one.__name__)
def test_an_account_admin_may(okta: Connection, cast: Cast, attack: Callable[[Connection, Actor], None]) -> None:
    attack(okta, person(cast.alice))


OTHER_VALUES: dict[str, Any] = {
    "name": "Renamed",
    "button_label": "Continue",
    "sign_requests": True,
    "allow_idp_initiated": True,
    "clock_skew": 300,
    "just_in_time": "off",
    "update_policy": "everything",
    "keep_groups_when_missing": True,
    "remove_unmapped_spaces": True,
    "slo_by_post": True,
    "sso_by_post": True,
    "force_authn": True,
    "name_id_policy": NameIdFormat.PERSISTENT,
    "authn_contexts": "urn:a",
    "authn_comparison": "minimum",
    "accept_response_signature_over_encryption": True,
    "flow": "id_token",
    "extra_scopes": "groups",
    "prompt": "login",
    "max_age": 60,
    "acr_values": "phr",
    "omit_login_hint": True,
    "attribute_names": {"subject": "mail"},
}


@pytest.mark.parametrize("state", ["live", "disabled"])
@pytest.mark.parametrize("field", sorted(CHANGEABLE - HARMLESS))
def test_a_connection_that_has_been_enabled_keeps_what_lets_logins_in(
    okta: Connection, mallory: Actor, field: str, state: str
) -> None:
    Connection.objects.update(state=state)
    with pytest.raises(PermissionsExceeded, match=f"Changing {field.replace('_', ' ')} of a connection that has been"):
        connection_changes.update_connection(
            okta, {field: OTHER_VALUES.get(field, "https://evil.example")}, acting=mallory
        )


@pytest.mark.parametrize("field", sorted(HARMLESS))
def test_names_and_signed_requests_are_theirs(okta: Connection, mallory: Actor, field: str) -> None:
    assert connection_changes.update_connection(okta, {field: OTHER_VALUES[field]}, acting=mallory)


@pytest.mark.parametrize("field", sorted(OTHER_VALUES))
def test_a_connection_that_was_never_enabled_is_theirs_to_prepare(new: Connection, mallory: Actor, field: str) -> None:
    assert connection_changes.update_connection(new, {field: OTHER_VALUES[field]}, acting=mallory)


def test_a_draft_of_an_enabled_connection_is_theirs_to_write_and_to_throw_away(
    okta: Connection, mallory: Actor
) -> None:
    connection_certificates.add_certificates(okta, key_pair("evil").certificate, acting=mallory)
    assert Connection.objects.get(pk=okta.pk).idp_certificates == okta.idp_certificates
    drafts.throw_away(okta, drafts.version_of(draft_of(okta)), acting=mallory)
    assert drafts.draft_of(okta) is None


def test_a_disabled_connection_is_changed_in_its_draft_too(okta: Connection, mallory: Actor) -> None:
    connections.disable(okta, acting=mallory)
    drafts.change_settings(okta, {"sso_url": "https://evil.example/sso"}, acting=mallory)
    assert Connection.objects.get(pk=okta.pk).sso_url == okta.sso_url


def test_what_only_closes_is_theirs(okta: Connection, new: Connection, mallory: Actor) -> None:
    hold(okta)
    metadata.drop_metadata(okta, acting=mallory)
    domains.remove_domain(okta, EmailDomain.objects.get(domain="acme.example"), acting=mallory)
    connections.disable(okta, acting=mallory)
    connections.delete_connection(new, acting=mallory)
    assert Connection.objects.get().state == "disabled"


def test_a_role_is_taken_from_those_that_may_be_given_by_anybody(okta: Connection, mallory: Actor) -> None:
    _grant(okta, OPERATOR)
    assert connection_changes.update_connection(
        okta, {}, acting=mallory, grantable_account_roles=[], agreed_permissions=[]
    )
    assert not okta.grantable_account_roles.exists()


def test_lifetimes_and_retention_are_theirs(cast: Cast, mallory: Actor) -> None:
    assert account_settings.set_session_lifetimes(cast.acme, 30, 480, mallory)
    assert account_settings.set_login_retention(cast.acme, 30, mallory)


def test_new_settings_of_a_new_connection_need_nobody(new: Connection, mallory: Actor) -> None:
    hold(new)
    metadata.approve_metadata(new, acting=mallory)
    assert drafts.change_settings(new, {"sso_url": "https://next.example/sso"}, acting=mallory)


def test_all_permissions_through_groups_are_as_good_as_the_role(okta: Connection, cast: Cast, mallory: Actor) -> None:
    admins = Group.objects.create(account=cast.acme, name="Admins", account_role=admin_role(cast.acme))
    put_in(User.objects.get(pk=mallory.user_id), admins)
    _enable(okta, mallory)
    assert consent.was_enabled(okta)

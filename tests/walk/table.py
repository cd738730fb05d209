"""One row for each address: what it takes, who may come, and which object each part of it names.

`test_walk` holds every address to its row, and fails for an address that has none.
"""

from collections.abc import Mapping
from typing import Any

from accounts.connections.attribute_names import FIELDS
from accounts.connections.certificates.certificates import fingerprint
from accounts.connections.drafts import version_of
from accounts.permissions import Permission
from tests.support.saml_keys import key_pair
from tests.walk.objects import PASSWORD, Things
from tests.walk.rows import PUBLIC, READ, SIGNED_IN, Row, anybody, button, confirmed, download, form, page, program


def _credentials(things: Things) -> Mapping[str, Any]:
    return {"email": things.member.email, "password": PASSWORD}


def _new_password(_: Things) -> Mapping[str, Any]:
    return dict.fromkeys(("new_password", "repeat_password"), "another long password")


def _changed_password(things: Things) -> Mapping[str, Any]:
    return {"current_password": PASSWORD, **_new_password(things)}


def _new_token(_: Things) -> Mapping[str, Any]:
    return {"name": "CI", "expires": "90"}


def _a_code(things: Things) -> Mapping[str, Any]:
    return {"email": things.admin.email, "recovery_code": "AAAAA-AAAAA-AAAAA-AAAAA"}


def _link_followed(things: Things) -> Mapping[str, Any]:
    return {"user_id": things.key("admin"), "unverified_token": things.link_token}


SIGNING_IN = {
    "login": Row((*READ, "POST"), PUBLIC, _credentials, {"GET": 302}),
    "login-sso": anybody(*READ),
    "logout": Row(("POST",), PUBLIC),
    "set-password": Row((*READ, "POST"), PUBLIC, _new_password),
    "recovery": Row((*READ, "POST"), PUBLIC, _a_code, {"POST": 200}),
    # A login kills such a link, and the walk's admin is logged in.
    "recovery-link": anybody(*READ, GET=404),
    "recover-by-link": Row(("POST",), PUBLIC, _link_followed, {"POST": 404}),
    "sso:start": anybody("GET", "POST", GET=302),
    "sso:finish": anybody("GET", GET=403),  # the IdP has not answered yet
    "sso:oidc-callback": anybody("GET", "POST", GET=403, POST=403),
    "sso:saml-acs": anybody("POST", POST=403),
    "sso:saml-slo": anybody("GET", "POST", GET=400, POST=400),
    "sso:saml-metadata": anybody("GET"),
    "sso:client-keys": Row(("GET",), PUBLIC, ids={"connection_id": "oidc_connection"}),
    "sso:oidc-logout": Row(("GET", "POST"), PUBLIC, answers={"POST": 400}, ids={"connection_id": "oidc_connection"}),
    "sso:saml-logout-form": anybody("GET", GET=302),
    "sso:logged-out": anybody("GET", GET=302),
}
PROBES = {"healthz": anybody(*READ), "readyz": anybody(*READ), "metrics": anybody(*READ, GET=404, HEAD=404)}
OWN = {
    "home": Row(READ, SIGNED_IN),
    "profile": Row(READ, SIGNED_IN),
    "end-session": Row(("POST",), SIGNED_IN),
    "end-other-sessions": Row(("POST",), SIGNED_IN),
    "change-password": Row((*READ, "POST"), SIGNED_IN, _changed_password),
    "new-own-token": Row((*READ, "POST"), SIGNED_IN, _new_token, {"POST": 200}, optional=("permissions",)),
    "revoke-own-token": Row(("POST",), SIGNED_IN, confirmed),
}
PROGRAMS = {
    "api-login": program(PUBLIC, _credentials, POST=200),
    "api-account-login": program(PUBLIC, _credentials, POST=200),
    "api-long-tokens": program(SIGNED_IN, lambda _: {"name": "CI"}, ("permissions",), GET=200, POST=201),
    "api-long-token": program(SIGNED_IN, DELETE=204),
    "api-revoke": program(PUBLIC, lambda _: {"token": "x"}, POST=200),
    "me": program(SIGNED_IN, GET=200),
}


def _somebody_new(things: Things) -> Mapping[str, Any]:
    typed = {"email": f"new@{things.account.slug}.example", "first_name": "New", "last_name": "Person"}
    return {**typed, "account_role": _member_role(things), "way_in": "announced"}


def _member_role(things: Things) -> Any:
    return things.member.account_role_id


def _chosen(things: Things) -> dict[str, Any]:
    return {"person": [things.key("pending")], "confirmed": "yes"}


def _chosen_and_space(things: Things) -> Mapping[str, Any]:
    return {**_chosen(things), **_space_and_role(things)}


_IDENTIFIERS = ("user_name", "external_id", "connection")


def _identifiers(_: Things) -> Mapping[str, Any]:
    return {"email": "new@acme.example"}


def _space_and_role(things: Things) -> dict[str, Any]:
    return {"space": things.space.name, "role": things.key("space_role")}


_USERS = Permission.MANAGE_USERS
USERS = {
    "users": page(_USERS),
    "export-users": download(_USERS),
    "new-user": form(_USERS, fields=_somebody_new),
    "place-selected": button(_USERS, fields=_chosen_and_space),
    "join-selected": button(_USERS, fields=lambda things: {**_chosen(things), "group": things.group.name}),
    "deprovision-selected": button(_USERS, fields=_chosen),
    "remove-identities-of-selected": button(_USERS, fields=_chosen),
    "remove-identity": button(_USERS, fields=confirmed),
    "user": page(_USERS),
    "change-account-role": button(_USERS, fields=lambda things: {"role": _member_role(things)}),
    "change-identifiers": Row(
        ("POST",), (_USERS,), _identifiers, {"POST": 302}, optional=("user_name", "external_id", "connection")
    ),
    "place-user": button(_USERS, fields=_space_and_role),
    "take-out-of-space": button(_USERS, fields=confirmed),
    "add-to-group": button(_USERS, fields=lambda things: {"group": things.group.name}),
    "remove-from-group": button(_USERS, fields=confirmed),
    "deprovision-user": button(_USERS, fields=confirmed),
    "restore-user": button(_USERS),
    "end-sessions-of-user": button(_USERS, fields=confirmed),
    "end-session-of-user": button(_USERS, session_id="member_session"),
    "revoke-token-of-user": button(_USERS, fields=confirmed, user_id="admin"),
    "make-password-link": button(_USERS, fields=confirmed, answer=200),
}


def _a_group(things: Things) -> Mapping[str, Any]:
    return {"name": f"{things.account} On call", "description": "", "idp_identifier": ""}


GROUPS = {
    "groups": page(Permission.MANAGE_USERS),
    "new-group": form(Permission.MANAGE_USERS, fields=_a_group),
    "group": form(Permission.MANAGE_USERS, fields=_a_group),
    "delete-group": button(Permission.MANAGE_USERS, fields=confirmed),
    "group-roles": page(Permission.MANAGE_USERS),
    "set-group-account-role": button(
        Permission.MANAGE_USERS, fields=lambda things: {"account_role": things.key("account_role"), "confirmed": "yes"}
    ),
    "add-group-space-role": button(
        Permission.MANAGE_USERS, fields=lambda things: {"space": things.space.name, "role": things.key("space_role")}
    ),
    "remove-group-space-role": button(Permission.MANAGE_USERS, fields=confirmed),
    "group-users": form(Permission.MANAGE_USERS, fields=lambda things: {"emails": things.member.email}),
    "remove-group-user": button(Permission.MANAGE_USERS, fields=confirmed),
}
_INSPECTING = (Permission.MANAGE_SSO, Permission.MANAGE_USERS)


def _to_try(things: Things) -> Mapping[str, Any]:
    return {"connection": things.key("connection"), "attributes": '{"email": "tried@acme.example"}'}


_SPACES, _ROLES = Permission.MANAGE_SPACES, Permission.MANAGE_ROLES
_SEE_SPACES, _SEE_ROLES = (Permission.MANAGE_USERS, _SPACES), (Permission.MANAGE_USERS, _ROLES)


def _a_space(things: Things) -> Mapping[str, Any]:
    return {"name": f"{things.account} Design", "description": ""}


def _a_place(things: Things) -> Mapping[str, Any]:
    return {"email": things.pending.email, "role": things.key("space_role")}


def _a_role(things: Things) -> Mapping[str, Any]:
    return {"name": f"{things.account} Reader", "description": "", "permissions": []}


SPACES = {
    "spaces": page(*_SEE_SPACES),
    "space-new": form(_SPACES, fields=_a_space),
    "space": page(*_SEE_SPACES),
    "space-groups": page(*_SEE_SPACES),
    "space-place": form(Permission.MANAGE_USERS, fields=_a_place),
    "space-edit": form(_SPACES, fields=_a_space),
    "space-delete": form(_SPACES, fields=confirmed),
    "space-member": form(Permission.MANAGE_USERS, fields=_a_place),
    "space-take-out": form(Permission.MANAGE_USERS, fields=confirmed),
}


def _roles(kind: str) -> dict[str, Row]:
    return {
        f"{kind}-new": form(_ROLES, fields=_a_role),
        f"{kind}-compare": Row(READ, _SEE_ROLES, answers={"GET": 302}),  # to the matrix: no two roles are asked for
        f"{kind}": page(*_SEE_ROLES, role_id=kind.replace("-", "_")),
        f"{kind}-edit": form(_ROLES, fields=_a_role, role_id=kind.replace("-", "_")),
        f"{kind}-delete": form(_ROLES, fields=confirmed, role_id=kind.replace("-", "_")),
    }


ROLES = {"roles": page(*_SEE_ROLES), **_roles("account-role"), **_roles("space-role")}


def _lifetimes(_: Things) -> Mapping[str, Any]:
    return {"session_idle_minutes": "30", "session_absolute_minutes": "480", "login_retention_days": "20"}


LOGINS = {
    "logins": page(*_INSPECTING),
    "login-record": page(*_INSPECTING),
    "what-if": form(*_INSPECTING, fields=_to_try, answer=200),
    "test-login": Row(READ, (Permission.MANAGE_SSO,), answers={"GET": 302}),
}
ENFORCEMENT = {
    "lifetimes": form(Permission.MANAGE_SSO, fields=_lifetimes),
    "enforcement": page(Permission.MANAGE_SSO),
    # Each leads back with a refusal: nothing has been tested, and nothing is enforced.
    "enforce-sso": button(Permission.MANAGE_SSO, fields=confirmed),
    "new-recovery-codes": button(Permission.MANAGE_SSO, fields=confirmed),
    "lift-enforcement": button(Permission.MANAGE_SSO, fields=confirmed),
}
_SSO = Permission.MANAGE_SSO
_RULES = ("remove_unmapped_spaces", "keep_groups_when_missing", "default_space", "default_role", "grantable", "agreed")


def _fields_of_provider(things: Things) -> Mapping[str, Any]:
    issuer = {"fields-issuer": f"https://{things.account_slug}.other.example"}
    return {"way": "fields", "fields-sso_url": "https://moved.example/sso", **issuer}


def _source(things: Things) -> Mapping[str, Any]:
    return {"source": things.key("connection"), "confirmed": "yes"}


def _version(things: Things) -> Mapping[str, Any]:
    return {"version": version_of(things.connection_draft), "confirmed": "yes"}


def _certificate(things: Things) -> Mapping[str, Any]:
    return {"fingerprint": fingerprint(things.connection.idp_certificates), "confirmed": "yes"}


def _to_connect(_: Things) -> Mapping[str, Any]:
    return {"name": "Walked", "kind": "entra-oidc"}


def _rules(_: Things) -> Mapping[str, Any]:
    return {"just_in_time": "off", "update_policy": "first"}


CONNECTIONS = {
    "connections": page(_SSO),
    "new-connection": form(_SSO, fields=_to_connect),
    "connection": page(_SSO),
    "connection-set-up": page(_SSO),
    "connection-enable": form(_SSO, fields=lambda things: things.to_enable, connection_id="draft"),
    "connection-ask": button(_SSO, Permission.MANAGE_USERS, fields=lambda _: {"what": "domain", "note": "new.example"}),
    "connection-allow": button(_SSO, fields=lambda _: {"allow": "Manage Users"}),
    "dismiss-request": button(_SSO, alert_id="admin_request"),
    "connection-disable": form(_SSO, fields=confirmed),
    "connection-delete": button(_SSO, fields=confirmed, connection_id="draft"),
    "connection-read-again": button(_SSO),
    "connection-metadata-approve": button(_SSO, fields=confirmed),
    "connection-metadata-refuse": button(_SSO),
    "connection-draft-publish": button(_SSO, fields=_version, connection_id="redrafted"),
    "connection-draft-throw-away": button(_SSO, fields=_version, connection_id="redrafted"),
    "connection-general": Row(
        (*READ, "POST"),
        (_SSO,),
        lambda _: {"name": "Walked", "clock_skew": "30"},
        optional=("button_label", "allow_idp_initiated", "sign_requests"),
    ),
    "connection-people": Row((*READ, "POST"), (_SSO,), _rules, optional=_RULES),
    "connection-move": page(_SSO),
    "connection-move-export": download(_SSO),
    "connection-move-start": Row(
        ("POST",),
        (_SSO,),
        _source,
        ids={"connection_id": "oidc_connection"},
        optional=("includes_privileged",),
    ),
    "connection-move-finish": button(_SSO, fields=confirmed, connection_id="redrafted"),
    "connection-move-back": button(_SSO, fields=confirmed, connection_id="redrafted"),
    "connection-attributes": Row((*READ, "POST"), (_SSO,), lambda _: {"email": "mail"}, optional=FIELDS),
    "connection-provider": form(_SSO, fields=_fields_of_provider),
    "connection-secret": button(_SSO, fields=lambda _: {"secret-client_secret": "x"}, connection_id="oidc_connection"),
    "connection-secret-remove": button(_SSO, fields=confirmed, connection_id="oidc_connection"),
    "connection-client-key": button(_SSO, connection_id="oidc_connection"),
    "connection-client-key-use": button(_SSO, fields=confirmed, connection_id="oidc_keys"),
    "connection-client-certificate": Row(READ, (_SSO,), is_file=True, ids={"connection_id": "oidc_keys"}),
    "connection-certificates": form(_SSO, fields=lambda _: {"text": key_pair("next").certificate}),
    "connection-certificate-remove": button(_SSO, fields=_certificate),
    "connection-certificate-own": Row(READ, (_SSO,), is_file=True),
    "connection-certificate-own-replace": button(_SSO, fields=confirmed, connection_id="lost_key"),
    "connection-domains": form(_SSO, fields=lambda _: {"domain": "walked.example"}),
    "connection-domain-check": button(_SSO),  # verified already: DNS is not asked
    "connection-domain-subdomains": button(_SSO, fields=lambda _: {"included": "yes"}),
    "connection-domain-remove": form(_SSO, fields=confirmed),
}
GUIDES = {"guide-okta": anybody(*READ), "guide-entra": anybody(*READ)}
TOKENS = {
    "tokens": page(Permission.MANAGE_USERS),
    "new-token": Row((*READ, "POST"), (Permission.MANAGE_USERS,), _new_token, {"POST": 200}, optional=("permissions",)),
    "revoke-token": button(Permission.MANAGE_USERS, fields=confirmed),
}
PROVISIONING = {
    "provisioning": page(Permission.MANAGE_USERS),
    "provisioning-last-call": page(Permission.MANAGE_USERS),
    "provisioning-self-test": Row((*READ, "POST"), (Permission.MANAGE_USERS,), answers={"POST": 200}),
    "provisioning-settings": button(Permission.MANAGE_USERS, fields=lambda _: {"hold": "on", "retention_days": "10"}),
    "new-service-token": Row(
        (*READ, "POST"), (Permission.MANAGE_USERS,), _new_token, {"POST": 200}, optional=("connection",)
    ),
    "revoke-provisioning-token": button(Permission.MANAGE_USERS, fields=confirmed, token_id="service_token"),
    "provisioning-requests": page(Permission.MANAGE_USERS),
    "provisioning-request": page(Permission.MANAGE_USERS, request_id="provisioning_request"),
    "held-people": page(Permission.MANAGE_USERS),
    "deprovision-all-held": button(Permission.MANAGE_USERS, fields=confirmed),
    "keep-all-held": button(Permission.MANAGE_USERS, fields=confirmed),
    "deprovision-held": button(Permission.MANAGE_USERS, fields=confirmed, user_id="pending"),
    "keep-held": button(Permission.MANAGE_USERS, fields=confirmed, user_id="pending"),
}
AUDIT = {
    "audit": page(Permission.VIEW_AUDIT_LOG),
    "export-audit-csv": download(Permission.VIEW_AUDIT_LOG),
    "export-audit-jsonl": download(Permission.VIEW_AUDIT_LOG),
}

TABLE: dict[str, Row] = {
    **SIGNING_IN,
    **PROBES,
    **OWN,
    **PROGRAMS,
    **USERS,
    **GROUPS,
    **SPACES,
    **ROLES,
    **CONNECTIONS,
    **LOGINS,
    **ENFORCEMENT,
    **GUIDES,
    **TOKENS,
    **PROVISIONING,
    **AUDIT,
}

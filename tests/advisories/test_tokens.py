"""Advisories about tokens, links and the enforcement of SSO: rows 5, 32, 36 and 37."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.audit.audit import OPERATOR
from accounts.connections import enforcement
from accounts.deprovisioning import end_access
from accounts.models import Account, AccountRole, ApiToken, Connection, User
from accounts.permissions import Permission
from accounts.tokens import tokens
from tests.accounts.api.programs import Program, logged_in, try_login, with_long_token
from tests.advisories.outside import browser_of, refused_oidc, signed_in_as, somebody_with
from tests.scim.client import ScimClient
from tests.scim.conftest import service_token
from tests.support.cast import PASSWORD, Cast
from tests.support.commands import run
from tests.support.enforcing import enforce
from tests.support.factories import OID, TENANT
from tests.support.journeys import OidcJourney, SamlJourney
from tests.support.secrets_in_logs import secret

pytestmark = pytest.mark.django_db
YES = {"confirmed": "yes"}
NEW_PASSWORD = {"new_password": "another horse battery", "repeat_password": "another horse battery"}


def tokens_of_others(cast: Cast) -> list[ApiToken]:
    """Alice's, the account's own without an owner, and Charlie's of another account."""
    return [
        tokens.issue_token(cast.alice, "hers", [], acting=OPERATOR)[0],
        tokens.issue_service_token(cast.acme, "ours", [], acting=OPERATOR)[0],
        tokens.issue_token(cast.charlie, "theirs", [], acting=OPERATOR)[0],
        tokens.issue_service_token(cast.globex, "ownerless theirs", [], acting=OPERATOR)[0],
    ]


def are_live(listed: list[ApiToken]) -> bool:
    return ApiToken.objects.filter(pk__in=[token.pk for token in listed], revoked_at=None).count() == len(listed)


PAGES = ("/profile/tokens/{}/revoke", "/tokens/{}/revoke", "/provisioning/tokens/{}/revoke")


@pytest.mark.parametrize("address", PAGES)
def test_05_a_member_revokes_nobody_elses_token_on_a_page(cast: Cast, as_bob: Client, address: str) -> None:
    listed = tokens_of_others(cast)
    for token in listed:
        assert as_bob.post(address.format(token.pk), YES).status_code in (403, 404)
        assert as_bob.post(f"/users/{cast.alice.pk}/tokens/{token.pk}/revoke", YES).status_code in (403, 404)
    assert are_live(listed)


def test_05_a_member_revokes_nobody_elses_token_by_rest(cast: Cast) -> None:
    bob, listed = logged_in("bob@acme.example"), tokens_of_others(cast)
    for token in listed:
        for method in ("DELETE", "PUT", "PATCH", "POST"):
            answer = bob.status(method, f"/api/token/longtoken/{token.pk}", {"name": "mine", "user": str(cast.bob.pk)})
            assert answer in (404, 405)
        assert bob.status("POST", "/api/token/revoke", {"token": str(token.pk), "token_id": str(token.pk)}) == 200
        assert bob.status("POST", "/api/token/revoke", {"token": token.prefix}) == 200
    assert are_live(listed)


@pytest.mark.parametrize("permission", [one for one in Permission if one != Permission.MANAGE_USERS])
def test_05_no_other_permission_is_enough(cast: Cast, permission: str) -> None:
    listed, person = tokens_of_others(cast), somebody_with(cast.acme, permission)
    program, browser = logged_in(person.email), browser_of(person)
    for token in listed:
        assert program.status("DELETE", f"/api/token/longtoken/{token.pk}") == 404
        assert {browser.post(address.format(token.pk), YES).status_code for address in PAGES} <= {403, 404}
    assert are_live(listed)


def test_05_a_member_sees_nobody_elses_tokens(cast: Cast) -> None:
    tokens_of_others(cast)
    assert logged_in("bob@acme.example").ask("GET", "/api/token/longtoken").body["tokens"] == []


def test_05_a_token_without_an_owner_makes_no_other(cast: Cast) -> None:
    """The account's own token cannot turn into a person's."""
    program = Program(service_token(cast.acme))
    assert program.status("POST", "/api/token/longtoken", {"name": "more"}) == 401
    assert program.status("GET", "/api/me") == 401


def test_05_manage_users_revokes_no_token_that_may_do_more(cast: Cast) -> None:
    token, _ = tokens.issue_token(cast.alice, "all", list(Permission), acting=OPERATOR)
    helper = somebody_with(cast.acme, Permission.MANAGE_USERS)
    browser_of(helper).post(f"/tokens/{token.pk}/revoke", YES)
    browser_of(helper).post(f"/users/{cast.alice.pk}/tokens/{token.pk}/revoke", YES)
    logged_in(helper.email).ask("DELETE", f"/api/token/longtoken/{token.pk}")
    assert are_live([token])


def bobs(cast: Cast) -> tuple[Client, dict[str, Program]]:
    """A browser and programs of Bob that all work."""
    browser = Client()
    browser.post("/login", {"email": "bob@acme.example", "password": PASSWORD})
    short = logged_in("bob@acme.example")
    programs = {"short": short, "long": with_long_token(short), "long by long": with_long_token(with_long_token(short))}
    assert signed_in_as(browser) == cast.bob.email
    assert {program.status("GET", "/api/me") for program in programs.values()} == {200}
    return browser, programs


def by_scim(cast: Cast, alice: Client) -> None:
    client = ScimClient(service_token(cast.acme))
    assert client.patch(cast.bob.pk, {"op": "replace", "value": {"active": False}}).status == 200


def by_scim_delete(cast: Cast, alice: Client) -> None:
    assert ScimClient(service_token(cast.acme)).ask("DELETE", f"/Users/{cast.bob.pk}").status == 204


def by_page(cast: Cast, alice: Client) -> None:
    alice.post(f"/users/{cast.bob.pk}/deprovision", YES)


def by_command(cast: Cast, alice: Client) -> None:
    run("deprovision_user", "acme", "bob@acme.example")


Ending = Callable[[Cast, Client], None]
ENDINGS: tuple[Ending, ...] = (by_scim, by_scim_delete, by_page, by_command)


@pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__)
def test_32_nothing_of_a_deprovisioned_person_works(cast: Cast, as_alice: Client, end: Ending) -> None:
    browser, programs = bobs(cast)
    end(cast, as_alice)
    assert signed_in_as(browser) is None
    assert {program.status("GET", "/api/me") for program in programs.values()} == {401}
    assert {program.status("POST", "/api/token/longtoken", {"name": "x"}) for program in programs.values()} == {401}
    assert try_login("bob@acme.example").status == 401


def test_32_nothing_of_before_works_again_after_a_return(cast: Cast, as_alice: Client) -> None:
    browser, programs = bobs(cast)
    by_page(cast, as_alice)
    as_alice.post(f"/users/{cast.bob.pk}/restore")
    assert User.objects.get(pk=cast.bob.pk).state in ("active", "pending")
    assert signed_in_as(browser) is None
    assert {program.status("GET", "/api/me") for program in programs.values()} == {401}


def test_32_a_token_that_provisions_dies_with_its_owner(cast: Cast) -> None:
    helper = somebody_with(cast.acme, Permission.MANAGE_USERS)
    client = ScimClient(secret(tokens.issue_token(helper, "SCIM", [Permission.MANAGE_USERS], acting=OPERATOR)[1]))
    assert client.get("/Users").status == 200
    end_access.deprovision(helper.pk, cast.acme, acting=OPERATOR)
    assert client.get("/Users").status == 401


def test_32_what_a_revoked_token_made_ends_with_it(cast: Cast) -> None:
    parent = with_long_token(logged_in("bob@acme.example"))
    child = with_long_token(parent)
    grandchild = with_long_token(child)
    assert parent.status("POST", "/api/token/revoke", {"token": parent.token}) == 200
    assert {program.status("GET", "/api/me") for program in (parent, child, grandchild)} == {401}


def test_32_a_return_brings_no_rights_back(cast: Cast, as_alice: Client) -> None:
    helper = somebody_with(cast.acme, *Permission)
    as_alice.post(f"/users/{helper.pk}/deprovision", YES)
    as_alice.post(f"/users/{helper.pk}/restore")
    assert User.objects.get(pk=helper.pk).account_role.name == "Account Member"


def test_32_a_password_link_dies_with_access(cast: Cast, as_alice: Client) -> None:
    link = password_link(as_alice, cast.bob)
    by_page(cast, as_alice)
    as_alice.post(f"/users/{cast.bob.pk}/restore")
    Client().post(link, NEW_PASSWORD)
    assert try_login("bob@acme.example", "another horse battery").status == 401


@pytest.mark.parametrize("answered", [True, False])
def test_32_a_sign_in_under_way_ends_too(cast: Cast, oidc: OidcJourney, answered: bool) -> None:
    """A code or token that the provider gave out before it deprovisioned the person."""
    oidc.provider.connection.identities.all().delete()
    oidc.log_in(email="bob@acme.example")
    oidc.provider.connection.identities.all().delete()
    oidc.provider.connection.identities.create(
        account=cast.acme, user=cast.bob, subject=f"{TENANT}/{OID}", issuer=oidc.provider.connection.issuer
    )
    other = OidcJourney(oidc.provider)
    asked = other.start()
    kept = other.post(id_token=other.token(asked), state=asked["state"]) if answered else None
    end_access.deprovision(cast.bob.pk, cast.acme, acting=OPERATOR)
    if kept:
        assert other.finish(kept).status_code == 403
    else:
        assert refused_oidc(other, other.token(asked), asked) == "deprovisioned"
    assert signed_in_as(other.browser) is None


def test_32_a_session_through_the_provider_ends_too(cast: Cast, saml: SamlJourney) -> None:
    saml.log_in(email="alice@acme.example")
    somebody = ScimClient(service_token(cast.acme))
    dana = somebody.create("dana@acme.example", externalId="dana").body["id"]
    journey = SamlJourney(saml.connection)
    journey.log_in(email="dana@acme.example")
    assert signed_in_as(journey.browser) == "dana@acme.example"
    somebody.patch(dana, {"op": "replace", "value": {"active": False}})
    assert signed_in_as(journey.browser) is None


SWITCHES = ("/sso/enforcement/lift", "/sso/enforcement/codes", "/sso/enforcement/enforce")


def is_enforced(cast: Cast) -> bool:
    return Account.objects.get(pk=cast.acme.pk).sso_enforced_at is not None


def signed_in_with(cast: Cast, connection: Connection, *permissions: str) -> Client:
    """The browser of somebody who came through the provider, as the enforcement wants it."""
    journey = SamlJourney(connection)
    email = f"{len(permissions)}-{'-'.join(permissions).lower().replace(' ', '-')}@acme.example"
    journey.log_in(email=email)
    role = AccountRole.objects.create(account=cast.acme, name=email, permissions=sorted(permissions))
    User.objects.filter(email=email).update(account_role=role)
    assert signed_in_as(journey.browser) == email
    return journey.browser


@pytest.mark.parametrize("permission", ["", *Permission])
def test_36_no_single_permission_lifts_the_enforcement(cast: Cast, saml: SamlJourney, permission: str) -> None:
    enforce(cast)
    browser = signed_in_with(cast, saml.connection, *filter(None, [permission]))
    for address in SWITCHES:
        browser.post(address, YES)
    assert is_enforced(cast)
    assert cast.acme.recoverycode_set.count() == 10
    assert signed_in_as(browser)


def test_36_all_permissions_but_one_do_not_lift_it_either(cast: Cast, saml: SamlJourney) -> None:
    enforce(cast)
    for left_out in Permission:
        browser = signed_in_with(cast, saml.connection, *sorted(set(Permission) - {left_out}))
        browser.post("/sso/enforcement/lift", YES)
        assert is_enforced(cast), left_out


def test_36_somebody_who_signed_in_through_the_provider_does_not(cast: Cast, saml: SamlJourney) -> None:
    enforce(cast)
    saml.log_in()
    for address in (*SWITCHES, "/api/accounts/acme/enforcement", "/sso/lifetimes"):
        saml.browser.post(address, {**YES, "sso_enforced_at": "", "sso_enforced": ""})
    assert is_enforced(cast)


def test_36_another_accounts_admin_does_not(cast: Cast) -> None:
    enforce(cast)
    browser_of(somebody_with(cast.globex, *Permission)).post("/sso/enforcement/lift", YES)
    assert is_enforced(cast)


def test_36_an_account_admin_does(cast: Cast, as_alice: Client) -> None:
    enforce(cast)
    as_alice.post("/sso/enforcement/lift", YES)
    assert not is_enforced(cast)


def password_link(admin: Client, person: User) -> str:
    """The path of a link that the page shows."""
    page = admin.post(f"/users/{person.pk}/password-link", {"confirmed": "yes"}).content.decode()
    return "/set-password/" + secret(page.partition("/set-password/")[2].partition('"')[0].partition("<")[0])


def test_37_a_password_link_of_before_sets_nothing(cast: Cast, as_alice: Client) -> None:
    link = password_link(as_alice, cast.bob)
    assert Client().get(link).status_code == 200
    enforce(cast)
    assert Client().get(link).status_code == 404
    assert Client().post(link, NEW_PASSWORD).status_code == 404
    enforcement.lift_enforcement(cast.acme, acting=OPERATOR)
    assert try_login("bob@acme.example", "another horse battery").status == 401


def test_37_a_link_made_for_less_sets_nothing_once_its_person_may_do_more(cast: Cast, as_alice: Client) -> None:
    link = password_link(as_alice, cast.bob)
    as_alice.post(f"/users/{cast.bob.pk}/account-role", {"role": cast.alice.account_role_id, **YES})
    assert User.objects.get(pk=cast.bob.pk).account_role_id == cast.alice.account_role_id
    Client().post(link, NEW_PASSWORD)
    assert try_login("bob@acme.example", "another horse battery").status == 401


def test_37_a_form_opened_before_sets_nothing(cast: Cast, as_alice: Client) -> None:
    link, browser = password_link(as_alice, cast.bob), Client()
    browser.get(link)
    enforce(cast)
    browser.post(link, NEW_PASSWORD)
    assert User.objects.get(pk=cast.bob.pk).check_password(PASSWORD)


def test_37_a_password_session_of_before_is_over(cast: Cast) -> None:
    browser, programs = bobs(cast)
    enforce(cast)
    assert signed_in_as(browser) is None
    assert programs["short"].status("GET", "/api/me") == 401
    assert try_login("bob@acme.example").status == 401
    browser.post("/login", {"email": "bob@acme.example", "password": PASSWORD})
    assert signed_in_as(browser) is None


def recovery_link(cast: Cast, email: str) -> str:
    address = run("recover_admin", "acme", "--email", email)["login_url"]
    return secret(address.rpartition("/")[2])


def use_recovery(browser: Client, user: User, token: str) -> Any:
    return browser.post("/login/recovery/once", {"user_id": user.pk, "unverified_token": token})


def test_37_a_recovery_link_does_not_outlive_the_role(cast: Cast) -> None:
    """Carol was an account admin when the link was made."""
    carol = somebody_with(cast.acme, *Permission)
    User.objects.filter(pk=carol.pk).update(account_role=cast.alice.account_role)
    token = recovery_link(cast, carol.email)
    User.objects.filter(pk=carol.pk).update(account_role=cast.bob.account_role)
    browser = Client()
    assert use_recovery(browser, carol, token).status_code == 404
    assert signed_in_as(browser) is None


def test_37_a_recovery_link_works_once_and_for_its_admin(cast: Cast) -> None:
    token = recovery_link(cast, "alice@acme.example")
    thief = Client()
    for other in (cast.bob, cast.charlie, cast.petra):
        assert use_recovery(thief, other, token).status_code == 404
    assert use_recovery(Client(), cast.alice, token).status_code == 302
    assert use_recovery(thief, cast.alice, token).status_code == 404
    assert signed_in_as(thief) is None


def test_37_recovery_codes_of_an_earlier_enforcement_are_dead(cast: Cast) -> None:
    old = enforce(cast)[0]
    enforcement.lift_enforcement(cast.acme, acting=OPERATOR)
    enforce_again(cast)
    browser = Client()
    browser.post("/login/recovery", {"email": "alice@acme.example", "recovery_code": old})
    assert signed_in_as(browser) is None


def enforce_again(cast: Cast) -> None:
    for code in enforcement.enforce_sso(cast.acme, acting=OPERATOR):
        secret(code)

"""Advisories about who a login is, and through whose connection: rows 2, 3, 6, 19, 24, 26 and 38."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from accounts.audit.audit import OPERATOR
from accounts.connections import connections
from accounts.models import Connection, EmailDomain, ExternalIdentity, LoginRecord, SignInTransaction, User
from accounts.users import users
from tests.advisories.outside import browser_of, reason, refused_oidc, refused_saml, signed_in_as
from tests.scim.client import ScimClient
from tests.scim.conftest import service_token
from tests.support.cast import PASSWORD, Cast
from tests.support.factories import OID, TENANT, oidc_connection
from tests.support.journeys import OidcJourney, SamlJourney, signed_connection
from tests.support.oidc_messages import Provider, Web, shape
from tests.support.saml_keys import key_pair
from tests.support.saml_messages import NO_REQUEST
from tests.support.saml_signing import Signing

pytestmark = pytest.mark.django_db


def partner_of(cast: Cast, **settings: Any) -> SamlJourney:
    """A second connection of Acme, of a partner with a domain and a key of its own."""
    own = {"idp_entity_id": "https://partner.example", "idp_certificates": key_pair("partner").certificate}
    connection = signed_connection(cast.acme, **{**own, **settings})
    connection.connectiondomain_set.all().delete()
    connections.claim_verified_domain(cast.acme, "partner.example", acting=OPERATOR)
    domain = EmailDomain.objects.get(domain="partner.example")
    connection.connectiondomain_set.create(account=cast.acme, domain=domain)
    return SamlJourney(connection)


def log_in_as_partner(journey: SamlJourney, email: str, name_id: str = "") -> Any:
    signing = Signing(key="partner")
    return journey.log_in(email=email, name_id=name_id or email, signing=signing)


def test_02_a_subject_of_one_connection_is_nobody_at_another(cast: Cast, saml: SamlJourney) -> None:
    partner = partner_of(cast)
    log_in_as_partner(partner, "paul@partner.example", name_id="alice@acme.example")
    assert signed_in_as(partner.browser) != cast.alice.email
    assert not cast.alice.identities.filter(connection=partner.connection).exists()


@pytest.mark.parametrize("email", ["petra@acme.example", "PETRA@ACME.EXAMPLE"])
def test_02_a_partner_does_not_speak_for_the_companys_addresses(cast: Cast, saml: SamlJourney, email: str) -> None:
    partner = partner_of(cast)
    assert log_in_as_partner(partner, email).status_code == 403
    assert User.objects.get(pk=cast.petra.pk).state == "pending"


def test_02_provisioning_reaches_nobody_of_another_account(cast: Cast, saml: SamlJourney) -> None:
    stranger = ScimClient(service_token(cast.globex))
    assert stranger.create("alice@acme.example", externalId="alice@acme.example").status == 201
    assert saml.log_in(email="alice@acme.example").status_code == 303
    assert saml.browser.get("/api/me").json()["account"] == "Acme"
    assert ExternalIdentity.objects.get(subject="alice@acme.example").user_id == cast.alice.pk


def test_02_an_external_id_of_one_connection_is_nobody_at_another(cast: Cast, saml: SamlJourney) -> None:
    """The company's provisioning announced Paul, the partner's provider names its own person the same."""
    ScimClient(service_token(cast.acme)).create("paul@acme.example", externalId="00u1paul")
    partner = partner_of(cast)
    log_in_as_partner(partner, "mallory@partner.example", name_id="00u1paul")
    assert User.objects.get(email="paul@acme.example").state == "pending"
    assert signed_in_as(partner.browser) in ("mallory@partner.example", None)


def test_02_nor_is_a_plain_user_name(cast: Cast, saml: SamlJourney, web: Web) -> None:
    mail = [{"value": "paul@acme.example", "primary": True}]
    ScimClient(service_token(cast.acme)).create("paul", emails=mail, externalId="00u1paul")
    issuer = {"vendor": "other", "issuer": "https://partner.example", "tenant_id": ""}
    journey = OidcJourney(Provider(oidc_connection(cast.acme, **issuer), web, {"sub": "1", "email_verified": True}))
    journey.log_in(email="mallory@partner.example", preferred_username="paul")
    assert User.objects.get(email="paul@acme.example").state == "pending"


def test_03_a_copied_entity_id_needs_the_keys_of_its_own_connection(cast: Cast, saml: SamlJourney) -> None:
    """Mallory's connection in Globex names Acme's provider and her own certificate."""
    copied = SamlJourney(signed_connection(cast.globex, idp_certificates=key_pair("mallory").certificate))
    copied.log_in(email="alice@acme.example", signing=Signing(key="mallory"))
    assert signed_in_as(copied.browser) == "alice@acme.example"
    assert copied.browser.get("/api/me").json()["account"] == "Globex"
    assert saml.start().status_code == 302
    message = saml.message(email="alice@acme.example", signing=Signing(key="mallory"))
    assert refused_saml(saml, message) == "saml-signature"


def test_03_a_copied_issuer_with_the_victims_subject_stays_in_its_account(cast: Cast, oidc: OidcJourney) -> None:
    web = oidc.provider.web
    copied = OidcJourney(Provider(oidc_connection(cast.globex), web, shape("entra/oidc/member.json")))
    assert copied.log_in(email="alice@acme.example").status_code == 303
    assert copied.browser.get("/api/me").json()["account"] == "Globex"
    assert copied.signed_in_as() != str(cast.alice.pk)
    assert list(cast.alice.identities.values_list("connection", flat=True)) == [oidc.provider.connection.pk]


def test_03_a_token_for_a_copied_issuer_does_not_open_the_original(cast: Cast, oidc: OidcJourney) -> None:
    """Another application of the same tenant, whose tokens Mallory may have."""
    other = {"client_id": "mallorys-application"}
    copied = OidcJourney(
        Provider(oidc_connection(cast.globex, **other), oidc.provider.web, shape("entra/oidc/member.json"))
    )
    stolen = copied.start()
    asked = oidc.start()
    assert refused_oidc(oidc, copied.token(stolen, nonce=asked["nonce"]), asked) == "oidc-audience"


FORCED = ("alice@acme.example", "charlie@globex.example")


@pytest.mark.parametrize("email", FORCED)
def test_06_another_accounts_provider_links_nobody_who_is_signed_in(cast: Cast, email: str) -> None:
    """The victim follows a link to Mallory's connection, whose provider says that she is the victim."""
    victim = User.objects.get(email=email)
    for account in {cast.acme, cast.globex} - {victim.account}:
        journey = SamlJourney(signed_connection(account), browser_of(victim))
        journey.log_in(email=email)
        assert not victim.identities.exists()
        assert journey.browser.session.get("_auth_user_id") != str(victim.pk)


def test_06_so_it_is_by_openid_connect(cast: Cast, web: Web) -> None:
    provider = Provider(oidc_connection(cast.globex), web, shape("entra/oidc/member.json"))
    journey = OidcJourney(provider, browser_of(cast.alice))
    journey.log_in(email=cast.alice.email, preferred_username=cast.alice.email)
    assert not cast.alice.identities.exists()
    assert journey.signed_in_as() != str(cast.alice.pk)


def test_06_an_answer_of_somebody_else_is_not_linked_to_who_is_signed_in(cast: Cast) -> None:
    """Mallory posts her own unsolicited answer from the victim's browser."""
    connection = signed_connection(cast.acme, allow_idp_initiated=True)
    journey = SamlJourney(connection, browser_of(cast.alice))
    journey.follow(journey.post(journey.message(email="mallory@acme.example", edit=NO_REQUEST), relay_state=""))
    assert not cast.alice.identities.exists()


def test_06_a_partners_provider_links_nobody_of_the_company(cast: Cast, saml: SamlJourney) -> None:
    cast.alice.identities.all().delete()
    partner = partner_of(cast)
    partner.browser = browser_of(cast.alice)
    assert log_in_as_partner(partner, cast.alice.email).status_code == 403
    assert not cast.alice.identities.exists()


def test_06_a_domain_that_is_no_connections_is_not_a_partners_either(cast: Cast) -> None:
    """Acme verified its domain and signs in with passwords; its only other provider is the partner's."""
    partner = partner_of(cast)
    partner.browser = browser_of(cast.alice)
    log_in_as_partner(partner, cast.alice.email)
    assert not cast.alice.identities.exists()


Disable = Callable[[Client, Connection], object]


def by_page(alice: Client, connection: Connection) -> None:
    alice.post(f"/sso/{connection.pk}/disable", {"confirmed": "yes"})
    assert Connection.objects.get(pk=connection.pk).state == "disabled"


def deleted(alice: Client, connection: Connection) -> None:
    by_page(alice, connection)
    alice.post(f"/sso/{connection.pk}/delete", {"confirmed": "yes"})
    assert not Connection.objects.filter(pk=connection.pk).exists()


@pytest.mark.parametrize("close", [by_page, deleted])
def test_19_a_connection_closed_before_the_answer(saml: SamlJourney, as_alice: Client, close: Disable) -> None:
    saml.start()
    message = saml.message()
    close(as_alice, saml.connection)
    assert saml.post(message).status_code in (403, 404)
    assert signed_in_as(saml.browser) is None


@pytest.mark.parametrize("close", [by_page, deleted])
def test_19_a_connection_closed_before_the_finish(saml: SamlJourney, as_alice: Client, close: Disable) -> None:
    saml.start()
    kept = saml.post(saml.message())
    close(as_alice, saml.connection)
    assert saml.follow(kept).status_code in (403, 404)
    assert signed_in_as(saml.browser) is None


@pytest.mark.parametrize("close", [by_page, deleted])
@pytest.mark.parametrize("answered", [True, False])
def test_19_so_it_is_by_openid_connect(oidc: OidcJourney, as_alice: Client, close: Disable, answered: bool) -> None:
    asked = oidc.start()
    fields = {"id_token": oidc.token(asked), "state": asked["state"]}
    kept = oidc.post(**fields) if answered else None
    close(as_alice, oidc.provider.connection)
    kept = kept or oidc.post(**fields)
    if kept.status_code == 303:
        assert oidc.finish(kept).status_code in (403, 404)
    assert signed_in_as(oidc.browser) is None


def test_19_a_disabled_connection_takes_no_unsolicited_answer(cast: Cast, as_alice: Client) -> None:
    journey = SamlJourney(signed_connection(cast.acme, allow_idp_initiated=True))
    by_page(as_alice, journey.connection)
    assert journey.post(journey.message(edit=NO_REQUEST), relay_state="").status_code == 404
    assert journey.start().status_code == 404


def test_24_an_answer_at_another_connection_of_the_account_is_refused(cast: Cast, saml: SamlJourney) -> None:
    """The partner signs an answer to the request of the company's connection, and the other way round."""
    partner = partner_of(cast, allow_idp_initiated=True)
    saml.start()
    partner.start()
    as_company = saml.message(email="alice@acme.example", signing=Signing(key="partner"))
    refused_saml(saml, as_company, connection=partner.connection)
    assert signed_in_as(partner.browser) is None


def test_24_a_state_of_another_connection_does_not_choose_the_keys(cast: Cast, saml: SamlJourney) -> None:
    """RelayState of the partner's sign-in at the company's ACS, with the partner's signature."""
    partner = partner_of(cast)
    partner.start()
    message = partner.message(email="alice@acme.example", signing=Signing(key="partner"))
    answer = partner.post(message, connection=saml.connection)
    assert answer.status_code == 403
    assert signed_in_as(partner.browser) is None


def test_24_a_state_of_one_protocol_is_unknown_to_the_other(saml: SamlJourney, oidc: OidcJourney) -> None:
    saml.start()
    asked = oidc.start()
    assert oidc.post(id_token=oidc.token(asked), state=saml.relay_state).status_code == 403
    saml.request_id = ""
    refused_saml(saml, saml.message(), relay_state=asked["state"])


def test_24_the_token_of_one_connection_is_refused_with_the_state_of_another(cast: Cast, oidc: OidcJourney) -> None:
    issuer = {"vendor": "other", "issuer": "https://partner.example", "tenant_id": "", "client_id": "partner"}
    partner = OidcJourney(Provider(oidc_connection(cast.acme, **issuer), oidc.provider.web, {"sub": OID}))
    stolen, asked = partner.start(), oidc.start()
    token = partner.token(stolen, nonce=asked["nonce"], oid=OID, tid=TENANT, email="alice@acme.example")
    assert refused_oidc(oidc, token, asked) == "oidc-issuer"
    assert refused_oidc(partner, oidc.token(asked, nonce=stolen["nonce"]), stolen) == "oidc-issuer"


def test_24_two_states_in_one_answer_are_not_two_chances(oidc: OidcJourney) -> None:
    """The first, or the last: the answer belongs to one sign-in, and only with its own nonce."""
    first, second = oidc.start(), oidc.start()
    for states in ([first["state"], second["state"]], [second["state"], first["state"]]):
        Client().post("/api/accounts/idp-callback", {"id_token": oidc.token(first), "state": states})
        Client().post(f"/api/accounts/idp-callback?state={states[0]}", {"id_token": oidc.token(first)})
    for row in SignInTransaction.objects.exclude(answered_at=None):
        oidc.browser.get(f"/login/sso/finish/{row.pk}")
    assert LoginRecord.objects.filter(outcome="signed-in").count() == 1
    assert LoginRecord.objects.filter(outcome="refused").count() == 1


IDENTITY_FIELDS = ("subject", "external_id", "user", "user_id", "email", "oid", "sub", "NameID", "idp_user_id")


def test_26_finish_asks_nothing_of_the_client(cast: Cast, saml: SamlJourney) -> None:
    saml.start()
    kept = saml.post(saml.message())
    forged = "&".join(f"{name}={value}" for name in IDENTITY_FIELDS for value in (cast.alice.pk, cast.alice.email))
    saml.browser.get(f"{kept.headers['Location']}?{forged}")
    assert signed_in_as(saml.browser) == "dana@acme.example"


def test_26_the_answer_is_asked_nothing_else_either(cast: Cast, oidc: OidcJourney) -> None:
    asked = oidc.start()
    forged = dict.fromkeys(IDENTITY_FIELDS, cast.alice.email)
    token = oidc.token(asked, oid="another", email="dana@acme.example", preferred_username="dana@acme.example")
    oidc.finish(oidc.post(id_token=token, state=asked["state"], **forged))
    assert signed_in_as(oidc.browser) == "dana@acme.example"


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_26_a_sign_in_without_an_answer_cannot_be_finished(cast: Cast, saml: SamlJourney, method: str) -> None:
    saml.start()
    row = SignInTransaction.objects.get()
    forged = {name: str(cast.alice.pk) for name in IDENTITY_FIELDS}
    answer = getattr(saml.browser, method)(f"/login/sso/finish/{row.pk}", forged)
    assert answer.status_code in (403, 405)
    assert signed_in_as(saml.browser) is None


def test_26_an_unknown_sign_in_cannot_be_finished(saml: SamlJourney) -> None:
    saml.start()
    assert saml.browser.get(f"/login/sso/finish/{uuid4()}").status_code == 403


def test_26_a_cookie_of_the_attackers_choice_does_not_move_a_sign_in(saml: SamlJourney) -> None:
    """Mallory's sign-in is hers; planting her cookie would make the victim her, never her the victim."""
    saml.start()
    kept = saml.post(saml.message())
    for value in ("", "x" * 43, "a" * 43, SignInTransaction.objects.get().binding_digest):
        other = Client()
        other.cookies[settings.SIGN_IN_COOKIE_NAME] = value
        assert other.get(kept.headers["Location"]).status_code == 403
        assert signed_in_as(other) is None


def unverified_domain(cast: Cast, **settings: Any) -> SamlJourney:
    """A connection of Globex that claims Acme's users' other domain without verifying it."""
    journey = SamlJourney(signed_connection(cast.globex, **settings))
    claim = EmailDomain.objects.create(account=cast.globex, domain="unverified.example")
    journey.connection.connectiondomain_set.create(account=cast.globex, domain=claim)
    return journey


def test_38_an_unverified_domain_matches_nobody(cast: Cast) -> None:
    journey = unverified_domain(cast)
    victim = users.provision_pending(cast.globex, "petra@unverified.example", acting=OPERATOR)
    assert journey.log_in(email=victim.email).status_code == 403
    assert reason(cast.globex) == "email-not-proved"
    assert not victim.identities.exists()


def test_38_an_unverified_domain_chooses_no_connection(cast: Cast) -> None:
    journey = unverified_domain(cast)
    page = Client().get("/login/sso", {"email": "charlie@unverified.example"})
    assert str(journey.connection.pk) not in page.content.decode()
    assert "Refresh" not in page.headers


@pytest.mark.parametrize("email", ["alice@acme.example", "petra@acme.example", "new@acme.example"])
def test_38_a_user_made_at_login_with_another_accounts_domain_is_nobody_there(cast: Cast, email: str) -> None:
    """JIT makes a person of the attacker's own account. The victim signs in as before."""
    journey = unverified_domain(cast)
    journey.log_in(email=email)
    assert not User.objects.filter(account=cast.acme, identities__isnull=False).exists()
    if me := journey.browser.get("/api/me").json():
        assert me.get("account", "Globex") == "Globex"
    victim = Client()
    victim.post("/login", {"email": "alice@acme.example", "password": PASSWORD})
    assert victim.session.get("_auth_user_id") == str(cast.alice.pk)


def test_38_a_domain_of_another_account_cannot_be_claimed(cast: Cast, as_alice: Client, saml: SamlJourney) -> None:
    as_alice.post(f"/sso/{saml.connection.pk}/domains", {"domain": "globex.example"})
    assert not EmailDomain.objects.filter(account=cast.acme, domain="globex.example").exists()


def test_38_a_domain_that_is_not_verified_yet_gives_nothing_until_it_is(cast: Cast, as_alice: Client) -> None:
    journey = partner_of(cast)
    as_alice.post(f"/sso/{journey.connection.pk}/domains", {"domain": "wish.example"})
    User.objects.filter(pk=cast.petra.pk).update(email="petra@wish.example", email_key="petra@wish.example")
    assert log_in_as_partner(journey, "petra@wish.example").status_code == 403

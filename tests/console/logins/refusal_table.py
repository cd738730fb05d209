"""How to provoke each refusal of a sign-in through the views, as an identity provider, a person or an admin would."""

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from accounts.audit.audit import OPERATOR
from accounts.models import Connection, SignInTransaction, User
from accounts.sso.login import complete
from accounts.users import users
from common.encryption import Sealed
from common.outbound.guarded_http import OutboundError
from tests.console.logins.world import World
from tests.support.cast import PASSWORD
from tests.support.journeys import SamlJourney, signed_connection
from tests.support.oidc_messages import ACCESS_TOKEN, CODE, rsa_key, sign
from tests.support.saml_encryption import TRIPLE_DES
from tests.support.saml_keys import key_pair
from tests.support.saml_messages import ISSUERS, NO_REQUEST, SAML, adding, removing, repeating, setting
from tests.support.saml_signing import RSA_SHA1, Signing

LONG_AGO, SOON = timedelta(hours=-3), timedelta(hours=3)
CONFIRMATION = "//a:SubjectConfirmationData"


@dataclass(frozen=True)
class Row:
    """`provoke` gives the page that the person sees. `place`: words of the place in the vendor's console, if any."""

    code: str
    provoke: Callable[[World], Any]
    place: str = ""
    title: str = ""


def now(difference: timedelta = timedelta()) -> datetime:
    return datetime.now(UTC) + difference


def seconds(difference: timedelta) -> int:
    return int(time.time() + difference.total_seconds())


def saml(code: str, place: str = "", *, options: dict[str, Any] | None = None, **message: Any) -> Row:
    """A SAML answer with these things wrong. `options`: of the connection."""

    def provoke(world: World) -> Any:
        journey = world.saml(**options or {})
        return journey.follow(journey.post(journey.message(**message)))

    return Row(f"saml-{code}", provoke, place)


def raw(code: str, xml: bytes | str) -> Row:
    """Something that is no SAML answer at all: XML, or text as it is posted."""
    posted = xml if isinstance(xml, str) else base64.b64encode(xml).decode()

    def provoke(world: World) -> Any:
        journey = world.saml()
        return journey.follow(journey.post(posted))

    return Row(f"saml-{code}", provoke)


def entra(code: str, place: str = "", *, header: dict[str, Any] | None = None, **claims: Any) -> Row:
    """An ID token of Entra with these claims or members of its header wrong."""

    def provoke(world: World) -> Any:
        journey = world.entra()
        asked = journey.start()
        return journey.answer(sign(journey.claims(asked, **claims), **header or {}), asked)

    return Row(f"oidc-{code}", provoke, place)


def signed_in_there_too_long_ago(world: World) -> Any:
    journey = world.entra(max_age=60)
    asked = journey.start()
    return journey.answer(sign(journey.claims(asked, auth_time=seconds(LONG_AGO))), asked)


def answered(**fields: str) -> Callable[[World], Any]:
    """Entra's answer with these fields, in place of an ID token or beside it."""

    def provoke(world: World) -> Any:
        journey = world.entra()
        asked = journey.start()
        sent = {"id_token": journey.token(asked)} if "error" not in fields else {}
        return journey.finish(journey.post(**{**sent, **fields}, state=asked["state"]))

    return provoke


def token_endpoint(page: Any, **claims: Any) -> Callable[[World], Any]:
    """Okta by the code flow, whose token endpoint answers with this; `None` stands for a good ID token."""

    def provoke(world: World) -> Any:
        journey = world.okta()
        asked = journey.start()
        token = journey.token(asked, **claims)
        good = {"token_type": "Bearer", "id_token": token, "access_token": ACCESS_TOKEN}
        journey.provider.publish("token", good if page is None else page)
        journey.provider.publish("userinfo", {"sub": "somebody-else"})
        return journey.finish(journey.post(code=CODE, state=asked["state"]))

    return provoke


def answered_twice(world: World) -> Any:
    journey = world.saml()
    journey.follow(journey.post(journey.message()))
    return journey.post(journey.message(email="eve@acme.example"))


def assertion_used_twice(world: World) -> Any:
    journey = world.saml()
    journey.follow(journey.post(journey.message(assertion_id="_used")))
    journey.start()
    return journey.follow(journey.post(journey.message(assertion_id="_used")))


def in_another_browser(world: World) -> Any:
    journey = world.saml()
    other = SamlJourney(journey.connection)
    kept = journey.post(journey.message())
    other.start()
    return other.follow(kept)


def without_cookies(world: World) -> Any:
    journey = world.saml()
    return Client().get(journey.post(journey.message()).headers["Location"])


def switched_off_meanwhile(world: World) -> Any:
    journey = world.saml()
    Connection.objects.update(state="disabled")
    return journey.post(journey.message())


def too_late(world: World) -> Any:
    journey = world.saml()
    SignInTransaction.objects.update(expires_at=now(LONG_AGO))
    return journey.post(journey.message())


def far_too_large(world: World) -> Any:
    return world.saml().post("A" * (world.settings.SIGN_IN_MESSAGE_LIMIT + 1))


def begun_by_the_idp(world: World) -> Any:
    journey = world.saml()
    return journey.post(journey.message(edit=NO_REQUEST), relay_state="")


def to_an_unknown_request(world: World) -> Any:
    journey = world.saml()
    return journey.post(journey.message(request_id="id99"), relay_state="")


def without_a_signing_key(world: World) -> Any:
    journey = SamlJourney(signed_connection(world.cast.acme, sign_requests=True))
    return journey.start()


def without_its_signing_key(world: World) -> Any:
    return SamlJourney(signed_connection(world.cast.acme, sign_requests=True, sp_private_key=LOST)).start()


def under_a_key_that_is_gone(world: World) -> Any:
    journey = world.saml()
    answer = journey.post(journey.message())
    world.settings.ENCRYPTION_KEYS = ["another key that is long enough 0123456789"]
    return journey.follow(answer)


def of_another_provider(world: World) -> Any:
    journey = world.entra()
    return journey.browser.get(f"/login/sso/{journey.provider.connection.pk}?iss=https://other.example")


def silent_provider(world: World) -> Any:
    journey = world.entra()
    journey.provider.publish(".well-known/openid-configuration", OutboundError("No connection.", None))
    return journey.browser.get(f"/login/sso/{journey.provider.connection.pk}")


def changed_at_the_same_time(world: World) -> Any:
    def conflict(*_: Any) -> None:
        raise IntegrityError("somebody else was faster")

    world.patch.setattr(complete, "_complete", conflict)
    return world.saml().log_in()


def as_somebody(email: str, **options: Any) -> Callable[[World], Any]:
    return lambda world: world.saml(**options).log_in(email=email)


def as_one_of_two(world: World) -> Any:
    users.provision_pending(world.cast.acme, "quinn@acme.example", acting=OPERATOR)
    return world.saml().log_in(email="petra@acme.example", name_id="quinn@acme.example")


def with_a_domain_of_nobody(world: World) -> Any:
    users.create_password_user(world.cast.acme, "eve@elsewhere.example", PASSWORD, acting=OPERATOR)
    return world.saml().log_in(email="eve@elsewhere.example")


def by_a_partner(world: World) -> Any:
    """Through a second connection, as somebody new of the company's domain."""
    signed_connection(world.cast.acme)
    partner = world.saml()
    partner.connection.domains.clear()
    return partner.log_in(email="dana@acme.example")


def entra_saml(**attributes: str) -> Callable[[World], Any]:
    """A SAML login at Entra with these attributes of Microsoft's beside the usual ones."""

    def provoke(world: World) -> Any:
        sent = {f"http://schemas.microsoft.com/identity/claims/{name}": [text] for name, text in attributes.items()}
        journey = SamlJourney(signed_connection(world.cast.acme, vendor="entra", idp_entity_id=ISSUERS["entra"]))
        journey.start()
        address = {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress": ["petra@acme.example"]}
        message = journey.message(issuer=ISSUERS["entra"], name_id="n-1", attributes={**address, **sent})
        return journey.follow(journey.post(message))

    return provoke


def as_petra_unvouched(world: World) -> Any:
    journey = world.okta(vendor="other")
    return journey.log_in(email="petra@acme.example", email_verified=None)


def after_leaving(world: World) -> Any:
    own = User.objects.filter(pk=world.cast.petra.pk)
    own.update(state="deprovisioned", deprovisioned_at=timezone.now())
    return world.saml().log_in(email="petra@acme.example")


def anothers_test(world: World) -> Any:
    """Alice tries a connection out; before it is over, Bob signs in in her browser."""
    journey = SamlJourney(signed_connection(world.cast.acme))
    journey.browser.force_login(world.cast.alice, "accounts.authentication.AccountBackend")
    journey.start_test()
    journey.browser.force_login(world.cast.bob, "accounts.authentication.AccountBackend")
    return journey.follow(journey.follow(journey.post(journey.message())))


def by_the_wrong_key(world: World) -> Any:
    journey = world.entra()
    asked = journey.start()
    return journey.answer(sign(journey.claims(asked), key=rsa_key("second")), asked)


LOST = Sealed("s1.00000000.AAAA")  # a secret whose key is none of ours
SEALED = {"encrypted_for": key_pair("sp").certificate}
OUR_KEY = {"sp_private_key": key_pair("sp").private_pem, "sp_certificate": key_pair("sp").certificate}

ROWS = [
    # The way of the message, and the person's own.
    Row("sign-in-used", answered_twice),
    Row("other-browser", in_another_browser),
    Row("cookies-missing", without_cookies),
    Row("connection-not-live", switched_off_meanwhile),
    Row("sign-in-expired", too_late),
    Row("message-too-large", far_too_large, "Group Attribute Statements"),
    Row("message-replayed", assertion_used_twice),
    Row("saml-idp-initiated", begun_by_the_idp),
    Row("saml-in-response-to", to_an_unknown_request, title="a request nobody knows"),
    Row("initiate-issuer", of_another_provider),
    Row("idp-unreachable", silent_provider),
    Row("test-of-another", anothers_test),
    Row("saml-no-signing-key", without_a_signing_key),
    Row("secret-unreadable", lambda world: world.okta(client_secret=LOST).log_in(), title="lost client secret"),
    Row("secret-unreadable", without_its_signing_key, title="lost key, signed requests"),
    Row("sign-in-expired", under_a_key_that_is_gone, title="a sign-in under a key that is gone"),
    # Who it is.
    Row("conflict", changed_at_the_same_time),
    Row("two-users-match", as_one_of_two),
    Row("email-not-proved", with_a_domain_of_nobody),
    Row("email-not-verified", as_petra_unvouched),
    Row("domain-of-another-connection", by_a_partner),
    Row("guest", entra_saml(identityprovider="live.com"), "User type"),
    Row("saml-tenant", entra_saml(tenantid="00000000-1111-4222-8333-444444444444"), "Microsoft Entra Identifier"),
    Row("email-taken", as_somebody("bob@acme.example")),
    Row("deprovisioned", after_leaving, "Assignments"),
    Row("not-announced", as_somebody("dana@acme.example", just_in_time="announced"), "Assignments"),
    Row("no-new-people", as_somebody("dana@acme.example", just_in_time="off")),
    Row("no-email", lambda world: world.saml().log_in(email="no address", name_id="00u1"), "Attribute Statements"),
    # SAML: what may be read at all.
    raw("base64", "%%%"),
    raw("xml", b"<a"),
    raw("encoding", b'<?xml version="1.0" encoding="latin1"?><a/>'),
    raw("comment", b"<a><!-- --></a>"),
    raw("cdata", b"<a><![CDATA[b]]></a>"),
    raw("doctype", b"<!DOCTYPE a><a/>"),
    raw("processing-instruction", b"<a><?b?></a>"),
    raw("shape", b"<a/>"),
    saml("id", edit=setting("/p:Response", "ID", None), signed="assertion"),
    saml("xml-id", edit=setting("/p:Response", "{http://www.w3.org/XML/1998/namespace}id", "x")),
    saml("duplicate-id", edit=setting("//a:Assertion", "ID", "_r1")),
    saml("status", "System Log", edit=setting("//p:StatusCode", "Value", "urn:example:no")),
    # SAML: signature and encryption.
    saml("certificate", "SAML Signing Certificates", options={"idp_certificates": "none at all"}),
    saml(
        "certificate",
        "SAML Signing Certificates",
        options={"idp_certificates": key_pair("weak-1024").certificate},
        signing=Signing(key="weak-1024"),
    ),
    saml("unsigned", "Assertion Signature", signed="none"),
    saml("signature", "SAML Signing Certificates", signing=Signing(key="attacker")),
    saml("signature-shape", signing=Signing(reference="#elsewhere")),
    saml("algorithm", "Signature Algorithm", signing=Signing(algorithm=RSA_SHA1)),
    saml("no-decryption-key", "Assertion Encryption", **SEALED, signed="assertion"),
    Row(
        "secret-unreadable",
        saml("", options={**OUR_KEY, "sp_private_key": LOST}, **SEALED).provoke,
        title="lost key, encrypted assertion",
    ),
    saml("decryption", "Assertion Encryption", options=OUR_KEY, encrypted_for=key_pair("other").certificate),
    saml(
        "encryption-algorithm", "Assertion Encryption", options=OUR_KEY, **SEALED, encryption={"algorithm": TRIPLE_DES}
    ),
    saml(
        "encryption-shape",
        options=OUR_KEY,
        **SEALED,
        signed="assertion",
        edit_signed=removing("//*[local-name()='EncryptedKey']"),
    ),
    # SAML: conditions.
    saml("version", edit=setting("//a:Assertion", "Version", "1.1")),
    saml("issuer", "Issuer", issuer="https://other.example"),
    saml("destination", "Single sign-on URL", edit=setting("/p:Response", "Destination", "https://other.example/acs")),
    saml("in-response-to", request_id="id99"),
    saml("audience", "Audience URI", sp_entity_id="https://other.example"),
    saml("recipient", "Single sign-on URL", edit=setting(CONFIRMATION, "Recipient", "https://other.example/acs")),
    saml("condition", edit=adding("//a:Conditions", "{urn:example}OnlyOnMondays")),
    saml("conditions", edit=removing("//a:Conditions")),
    saml("bearer", edit=setting("//a:SubjectConfirmation", "Method", "urn:example:holder")),
    saml("time", edit=setting("//a:Conditions", "NotOnOrAfter", "tomorrow")),
    saml("not-yet-valid", "clock", begins_at=now(SOON)),
    saml("expired", "clock", ends_at=now(LONG_AGO)),
    saml("lifetime", ends_at=now(timedelta(days=3))),
    saml("confirmation-expired", "clock", confirmation_ends_at=now(LONG_AGO)),
    saml("issued-in-future", "clock", edit=setting("//a:Assertion", "IssueInstant", now(SOON))),
    saml("authn-statement", edit=removing("//a:AuthnStatement")),
    saml("session-ended", "clock", edit=setting("//a:AuthnStatement", "SessionNotOnOrAfter", now(LONG_AGO))),
    saml("authenticated-in-future", "clock", edit=setting("//a:AuthnStatement", "AuthnInstant", now(SOON))),
    # SAML: the person.
    saml("subject", "Name ID format", edit=removing("//a:Subject")),
    saml("name-id", "Name ID format", edit=repeating("//a:NameID")),
    saml("encrypted-name-id", "Assertion Encryption", edit=adding("//a:Subject", f"{{{SAML}}}EncryptedID")),
    # OpenID Connect: the answer.
    Row("idp-error", answered(error="something_new"), "Users and groups"),
    Row("oidc-answer-issuer", answered(iss="https://other.example"), "Directory (tenant) ID"),
    Row("oidc-flow", answered(code="a-code-that-nobody-asked-for"), "ID tokens"),
    Row("oidc-malformed", answered(id_token="not-a-token")),
    Row("oidc-token-endpoint", token_endpoint(OutboundError("No.", 400, b'{"error":"invalid_grant"}')), "secrets"),
    Row("oidc-too-large", token_endpoint({"id_token": "a" * 300_000}), "Group claims filter"),
    Row("oidc-c-hash", token_endpoint(None, c_hash="another")),
    Row("oidc-at-hash", token_endpoint(None, at_hash="another")),
    Row("oidc-userinfo-subject", token_endpoint(None, groups=None)),
    # OpenID Connect: the ID token.
    entra("algorithm", header={"alg": "RS384"}),
    entra("critical-header", header={"crit": ["b64"], "b64": True}),
    entra("token-type", header={"typ": "at+jwt"}),
    entra("key-id", header={"kid": None}),
    entra("unknown-key", header={"kid": "second"}),
    Row("oidc-signature", by_the_wrong_key),
    entra("issuer", "Directory (tenant) ID", iss="https://other.example"),
    entra("audience", "Application (client) ID", aud="https://other.example"),
    entra("authorized-party", "Application (client) ID", azp="another-application"),
    entra("expired", "clock", iat=seconds(-SOON), nbf=None, exp=seconds(timedelta(hours=-2))),
    entra("not-yet-valid", "clock", nbf=seconds(SOON)),
    entra("issued-in-future", "clock", iat=seconds(SOON), exp=seconds(2 * SOON)),
    entra("too-old", "clock", iat=seconds(LONG_AGO), nbf=seconds(LONG_AGO)),
    entra("time-claim", exp="tomorrow"),
    Row("oidc-auth-time", signed_in_there_too_long_ago),
    entra("nonce", nonce="of another sign-in"),
    entra("subject", "profile", oid=None),
    entra("tenant", "Directory (tenant) ID", tid="00000000-0c1b-4b5a-9a53-1c2d3e4f5a6b"),
]

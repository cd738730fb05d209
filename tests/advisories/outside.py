"""What an attacker sends, and what somebody outside can see of the outcome."""

import base64
from collections.abc import Callable
from typing import Any

from django.test import Client
from lxml import etree

from accounts.audit.audit import OPERATOR
from accounts.models import Account, AccountRole, Connection, ExternalIdentity, LoginRecord, User
from accounts.users import users
from tests.support.cast import PASSWORD
from tests.support.journeys import OidcJourney, SamlJourney
from tests.support.saml_messages import Element, encode


def link(connection: Connection, user: User, subject: str) -> ExternalIdentity:
    """Who somebody is at a connection, as their earlier login left it."""
    issuer = connection.issuer or connection.idp_entity_id
    return ExternalIdentity.objects.create(
        account=connection.account, connection=connection, user=user, subject=subject, issuer=issuer
    )


def signed_in_as(browser: Client) -> str | None:
    """The e-mail of the person signed in there."""
    answer = browser.get("/api/me")
    return str(answer.json()["email"]) if answer.status_code == 200 else None


def reason(account: Account | None = None) -> str:
    """The code of the latest login record."""
    records = LoginRecord.objects.all() if account is None else LoginRecord.objects.in_account(account)
    latest = records.order_by("at").last()
    return latest.reason if latest else ""


def refused_saml(journey: SamlJourney, message: str, **posted: Any) -> str:
    """Deliver the message: it must sign nobody in. Gives the code of the latest refusal that was recorded."""
    answer = journey.post(message, **posted)
    if answer.status_code == 303:
        answer = journey.follow(answer)
    assert answer.status_code in (403, 404), answer.status_code
    assert signed_in_as(journey.browser) is None
    return reason(journey.connection.account)


def refused_oidc(journey: OidcJourney, token: str, asked: dict[str, str]) -> str:
    """As `refused_saml`, for an ID token."""
    answer = journey.answer(token, asked)
    assert answer.status_code == 403, answer.status_code
    assert signed_in_as(journey.browser) is None
    return reason(journey.provider.connection.account)


def rewritten(message: str, rewrite: Callable[[bytes], bytes]) -> str:
    """A SAML message with its bytes changed, which must make a difference."""
    xml = base64.b64decode(message)
    changed = rewrite(xml)
    assert changed != xml
    return encode(changed)


def reshaped(message: str, change: Callable[[Element], Element | None]) -> str:
    """A SAML message with its tree changed, or replaced with what `change` gives."""
    root = etree.fromstring(base64.b64decode(message))
    other = change(root)
    return encode(etree.tostring(root if other is None else other))


def somebody_with(account: Account, *permissions: str) -> User:
    """An active person with a password and exactly these account permissions."""
    name = "-".join(permissions).lower().replace(" ", "-") or "nothing"
    role = AccountRole.objects.create(account=account, name=f"Only {name}", permissions=sorted(permissions))
    return users.create_password_user(
        account, f"{name}@{account.slug}.example", PASSWORD, acting=OPERATOR, account_role=role
    )


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user, "accounts.authentication.AccountBackend")
    return browser

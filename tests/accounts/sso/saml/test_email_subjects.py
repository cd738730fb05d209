"""A NameID of the format emailAddress is one person in any letter case; one of any other format is as it is written."""

from typing import Any

import pytest

from accounts.models import Connection, ExternalIdentity, LoginRecord, User
from tests.support.cast import Cast
from tests.support.journeys import SamlJourney, signed_connection

EMAIL = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
EMAIL_OF_SAML_2 = "urn:oasis:names:tc:SAML:2.0:nameid-format:emailAddress"  # no format of the standard, yet sent
UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"


@pytest.fixture
def okta(cast: Cast) -> Connection:
    return signed_connection(cast.acme)


def log_in(connection: Connection, name_id: str, name_id_format: str = EMAIL, email: str = "ann@acme.example") -> Any:
    return SamlJourney(connection).log_in(email=email, name_id=name_id, name_id_format=name_id_format)


def known(connection: Connection, subject: str, user: User) -> ExternalIdentity:
    return ExternalIdentity.objects.create(
        account=connection.account, connection=connection, user=user, subject=subject, issuer=connection.idp_entity_id
    )


def people(connection: Connection) -> list[tuple[str, str]]:
    found = ExternalIdentity.objects.filter(connection=connection).order_by("subject")
    return list(found.values_list("subject", "user__email"))


SPELLINGS = {
    "later in lower case": ("Ann@Acme.Example", EMAIL, "ann@acme.example", EMAIL),
    "later in capitals": ("ann@acme.example", EMAIL, "ANN@ACME.EXAMPLE", EMAIL),
    "later by a format that is none": ("Ann@acme.example", EMAIL, "ann@acme.example", EMAIL_OF_SAML_2),
    "of no format at first": ("Ann@acme.example", UNSPECIFIED, "ann@acme.example", EMAIL),
}


@pytest.mark.parametrize(("first", "of", "then", "by"), SPELLINGS.values(), ids=SPELLINGS)
def test_an_address_in_another_letter_case_is_the_same_person(
    okta: Connection, first: str, of: str, then: str, by: str
) -> None:
    assert log_in(okta, first, of).status_code == log_in(okta, then, by).status_code == 303
    assert people(okta) == [(first, "ann@acme.example")]


STRANGERS = {
    "a persistent name": ("AbC", "abc", PERSISTENT),
    "a persistent name that looks like an address": ("Ann@acme.example", "ann@acme.example", PERSISTENT),
    "an unspecified name that looks like an address": ("Ann@acme.example", "ann@acme.example", UNSPECIFIED),
    "a name without a format": ("Ann@acme.example", "ann@acme.example", ""),
}


@pytest.mark.parametrize(("first", "then", "by"), STRANGERS.values(), ids=STRANGERS)
def test_a_name_of_another_format_is_another_one_in_another_letter_case(
    okta: Connection, first: str, then: str, by: str
) -> None:
    assert [log_in(okta, name, by).status_code for name in (first, then)] == [303, 403]
    assert people(okta) == [(first, "ann@acme.example")]


def test_two_people_who_differ_in_letter_case_are_never_made_one(okta: Connection, cast: Cast) -> None:
    known(okta, "Ann@acme.example", cast.bob)
    known(okta, "ann@acme.example", cast.alice)
    assert log_in(okta, "ANN@acme.example").status_code == 403
    refusal = LoginRecord.objects.get()
    assert refusal.reason == "two-users-match"
    assert "alice@acme.example has 'ann@acme.example'" in refusal.explanation
    assert {email for _, email in people(okta)} == {cast.alice.email, cast.bob.email}


@pytest.mark.parametrize(("name", "who"), [("Ann@acme.example", "bob"), ("ann@acme.example", "alice")])
def test_each_of_them_signs_in_as_before(okta: Connection, cast: Cast, name: str, who: str) -> None:
    known(okta, "Ann@acme.example", cast.bob)
    known(okta, "ann@acme.example", cast.alice)
    assert log_in(okta, name).status_code == 303
    assert LoginRecord.objects.get().user == getattr(cast, who)


def test_two_spellings_of_one_user_are_that_user(okta: Connection, cast: Cast) -> None:
    known(okta, "Bob@acme.example", cast.bob)
    known(okta, "bob@acme.example", cast.bob)
    assert log_in(okta, "BOB@acme.example", email=cast.bob.email).status_code == 303
    assert LoginRecord.objects.get().user == cast.bob


def test_nobody_of_another_connection_or_account_is_found(okta: Connection, cast: Cast) -> None:
    for connection in (signed_connection(cast.acme, name="Other"), signed_connection(cast.globex)):
        known(connection, "ann@acme.example", cast.charlie if connection.account == cast.globex else cast.alice)
    log_in(okta, "Ann@acme.example")
    assert people(okta) == [("Ann@acme.example", "ann@acme.example")]


def test_an_erased_person_is_not_found_in_another_letter_case(okta: Connection, cast: Cast) -> None:
    known(okta, "ann@acme.example", cast.bob)
    User.objects.filter(pk=cast.bob.pk).update(erased_at="2026-01-01T00:00:00Z")
    assert log_in(okta, "Ann@acme.example").status_code == 303
    assert LoginRecord.objects.get().user != cast.bob

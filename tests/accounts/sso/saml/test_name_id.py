"""A NameID that is encrypted for us, in assertions and in logout requests: opened, then under the same rules."""

from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from accounts.models import Connection, ExternalIdentity, LoginRecord
from tests.support.cast import Cast
from tests.support.journeys import SamlJourney, signed_connection
from tests.support.logouts import Visit, answered, logout_connection, statuses
from tests.support.saml_encryption import AES128_CBC, AES256_GCM, OAEP_SHA256, RSA_1_5, encrypt, encrypt_id
from tests.support.saml_keys import key_pair
from tests.support.saml_messages import SAML, Element, every, find, removing, set_attribute, setting, writing

SEALED_WITH: dict[str, dict[str, Any]] = {
    "AES-256-CBC": {},
    "AES-256-GCM": {"algorithm": AES256_GCM},
    "the key beside the data": {"key": "beside", "algorithm": AES128_CBC},
    "OAEP with SHA-256": {"transport": OAEP_SHA256},
}
NO_KEY = {"sp_private_key": "", "sp_certificate": ""}


def sealed(owner: str = "sp", **options: Any) -> Callable[[Element], object]:
    return lambda root: encrypt_id(find(root, "//a:NameID"), key_pair(owner).certificate, **options)


def renamed(root: Element) -> None:
    find(root, "//a:NameID").tag = f"{{{SAML}}}BaseID"


def log_in(connection: Connection, edit: Any) -> int:
    return int(SamlJourney(connection).log_in(edit=edit).status_code)


def reason() -> str:
    return str(LoginRecord.objects.latest("at").reason)


@pytest.mark.parametrize("options", SEALED_WITH.values(), ids=SEALED_WITH)
def test_a_login_by_an_encrypted_name_is_the_person_of_that_name(cast: Cast, options: dict[str, Any]) -> None:
    assert log_in(logout_connection(cast.acme), sealed(**options)) == 303
    assert ExternalIdentity.objects.get().subject == "dana@acme.example"


def test_encrypted_or_not_it_is_the_same_person(cast: Cast) -> None:
    okta = logout_connection(cast.acme)
    assert [log_in(okta, edit) for edit in (every(), sealed())] == [303, 303]
    assert ExternalIdentity.objects.count() == 1


def test_an_encrypted_name_inside_an_encrypted_assertion_is_opened_too(cast: Cast) -> None:
    journey = SamlJourney(logout_connection(cast.acme))
    answer = journey.log_in(edit=sealed(), encrypted_for=key_pair("sp").certificate)
    assert answer.status_code == 303


def test_a_connection_without_a_key_says_so(cast: Cast) -> None:
    assert log_in(signed_connection(cast.acme), sealed()) == 403
    assert reason() == "saml-encrypted-name-id"


REFUSED = {
    "for another key": (sealed("idp"), "saml-decryption"),
    "by RSA 1.5": (sealed(transport=RSA_1_5), "saml-encryption-algorithm"),
    "something else inside": (
        every(renamed, lambda root: encrypt_id(find(root, "//a:BaseID"), key_pair("sp").certificate)),
        "saml-name-id",
    ),
    "one beside a NameID": (
        lambda root: (
            find(root, "//a:Subject").append(etree.fromstring(etree.tostring(find(root, "//a:NameID")))),
            sealed()(root),
        ),
        "saml-name-id",
    ),
    "a transient one": (
        every(setting("//a:NameID", "Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"), sealed()),
        "saml-subject",
    ),
    "a huge one": (every(writing("//a:NameID", "a" * 513), sealed()), "saml-name-id"),
}


@pytest.mark.parametrize(("edit", "code"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_opened_or_used_is_refused(cast: Cast, edit: Any, code: str) -> None:
    assert log_in(logout_connection(cast.acme), edit) == 403
    assert reason() == code
    assert not ExternalIdentity.objects.exists()


def sealed_groups(owner: str) -> Callable[[Element], object]:
    def edit(root: Element) -> None:
        set_attribute(root, "groups", ["Engineers"])
        groups = find(root, "//a:Attribute[@Name='groups']")
        encrypt(groups, key_pair(owner).certificate, holder_name="EncryptedAttribute")

    return edit


def test_an_encrypted_attribute_is_read(cast: Cast) -> None:
    assert log_in(logout_connection(cast.acme), sealed_groups("sp")) == 303
    assert ExternalIdentity.objects.get().group_ids == ["Engineers"]


@pytest.mark.parametrize(
    ("owner", "key", "code"), [("idp", {}, "saml-decryption"), ("sp", NO_KEY, "saml-no-decryption-key")]
)
def test_one_that_cannot_be_opened_does_not_count_as_absent(
    cast: Cast, owner: str, key: dict[str, str], code: str
) -> None:
    assert log_in(logout_connection(cast.acme, **key), sealed_groups(owner)) == 403
    assert reason() == code


@pytest.mark.parametrize("by", ["post", "redirect"])
def test_a_logout_by_an_encrypted_name_ends_the_session(cast: Cast, by: str) -> None:
    visit = Visit(logout_connection(cast.acme))
    answer = answered(visit.asked_by_idp(by, visit.message(edit=sealed())))
    assert (statuses(answer), visit.is_signed_in()) == (["Success"], False)


def test_it_ends_all_sessions_of_that_name_where_none_is_named(cast: Cast) -> None:
    okta = logout_connection(cast.acme)
    dana, erik = Visit(okta), Visit(okta, "erik@acme.example")
    dana.asked_by_idp(message=dana.message(edit=every(removing("//p:SessionIndex"), sealed())))
    assert [visit.is_signed_in() for visit in (dana, erik)] == [False, True]


LOGOUTS_REFUSED = {
    "for another key": (sealed("idp"), "logout-saml-decryption"),
    "another person's": (every(writing("//a:NameID", "erik@acme.example"), sealed()), "logout-saml-name-id"),
}


@pytest.mark.parametrize(("edit", "code"), LOGOUTS_REFUSED.values(), ids=LOGOUTS_REFUSED)
def test_a_logout_that_names_nobody_of_the_session_ends_nothing(cast: Cast, edit: Any, code: str) -> None:
    visit = Visit(logout_connection(cast.acme))
    assert statuses(answered(visit.asked_by_idp(message=visit.message(edit=edit))))[0] == "Requester"
    assert (reason(), visit.is_signed_in()) == (code, True)

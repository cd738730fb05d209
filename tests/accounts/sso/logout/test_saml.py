"""Which sessions a logout at the identity provider means, and that none goes on unnoticed."""

from typing import Any

import pytest

from accounts.models import Connection, ExternalIdentity, LoginRecord
from accounts.sso.saml import service_provider
from tests.support.cast import Cast
from tests.support.logouts import Visit, answered, deliver, logout_connection, statuses
from tests.support.saml_messages import Element, every, find, removing, repeating, setting, writing

SUCCESS = ["Success"]


@pytest.fixture
def connection(cast: Cast) -> Connection:
    return logout_connection(cast.acme)


@pytest.fixture
def dana(connection: Connection) -> Visit:
    return Visit(connection)


def test_only_the_named_session_ends(connection: Connection, dana: Visit) -> None:
    at_home = Visit(connection)
    dana.asked_by_idp()
    assert (dana.is_signed_in(), at_home.is_signed_in()) == (False, True)


def test_several_named_sessions_end(connection: Connection, dana: Visit) -> None:
    at_home, on_the_train = Visit(connection), Visit(connection)

    def both(root: Element) -> None:
        repeating("//p:SessionIndex")(root)
        find(root, "//p:SessionIndex[2]").text = at_home.session_index

    dana.asked_by_idp(message=dana.message(edit=both))
    assert [visit.is_signed_in() for visit in (dana, at_home, on_the_train)] == [False, False, True]


def test_without_a_session_index_all_sessions_of_that_person_end_and_no_one_elses(
    connection: Connection, dana: Visit
) -> None:
    at_home, erik = Visit(connection), Visit(connection, "erik@acme.example")
    dana.asked_by_idp(message=dana.message(edit=removing("//p:SessionIndex")))
    assert [visit.is_signed_in() for visit in (dana, at_home, erik)] == [False, False, True]


def test_people_known_by_another_attribute_are_found_by_their_name_id(cast: Cast) -> None:
    visit = Visit(logout_connection(cast.acme))
    ExternalIdentity.objects.update(subject="4711")
    visit.asked_by_idp(message=visit.message(edit=removing("//p:SessionIndex")))
    assert not visit.is_signed_in()


_NOTHING = every()
OTHER_NAMES = {
    "another name": writing("//a:NameID", "erik@acme.example"),
    "another format": setting("//a:NameID", "Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"),
    "another qualifier": setting("//a:NameID", "NameQualifier", "https://other.example/"),
    "another qualifier of ours": setting("//a:NameID", "SPNameQualifier", "https://other.example/"),
}


_QUALIFIED = every(
    setting("//a:NameID", "NameQualifier", "https://idp.acme.example/"),
    setting("//a:NameID", "SPNameQualifier", "https://sp.acme.example/"),
)
_UNSPECIFIED = setting("//a:NameID", "Format", "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified")
NO_FORMAT = setting("//a:NameID", "Format", None)
LESS_SAID = {
    "no format": (_NOTHING, NO_FORMAT),
    "an unspecified format": (_NOTHING, _UNSPECIFIED),
    "no qualifiers": (_QUALIFIED, _NOTHING),
    "neither format nor qualifiers": (_QUALIFIED, NO_FORMAT),
    "no format of an address in another letter case": (
        _NOTHING,
        every(NO_FORMAT, writing("//a:NameID", "DANA@acme.example")),
    ),
    "a format that the login did not say": (NO_FORMAT, _NOTHING),
    "a format that is none": (
        _NOTHING,
        setting("//a:NameID", "Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:emailAddress"),
    ),
}


@pytest.mark.parametrize(("at_login", "at_logout"), LESS_SAID.values(), ids=LESS_SAID)
def test_a_session_that_is_named_ends_for_a_name_that_says_less(cast: Cast, at_login: Any, at_logout: Any) -> None:
    visit = Visit(logout_connection(cast.acme), at_login={"edit": at_login})
    assert statuses(answered(visit.asked_by_idp(message=visit.message(edit=at_logout)))) == SUCCESS
    assert not visit.is_signed_in()


@pytest.mark.parametrize("edit", [NO_FORMAT, _UNSPECIFIED])
def test_without_a_session_index_a_name_that_says_less_ends_nothing(dana: Visit, edit: Any) -> None:
    message = dana.message(edit=every(removing("//p:SessionIndex"), edit))
    assert statuses(answered(dana.asked_by_idp(message=message))) == ["Requester", "UnknownPrincipal"]
    assert dana.is_signed_in()


def test_less_is_enough_at_this_connection_alone(cast: Cast, dana: Visit) -> None:
    theirs = logout_connection(cast.globex)
    message = dana.message(slo_url=service_provider.slo_url(theirs), edit=NO_FORMAT)
    assert statuses(answered(deliver(theirs, "post", message))) == SUCCESS
    assert dana.is_signed_in()


def test_an_address_in_another_letter_case_is_the_same_name(dana: Visit) -> None:
    message = dana.message(edit=every(removing("//p:SessionIndex"), writing("//a:NameID", "Dana@Acme.example")))
    dana.asked_by_idp(message=message)
    assert not dana.is_signed_in()


@pytest.mark.parametrize("edit", OTHER_NAMES.values(), ids=OTHER_NAMES)
def test_a_session_of_another_name_does_not_end_and_is_not_shown_as_ended(dana: Visit, edit: Any) -> None:
    assert statuses(answered(dana.asked_by_idp(message=dana.message(edit=edit)))) == ["Requester", "UnknownPrincipal"]
    assert dana.is_signed_in()


def test_so_it_is_without_a_session_index_for_the_same_name_in_another_format(dana: Visit) -> None:
    def otherwise(root: Element) -> None:
        removing("//p:SessionIndex")(root)
        OTHER_NAMES["another format"](root)

    answer = answered(dana.asked_by_idp(message=dana.message(edit=otherwise)))
    assert (statuses(answer), dana.is_signed_in()) == (["Requester", "UnknownPrincipal"], True)
    record = LoginRecord.objects.get(reason="logout-saml-name-id")
    assert "with Format=urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" in record.explanation


def test_a_name_that_nobody_is_signed_in_under_is_a_success(dana: Visit) -> None:
    def erik(root: Element) -> None:
        removing("//p:SessionIndex")(root)
        OTHER_NAMES["another name"](root)

    assert statuses(answered(dana.asked_by_idp(message=dana.message(edit=erik)))) == SUCCESS
    assert dana.is_signed_in()


def test_qualifiers_that_say_what_their_absence_means_are_the_same_name(dana: Visit) -> None:
    qualifier = setting("//a:NameID", "NameQualifier", dana.connection.idp_entity_id)
    dana.asked_by_idp(message=dana.message(edit=qualifier))
    assert not dana.is_signed_in()

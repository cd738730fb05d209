"""Who may be added and removed manually: each kind of user, each kind of group."""

import pytest

from accounts.groups.managed_by_hand import Member, adding, removing

BOB = Member("Bob", has_password=True)
DANA = Member("Dana", delivering=("Okta",))
ERIK = Member("Erik", silent=("Keycloak",))
PETRA = Member("Petra")
GUS = Member("Gus", delivering=("Okta",), has_password=True)


@pytest.mark.parametrize(
    ("person", "by_hand", "why"),
    [
        (BOB, True, "Bob logs in with a password."),
        (ERIK, True, "through connection Keycloak, which delivers no groups"),
        (PETRA, True, "Petra has no login through a connection that delivers groups."),
        (DANA, False, "The identity provider manages Dana, who logs in through connection Okta"),
        (GUS, False, "The identity provider manages Gus"),
    ],
)
def test_adding_to_a_mapped_group(person: Member, by_hand: bool, why: str) -> None:
    ruling = adding(person, is_mapped=True)
    assert ruling.by_hand is by_hand
    assert why in ruling.why


@pytest.mark.parametrize("person", [BOB, DANA, ERIK, PETRA, GUS])
def test_anybody_may_be_added_to_a_group_without_identifier(person: Member) -> None:
    assert adding(person, is_mapped=False).by_hand


@pytest.mark.parametrize("person", [BOB, DANA, ERIK, PETRA, GUS])
@pytest.mark.parametrize("is_mapped", [True, False])
def test_who_was_added_by_hand_may_be_removed_by_hand(person: Member, is_mapped: bool) -> None:
    assert removing(person, is_mapped=is_mapped, by_login=False).by_hand


@pytest.mark.parametrize(
    ("person", "is_mapped", "by_hand", "why"),
    [
        (DANA, True, False, "The identity provider manages Dana: added at login by connection Okta."),
        (DANA, False, True, "has no IdP identifier"),
        (BOB, True, True, "no login removes them. Bob logs in with a password."),
        (ERIK, True, True, "Added at a login by connection Okta; no login removes them."),
    ],
)
def test_removing_whom_a_login_put_in(person: Member, is_mapped: bool, by_hand: bool, why: str) -> None:
    ruling = removing(person, is_mapped=is_mapped, by_login=True, connection="Okta")
    assert ruling.by_hand is by_hand
    assert why in ruling.why


def test_of_several_connections_the_one_that_still_delivers_is_named() -> None:
    ruling = removing(Member("Dana", ("Azure", "Okta")), is_mapped=True, by_login=True, connection="Gone")
    assert ruling.why.endswith("by connection Azure and Okta.")

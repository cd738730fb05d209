"""Microsoft Graph's object IDs say nothing of groups that are mapped to a name."""

from typing import Any

import pytest

from accounts.connections.provider import graph
from accounts.connections.provider.graph import GraphUnavailable, GroupNames
from accounts.models import Connection, ExternalIdentity, GroupMembership, LoginRecord
from accounts.sso.login.preview import try_out
from tests.conftest import LogIn
from tests.support.cast import Cast
from tests.support.factories import OID, TENANT, claims, mapped_group, oidc_connection, saml_connection

pytestmark = pytest.mark.django_db
GUID, OTHER = "0c6a7e0e-5d0c-4a43-9a53-0c6f0e6a1f99", "0c6a7e0e-5d0c-4a43-9a53-0c6f0e6a1f77"
SUBJECT = f"{TENANT}/{OID}"
UNKNOWN = GraphUnavailable("Microsoft Graph does not say what the groups are called.")


class Said:
    """What Microsoft Graph answers; `asked`: how often for names."""

    def __init__(self) -> None:
        self.ids: tuple[str, ...] = ()
        self.names: GroupNames | GraphUnavailable = UNKNOWN
        self.asked = 0

    def group_names(self, *_: object) -> GroupNames:
        self.asked += 1
        if isinstance(self.names, GraphUnavailable):
            raise self.names
        return self.names


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    said = Said()
    monkeypatch.setattr(graph, "member_group_ids", lambda *_: said.ids)
    monkeypatch.setattr(graph, "member_group_names", said.group_names)
    return said


@pytest.fixture
def entra(cast: Cast) -> Connection:
    mapped_group(cast.acme, "Platform", "Platform Team")
    mapped_group(cast.acme, "Ops", GUID)
    return oidc_connection(cast.acme, client_secret="x")


def groups_now() -> set[str]:
    return set(GroupMembership.objects.filter(user__email="dana@acme.example").values_list("group__name", flat=True))


def cut_off(log_in: LogIn, entra: Connection, *before: str) -> LoginRecord:
    """A login whose list was cut off, after one that named these groups."""
    if before:
        log_in(claims(entra, subject=SUBJECT, group_ids=before), entra)
    done = log_in(claims(entra, subject=SUBJECT, groups_overage=True), entra)
    return LoginRecord.objects.get(pk=done.record.pk)


def test_a_group_mapped_to_a_name_is_not_emptied_by_object_ids(entra: Connection, said: Said, log_in: LogIn) -> None:
    said.ids = (OTHER,)
    record = cut_off(log_in, entra, "Platform Team", GUID)
    assert groups_now() == {"Platform"}
    assert "Groups that are mapped to a name were left as they are. " + str(UNKNOWN) in record.decisions


def test_it_stays_so_whatever_is_synced_later(entra: Connection, said: Said, log_in: LogIn) -> None:
    cut_off(log_in, entra, "Platform Team", GUID)
    cut_off(log_in, entra)
    assert groups_now() == {"Platform"}
    assert ExternalIdentity.objects.get(subject=SUBJECT).group_ids == ["Platform Team"]


def test_a_whole_list_empties_it(entra: Connection, said: Said, log_in: LogIn) -> None:
    cut_off(log_in, entra, "Platform Team")
    log_in(claims(entra, subject=SUBJECT, group_ids=(GUID,)), entra)
    assert groups_now() == {"Ops"}


@pytest.mark.parametrize("name", ["Platform Team", "CONTOSO\\Platform Team"])
def test_a_name_of_the_directory_puts_in_and_takes_out(
    cast: Cast, entra: Connection, said: Said, log_in: LogIn, name: str
) -> None:
    cast.acme.group_set.filter(name="Platform").update(idp_identifier=name, idp_identifier_key=name)
    said.names = GroupNames(frozenset({"Platform Team", "CONTOSO\\Platform Team"}), frozenset({"Shown"}))
    said.ids = (GUID,)
    cut_off(log_in, entra)
    assert groups_now() == {"Platform", "Ops"}
    said.names = GroupNames(frozenset(), frozenset({"Shown"}))
    cut_off(log_in, entra)
    assert groups_now() == {"Ops"}


def test_a_display_name_keeps_who_is_in(entra: Connection, said: Said, log_in: LogIn) -> None:
    said.names = GroupNames(frozenset(), frozenset({"Platform Team"}))
    cut_off(log_in, entra, "Platform Team")
    assert groups_now() == {"Platform"}


def test_a_display_name_puts_nobody_in_and_the_object_id_is_named(entra: Connection, said: Said, log_in: LogIn) -> None:
    """Anybody who may make groups at Entra can make one that is called so."""
    said.names = GroupNames(frozenset(), frozenset({"Platform Team"}))
    record = cut_off(log_in, entra)
    assert groups_now() == set()
    assert any("adds nobody: map the group to the object ID" in sentence for sentence in record.decisions)


def test_names_are_not_asked_for_where_none_is_mapped(cast: Cast, said: Said, log_in: LogIn) -> None:
    mapped_group(cast.acme, "Ops", GUID.upper())
    mapped_group(cast.globex, "Theirs", "A name")
    said.ids = (GUID,)
    cut_off(log_in, oidc_connection(cast.acme, client_secret="x"))
    assert (groups_now(), said.asked) == ({"Ops"}, 0)


def test_what_another_connection_gives_by_name_stays(cast: Cast, entra: Connection, said: Said, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    user = log_in(claims(okta, group_ids=("Platform Team",)), okta).user
    ExternalIdentity.objects.create(account=cast.acme, connection=entra, user=user, subject=SUBJECT, issuer="x")
    cut_off(log_in, entra)
    assert groups_now() == {"Platform"}


def test_what_if_says_and_does_the_same(entra: Connection, said: Said, log_in: LogIn) -> None:
    log_in(claims(entra, subject=SUBJECT, group_ids=("Platform Team", GUID)), entra)
    given: Any = claims(entra, subject=SUBJECT, groups_overage=True)
    tried = try_out(given, entra)
    record = cut_off(log_in, entra)
    assert (tried.groups_left, list(tried.decisions)) == (("Ops",), record.decisions)

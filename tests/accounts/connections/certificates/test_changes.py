"""Certificates of an identity provider: added and removed by fingerprint, never the last one."""

import pytest

from accounts.audit.audit import OPERATOR
from accounts.connections import connections, drafts
from accounts.connections.certificates.certificates import fingerprint
from accounts.connections.certificates.changes import add_certificates, remove_certificate
from accounts.errors import ActionRefused
from accounts.models import AuditEntry, Connection
from tests.support.cast import Cast
from tests.support.drafts import publish
from tests.support.factories import saml_connection
from tests.support.saml_keys import key_pair

pytestmark = pytest.mark.django_db
OLD, NEW = key_pair("idp").certificate, key_pair("next").certificate


@pytest.fixture
def okta(cast: Cast) -> Connection:
    """Not enabled yet: what is changed is changed at once."""
    return saml_connection(cast.acme, name="Okta", idp_certificates=OLD, state="draft")


def test_a_certificate_stands_beside_the_present_one_and_is_shown_by_fingerprint(okta: Connection) -> None:
    assert add_certificates(okta, key_pair("next").body, acting=OPERATOR).certificates == (NEW,)
    assert Connection.objects.get().idp_certificates == OLD + NEW
    result = AuditEntry.objects.get(action="connection.changed").changes
    assert result == {"idp_certificates": [[fingerprint(OLD)], [fingerprint(OLD), fingerprint(NEW)]]}
    assert add_certificates(okta, NEW, acting=OPERATOR).certificates == ()


def test_what_is_no_certificate_is_refused(okta: Connection) -> None:
    with pytest.raises(ActionRefused, match="received a private key"):
        add_certificates(okta, key_pair("idp").private_pem, acting=OPERATOR)


def test_the_last_certificate_stays(okta: Connection) -> None:
    only = fingerprint(OLD)
    connections.enable(okta, acting=OPERATOR)
    connections.disable(okta, acting=OPERATOR)
    with pytest.raises(ActionRefused, match="last certificate"):
        remove_certificate(okta, only, acting=OPERATOR)
    add_certificates(okta, NEW, acting=OPERATOR)
    remove_certificate(okta, only, acting=OPERATOR)
    publish(okta)
    assert Connection.objects.get().idp_certificates == NEW
    with pytest.raises(ActionRefused, match="not there any more"):
        remove_certificate(okta, only, acting=OPERATOR)


def test_those_of_a_live_connection_are_changed_in_its_draft(okta: Connection) -> None:
    connections.enable(okta, acting=OPERATOR)
    add_certificates(okta, NEW, acting=OPERATOR)
    remove_certificate(okta, fingerprint(OLD), acting=OPERATOR)
    assert Connection.objects.get().idp_certificates == OLD
    assert drafts.with_draft(okta).idp_certificates == NEW

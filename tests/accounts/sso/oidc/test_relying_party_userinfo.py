"""Claims that a provider keeps out of the ID token, read from its userinfo endpoint."""

import pytest

from common.outbound.guarded_http import OutboundError
from tests.accounts.sso.oidc.test_code import refusal_of
from tests.support.oidc_messages import ACCESS_TOKEN, Provider, shape


def test_groups_missing_from_a_thin_token_are_read_from_userinfo(okta: Provider) -> None:
    okta.claims = shape("okta/oidc/thin.json")
    okta.publish("userinfo", shape("okta/oidc/userinfo.json"))
    found = okta.log_in_by_code()
    assert (found.group_ids, found.email, found.first_name) == (("Everyone", "IT"), "dana@acme.example", "Dana")
    assert okta.web.sent("/userinfo")["headers"] == {"Authorization": f"Bearer {ACCESS_TOKEN}"}


def test_userinfo_changes_nothing_that_the_id_token_said(okta: Provider) -> None:
    okta.publish("userinfo", shape("okta/oidc/userinfo.json") | {"email": "other@acme.example", "groups": ["X"]})
    assert okta.log_in_by_code(groups=None).email == "dana@acme.example"


def test_userinfo_about_somebody_else_is_refused(okta: Provider) -> None:
    okta.publish("userinfo", shape("okta/oidc/userinfo.json") | {"sub": "00u2other"})
    assert refusal_of(okta, groups=None).code == "oidc-userinfo-subject"


@pytest.mark.parametrize("page", [b"", b"[]", b"eyJhbGciOiJSUzI1NiJ9.e30.AA"])
def test_userinfo_that_cannot_be_read_is_refused(okta: Provider, page: bytes) -> None:
    okta.publish("userinfo", page)
    assert refusal_of(okta, groups=None).code == "oidc-userinfo-subject"


def test_a_silent_userinfo_endpoint_does_not_look_like_no_groups(okta: Provider) -> None:
    okta.publish("userinfo", OutboundError("No connection."))
    assert refusal_of(okta, groups=None).code == "idp-unreachable"


def test_a_complete_token_needs_no_userinfo(okta: Provider) -> None:
    okta.log_in_by_code()
    assert okta.web.count("/userinfo") == 0


def test_entra_is_not_asked_for_userinfo(entra: Provider) -> None:
    entra.connection.flow = "code"
    assert entra.log_in_by_code(groups=None).group_ids is None
    assert entra.web.count("/userinfo") == 0

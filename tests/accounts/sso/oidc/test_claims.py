"""From verified claims to a person (`protocol.md` 6.6, 7 and 9)."""

from typing import Any

import pytest

from accounts.sso.refusal import LoginRefused
from tests.support.oidc_messages import Provider, at, shape


def test_an_entra_person_is_known_by_tenant_and_object_id(entra: Provider) -> None:
    found = entra.log_in()
    assert found.subject == "7a1f9d7e-0c1b-4b5a-9a53-1c2d3e4f5a6b/0c6a7e0e-5d0c-4a43-9a53-0c6f0e6a1f11"
    assert found.external_ids == ("0c6a7e0e-5d0c-4a43-9a53-0c6f0e6a1f11",)
    assert found.user_names == ("dana@acme.example",)
    assert found.issuer == entra.connection.issuer
    assert found.idp_session == "00e9b7c4-1f6f-4a6d-8f3c-aaaaaaaaaaaa"


def test_an_okta_person_is_known_by_sub_with_the_whole_profile(okta: Provider) -> None:
    found = okta.log_in_by_code()
    assert (found.subject, found.external_ids) == ("00u1dana", ("00u1dana",))
    assert (found.first_name, found.last_name, found.timezone) == ("Dana", "Diaz", "Europe/Lisbon")
    assert (found.space_names, found.space_roles) == (("DevOps, QA",), ("Space Developer",))
    assert found.group_ids == ("Everyone", "IT")
    assert found.message_id == "ID.4eAWJOCMB3SX8XewDfVR"


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Dana van der Berg", "Dana", "van der Berg"),
        ("Lee, Ann", "Ann", "Lee"),
        ("van der Berg, Jan", "Jan", "van der Berg"),
    ],
)
def test_the_full_name_is_split_when_its_parts_did_not_arrive(
    entra: Provider, name: str, first: str, last: str
) -> None:
    found = entra.log_in(name=name)
    assert (found.first_name, found.last_name) == (first, last)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({"zoneinfo": "Europe/Paris"}, "Europe/Paris"),
        ({"zoneinfo": "Europe/Paris", "timezone": "Asia/Tokyo"}, "Asia/Tokyo"),
        ({"zoneinfo": ["Europe/Paris"], "timezone": " "}, "Europe/Paris"),
        ({"zoneinfo": {"name": "Europe/Paris"}}, ""),
    ],
)
def test_zoneinfo_is_the_time_zone_where_there_is_no_other(entra: Provider, sent: dict[str, Any], read: str) -> None:
    assert entra.log_in(**{"timezone": None, **sent}).timezone == read


def test_the_full_name_is_left_alone_when_a_part_arrived(entra: Provider) -> None:
    found = entra.log_in(name="Dana Diaz", given_name="Danny")
    assert (found.first_name, found.last_name) == ("Danny", "")


def test_a_user_name_in_the_shape_of_an_email_stands_in_for_it(entra: Provider) -> None:
    assert entra.log_in(email=None).email == "dana@acme.example"


def test_a_guest_comes_with_the_email_and_not_with_the_made_up_name(entra: Provider) -> None:
    entra.claims = shape("entra/oidc/guest.json")
    assert entra.log_in().email == "gil@partner.example"


def test_a_guest_without_email_is_refused_naming_what_arrived(entra: Provider) -> None:
    entra.claims = shape("entra/oidc/guest.json")
    with pytest.raises(LoginRefused) as caught:
        entra.log_in(email=None)
    assert caught.value.code == "no-email"
    assert "“email”, “preferred_username”" in caught.value.expected
    assert "“acct”, “idp”, “name”" in caught.value.received


def test_an_email_of_another_name_is_read_and_a_missing_one_shown(entra: Provider) -> None:
    entra.connection.attribute_names = {"email": "work_mail", "timezone": "tz"}
    found = entra.log_in(work_mail="d.diaz@acme.example")
    assert found.email == "d.diaz@acme.example"
    assert any("timezone from “tz”, which did not arrive" in remark for remark in found.remarks)


def test_directory_extensions_are_read_as_lists_or_texts(entra: Provider) -> None:
    entra.connection.attribute_names = {"space_name": "extn.space_name", "space_role": "extn.space_role"}
    found = entra.log_in()
    assert (found.space_names, found.space_roles) == (("DevOps", "QA"), ("Space Developer",))


@pytest.mark.parametrize("value", [False, "false", "False"])
def test_an_email_that_is_not_verified_finds_nobody(okta: Provider, value: Any) -> None:
    found = okta.log_in_by_code(email_verified=value)
    assert (found.email, found.email_trusted, found.user_names) == ("dana@acme.example", False, ())
    assert any("not verified" in remark for remark in found.remarks)


def test_an_email_whose_domain_entra_has_not_verified_finds_nobody(entra: Provider) -> None:
    assert not entra.log_in(xms_edov=False).email_trusted
    assert entra.log_in(xms_edov=True).email_trusted


@pytest.mark.parametrize(
    ("value", "came"),
    [
        ({"name": "Trial"}, "an object with “name”"),
        (["Trial", None], "a list that holds null beside texts"),
        ([{"name": "Trial"}], "a list of objects with “name”"),
        (True, "true"),
    ],
)
def test_a_space_name_that_is_no_text_is_named(entra: Provider, value: Any, came: str) -> None:
    remarks = entra.log_in(space_name=value).remarks
    assert any(f"reads space_name from “space_name”, which came as {came}: expected" in remark for remark in remarks)


@pytest.mark.parametrize("value", ["Trial", ["Trial", "QA"], [], 5])
def test_a_space_name_that_is_read_is_not_remarked_on(entra: Provider, value: Any) -> None:
    assert not any("came as" in remark for remark in entra.log_in(space_name=value).remarks)


def test_a_claim_called_subject_never_says_who_somebody_is(okta: Provider) -> None:
    okta.connection.attribute_names = {"subject": "preferred_username"}
    assert okta.log_in_by_code().subject == "00u1dana"


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (None, None),
        ([], ()),
        ("IT", ("IT",)),
        (["IT", "HR"], ("IT", "HR")),
        ({}, None),
        ([None, {}, "IT"], None),
    ],
)
def test_groups_are_absent_or_none_or_listed(entra: Provider, sent: Any, read: Any) -> None:
    found = entra.log_in(groups=sent)
    assert (found.group_ids, found.groups_overage) == (read, False)


@pytest.mark.parametrize("count", [200, 201])
def test_a_list_of_any_length_is_taken_whole(entra: Provider, count: int) -> None:
    assert len(entra.log_in(groups=[f"group-{number}" for number in range(count)]).group_ids or ()) == count


@pytest.mark.parametrize("flag", [True, "true", "True"])
def test_hasgroups_means_that_the_list_was_cut_off(entra: Provider, flag: Any) -> None:
    entra.claims = shape("entra/oidc/overage_hasgroups.json")
    found = entra.log_in(hasgroups=flag)
    assert (found.group_ids, found.groups_overage) == (None, True)


def test_an_email_is_looked_for_among_all_values(entra: Provider) -> None:
    entra.connection.attribute_names = {"email": "mails"}
    assert entra.log_in(email=None, mails=["Dana Diaz", "d.diaz@acme.example"]).email == "d.diaz@acme.example"


@pytest.mark.parametrize(
    "marks", [{"hasgroups": True}, {"_claim_names": {"groups": "src1"}}, {"_claim_names": {"wids": "s", "groups": "s"}}]
)
def test_a_mark_of_a_cut_list_leaves_another_claim_alone(entra: Provider, marks: dict[str, Any]) -> None:
    entra.connection.attribute_names = {"groups": "roles"}
    found = entra.log_in(groups=None, roles=["Ops"], **marks)
    assert (found.group_ids, found.groups_overage) == (("Ops",), False)


@pytest.mark.parametrize("marks", [{"_claim_names": {"roles": "src1"}}, {"hasgroups": True, "roles": None}])
def test_a_mark_of_the_claim_that_is_read_counts(entra: Provider, marks: dict[str, Any]) -> None:
    entra.connection.attribute_names = {"groups": "roles"}
    assert entra.log_in(**{"groups": None, **marks}).groups_overage


def test_a_mark_of_a_claim_that_is_not_read_is_no_overage(entra: Provider) -> None:
    assert entra.log_in(groups=["Ops"], _claim_names={"wids": "src1"}).group_ids == ("Ops",)


@pytest.mark.parametrize("flag", [False, "false", "", 0, None])
def test_hasgroups_that_says_no_is_no_overage(entra: Provider, flag: Any) -> None:
    assert not entra.log_in(hasgroups=flag).groups_overage


def test_claim_names_mean_a_cut_list_whose_address_is_never_called(entra: Provider) -> None:
    entra.claims = shape("entra/oidc/overage_claim_names.json")
    found = entra.log_in()
    assert (found.group_ids, found.groups_overage) == (None, True)
    assert all("graph" not in url for url, _ in entra.web.requests)


def test_roles_and_directory_roles_are_no_groups(entra: Provider) -> None:
    entra.claims |= {"roles": ["Approver"], "wids": ["b79fbf4d-3ef9-4689-8143-76b194e85509"]}
    assert entra.log_in(groups=None).group_ids is None


def test_a_token_is_remembered_no_longer_than_it_could_be_used(entra: Provider) -> None:
    found = entra.log_in(exp=at(days=3000))
    assert found.message_expires_at is not None
    assert found.message_expires_at.timestamp() == at(hours=1) + entra.connection.clock_skew


def test_what_the_protocol_needs_is_not_listed_among_what_arrived(okta: Provider) -> None:
    assert {"email", "groups", "timezone"} <= set(okta.log_in_by_code().received_names)
    assert not {"iss", "nonce", "exp"} & set(okta.log_in_by_code().received_names)


def test_the_email_of_a_guest_is_not_used_to_find_a_user(entra: Provider) -> None:
    claims = entra.log_in(acct=1, preferred_username="petra@acme.example")
    assert (claims.email_trusted, claims.user_names) == (False, ())

"""Our PATCH against that of scim2-models, on operations where RFC 7644 leaves no choice."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from scim2_models import EnterpriseUser, PatchOp, SCIMException, ScimPolicy
from scim2_models import User as TypedUser

from scim.errors import ScimError
from scim.patch import patch
from scim.users import resources
from tests.scim.people import BASE, ENTERPRISE, person

Typed = TypedUser[EnterpriseUser]
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
TOLERANT = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore, unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create
)  # as Entra expects it
EMAILS = [
    {"value": "ann@acme.example", "type": "work", "primary": True},
    {"value": "ann@home.example", "type": "home"},
]

texts = st.sampled_from(["a", "Ana", "R&D", "fr"])
addresses = st.sampled_from(["x@acme.example", "y@home.example"])
single = st.sampled_from(
    [
        *("userName", "displayName", "title", "locale", "shoeSize", "name.givenName", "NAME.middleName"),
        *(f"{ENTERPRISE}:department", f"{ENTERPRISE}:employeeNumber"),
    ]
)
of_emails = st.sampled_from([f'emails[type eq "{kind}"].value' for kind in ("work", "home", "other")])


def operation(*verbs: str, **members: Any) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({"op": st.sampled_from(verbs), **members})


objects = st.fixed_dictionaries(
    {},
    optional={
        "displayName": texts,
        "title": texts,
        "name": st.fixed_dictionaries({}, optional={"givenName": texts, "formatted": texts}),
        "name.familyName": texts,
        f"{ENTERPRISE}:division": texts,
    },
)
operations = st.one_of(
    operation("add", "Replace", path=single, value=texts),
    operation("Add", "replace", path=of_emails, value=addresses),
    operation("remove", "Remove", path=single),
    operation("remove", path=st.just('emails[type eq "home"]')),
    operation("add", "replace", value=objects),
    operation("replace", path=st.just("active"), value=st.booleans()),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(operations, min_size=1, max_size=4))
def test_both_make_the_same_of_a_patch(sent: list[dict[str, Any]]) -> None:
    ann = person(scim_attributes={"title": "Dr", "emails": EMAILS, f"{ENTERPRISE}:division": "North"})
    document = resources.to_resource(ann, BASE)
    body = {"schemas": [PATCH_OP], "Operations": sent}
    assert _ours(document, body) == _theirs(document, body)


def _ours(document: dict[str, Any], body: dict[str, Any]) -> Any:
    try:
        return _plain(patch.apply(document, body, max_operations=100))
    except ScimError as refusal:
        return refusal.status


def _theirs(document: dict[str, Any], body: dict[str, Any]) -> Any:
    with TOLERANT:
        typed = Typed.model_validate(document)
        try:
            PatchOp[Typed].model_validate(body).patch(typed)
        except (SCIMException, ValueError):
            return 400
        return typed.model_dump()


def _plain(document: dict[str, Any]) -> Any:
    """In the spelling of the other."""
    with TOLERANT:
        return Typed.model_validate(document).model_dump()

"""`/Groups` while groups are not provisioned (`protocol.md` 1.7): an empty list, and 501 for changes."""

from django.http import HttpRequest, HttpResponse

from scim import errors
from scim.errors import ScimError
from scim.request_summary import RequestSummary
from scim.views.base import ScimView, listed


class GroupsView(ScimView):
    """Okta's connector test and import read the list, so it is there, and empty."""

    summary = RequestSummary("listed", "list", "groups", ": none are provisioned")

    def get(self, _request: HttpRequest) -> HttpResponse:
        return listed([], 0)

    def post(self, _request: HttpRequest) -> HttpResponse:
        self.summary = RequestSummary(tried="create", subject="a group")
        raise _not_offered()


class GroupsSearchView(ScimView):
    """`/Groups/.search` finds as little as the list holds."""

    summary = RequestSummary("looked for", "look for", "groups", ": none are provisioned")

    def post(self, _request: HttpRequest) -> HttpResponse:
        self.body()
        return listed([], 0)


class GroupView(ScimView):
    """`/Groups/{id}`: there is none."""

    summary = RequestSummary(tried="change", subject="a group")

    def get(self, _request: HttpRequest, group_id: str) -> HttpResponse:
        self.summary = RequestSummary(tried="read", subject=f"the group {group_id}")
        raise errors.not_found(
            f"Expected no group to be asked for, as none is provisioned; received {errors.quoted(group_id)}."
        )

    def put(self, _request: HttpRequest, group_id: str) -> HttpResponse:
        raise _not_offered()

    def patch(self, _request: HttpRequest, group_id: str) -> HttpResponse:
        raise _not_offered()

    def delete(self, _request: HttpRequest, group_id: str) -> HttpResponse:
        raise _not_offered()


def _not_offered() -> ScimError:
    return errors.not_implemented(
        "Groups are not provisioned over SCIM. Switch group provisioning off in the identity provider;"
        " Torque reads group memberships at sign-in."
    )

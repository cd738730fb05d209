"""People: `/Users`, `/Users/{id}`, `/Users/.search` and `/Me`. Each change is one transaction on who is there now."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.deprovisioning.erase import erase_locked
from accounts.models import User
from accounts.models.user import UserState
from accounts.provisioning import provisioning
from accounts.provisioning.user_record import UserRecord
from accounts.users.locking import locked, locked_with_account
from scim import errors, request_summary
from scim.listing import listed_users, paging
from scim.patch import patch
from scim.users import resources
from scim.users.versions import check_if_match, etag, is_known_to_client
from scim.views.base import ScimView, answer, listed
from scim.views.query import Wanted, from_body, from_query

Reading = Callable[[User, Any], UserRecord]


class PeopleView(ScimView):
    """What the addresses of people share."""

    def one(self, user: User, wanted: Wanted, status: int = 200) -> HttpResponse:
        """The resource as the client wants to see it, with its version and address."""
        resource = _shown(user, self.base_url, wanted)
        return answer(resource, status, ETag=etag(user.version), Location=f"{self.base_url}/Users/{user.pk}")

    def many(self, wanted: Wanted) -> HttpResponse:
        self.deed = request_summary.searched(wanted.filter_text, 0)
        page = paging.read_page(
            self.account,
            filter_text=wanted.filter_text,
            start_index=wanted.start_index,
            count=wanted.count,
            sort_by=wanted.sort_by,
            sort_order=wanted.sort_order,
            cursor=wanted.cursor,
        )
        self.deed = request_summary.searched(wanted.filter_text, page.total)
        base_url = self.base_url
        shown = [_shown(user, base_url, wanted) for user in page.users]
        cursors = {"nextCursor": page.next_cursor, "previousCursor": page.previous_cursor}
        start_index = page.start_index if wanted.cursor is None else None
        return listed(shown, page.total, start_index, **{name: value for name, value in cursors.items() if value})


class UsersView(PeopleView):
    """`/Users`: list and create."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.many(from_query(request.GET))

    def post(self, request: HttpRequest) -> HttpResponse:
        self.deed = request_summary.created("a person")
        wanted, document = from_query(request.GET), self.body()
        self.deed = request_summary.created(_name_in(document))
        record = resources.to_record(document)
        user = provisioning.provision(self.account, record, acting=self.acting)
        return self.one(user, wanted, 201)


class SearchView(PeopleView):
    """`/Users/.search` and `/.search`, which finds people too: they are the only resources there are."""

    def post(self, _request: HttpRequest) -> HttpResponse:
        self.deed = request_summary.searched("", 0)
        return self.many(from_body(self.body()))


class UserView(PeopleView):
    """`/Users/{id}`."""

    def get(self, request: HttpRequest, user_id: str) -> HttpResponse:
        self.deed = request_summary.read(user_id)
        user = listed_users.by_id(self.account, _key(user_id))
        if user is None:
            raise User.DoesNotExist
        self.deed = request_summary.read(str(user))
        if is_known_to_client(request, user.version):
            return HttpResponse(status=304, headers={"ETag": etag(user.version)})
        return self.one(user, from_query(request.GET))

    def put(self, request: HttpRequest, user_id: str) -> HttpResponse:
        return self._change(request, user_id, lambda user, body: resources.to_record(body, user))

    def patch(self, request: HttpRequest, user_id: str) -> HttpResponse:
        return self._change(request, user_id, self._patched)

    def delete(self, request: HttpRequest, user_id: str) -> HttpResponse:
        self.deed = request_summary.deleted(user_id)
        key = _key(user_id)
        with locked_with_account(key, self.account) as user:
            check_if_match(request, user.version)
            erasure = erase_locked(user, acting=self.acting)
        self.deed = request_summary.held(erasure.label) if erasure.held else request_summary.deleted(erasure.label)
        return HttpResponse(status=204)

    def _change(self, request: HttpRequest, user_id: str, read: Reading) -> HttpResponse:
        """What is read of the body depends on the person as they are now: no update is lost."""
        self.deed = request_summary.updated(user_id, was_active=True, is_active=True)
        wanted, key, body = from_query(request.GET), _key(user_id), self.body()

        with locked(key, self.account) as user:
            was_active, name = user.state != UserState.DEPROVISIONED, str(user)
            self.deed = request_summary.updated(name, was_active=was_active, is_active=was_active)
            check_if_match(request, user.version)
            record = read(user, body)
            is_active = was_active if record.active is None else record.active
            self.deed = request_summary.updated(name, was_active=was_active, is_active=is_active)
            provisioning.revise_locked(user, record, acting=self.acting)
        if user.state != UserState.DEPROVISIONED and not is_active:
            self.deed = request_summary.held(name)
        return self.one(user, wanted)

    def _patched(self, user: User, body: Any) -> UserRecord:
        document = resources.to_resource(user, self.base_url)
        changed = patch.apply(document, body, max_operations=settings.SCIM_MAX_OPERATIONS)
        return resources.to_record(changed, user)


class MeView(UserView):
    """`/Me` (RFC 7644 section 3.11): the token's owner. A service token belongs to no person."""

    def get(self, request: HttpRequest) -> HttpResponse:  # type: ignore[override]
        return super().get(request, self._owner())

    def put(self, request: HttpRequest) -> HttpResponse:  # type: ignore[override]
        return super().put(request, self._owner())

    def patch(self, request: HttpRequest) -> HttpResponse:  # type: ignore[override]
        return super().patch(request, self._owner())

    def delete(self, request: HttpRequest) -> HttpResponse:  # type: ignore[override]
        return super().delete(request, self._owner())

    def _owner(self) -> str:
        self.deed = request_summary.read("the owner of the token")
        if self.token.user_id is None:
            raise errors.not_found("Expected a person's token at /Me; this one is the account's own. Ask /Users.")
        return str(self.token.user_id)


def _shown(user: User, base_url: str, wanted: Wanted) -> dict[str, Any]:
    resource = resources.to_resource(user, base_url)
    if not wanted.attributes and not wanted.excluded_attributes:
        return resource
    return resources.projected(resource, wanted.attributes, wanted.excluded_attributes)


def _key(user_id: str) -> UUID:
    """Ids are opaque and case-exact: whatever Torque did not give out is nobody's (C10). Raises ScimError 404."""
    try:
        key = UUID(user_id)
    except ValueError:
        key = None
    if key is None or str(key) != user_id:
        raise errors.not_found(f"Expected the id of a user of this account; received {errors.quoted(user_id)}.")
    return key


def _name_in(document: Any) -> str:
    name = document.get("userName") if isinstance(document, dict) else None
    return name if isinstance(name, str) and name else "a person"

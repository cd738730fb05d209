"""`/Users`, `/Users/{id}`, `/Users/.search` and `/Me`. Each change is one transaction on the locked user."""

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
from scim.users.projection import projected
from scim.views.base import ScimView, answer, listed
from scim.views.query import Wanted, from_body, from_query

Reading = Callable[[User, Any], UserRecord]


class UserEndpoint(ScimView):
    """What the endpoints of users share."""

    def one(self, user: User, wanted: Wanted, status: int = 200) -> HttpResponse:
        """The resource as the client wants to see it, with its version and address."""
        resource = _shown(user, self.base_url, wanted)
        return answer(resource, status, ETag=_etag(user.version), Location=f"{self.base_url}/Users/{user.pk}")

    def many(self, wanted: Wanted) -> HttpResponse:
        self.summary = request_summary.searched(wanted.filter_text, 0)
        page = paging.read_page(
            self.account,
            filter_text=wanted.filter_text,
            start_index=wanted.start_index,
            count=wanted.count,
            sort_by=wanted.sort_by,
            sort_order=wanted.sort_order,
            cursor=wanted.cursor,
        )
        self.summary = request_summary.searched(wanted.filter_text, page.total)
        base_url = self.base_url
        shown = [_shown(user, base_url, wanted) for user in page.users]
        cursors = {"nextCursor": page.next_cursor, "previousCursor": page.previous_cursor}
        start_index = page.start_index if wanted.cursor is None else None
        return listed(shown, page.total, start_index, **{name: value for name, value in cursors.items() if value})


class UsersView(UserEndpoint):
    """`/Users`: list and create."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.many(from_query(request.GET))

    def post(self, request: HttpRequest) -> HttpResponse:
        self.summary = request_summary.created("a user")
        wanted, document = from_query(request.GET), self.body()
        self.summary = request_summary.created(_name_in(document))
        record = resources.to_record(document)
        user = provisioning.provision(self.account, record, acting=self.acting)
        return self.one(user, wanted, 201)


class SearchView(UserEndpoint):
    """`/Users/.search` and `/.search`, which finds users too: they are the only resources."""

    def post(self, _request: HttpRequest) -> HttpResponse:
        self.summary = request_summary.searched("", 0)
        return self.many(from_body(self.body()))


class UserView(UserEndpoint):
    """`/Users/{id}`."""

    def get(self, request: HttpRequest, user_id: str) -> HttpResponse:
        self.summary = request_summary.read(user_id)
        user = listed_users.by_id(self.account, _key(user_id))
        if user is None:
            raise User.DoesNotExist
        self.summary = request_summary.read(str(user))
        if _is_known_to_client(request, user.version):
            return HttpResponse(status=304, headers={"ETag": _etag(user.version)})
        return self.one(user, from_query(request.GET))

    def put(self, request: HttpRequest, user_id: str) -> HttpResponse:
        return self._change(request, user_id, self._replaced)

    def patch(self, request: HttpRequest, user_id: str) -> HttpResponse:
        return self._change(request, user_id, self._patched)

    def delete(self, request: HttpRequest, user_id: str) -> HttpResponse:
        self.summary = request_summary.deleted(user_id)
        key = _key(user_id)
        with locked_with_account(key, self.account) as user:
            _check_if_match(request, user.version)
            erasure = erase_locked(user, acting=self.acting)
        self.summary = request_summary.held(erasure.label) if erasure.held else request_summary.deleted(erasure.label)
        return HttpResponse(status=204)

    def _change(self, request: HttpRequest, user_id: str, read: Reading) -> HttpResponse:
        """Lock, read, change, write: what the body means depends on the user as they are now."""
        self.summary = request_summary.updated(user_id)
        wanted, key, body = from_query(request.GET), _key(user_id), self.body()
        with locked(key, self.account) as user:
            name, had_access = str(user), user.state != UserState.DEPROVISIONED
            self.summary = request_summary.updated(name)
            _check_if_match(request, user.version)
            record = read(user, body)
            self.summary = request_summary.updated(name, had_access, record.active)
            provisioning.revise_locked(user, record, acting=self.acting)
        if record.active is False and user.state != UserState.DEPROVISIONED:
            self.summary = request_summary.held(name)
        return self.one(user, wanted)

    def _replaced(self, user: User, body: Any) -> UserRecord:
        return resources.to_record(body, user)

    def _patched(self, user: User, body: Any) -> UserRecord:
        document = resources.to_resource(user, self.base_url)
        changed = patch.apply(document, body, max_operations=settings.SCIM_MAX_OPERATIONS)
        return resources.to_record(changed, user)


class MeView(UserView):
    """`/Me` (RFC 7644 section 3.11): the token's owner. A service token belongs to no user."""

    def get(self, request: HttpRequest) -> HttpResponse:  # type: ignore[override]
        return super().get(request, self._owner())

    def put(self, request: HttpRequest) -> HttpResponse:  # type: ignore[override]
        return super().put(request, self._owner())

    def patch(self, request: HttpRequest) -> HttpResponse:  # type: ignore[override]
        return super().patch(request, self._owner())

    def delete(self, request: HttpRequest) -> HttpResponse:  # type: ignore[override]
        return super().delete(request, self._owner())

    def _owner(self) -> str:
        self.summary = request_summary.read("the owner of the token")
        if self.token.user_id is None:
            raise errors.not_found("Expected a user's token at /Me; this one is the account's own. Use /Users.")
        return str(self.token.user_id)


def _shown(user: User, base_url: str, wanted: Wanted) -> dict[str, Any]:
    return projected(resources.to_resource(user, base_url), wanted.attributes, wanted.excluded_attributes)


def _key(user_id: str) -> UUID:
    """Ids are opaque and case-exact: an id that Torque did not issue is no user's (C10). Raises ScimError 404."""
    try:
        key = UUID(user_id)
    except ValueError:
        key = None
    if key is None or str(key) != user_id:
        raise errors.not_found(f"Expected the id of a user of this account; received {errors.quoted(user_id)}.")
    return key


def _name_in(document: Any) -> str:
    name = document.get("userName") if isinstance(document, dict) else None
    return name if isinstance(name, str) and name else "a user"


def _etag(version: int) -> str:
    """The version of a resource as a weak entity tag."""
    return f'W/"{version}"'


def _check_if_match(request: HttpRequest, version: int) -> None:
    """Nobody overwrites what they have not seen (RFC 7644 section 3.14). Raises ScimError 412."""
    asked = request.headers.get("If-Match")
    if asked is not None and not _names_version(asked, version):
        raise errors.version_conflict(
            f"Expected the stored version {_etag(version)} in If-Match; received {errors.quoted(asked)}."
            " Read the user again before changing it."
        )


def _is_known_to_client(request: HttpRequest, version: int) -> bool:
    """Whether the client has this version already (304)."""
    asked = request.headers.get("If-None-Match")
    return asked is not None and _names_version(asked, version)


def _names_version(header: str, version: int) -> bool:
    """Compared weakly: whether a tag is marked as weak makes no difference (RFC 9110 section 8.8.3.2)."""
    tags = {tag.strip().removeprefix("W/").strip('"') for tag in header.split(",")}
    return "*" in tags or str(version) in tags

"""`/Users`, `/Users/{id}`, `/Users/.search` and `/Me`. Each change is one transaction on the locked user."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict

from accounts.deprovisioning.erase import erase_locked
from accounts.models import User
from accounts.models.user import UserState
from accounts.provisioning import provisioning
from accounts.provisioning.provisioning import UserRecord
from accounts.users.locking import locked, locked_with_account
from scim import errors
from scim.attributes import issued_id
from scim.listing import listed_users, paging
from scim.patch import patch
from scim.request_log import RequestSummary
from scim.users import resources
from scim.users.projection import projected
from scim.views.base import ScimView, answer, listed

Reading = Callable[[User, Any], UserRecord]

_read = partial(RequestSummary, "read", "read")
_created = partial(RequestSummary, "created", "create")
_deleted = partial(RequestSummary, "deleted", "delete")
# The guard against mass deprovisioning stepped in.
_held = partial(RequestSummary, "asked to deprovision", "deprovision", result=": held until an account admin approves")


def updated(subject: str, had_access: bool = True, active: bool | None = None) -> RequestSummary:
    """`active` as the client sent it; None: not sent."""
    if active is False and had_access:
        return RequestSummary("deactivated", "deactivate", subject)
    if active and not had_access:
        return RequestSummary("reactivated", "reactivate", subject)
    return RequestSummary("updated", "update", subject)


def searched(filter_text: str, found: int) -> RequestSummary:
    if not filter_text:
        return RequestSummary("listed", "list", "users", f": {found} in all")
    return RequestSummary("looked for", "look for", filter_text, f": found {found}")


@dataclass(frozen=True)
class Wanted(paging.Query):
    """The query parameters of a request (RFC 7644 sections 3.4.2 and 3.9)."""

    attributes: tuple[str, ...] = ()
    excluded_attributes: tuple[str, ...] = ()


class UserEndpoint(ScimView):
    """What the endpoints of users share."""

    def one(self, user: User, wanted: Wanted, status: int = 200) -> HttpResponse:
        """The resource as the client wants to see it, with its version and address."""
        resource = _shown(user, self.base_url, wanted)
        return answer(resource, status, ETag=_etag(user.version), Location=f"{self.base_url}/Users/{user.pk}")

    def many(self, wanted: Wanted) -> HttpResponse:
        self.summary = searched(wanted.filter_text, 0)
        page = paging.read_page(self.account, wanted)
        self.summary = searched(wanted.filter_text, page.total)
        base_url = self.base_url
        shown = [_shown(user, base_url, wanted) for user in page.users]
        cursors = {"nextCursor": page.next_cursor, "previousCursor": page.previous_cursor}
        start_index = page.start_index if wanted.cursor is None else None
        return listed(shown, page.total, start_index, **{name: value for name, value in cursors.items() if value})


class UsersView(UserEndpoint):
    """`/Users`: list and create."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.many(_from_query(request.GET))

    def post(self, request: HttpRequest) -> HttpResponse:
        self.summary = _created("a user")
        wanted, document = _from_query(request.GET), self.body()
        self.summary = _created(_name_in(document))
        record = resources.to_record(document)
        user = provisioning.provision(self.account, record, acting=self.acting)
        return self.one(user, wanted, 201)


class SearchView(UserEndpoint):
    """`/Users/.search` and `/.search`, which finds users too: they are the only resources."""

    def post(self, _request: HttpRequest) -> HttpResponse:
        self.summary = searched("", 0)
        return self.many(_from_body(self.body()))


class UserView(UserEndpoint):
    """`/Users/{id}`."""

    def get(self, request: HttpRequest, user_id: str) -> HttpResponse:
        self.summary = _read(user_id)
        user = listed_users.by_id(self.account, _key(user_id))
        if user is None:
            raise User.DoesNotExist
        self.summary = _read(str(user))
        known = request.headers.get("If-None-Match")
        if known is not None and _names_version(known, user.version):
            return HttpResponse(status=304, headers={"ETag": _etag(user.version)})
        return self.one(user, _from_query(request.GET))

    def put(self, request: HttpRequest, user_id: str) -> HttpResponse:
        return self._change(request, user_id, lambda user, body: resources.to_record(body, user))

    def patch(self, request: HttpRequest, user_id: str) -> HttpResponse:
        return self._change(request, user_id, self._patched)

    def delete(self, request: HttpRequest, user_id: str) -> HttpResponse:
        self.summary = _deleted(user_id)
        key = _key(user_id)
        with locked_with_account(key, self.account) as user:
            _check_if_match(request, user.version)
            erasure = erase_locked(user, acting=self.acting)
        self.summary = _held(erasure.label) if erasure.held else _deleted(erasure.label)
        return HttpResponse(status=204)

    def _change(self, request: HttpRequest, user_id: str, read: Reading) -> HttpResponse:
        """Lock, read, change, write: what the body means depends on the user as they are now."""
        self.summary = updated(user_id)
        wanted, key, body = _from_query(request.GET), _key(user_id), self.body()
        with locked(key, self.account) as user:
            name, had_access = str(user), user.state != UserState.DEPROVISIONED
            self.summary = updated(name)
            _check_if_match(request, user.version)
            record = read(user, body)
            self.summary = updated(name, had_access, record.active)
            provisioning.revise_locked(user, record, acting=self.acting)
        if record.active is False and user.state != UserState.DEPROVISIONED:
            self.summary = _held(name)
        return self.one(user, wanted)

    def _patched(self, user: User, body: Any) -> UserRecord:
        document = resources.to_resource(user, self.base_url)
        changed = patch.apply(document, body, max_operations=settings.SCIM_MAX_OPERATIONS)
        return resources.to_record(changed, user)


class MeView(UserView):
    """`/Me` (RFC 7644 section 3.11): the token's owner. A service token belongs to no user."""

    def answered(self, request: HttpRequest, **_: Any) -> HttpResponse:
        return super().answered(request, user_id=self._owner())

    def _owner(self) -> str:
        self.summary = _read("the owner of the token")
        if self.token.user_id is None:
            raise errors.not_found("Expected a user's token at /Me; this one is the account's own. Use /Users.")
        return str(self.token.user_id)


def _shown(user: User, base_url: str, wanted: Wanted) -> dict[str, Any]:
    resource = resources.to_resource(user, base_url)
    if wanted.attributes or wanted.excluded_attributes:
        return projected(resource, wanted.attributes, wanted.excluded_attributes)
    return resource


def _key(user_id: str) -> UUID:
    """Raises ScimError 404."""
    key = issued_id(user_id)
    if key is None:
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


def _names_version(header: str, version: int) -> bool:
    """Compared weakly: whether a tag is marked as weak makes no difference (RFC 9110 section 8.8.3.2)."""
    tags = {tag.strip().removeprefix("W/").strip('"') for tag in header.split(",")}
    return "*" in tags or str(version) in tags


def _from_query(query: QueryDict) -> Wanted:
    """Unknown parameters are ignored (C09). Raises ScimError 400 for one that no database can hold."""
    if any("\0" in value for value in query.values()):
        raise errors.invalid_value("Expected query parameters without a NUL character.")
    return Wanted(
        attributes=_names(query.get("attributes", "")),
        excluded_attributes=_names(query.get("excludedAttributes", "")),
        filter_text=query.get("filter", ""),
        sort_by=query.get("sortBy", ""),
        sort_order=query.get("sortOrder", ""),
        start_index=query.get("startIndex"),
        count=query.get("count"),
        cursor=query.get("cursor"),
    )


def _from_body(body: Any) -> Wanted:
    """Raises ScimError 400 for a body that is no SearchRequest."""
    if not isinstance(body, dict):
        raise errors.invalid_syntax(f"Expected a SearchRequest, a JSON object; received {errors.type_name(body)}.")
    return Wanted(
        attributes=_listed(body, "attributes"),
        excluded_attributes=_listed(body, "excludedAttributes"),
        filter_text=_text(body, "filter") or "",
        sort_by=_text(body, "sortBy") or "",
        sort_order=_text(body, "sortOrder") or "",
        start_index=_number(body, "startIndex"),
        count=_number(body, "count"),
        cursor=_text(body, "cursor"),
    )


def _names(text: str) -> tuple[str, ...]:
    """Names between commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _listed(body: dict[str, Any], name: str) -> tuple[str, ...]:
    value = body.get(name)
    if isinstance(value, str):
        return _names(value)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise errors.invalid_value(f"Expected a list of attribute names in '{name}'.")
    return tuple(value)


def _text(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is None or isinstance(value, str):
        return value
    raise errors.invalid_value(f"Expected a string in '{name}'; received {errors.type_name(value)}.")


def _number(body: dict[str, Any], name: str) -> str | int | None:
    value = body.get(name)
    if value is None or (isinstance(value, int | str) and not isinstance(value, bool)):
        return value
    raise errors.invalid_value(f"Expected an integer in '{name}'; received {errors.type_name(value)}.")

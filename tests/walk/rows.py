"""What a row of `tests.walk.table` says of an address, and short ways to write one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.permissions import Permission
from tests.walk.objects import Things

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
READ = ("GET", "HEAD")
PUBLIC = "public"
SIGNED_IN = "signed in"
Who = str | tuple[Permission, ...]
Fields = Callable[[Things], Mapping[str, Any]]

# Part of an address -> the field of `Things` that it names, unless a row says otherwise.
USUAL = {
    "account": "account_slug",
    "account_slug": "account_slug",
    "connection_id": "connection",
    "domain_id": "domain",
    "grant_id": "group_space_role",
    "group_id": "group",
    "identity_id": "identity",
    "move_id": "move",
    "reference": "reference",
    "session_id": "session",
    "space_id": "space",
    "token_id": "token",
    "transaction_id": "transaction",
    "unverified_token": "link_token",
    "user_id": "member",
}


def nothing(_: Things) -> Mapping[str, Any]:
    return {}


def confirmed(_: Things) -> Mapping[str, Any]:
    return {"confirmed": "yes"}


@dataclass(frozen=True)
class Row:
    """`who`: PUBLIC, SIGNED_IN, or permissions of which one is enough. `fields`: a POST that does what it is there for.

    `answers`: the status of a request that may be made, with objects of one's own account.
    """

    methods: tuple[str, ...]
    who: Who
    fields: Fields = nothing
    answers: Mapping[str, int] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    # Fields of the form that `fields` leaves out, by names that tables have too (R49).
    optional: tuple[str, ...] = ()
    is_program: bool = False  # a REST address: JSON, and 401 for strangers
    is_file: bool = False  # to be downloaded, not a page

    def kind(self, part: str) -> str:
        return self.ids.get(part) or USUAL[part]

    def kwargs(self, parts: tuple[str, ...], things: Things) -> dict[str, Any]:
        return {part: things.key(self.kind(part)) for part in parts}

    def answer(self, method: str) -> int:
        usual = {"GET": 200, "HEAD": self.answers.get("GET", 200), "POST": 302}
        return self.answers.get(method) or usual[method]


def page(*who: Permission, **ids: str) -> Row:
    """Read only."""
    return Row(READ, who, ids=ids)


def form(*who: Permission, fields: Fields, answer: int = 302, **ids: str) -> Row:
    """A page with a form that is posted to itself."""
    return Row((*READ, "POST"), who, fields, {"POST": answer}, ids)


def button(*who: Permission, fields: Fields = nothing, answer: int = 302, **ids: str) -> Row:
    """A button: POST only."""
    return Row(("POST",), who, fields, {"POST": answer}, ids)


def download(*who: Permission) -> Row:
    return Row(("GET",), who, is_file=True)


def anybody(*methods: str, **answers: int) -> Row:
    return Row(methods, PUBLIC, answers=answers)


def program(who: Who, fields: Fields = nothing, optional: tuple[str, ...] = (), **answers: int) -> Row:
    methods = (*answers, "HEAD") if "GET" in answers else tuple(answers)
    return Row(methods, who, fields, answers, optional=optional, is_program=True)

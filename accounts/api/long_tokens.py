"""Long tokens of one's own: made, listed, revoked."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.asking import acting, person_of, token_of
from accounts.api.reading import Shape, Text, Texts, WholeNumber, read
from accounts.models import ApiToken
from accounts.tokens import revocation, tokens


class Wanted(Shape):
    """Without `permissions` the token has none: it identifies its owner, and can do nothing."""

    name = Text(max_length=100)
    permissions = Texts(default=list, max_length=100)
    expires_in_days = WholeNumber(default=None, min_value=1, max_value=tokens.LONGEST_DAYS)


class LongTokens(APIView):
    """`POST /api/token/longtoken` makes one, and shows it this once. `GET` lists one's own that are live."""

    def get(self, request: Request) -> Response:
        person = person_of(request)
        return Response({"tokens": [_as_json(token) for token in tokens.live_tokens(person.account, owner=person)]})

    def post(self, request: Request) -> Response:
        asked = read(Wanted, request)
        token, text = tokens.issue_on_request(
            person_of(request),
            token_of(request),
            asked["name"],
            asked["permissions"],
            asked["expires_in_days"],
            acting=acting(request),
        )
        return Response({"token": text, **_as_json(token)}, status=201)


class LongToken(APIView):
    """`DELETE /api/token/longtoken/{token_id}`: revokes one's own, or with Manage Users any of the account.

    What was made with it ends too. 403 for a token that has, or whose owner has, more than the caller.
    """

    def delete(self, request: Request, token_id: UUID) -> Response:
        revocation.revoke_listed(token_id, asked_by=person_of(request), acting=acting(request))
        return Response(status=204)


def _as_json(token: ApiToken) -> dict[str, Any]:
    return {
        "token_id": str(token.id),
        "name": token.name,
        "prefix": token.prefix,
        "permissions": token.permissions,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "made_by": token.made_by_id,
    }

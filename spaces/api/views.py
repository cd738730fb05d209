"""REST endpoints that need spaces."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import ApiToken, User
from spaces.rights import rights_of


class Me(APIView):
    """`GET /api/me`: who the session or token belongs to, with rights and why. A token shows its own permissions."""

    def get(self, request: Request) -> Response:
        user = request.user
        assert isinstance(user, User)  # noqa: S101 - the default permission refuses everybody else
        rights = rights_of(user)
        held = set(rights.permissions)
        if isinstance(request.auth, ApiToken):
            held &= set(request.auth.permissions)
        return Response(
            {
                "email": user.email,
                "account": user.account.name,
                "account_role": rights.account_role,
                "permissions": sorted(held),
                "timezone": user.timezone,
                "spaces": [{"space": s.space, "roles": s.roles, "why": s.why} for s in rights.spaces],
                "groups": [
                    {"group": g.group, "idp_identifier": g.idp_identifier, "origin": g.origin} for g in rights.groups
                ],
            }
        )

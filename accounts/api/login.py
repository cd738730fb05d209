"""REST: a short token for an e-mail and its password, and its revocation."""

from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.asking import token_holder
from accounts.api.reading import Shape, Text, read
from accounts.tokens import program_logins, revocation


class WrongPassword(APIException):
    """One answer for every failure (R9)."""

    status_code = 401
    default_detail = (
        "Expected the e-mail and password of an active person who signs in with a password; these are none."
        " Check both, and the account's name. Users of an identity provider sign in with a browser."
    )
    auth_header = "Bearer"


class Credentials(Shape):
    email = Text(max_length=320)
    password = Text(max_length=4096)


class CredentialsInAccount(Credentials):
    account = Text(max_length=320)


class AtTheDoor(APIView):
    """Nobody has to be known to come here, and no cookie counts."""

    authentication_classes = ()
    permission_classes = ()


class Login(AtTheDoor):
    """`POST /api/accounts/login`, `/api/accounts/{account}/login`: a short token for an e-mail and its password."""

    def post(self, request: Request, account: str | None = None) -> Response:
        named = {} if account is None else {"account": account}
        asked = read(CredentialsInAccount if named else Credentials, request, **named)
        issued = program_logins.log_in(request._request, **asked)
        if issued is None:
            raise WrongPassword
        token, text = issued
        assert token.expires_at is not None  # noqa: S101  # the database requires it
        seconds = round((token.expires_at - token.created_at).total_seconds())
        return Response({"access_token": text, "token_type": "bearer", "expires_in": seconds})


class TokenText(Shape):
    token = Text(max_length=1000)


class Revocation(AtTheDoor):
    """`POST /api/token/revoke`: ends the token that is sent, and what was made with it.

    200, whatever it was (RFC 7009).
    """

    def post(self, request: Request) -> Response:
        revocation.revoke_text(read(TokenText, request)["token"], acting=token_holder(request))
        return Response({})

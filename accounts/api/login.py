"""REST: a short token for an e-mail and its password, and its revocation."""

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import authenticate
from django.contrib.auth.models import update_last_login
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.asking import token_holder
from accounts.api.reading import Shape, Text, read
from accounts.errors import ActionRefused
from accounts.models import ApiToken, User
from accounts.tokens import revocation, tokens
from common.folding import fold


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
        token, text = _log_in(request, **asked)
        assert token.expires_at is not None  # noqa: S101  # the database requires it
        seconds = round((token.expires_at - token.created_at).total_seconds())
        return Response({"access_token": text, "token_type": "bearer", "expires_in": seconds})


def _log_in(request: Request, *, email: str, password: str, account: str | None = None) -> tuple[ApiToken, str]:
    """A short token and its text; every failure raises WrongPassword after the same work (R9).

    Tries are counted with those at the sign-in page, by django-axes: too many, and its middleware answers instead.
    `account`: only people of the account with this address or name.
    """
    user = authenticate(request._request, username=fold(email), password=password, account=account)
    if not isinstance(user, User):
        raise WrongPassword
    try:
        issued = tokens.issue_short_token(user)
    except ActionRefused:
        raise WrongPassword from None
    # What a login at the page leaves behind. Not by the signal `user_logged_in`, which would open a session too.
    update_last_login(User, user)
    AxesProxyHandler.user_logged_in(User, request=request._request, user=user)
    return issued


class TokenText(Shape):
    token = Text(max_length=1000)


class Revocation(AtTheDoor):
    """`POST /api/token/revoke`: ends the token that is sent, and what was made with it.

    200, whatever it was (RFC 7009).
    """

    def post(self, request: Request) -> Response:
        revocation.revoke_text(read(TokenText, request)["token"], acting=token_holder(request))
        return Response({})

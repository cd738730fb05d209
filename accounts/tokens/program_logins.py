"""Password login of a program: a short token for an e-mail and its password."""

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import authenticate
from django.contrib.auth.models import update_last_login
from django.http import HttpRequest

from accounts.errors import ActionRefused
from accounts.models import ApiToken, User
from accounts.tokens import tokens
from common.folding import fold


def log_in(
    request: HttpRequest, *, email: str, password: str, account: str | None = None
) -> tuple[ApiToken, str] | None:
    """A short token and its text; None for every failure, after the same work (R9).

    Tries are counted with those at the sign-in page, by django-axes: too many, and its middleware answers instead.
    `account`: only people of the account with this address or name.
    """
    user = authenticate(request, username=fold(email), password=password, account=account)
    if not isinstance(user, User):
        return None
    try:
        issued = tokens.issue_short_token(user)
    except ActionRefused:
        return None
    # What a login at the page leaves behind. Not by the signal `user_logged_in`, which would open a session too.
    update_last_login(User, user)
    AxesProxyHandler.user_logged_in(User, request=request, user=user)
    return issued

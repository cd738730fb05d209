"""How many users sent the present name of a space or role at login, in a sentence."""

from django.http import HttpRequest

from console.shared.guards import account_of
from console.shared.words import counted
from spaces.names_in_logins import DAYS, people_with


def carried(request: HttpRequest, attribute: str, name: str) -> str:
    """ "3 users sent this name in space_role in the last 14 days."; empty for none."""
    users = people_with(account_of(request), attribute, name)
    if not users:
        return ""
    return f"{counted(users, 'user', 'users')} sent this name in {attribute} in the last {DAYS} days."

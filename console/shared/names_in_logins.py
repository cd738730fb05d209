"""How many people a new name of a space or role concerns, in a sentence."""

from django.http import HttpRequest

from console.shared.guards import account_of
from console.shared.refusals import counted
from spaces.names_in_logins import DAYS, people_with


def carried(request: HttpRequest, attribute: str, name: str) -> str:
    """ "3 people signed in with this name in space_role in the last 14 days."; empty where nobody did."""
    people = people_with(account_of(request), attribute, name)
    if not people:
        return ""
    return f"{counted(people, 'person', 'people')} signed in with this name in {attribute} in the last {DAYS} days."

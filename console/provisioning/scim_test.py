"""The page "SCIM test": run it, and see every request and answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.deprovisioning import holds
from accounts.permissions import Permission
from console.shared.guards import account_of, acting, needs
from scim import scim_test


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_USERS)
def provisioning_scim_test(request: HttpRequest) -> HttpResponse:
    """Nothing is kept, so the answer to the POST is the page itself."""
    account, played = account_of(request), None
    if request.method == "POST":
        played = scim_test.run(account, request.get_host(), acting(request))
    page = {
        "played": played,
        "passed": played is not None and all(one.passed for one in played),
        "held": holds.held(account),
    }
    return render(request, "provisioning/scim_test.html", page)

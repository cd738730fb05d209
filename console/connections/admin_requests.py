"""“Ask an Account Admin”, for users with Manage Single Sign-On who may prepare a change but not decide it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.connections.admin_requests import Request, ask_an_admin
from accounts.permissions import Permission
from console.connections.tabs import connection_of
from console.shared.guards import acting, needs, permissions_of
from console.shared.refusals import refusal_as_message


@require_POST
@needs(Permission.MANAGE_SSO, Permission.MANAGE_USERS)
def ask(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """`what`: a kind of request. Users with Manage Users alone can request groups only, from a group's page."""
    connection = connection_of(request, connection_id)
    manages_sso = Permission.MANAGE_SSO in permissions_of(request)
    if (what := request.POST.get("what")) not in (Request.values if manages_sso else [Request.GROUPS.value]):
        raise Http404
    with refusal_as_message(request):
        ask_an_admin(connection, Request(what), request.POST.get("note", ""), acting=acting(request))
        messages.success(request, "Request sent. The account admins see it on their home page.")
    return redirect("connection", connection.pk) if manages_sso else redirect("groups")

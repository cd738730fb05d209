"""Session lifetimes and retention of login records, for all connections of an account."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import account_settings
from accounts.models.account import LONGEST_SESSION, MAX_RETENTION, SHORTEST_SESSION
from accounts.permissions import Permission
from console.shared.guards import account_of, acting, needs
from console.shared.refusals import refusal_as_form_error


class LifetimesForm(forms.Form):
    session_idle_minutes = forms.IntegerField(
        label="Idle timeout (minutes)",
        min_value=SHORTEST_SESSION,
        max_value=LONGEST_SESSION,
        help_text="Time since the last request. A shorter value applies to open sessions immediately.",
    )
    session_absolute_minutes = forms.IntegerField(
        label="Maximum session length (minutes)",
        min_value=SHORTEST_SESSION,
        max_value=LONGEST_SESSION,
        help_text="Time since login. A session also ends when the identity provider's session ends, if it sends that"
        " time.",
    )
    login_retention_days = forms.IntegerField(
        label="Retention of login records (days)",
        min_value=1,
        max_value=MAX_RETENTION,
        help_text="How long login records are retained. Received messages are retained for 14 days at most.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_SSO)
def lifetimes(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    form = LifetimesForm(
        request.POST or None, initial={name: getattr(account, name) for name in LifetimesForm().fields}
    )
    if form.is_valid():
        chosen, who = form.cleaned_data, acting(request)
        with refusal_as_form_error(form), transaction.atomic():
            idle, absolute = chosen["session_idle_minutes"], chosen["session_absolute_minutes"]
            account_settings.set_session_lifetimes(account, idle, absolute, who)
            account_settings.set_login_retention(account, chosen["login_retention_days"], who)
            messages.success(request, "Settings saved.")
            return redirect("lifetimes")
    return render(request, "connections/lifetimes.html", {"form": form})

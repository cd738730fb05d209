"""Tab Users of a group: members with their source, adding and removing them."""

import re
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.groups.groups import delivering_connections
from accounts.groups.members import add_members, remove_member, rulings
from accounts.models import Group, GroupMembership, User
from accounts.models.user import UserState
from accounts.permissions import Permission
from common.folding import fold
from common.texts import listed
from console.groups.filters import MemberFilters
from console.groups.words import who
from console.shared import confirming
from console.shared.confirming import Question
from console.shared.guards import account_of, acting, needs, own_or_404, zone_for
from console.shared.lists import Listing
from console.shared.refusals import refusal_as_form_error, refusal_as_message

MOST_AT_ONCE = 500
ORDERS = {
    "email": ("user__email_key",),
    "name": ("user__last_name", "user__first_name"),
    "origin": ("origin",),
    "since": ("created_at",),
}


class MembersForm(forms.Form):
    emails = forms.CharField(
        label="Emails",
        help_text="One or more, separated by commas or line breaks.",
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "placeholder": "bob@company.com"}),
    )

    def __init__(self, group: Group, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = group

    def clean_emails(self) -> list[User]:
        """Return the users with these emails, or with these user names where they have no email."""
        written = {fold(one): one for one in re.split(r"[,;\s]+", self.cleaned_data["emails"]) if one}
        if not written:
            raise ValidationError("Enter at least one email.")
        if len(written) > MOST_AT_ONCE:
            raise ValidationError(f"At most {MOST_AT_ONCE} users at once; you entered {len(written)}.")
        named = Q(email_key__in=written) | Q(email_key="", user_name_key__in=written)
        users = list(User.objects.in_account(self.group.account_id).present().filter(named))
        unknown = [written[key] for key in written.keys() - {fold(str(user)) for user in users}]
        if unknown:
            raise ValidationError(f"This account has no user with the email {listed(sorted(unknown), 10)}.")
        return users


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_USERS)
def users(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """The list. A POST adds members; it shares the list's URL, so that search and paging work on a refused form."""
    group = own_or_404(request, Group, group_id)
    form = MembersForm(group, request.POST or None)
    if not form.is_valid():
        return _page(request, group, form)
    with refusal_as_form_error(form):
        new = add_members(group, form.cleaned_data["emails"], acting=acting(request))
        there = len(form.cleaned_data["emails"]) - len(new)
        before = f" {who(there, 'was', 'were')} already a member." if there else ""
        messages.success(request, f"{who(len(new), '', '')} added to {group.name}.{before}")
        return redirect("group-users", group.pk)
    return _page(request, group, form)


@require_POST
@needs(Permission.MANAGE_USERS)
def remove(request: HttpRequest, group_id: UUID, user_id: UUID) -> HttpResponse:
    group = own_or_404(request, Group, group_id)
    user = own_or_404(request, User, user_id)
    if not confirming.is_confirmed(request):
        return confirming.ask(request, _question(group, user))
    with refusal_as_message(request):
        removed = remove_member(group, user, acting=acting(request))
        messages.success(request, f"{user} {'removed from' if removed else 'is not a member of'} {group.name}.")
    return redirect("group-users", group.pk)


def _page(request: HttpRequest, group: Group, form: MembersForm) -> HttpResponse:
    account = account_of(request)
    members = GroupMembership.objects.in_account(account).filter(group=group, user__account=account)
    present = members.filter(user__erased_at=None, user__state__in=(UserState.PENDING, UserState.ACTIVE))
    rows = present.select_related("user", "connection", "group")
    listing = Listing(request, rows, MemberFilters, ORDERS, known_total=lambda: _present(group), by_key=True)
    shown = list(listing.page)
    ruling = rulings(shown)
    page = {
        "group": group,
        "tab": "users",
        "form": form,
        "listing": listing,
        "lines": [{"membership": one, "ruling": ruling[one.pk]} for one in shown],
        "delivering": delivering_connections(account),
        "zone": zone_for(request),
    }
    return render(request, "groups/users.html", page)


def _present(group: Group) -> int:
    """Count members without deprovisioned users, who stay members until their clean-up a moment later."""
    members = GroupMembership.objects.in_account(group.account_id).filter(group=group)
    deprovisioned = members.filter(user__account=group.account_id, user__clean_up_due_since__isnull=False)
    return members.count() - deprovisioned.count()


def _question(group: Group, user: User) -> Question:
    sentences = [f"{user.full_name or user} loses the roles that this group gives, except those from another source."]
    if group.is_mapped:
        sentences.append("If the identity provider sends this group at the next login, the user is added again.")
    return Question(
        title=f"Remove {user} from {group.name}?",
        sentences=sentences,
        button="Remove",
        cancel_address=reverse("group-users", args=[group.pk]),
    )

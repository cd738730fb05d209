"""Tab General of a group: name, description, and the IdP identifier with a preview of its effect."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.connections.agreed_permissions import through_logins, would_allow
from accounts.connections.vendors import Vendor
from accounts.groups import groups
from accounts.groups.groups import Effect, create_group, effect_of, update_group, vendors_of
from accounts.models import Account, Group
from accounts.permissions import Permission
from common.folding import identifier_key
from common.texts import listed
from console.groups.words import effect_sentence, identifier_remark
from console.shared import confirming
from console.shared.confirming import Question
from console.shared.fields import NameInput
from console.shared.guards import account_of, acting, needs, own_or_404
from console.shared.refusals import refusal_as_form_error
from console.shared.words import counted

# The identifier may be misspelt.
_UNSEEN = "No recent login of a non-member carried it. Check the spelling, or wait for logins."
_PREVIEW = {"hx-post": "", "hx-trigger": "input changed delay:400ms", "hx-target": "#effect", "hx-swap": "outerHTML"}


class GroupForm(forms.Form):
    name = forms.CharField(label="Name", max_length=255, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    description = forms.CharField(label="Description", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    idp_identifier = forms.CharField(
        label="IdP identifier",
        max_length=512,
        required=False,
        help_text="Identifier of the group at the identity provider, usually a GUID. With one, members are synced at"
        " each login. Leave it empty for a group with members that you manage here.",
        widget=NameInput(attrs=_PREVIEW),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_USERS)
def new(request: HttpRequest) -> HttpResponse:
    form = _form(request, None)
    if not _saves(request) or not form.is_valid():
        return _page(request, form, None)
    with refusal_as_form_error(form):
        group, created = create_group(account_of(request), acting=acting(request), **form.cleaned_data)
        if created:
            messages.success(request, f"Group {group.name} created. Next, assign roles and members.")
            return redirect("group-roles", group.pk)
        form.add_error("name", "This account already has a group with this name. Choose another name.")
    return _page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_USERS)
def general(request: HttpRequest, group_id: UUID) -> HttpResponse:
    group = own_or_404(request, Group, group_id)
    form = _form(request, group)
    if not _saves(request) or not form.is_valid():
        return _page(request, form, group)
    effect = effect_of(group.account, form.cleaned_data["idp_identifier"], group, _allowing(request, group))
    if effect.removed and not confirming.is_confirmed(request):
        return confirming.ask(request, _question(group, effect, form.cleaned_data))
    with refusal_as_form_error(form):
        changes = update_group(group, form.cleaned_data, acting=acting(request))
        _warn_of_logins(request, group)
        messages.success(request, f"Group {form.cleaned_data['name']} saved." if changes else "No changes.")
        return redirect("group", group.pk)
    return _page(request, form, group)


def _warn_of_logins(request: HttpRequest, group: Group) -> None:
    """Warn if the group is mapped and logins may not assign its permissions yet."""
    saved = Group.objects.in_account(group.account_id).select_related("account_role").filter(pk=group.pk).first()
    if saved and (names := [str(one.connection) for one in through_logins(saved) if one.lacking]):
        through = ", ".join(names)
        messages.warning(
            request, f"Logins through {through} do not add members: an account admin must allow it. See Roles."
        )


def _form(request: HttpRequest, group: Group | None) -> GroupForm:
    """Return the form with the entered values, unbound where a POST asks for the preview only."""
    if _saves(request):
        return GroupForm(request.POST)
    if request.method != "POST":
        return GroupForm(initial={name: getattr(group, name) for name in GroupForm.base_fields} if group else None)
    typed = {name: request.POST.get(name, "").replace("\x00", "") for name in GroupForm.base_fields}
    return GroupForm(initial={**typed, "idp_identifier": request.POST.get("use") or typed["idp_identifier"]})


def _saves(request: HttpRequest) -> bool:
    """A POST may also ask for the preview only, or use a listed identifier."""
    return request.method == "POST" and not _is_partial(request) and not request.POST.keys() & {"preview", "use"}


def _is_partial(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers


def _page(request: HttpRequest, form: GroupForm, group: Group | None) -> HttpResponse:
    account = account_of(request)
    vendors = vendors_of(account)
    preview = None
    if request.method == "POST":
        preview = _preview(form, group, vendors, account, _allowing(request, group))
    page = {"form": form, "group": group, "tab": "general", "preview": preview, "vendors": vendors}
    if _is_partial(request):
        return render(request, "groups/preview.html", page)
    seen = groups.seen_identifiers(account)
    widget = cast(NameInput, form.fields["idp_identifier"].widget)
    widget.offered = [(one.identifier, counted(one.people, "user", "users")) for one in seen]
    latest = groups.LOOKED_AT if account.user_count > groups.LOOKED_AT else None
    return render(request, "groups/general.html", {**page, "seen": seen, "most": groups.MOST, "latest": latest})


def _allowing(request: HttpRequest, group: Group | None) -> list[UUID]:
    """Return the connections whose logins may add members once this account admin saves the group."""
    only = would_allow(group.account_id, acting(request)) if group is not None and group.account_role_id else None
    return [only.pk] if only else []


def _preview(
    form: GroupForm, group: Group | None, vendors: list[Vendor], account: Account, allowing: list[UUID]
) -> dict[str, Any] | None:
    """Return the effect of saving the entered identifier; None if it did not change."""
    typed = str(form["idp_identifier"].value() or "").replace("\x00", "").strip()[:512]
    key, own = identifier_key(typed), group.idp_identifier_key if group else ""
    if key == own:
        return None
    others = Group.objects.in_account(account)
    effect = effect_of(account, typed, group, allowing)
    return {
        "is_cleared": not key,
        "other": others.filter(idp_identifier_key=key).first() if key else None,
        "sentence": effect_sentence(effect, is_new=group is None),
        "remark": identifier_remark(typed, vendors) or ("" if effect.added else _UNSEEN),
        "moves": _moves(effect),
    }


def _moves(effect: Effect) -> list[tuple[str, str]]:
    """Return "Added" and "Removed", each with the first names."""
    added, removed = listed(effect.added_names, total=effect.added), listed(effect.removed_names, total=effect.removed)
    return [(what, names) for what, names in (("Added", added), ("Removed", removed)) if names]


def _question(group: Group, effect: Effect, typed: dict[str, Any]) -> Question:
    moves = [f"{what}: {names}." for what, names in _moves(effect)]
    stays = "Based on each user's latest login. Manually added members stay."
    return Question(
        title=f"Change the IdP identifier of {group.name}?",
        sentences=[effect_sentence(effect), *moves, stays],
        button="Save",
        cancel_address=reverse("group", args=[group.pk]),
        fields=typed.items(),
    )

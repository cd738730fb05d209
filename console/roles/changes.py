"""Create, edit and delete custom roles."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.models import Role
from accounts.permissions import Permission
from accounts.roles.custom_roles import RoleDraft, check_custom
from console.roles.kinds import RoleKind
from console.shared.confirming import Question, ask, is_confirmed
from console.shared.fields import description_field
from console.shared.guards import account_of, acting, needs, own_or_404
from console.shared.names_in_logins import carried
from console.shared.refusals import refusal_as_form_error, refusal_as_message


class RoleForm(forms.Form):
    """A custom role. `catalogue`: the permissions there are; `offered`: those that the user may grant."""

    name = forms.CharField(
        label="Name",
        max_length=100,
        help_text="No commas: identity providers send several role names separated by commas.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    description = description_field()
    permissions = forms.MultipleChoiceField(
        label="Permissions", required=False, widget=forms.CheckboxSelectMultiple(), choices=()
    )

    def __init__(self, catalogue: Iterable[StrEnum], offered: Iterable[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["permissions"]
        may_choose = set(offered)
        field.choices = [(str(one), str(one)) for one in catalogue if one in may_choose]

    @property
    def draft(self) -> RoleDraft:
        given = self.cleaned_data
        return RoleDraft(given["name"], given["description"], frozenset(given["permissions"]))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_ROLES)
def new_role(request: HttpRequest, kind: RoleKind) -> HttpResponse:
    """`?template=<id>`: the role to start from; by default the built-in role with the fewest permissions."""
    templates = list(kind.roles(request))
    template = _template(templates, request.GET.get("template", ""))
    grantable = kind.grantable(request)
    form = RoleForm(kind.catalogue, grantable, request.POST or None, initial={"permissions": template.permissions})
    if form.is_valid():
        with refusal_as_form_error(form):
            role = kind.create(account_of(request), form.draft, acting=acting(request), template=template.name)
            messages.success(request, f"Role {role} created. You can now assign it to users and groups.")
            return redirect(kind.route(""), role.pk)
    left_out = sorted(set(template.permissions) - grantable)
    page = {"kind": kind, "form": form, "templates": templates, "template": template, "left_out": left_out}
    return render(request, "roles/new_role.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_ROLES)
def edit_role(request: HttpRequest, kind: RoleKind, role_id: UUID) -> HttpResponse:
    role = own_or_404(request, kind.roles(request), role_id)
    with refusal_as_message(request):
        check_custom(role)
        present = {"name": role.name, "description": role.description, "permissions": role.permissions}
        offered = kind.grantable(request) | set(role.permissions)
        form = RoleForm(kind.catalogue, offered, request.POST or None, initial=present)
        if form.is_valid():
            with refusal_as_form_error(form):
                if kind.update(role, form.draft, acting=acting(request)):
                    messages.success(request, f"Role {form.draft.name} saved.")
                return redirect(kind.route(""), role.pk)
        page = {"kind": kind, "role": role, "form": form, "uses": kind.uses(role)}
        return render(request, "roles/edit_role.html", {**page, "carried": carried(request, kind.attribute, role.name)})
    return redirect(kind.route(""), role.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_ROLES)
def remove_role(request: HttpRequest, kind: RoleKind, role_id: UUID) -> HttpResponse:
    role = own_or_404(request, kind.roles(request), role_id)
    if not is_confirmed(request):
        return ask(request, _question(request, kind, role))
    with refusal_as_message(request):
        kind.delete(role, acting=acting(request))
        messages.success(request, f"Role {role} deleted.")
        return redirect("roles")
    return redirect(kind.route(""), role.pk)


def _template(roles: list[Role], key: str) -> Role:
    """Return the requested role; else the built-in one with the fewest permissions."""
    try:
        asked = UUID(key)
    except ValueError:
        asked = None
    found = next((role for role in roles if role.pk == asked), None)
    return found or min((role for role in roles if role.builtin), key=lambda role: len(role.permissions))


def _question(request: HttpRequest, kind: RoleKind, role: Role) -> Question:
    named = f"Logins that send {role} in {kind.attribute} {kind.without}."
    return Question(
        title=f"Delete {role}?",
        sentences=(
            f"The {kind.name} can no longer be assigned. No user loses access: only an unused role can be deleted.",
            f"{named} {carried(request, kind.attribute, role.name)}".strip(),
        ),
        button="Delete role",
        cancel_address=reverse(kind.route(""), args=(role.pk,)),
    )

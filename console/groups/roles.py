"""Tab Roles of a group: the roles that membership gives, in the account and in spaces."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.connections.agreed_permissions import through_logins
from accounts.groups.groups import update_group
from accounts.models import Account, AccountRole, Group
from accounts.permissions import Permission
from console.groups.words import grants_manage_users, who
from console.shared import confirming
from console.shared.confirming import Question
from console.shared.fields import NameField
from console.shared.guards import account_of, acting, has_all_permissions, needs, own_or_404
from console.shared.refusals import refusal_as_form_error, refusal_as_message
from spaces.group_roles import give_space_roles, take_space_role
from spaces.models import GroupSpaceRole, Space, SpaceRole


class AccountRoleForm(forms.Form):
    account_role = forms.ModelChoiceField(
        AccountRole.objects.none(),
        label="Account role",
        required=False,
        empty_label="none",
        help_text="Members have its permissions in addition to those of their own account role.",
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = AccountRole.objects.in_account(account).order_by("name")
        self.fields["account_role"].queryset = roles  # type: ignore[attr-defined]


class SpaceRoleForm(forms.Form):
    space = NameField("space", label="Space")
    role = forms.ModelChoiceField(SpaceRole.objects.none(), label="Space role", empty_label="Choose a role")

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        space, role = self.fields["space"], self.fields["role"]
        space.offer(Space.objects.in_account(account))  # type: ignore[attr-defined]
        role.queryset = SpaceRole.objects.in_account(account).order_by("name")  # type: ignore[attr-defined]


@require_safe
@needs(Permission.MANAGE_USERS)
def roles(request: HttpRequest, group_id: UUID) -> HttpResponse:
    return _page(request, _group(request, group_id))


@require_POST
@needs(Permission.MANAGE_USERS)
def set_account_role(request: HttpRequest, group_id: UUID) -> HttpResponse:
    group = _group(request, group_id)
    form = AccountRoleForm(group.account, request.POST)
    if not form.is_valid():
        return _page(request, group, role_form=form)
    role = form.cleaned_data["account_role"]
    if role != group.account_role and not confirming.is_confirmed(request):
        question = _account_role_question(group, role)
        if question is not None:
            return confirming.ask(request, question)
    with refusal_as_form_error(form):
        update_group(group, {"account_role": role}, acting=acting(request))
        messages.success(request, f"Account role of {group.name} {f'changed to {role}' if role else 'removed'}.")
        return redirect("group-roles", group.pk)
    return _page(request, group, role_form=form)


@require_POST
@needs(Permission.MANAGE_USERS)
def add_space_role(request: HttpRequest, group_id: UUID) -> HttpResponse:
    group = _group(request, group_id)
    form = SpaceRoleForm(group.account, request.POST)
    if not form.is_valid():
        return _page(request, group, space_form=form)
    space, role = form.cleaned_data["space"], form.cleaned_data["role"]
    with refusal_as_form_error(form):
        new = give_space_roles(group, [(space, role)], acting=acting(request))
        gives = f"{group.name} gives {role} in {space}."
        messages.success(request, gives if new else f"No changes: {gives}")
        return redirect("group-roles", group.pk)
    return _page(request, group, space_form=form)


@require_POST
@needs(Permission.MANAGE_USERS)
def remove_space_role(request: HttpRequest, group_id: UUID, grant_id: UUID) -> HttpResponse:
    grants = GroupSpaceRole.objects.filter(group=group_id).select_related("group", "space", "role")
    grant = own_or_404(request, grants, grant_id)
    if not confirming.is_confirmed(request):
        return confirming.ask(request, _removal_question(grant))
    with refusal_as_message(request):
        take_space_role(grant.group, grant.space, grant.role, acting=acting(request))
        messages.success(request, f"{grant.group.name} no longer gives {grant.role} in {grant.space}.")
    return redirect("group-roles", group_id)


def _group(request: HttpRequest, group_id: UUID) -> Group:
    return own_or_404(request, Group.objects.select_related("account", "account_role"), group_id)


def _page(
    request: HttpRequest,
    group: Group,
    role_form: AccountRoleForm | None = None,
    space_form: SpaceRoleForm | None = None,
) -> HttpResponse:
    account = account_of(request)
    grants = GroupSpaceRole.objects.in_account(account).filter(group=group).select_related("space", "role")
    page = {
        "group": group,
        "tab": "roles",
        "grants": grants.order_by("space__name", "role__name"),
        "role_form": role_form or AccountRoleForm(account, initial={"account_role": group.account_role_id}),
        "space_form": space_form or SpaceRoleForm(account),
        "powerful": [role.name for role in AccountRole.objects.in_account(account) if grants_manage_users(role)],
        "through": through_logins(group),
        "may_allow": has_all_permissions(request),
        "warns": grants_manage_users(group.account_role),
    }
    return render(request, "groups/roles.html", page)


def _account_role_question(group: Group, role: AccountRole | None) -> Question | None:
    """Return None if no user gains or loses permissions."""
    count = group.memberships.count()
    if not count and not grants_manage_users(role):
        return None
    sentences = []
    if group.account_role:
        sentences.append(f"{who(count, 'loses', 'lose')} {group.account_role} through the group.")
    if role:
        allowed = ", ".join(role.permissions) or "no permission"
        sentences.append(f"{who(count, 'gets', 'get')} {role} through the group: {allowed}.")
    if grants_manage_users(role):
        sentences.append("With Manage Users, members can manage all users, groups and provisioning of the account.")
    return Question(
        title=f"Change the account role of {group.name}?",
        sentences=sentences,
        button="Save",
        cancel_address=reverse("group-roles", args=[group.pk]),
        fields=[("account_role", str(role.pk) if role else "")],
    )


def _removal_question(grant: GroupSpaceRole) -> Question:
    count = grant.group.memberships.count()
    return Question(
        title=f"Remove {grant.role} in {grant.space} from {grant.group.name}?",
        sentences=[f"{who(count, 'loses', 'lose')} this role, except those who also have it from another source."],
        button="Remove",
        cancel_address=reverse("group-roles", args=[grant.group_id]),
    )

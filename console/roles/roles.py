"""Permissions of roles: as a matrix, side by side, and of one role."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.permissions import Permission
from console.roles.kinds import KINDS, RoleKind
from console.shared.guards import needs, own_or_404

LOOK = (Permission.MANAGE_USERS, Permission.MANAGE_ROLES)
COMPARED = 8


@dataclass(frozen=True)
class Line:
    """One permission, and for each role whether it has it."""

    permission: str
    hint: str
    cells: Sequence[tuple[Role, bool]]

    @property
    def differs(self) -> bool:
        return len({has for _, has in self.cells}) > 1


@dataclass(frozen=True)
class Matrix:
    kind: RoleKind
    roles: Sequence[Role]

    @property
    def lines(self) -> list[Line]:
        return [
            Line(str(one), self.kind.hints.get(one, ""), [(role, one in role.permissions) for role in self.roles])
            for one in self.kind.catalogue
        ]


@require_safe
@needs(*LOOK)
def roles(request: HttpRequest) -> HttpResponse:
    matrices = [Matrix(kind, list(kind.roles(request))) for kind in KINDS]
    return render(request, "roles/roles.html", {"matrices": matrices})


@require_safe
@needs(*LOOK)
def role(request: HttpRequest, kind: RoleKind, role_id: UUID) -> HttpResponse:
    role = own_or_404(request, kind.roles(request), role_id)
    page = {"kind": kind, "role": role, "matrix": Matrix(kind, [role]), "uses": kind.uses(role)}
    return render(request, "roles/role.html", page)


@require_safe
@needs(*LOOK)
def compare(request: HttpRequest, kind: RoleKind) -> HttpResponse:
    """`?role=<id>&role=<id>`: two to eight roles of a kind side by side."""
    try:
        chosen = list(forms.ModelMultipleChoiceField(kind.roles(request)).clean(request.GET.getlist("role")))
    except forms.ValidationError:
        chosen = []
    if not 2 <= len(chosen) <= COMPARED:
        messages.warning(request, f"Select two to {COMPARED} roles to compare.")
        return redirect("roles")
    return render(request, "roles/compare.html", {"matrix": Matrix(kind, chosen)})

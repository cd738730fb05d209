"""The form of a custom role. It checks shape; services check the rules."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from django import forms

from accounts.roles.custom_roles import RoleDraft
from console.shared.fields import description_field


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
        field, may_choose = self.fields["permissions"], set(offered)
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  # for the type
        field.choices = [(str(one), str(one)) for one in catalogue if one in may_choose]

    @property
    def draft(self) -> RoleDraft:
        given = self.cleaned_data
        return RoleDraft(given["name"], given["description"], frozenset(given["permissions"]))

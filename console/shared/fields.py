"""Form fields that sections share: choose a row by its name, describe something."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from common.folding import nfc

OFFERED = 200


class NameInput(forms.TextInput):
    """A text input with a `<datalist>` of names, or of (value, label) pairs."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "spellcheck": "false", **(attrs or {})})
        self.offered: Any = ()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        pairs = [one if isinstance(one, tuple) else (one, "") for one in self.offered]
        if not pairs:
            return super().render(name, value, attrs, renderer)
        names = f"{(attrs or {}).get('id') or name}-names"
        options = format_html_join("", '<option value="{}">{}</option>', pairs)
        written = super().render(name, value, {**(attrs or {}), "list": names}, renderer)
        return format_html('{}<datalist id="{}">{}</datalist>', written, names, options)


class NameField(forms.CharField):
    """Clean to the row with this name; None for no input. `what`: "space". `offer` sets the rows."""

    widget = NameInput

    def __init__(self, what: str, **options: Any) -> None:
        super().__init__(max_length=255, **options)
        self.what = what
        self.rows: models.QuerySet[Any] | None = None

    def offer(self, rows: "models.QuerySet[Any]") -> None:
        """Set the rows, of one account, that have a `name`."""
        self.rows = rows
        cast(NameInput, self.widget).offered = rows.order_by("name").values_list("name", flat=True)[:OFFERED]

    def clean(self, value: Any) -> Any:
        name = nfc(super().clean(value))
        if not name or self.rows is None:
            return None
        # The row with this name, else the only one with this name in any letter case.
        found = list(self.rows.filter(name=name)[:1]) or list(self.rows.filter(name__iexact=name)[:2])
        if len(found) != 1:
            raise ValidationError(f"This account has no {self.what} with the name '{name}'.")
        return found[0]


def description_field() -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label="Description", required=False, max_length=2000, widget=area)

"""Search for users by parts of their names or emails."""

from django import forms
from django.db.models import Q

from common.folding import casefolded

WORDS = 5


def search_box(placeholder: str) -> forms.TextInput:
    return forms.TextInput(attrs={"type": "search", "placeholder": placeholder, "autocomplete": "off"})


def users_like(text: str, through: str = "") -> Q:
    """Match users whose email, user name or name contains all words. `through`: path to the user, "user__"."""
    found = Q()
    for word in text.split()[:WORDS]:
        found &= Q(**{f"{through}search_key__contains": casefolded(word)})
    return found

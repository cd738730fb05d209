"""Looking people up by a part of their name or email."""

from django import forms
from django.db.models import Q

from common.folding import casefolded

WORDS = 5


def search_box(placeholder: str) -> forms.TextInput:
    return forms.TextInput(attrs={"type": "search", "placeholder": placeholder, "autocomplete": "off"})


def people_like(text: str, through: str = "") -> Q:
    """Whose email, user name or name holds each of the words. `through`: the way to the person, "user__"."""
    found = Q()
    for word in text.split()[:WORDS]:
        found &= Q(**{f"{through}search_key__contains": casefolded(word)})
    return found

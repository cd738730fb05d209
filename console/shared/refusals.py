"""What a verb refused, told to whoever asked for it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from accounts.errors import ActionRefused
from accounts.users import protection


@contextmanager
def told_on_the_next_page(request: HttpRequest) -> Iterator[None]:
    """A refusal becomes a message of the next page."""
    try:
        yield
    except ActionRefused as refusal:
        protection.remember(refusal)
        messages.error(request, str(refusal))


@contextmanager
def told_in_the_form(form: forms.BaseForm) -> Iterator[None]:
    """A refusal becomes an error of the form, which is not valid from then on: look at `form.errors`."""
    try:
        yield
    except ActionRefused as refusal:
        protection.remember(refusal)
        form.add_error(None, str(refusal))


def counted(number: int, one: str, many: str) -> str:
    """ "1 person", "3 people"."""
    return f"{number:,} {one if number == 1 else many}"

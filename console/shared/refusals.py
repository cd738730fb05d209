"""Show refusals of services: as a message of the next page, or as an error of the form."""

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from accounts.errors import ActionRefused
from accounts.users import protection


@contextmanager
def refusal_as_message(request: HttpRequest) -> Iterator[None]:
    """Show a refusal as a message on the next page."""
    try:
        yield
    except ActionRefused as refusal:
        protection.remember(refusal)
        messages.error(request, str(refusal))


@contextmanager
def refusal_as_form_error(form: forms.BaseForm) -> Iterator[None]:
    """Add a refusal to the form's errors; check `form.errors` afterwards."""
    try:
        yield
    except ActionRefused as refusal:
        protection.remember(refusal)
        form.add_error(None, str(refusal))

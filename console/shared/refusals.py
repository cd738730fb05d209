"""Show refusals of services: as a message of the next page, or as an error of the form."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from accounts.errors import ActionRefused
from accounts.users import protection


def refusal_as_message(request: HttpRequest) -> AbstractContextManager[None]:
    """Show a refusal as a message on the next page."""
    return _shown_by(partial(messages.error, request))


def refusal_as_form_error(form: forms.BaseForm) -> AbstractContextManager[None]:
    """Add a refusal to the form's errors; check `form.errors` afterwards."""
    return _shown_by(partial(form.add_error, None))


@contextmanager
def _shown_by(show: Callable[[str], None]) -> Iterator[None]:
    try:
        yield
    except ActionRefused as refusal:
        protection.remember(refusal)
        show(str(refusal))

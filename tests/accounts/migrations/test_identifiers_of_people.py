"""Keys with full-width letters, as the release before stored them."""

from importlib import import_module

import pytest
from django.apps import apps

from accounts.models import User
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
narrow_keys = import_module("accounts.migrations.0035_identifiers_of_people").narrow_keys


def test_keys_become_narrow(cast: Cast) -> None:
    wide = {"email_key": "\uff50etra@acme.example", "other_email_keys": " \uff50@home.example x@home.example "}
    User.objects.filter(pk=cast.petra.pk).update(**wide, search_key="\uff50etra")
    narrow_keys(apps, None)
    petra = User.objects.get(pk=cast.petra.pk)
    assert (petra.email_key, petra.search_key) == ("petra@acme.example", "petra")
    assert petra.other_email_keys == " p@home.example x@home.example "


def test_a_key_that_somebody_else_has_stays(cast: Cast) -> None:
    User.objects.filter(pk=cast.petra.pk).update(email_key="\uff42ob@acme.example")
    narrow_keys(apps, None)
    assert User.objects.get(pk=cast.petra.pk).email_key == "\uff42ob@acme.example"
    assert User.objects.get(pk=cast.bob.pk).email_key == "bob@acme.example"

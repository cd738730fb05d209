"""Everything the database says of one person, without ids and times: two people with the same history compare equal."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import ForeignKey, Model, Q

from accounts.models import AuditEntry, ExternalIdentity, TaskAttempt, User

State = dict[str, list[str]]


def state_of(user: User) -> State:
    """Model -> its rows that belong to this person, each as JSON, sorted."""
    user = User.objects.get(pk=user.pk)
    identities = list(ExternalIdentity.objects.filter(user=user).values_list("id", flat=True))
    names = {user.email: "e-mail", user.email.partition("@")[0]: "name", user.user_name: "user name"}
    rows: dict[str, list[Model]] = {"User": [user]}
    for model in apps.get_models():
        if model._meta.app_label in ("accounts", "spaces"):
            keys = [f.name for f in model._meta.fields if isinstance(f, ForeignKey) and f.related_model is User]
            for key in keys:
                rows[f"{model.__name__}.{key}"] = list(model._default_manager.filter(**{key: user}))
    about = [user.pk, *identities]
    rows["AuditEntry"] = list(AuditEntry.objects.filter(Q(object_id__in=about) | Q(actor_id=user.pk)))
    rows["TaskAttempt"] = list(TaskAttempt.objects.filter(key__in=[str(key) for key in about]))
    return {name: sorted(_described(row, names) for row in found) for name, found in rows.items()}


def _described(row: Model, names: dict[str, str]) -> str:
    values = {field.name: _plain(row, field) for field in row._meta.fields if not _is_own(field.name)}
    text = json.dumps(values, sort_keys=True, default=str)
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(name, f"<{names[name]}>")
    return text


def _is_own(name: str) -> bool:
    """What is another value for each person, whatever happened to them."""
    return name in {
        "number",
        "password",
        "digest",
        "prefix",
        "subject",
        "key",
        "key_digest",
        "idp_session",
        "reference",
    }


def _plain(row: Model, field: Any) -> Any:
    if isinstance(field, ForeignKey):
        return str(getattr(row, field.name))
    value = getattr(row, field.attname)
    if isinstance(value, UUID):
        return "id"
    return "a time" if isinstance(value, datetime) else value

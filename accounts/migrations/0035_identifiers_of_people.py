"""Several people of an account may have one externalId; full-width letters in names compare as the ordinary ones."""

import structlog
from django.db import migrations, models
from django.db.models import Q

from common.folding import narrowed, nfc

log = structlog.get_logger(__name__)

UNIQUE = ("email_key", "user_name_key")
KEYS = (*UNIQUE, "work_email_key", "other_email_keys", "search_key")


def narrow_keys(apps, schema_editor):
    """Of the few people whose keys hold wide letters. What somebody else has by now stays as it was, and is logged."""
    users = apps.get_model("accounts", "User").objects
    for row in users.filter(erased_at=None).values("id", "account_id", *KEYS).iterator():
        if all(row[key].isascii() for key in KEYS):
            continue
        keys = {key: nfc(narrowed(row[key]).casefold()) for key in KEYS if narrowed(row[key]) != row[key]}
        for key in UNIQUE:
            others = users.filter(Q(**{key: keys.get(key)}), account_id=row["account_id"]).exclude(id=row["id"])
            if key in keys and others.exists():
                log.warning("Two users have one name but for the width of its letters", user=str(row["id"]), key=key)
                del keys[key]
        if keys:
            users.filter(id=row["id"]).update(**keys)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0034_oidc_of_every_provider")]

    operations = [
        # The index first: look-ups by externalId always have one.
        migrations.AddIndex(
            "user",
            models.Index(
                fields=["account", "external_id"], condition=~models.Q(external_id=""), name="user_external_id"
            ),
        ),
        migrations.RemoveConstraint("user", "external_id_once_per_account"),
        migrations.RunPython(narrow_keys, migrations.RunPython.noop, elidable=True),
    ]

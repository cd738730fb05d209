"""Logins are kept for a time, and found by the e-mail they named."""

from django.db import migrations, models
from django.db.models.functions import Lower, Trim

import accounts.models.base


def fill_email_keys(apps, schema_editor):
    """Near enough for the few records that are older than this; new ones are folded as everything is."""
    apps.get_model("accounts", "LoginRecord").objects.exclude(email="").update(email_key=Lower(Trim("email")))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0014_same_account_recovery")]

    operations = [
        migrations.AddField("account", "login_retention_days", models.PositiveSmallIntegerField(default=90)),
        migrations.AddConstraint(
            "account",
            models.CheckConstraint(
                condition=models.Q(("login_retention_days__gte", 1), ("login_retention_days__lte", 3650)),
                name="account_login_retention_is_capped",
            ),
        ),
        migrations.AddField(
            "loginrecord",
            "email_key",
            accounts.models.base.FoldedField(default="", editable=False, max_length=320, source="email"),
            preserve_default=False,
        ),
        migrations.RunPython(fill_email_keys, migrations.RunPython.noop),
        migrations.AddIndex(
            "loginrecord", models.Index(fields=["account", "email_key", "-at"], name="login_of_email_latest_first")
        ),
        migrations.AddIndex(
            "loginrecord",
            models.Index(condition=~models.Q(("message", "")), fields=["at"], name="login_with_a_message"),
        ),
    ]

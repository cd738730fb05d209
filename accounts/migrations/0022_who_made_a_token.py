"""A token knows the token that asked for it, so that revoking one revokes what was made with it."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

from common.db.same_account import same_account


class Migration(migrations.Migration):
    dependencies = [("accounts", "0021_audit_heads_and_no_truncate")]

    operations = [
        migrations.AddField(
            "apitoken",
            "made_by",
            models.ForeignKey(
                "accounts.apitoken",
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="made",
            ),
        ),
        migrations.AddConstraint(
            "apitoken",
            models.CheckConstraint(
                condition=~Q(kind="short") | Q(made_by=None), name="short_token_is_made_by_no_token"
            ),
        ),
        migrations.AddConstraint(
            "apitoken",
            models.CheckConstraint(condition=~Q(made_by=F("id")), name="token_is_not_made_by_itself"),
        ),
        same_account("accounts", "ApiToken.made_by"),
    ]

import uuid

import django.db.models.deletion
from django.db import migrations, models

from common.db.append_only import append_only, entries_wait_for_their_seal


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_task_runs")]

    operations = [
        migrations.CreateModel(
            name="UnsealedEntry",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="accounts.account"
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["account", "at", "id"], name="unsealed_oldest_first")]},
        ),
        entries_wait_for_their_seal(),
        # What was written before there were seals.
        migrations.RunSQL(
            "INSERT INTO accounts_unsealedentry (id, account_id, at)"
            " SELECT id, account_id, at FROM accounts_auditentry",
            migrations.RunSQL.noop,
        ),
        append_only("accounts", "AuditEntry", "AuditSeal"),
    ]

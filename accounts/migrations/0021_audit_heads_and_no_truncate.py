"""The head of each audit chain is kept beside the chain, and TRUNCATE of the audit log is refused."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from common.db.append_only import never_truncated


class Migration(migrations.Migration):
    dependencies = [("accounts", "0020_who_is_out_and_fewer_indexes")]

    operations = [
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveBigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "account",
                    models.OneToOneField(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="accounts.account"
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        # Chains that began before their heads were kept.
        migrations.RunSQL(
            "INSERT INTO accounts_audithead (id, account_id, position, digest)"
            " SELECT seal.id, seal.account_id, seal.position, seal.digest FROM accounts_auditseal seal"
            " JOIN (SELECT account_id, MAX(position) AS position FROM accounts_auditseal GROUP BY account_id) newest"
            " ON newest.account_id = seal.account_id AND newest.position = seal.position",
            migrations.RunSQL.noop,
        ),
        never_truncated("accounts", "AuditEntry", "AuditSeal"),
    ]

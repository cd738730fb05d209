"""Who is out is counted in an index; rows that are written often have one index less."""

import django.db.models.deletion
from django.db import migrations, models

# Each has other indexes that begin with the account; this one only made each new row dearer. Taken away by hand:
# Django would build a table anew on SQLite, without its triggers.
MODELS = ("user", "auditentry", "unsealedentry")


def drop_index(apps, schema_editor):
    for name in MODELS:
        model = apps.get_model("accounts", name)
        for index in schema_editor._constraint_names(model, ["account_id"], index=True, unique=False):
            schema_editor.execute(schema_editor._delete_index_sql(model, index))


def make_index(apps, schema_editor):
    for name in MODELS:
        model = apps.get_model("accounts", name)
        schema_editor.execute(schema_editor._create_index_sql(model, fields=[model._meta.get_field("account")]))


def without_index(name, on_delete, **options):
    field = models.ForeignKey("accounts.account", on_delete=on_delete, db_index=False, **options)
    return migrations.AlterField(name, "account", field)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0019_users_by_name_and_waiting")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop_index, make_index)],
            state_operations=[
                without_index("user", django.db.models.deletion.CASCADE),
                without_index("auditentry", django.db.models.deletion.PROTECT),
                without_index("unsealedentry", django.db.models.deletion.PROTECT, db_constraint=False),
            ],
        ),
        migrations.AddIndex(
            "user",
            models.Index(
                fields=["account", "email_key", "id"],
                condition=models.Q(erased_at__isnull=True, state="deprovisioned"),
                name="users_out",
            ),
        ),
    ]

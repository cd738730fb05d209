"""Who is provisioned by which connection, and the connection that a token for provisioning names."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Count, Q

from common.db.same_account import same_account


def give_people_to_the_only_connection(apps, schema_editor):
    """Where there is no choice it is made here; of other accounts nobody can say whose provisioning stored what."""
    Connection, User = apps.get_model("accounts", "Connection"), apps.get_model("accounts", "User")
    serving = Connection.objects.exclude(state="draft")
    single = serving.order_by().values("account").annotate(count=Count("id")).filter(count=1).values_list("account")
    for account, connection in list(serving.filter(account__in=single).values_list("account_id", "id")):
        provisioned = User.objects.filter(account_id=account, origin="scim", erased_at=None)
        provisioned.update(provisioned_by=connection)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0022_who_made_a_token")]

    operations = [
        migrations.AddField(
            "user", "provisioned_by", models.UUIDField(blank=True, editable=False, null=True)
        ),
        migrations.AddField(
            "apitoken",
            "connection",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="tokens",
                to="accounts.connection",
            ),
        ),
        migrations.AddIndex(
            "apitoken",
            models.Index(
                condition=Q(connection__isnull=False), fields=["account", "connection"], name="tokens_of_connection"
            ),
        ),
        same_account("accounts", "ApiToken.connection"),
        migrations.RunPython(give_people_to_the_only_connection, migrations.RunPython.noop, elidable=True),
    ]

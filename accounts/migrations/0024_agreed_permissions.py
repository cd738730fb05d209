"""What logins of a connection may give has to be agreed to; what they give today counts as agreed."""

from django.db import migrations, models

SPEAK_OF_GROUPS = ("okta", "entra")  # others do once their groups attribute is named


def agree_to_what_is_live(apps, schema_editor):
    connections = apps.get_model("accounts", "Connection").objects.filter(state="live")
    for connection in connections.only("id", "account_id", "vendor", "attribute_names"):
        agreed = _of_grantable_roles(apps, connection)
        if connection.vendor in SPEAK_OF_GROUPS or connection.attribute_names.get("groups"):
            agreed |= _of_mapped_groups(apps, connection)
        connections.filter(pk=connection.pk).update(agreed_permissions=sorted(agreed))


def _of_grantable_roles(apps, connection):
    rows = apps.get_model("accounts", "GrantableAccountRole").objects.filter(connection_id=connection.pk)
    return _all_of(rows.values_list("account_role__permissions", flat=True))


def _of_mapped_groups(apps, connection):
    rows = apps.get_model("accounts", "Group").objects.filter(account_id=connection.account_id)
    giving = rows.exclude(idp_identifier_key="").filter(account_role__isnull=False)
    return _all_of(giving.values_list("account_role__permissions", flat=True))


def _all_of(lists):
    return {permission for listed in lists for permission in listed}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0023_people_of_a_connection")]

    operations = [
        migrations.AddField("connection", "agreed_permissions", models.JSONField(blank=True, null=True)),
        migrations.RunPython(agree_to_what_is_live, migrations.RunPython.noop),
        migrations.AlterField(
            "alert",
            "kind",
            models.CharField(
                choices=[
                    ("mass-departure", "many people let go within an hour"),
                    ("certificate-expiry", "a certificate ends"),
                    ("secret-expiry", "a client secret ends"),
                    ("token-expiry", "an API token ends"),
                    ("metadata-problem", "metadata cannot be read"),
                    ("metadata-held", "changed metadata waits for approval"),
                    ("token-owner", "provisioning asked to remove the owner of its own token"),
                    ("admin-asked", "an account admin is asked to decide about a connection"),
                ],
                max_length=24,
            ),
        ),
    ]

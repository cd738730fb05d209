"""An alert for a connection's secret that no key opens. No table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0024_agreed_permissions")]

    operations = [
        migrations.AlterField(
            "alert",
            "kind",
            models.CharField(
                choices=[
                    ("mass-departure", "many people let go within an hour"),
                    ("certificate-expiry", "a certificate ends"),
                    ("secret-expiry", "a client secret ends"),
                    ("secret-unreadable", "a connection's secret cannot be read"),
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

"""Several people of an account may have one externalId: Entra maps it to the mail nickname by default."""

from django.db import migrations, models


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
    ]

"""Alerts are told by e-mail once. A login notes how far the two clocks were apart, and a connection's refusals are found by their time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0017_same_account_connection_draft")]

    operations = [
        migrations.AddField("loginrecord", "clock_difference", models.SmallIntegerField(null=True)),
        migrations.AddIndex(
            "loginrecord",
            models.Index(
                condition=models.Q(("outcome", "refused")),
                fields=["account", "connection", "-at"],
                name="refusal_latest_first",
            ),
        ),
        migrations.AddField("alert", "mailed_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddIndex(
            "alert",
            models.Index(
                condition=models.Q(("mailed_at__isnull", True), ("resolved_at__isnull", True)),
                fields=["account", "raised_at"],
                name="alert_to_be_mailed",
            ),
        ),
    ]

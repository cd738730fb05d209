from django.db import migrations

from common.db.same_account import same_account


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_life_cycle")]

    operations = [
        same_account(
            "accounts",
            "FormerAccess.user",
            "HeldDeparture.user",
            "SignedInSession.user",
            "SignedInSession.connection",
            "SignedInSession.identity",
            "AuditSeal.entry",
        )
    ]

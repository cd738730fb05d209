from django.db import migrations

from common.db.same_account import same_account


class Migration(migrations.Migration):
    dependencies = [("accounts", "0016_connection_drafts")]

    operations = [same_account("accounts", "ConnectionDraft.connection")]

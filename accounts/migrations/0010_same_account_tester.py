from django.db import migrations

from common.db.same_account import same_account


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_login_steps")]

    operations = [same_account("accounts", "SignInTransaction.tester")]

from django.db import migrations

from common.db.same_account import same_account


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_sso_enforcement")]

    operations = [same_account("accounts", "RecoveryCode.used_by", "LoginRecord.tester")]

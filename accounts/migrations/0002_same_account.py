from django.db import migrations

from common.db.same_account import same_account


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        same_account(
            "accounts",
            "User.account_role",
            "Group.account_role",
            "GroupMembership.group",
            "GroupMembership.user",
            "GroupMembership.connection",
            "ConnectionDomain.connection",
            "ConnectionDomain.domain",
            "GrantableAccountRole.connection",
            "GrantableAccountRole.account_role",
            "ExternalIdentity.connection",
            "ExternalIdentity.user",
            "SignInTransaction.connection",
            "ConsumedMessage.connection",
            "LoginRecord.connection",
            "LoginRecord.user",
            "LoginRecord.identity",
            "ApiToken.user",
        )
    ]

from django.db import migrations

from common.db.same_account import same_account


class Migration(migrations.Migration):
    dependencies = [("spaces", "0001_initial"), ("accounts", "0002_same_account")]

    operations = [
        same_account(
            "spaces",
            "SpaceMembership.user",
            "SpaceMembership.space",
            "SpaceMembership.role",
            "SpaceMembership.connection",
            "GroupSpaceRole.group",
            "GroupSpaceRole.space",
            "GroupSpaceRole.role",
            "DefaultPlacement.connection",
            "DefaultPlacement.space",
            "DefaultPlacement.role",
        )
    ]

"""What somebody's account role was is noted when their access ends, and a deprovisioned user is an Account Member."""

from django.db import migrations, models

MEMBER = "Account Member"


def end_account_roles(apps, schema_editor):
    """Of users who were deprovisioned before the account role ended with the access."""
    User, Former = apps.get_model("accounts", "User"), apps.get_model("accounts", "FormerAccess")
    roles = {role.account_id: role for role in apps.get_model("accounts", "AccountRole").objects.filter(name=MEMBER)}
    left = User.objects.filter(state="deprovisioned").exclude(account_role__name=MEMBER).select_related("account_role")
    for user in left.iterator(chunk_size=500):
        if user.erased_at is None:
            noted = {"account_role": user.account_role.name}
            made = {**noted, "account_id": user.account_id, "ended_at": user.deprovisioned_at}
            Former.objects.update_or_create(user=user, defaults=noted, create_defaults=made)
        User.objects.filter(pk=user.pk).update(account_role=roles[user.account_id])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0025_unreadable_secrets")]

    operations = [
        migrations.AddField(
            "formeraccess", "account_role", models.CharField(blank=True, db_default="", default="", max_length=100)
        ),
        migrations.RunPython(end_account_roles, migrations.RunPython.noop),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0027_unrecorded_refusals"),
    ]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="sso_by_post",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]

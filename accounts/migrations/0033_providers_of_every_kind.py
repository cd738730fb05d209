from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0032_sign_in_answer_brought_again"),
    ]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="sso_by_post",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]

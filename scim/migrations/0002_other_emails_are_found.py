"""An address that is neither somebody's primary one nor for work is found by an index too (`scim.filters.other_emails`)."""

from django.db import migrations

NAME = "user_other_emails"
MAKE = f"CREATE INDEX {NAME} ON accounts_user USING gin (string_to_array(other_email_keys, ' ')) WHERE other_email_keys <> ''"


def make_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(MAKE)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX {NAME}")


class Migration(migrations.Migration):
    dependencies = [("scim", "0001_request_log"), ("accounts", "0002_same_account")]

    operations = [migrations.RunPython(make_index, drop_index)]

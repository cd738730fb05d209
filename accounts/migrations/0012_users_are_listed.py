from itertools import islice
from typing import Any

import accounts.models.base
from django.db import migrations, models

BATCH = 2_000


def fill(apps: Any, schema_editor: Any) -> None:
    """The search key of people who are there already; with the next change of a person it is kept by itself."""
    User = apps.get_model("accounts", "User")
    field, key = User._meta.get_field("search_key"), User._meta.pk
    connection = schema_editor.connection
    people = User.objects.filter(erased_at=None).only(*field.sources).order_by("pk")
    waiting = people.iterator(chunk_size=BATCH)
    while batch := list(islice(waiting, BATCH)):
        pairs = [(field.key_of(person), key.get_db_prep_value(person.pk, connection)) for person in batch]
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE accounts_user SET search_key = %s WHERE id = %s", pairs)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_domain_proof'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='search_key',
            field=accounts.models.base.SearchKeyField(db_default='', default='', editable=False, max_length=256, sources=['email', 'first_name', 'last_name', 'user_name']),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name='user',
            index=models.Index(condition=models.Q(('erased_at__isnull', True)), fields=['account', 'email_key', 'id'], include=('search_key', 'state', 'origin'), name='users_listed'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['account', 'object_id', '-at'], name='audit_of_object_latest_first'),
        ),
    ]

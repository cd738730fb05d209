"""What OpenID connections start with, and one key for the two spellings of an e-mail domain."""

import logging

import common.encryption

import django.core.validators

from django.db import DataError, IntegrityError, migrations, models, transaction
from django.db.models import Q

from common.folding import fold

logger = logging.getLogger("accounts.migrations")

TWO_SPELLINGS = r"@.*([xX][nN]--|[^ -~])"
USER_KEYS = ["email_key", "user_name_key", "work_email_key", "other_email_keys", "search_key"]


def keep_asking_okta_for_groups(apps, schema_editor):
    """Connections that are there ask what they have asked so far."""
    apps.get_model("accounts", "Connection").objects.filter(vendor="okta", protocol="oidc").update(extra_scopes="groups")


def keys_in_idna(apps, schema_editor):
    """Keys of people whose domain IDNA could write in another way. Somebody whose key another person of the account has
    already keeps the old one: two people are never made one here."""
    people = apps.get_model("accounts", "User").objects.all()
    two = people.filter(Q(email__regex=TWO_SPELLINGS) | Q(user_name__regex=TWO_SPELLINGS) | _other_keys())
    for user in two.only("email", "user_name", "first_name", "last_name", *USER_KEYS).iterator():
        user.work_email_key = fold(user.work_email_key)
        others = [fold(key) for key in user.other_email_keys.split()]
        user.other_email_keys = f" {' '.join(others)} " if others else ""
        try:
            with transaction.atomic():
                user.save(update_fields=USER_KEYS)
        except (DataError, IntegrityError):
            logger.warning("User %s keeps the old keys: another user has the same address in IDNA, or a key became too long.", user.pk)
    records = apps.get_model("accounts", "LoginRecord").objects.filter(email__regex=TWO_SPELLINGS)
    for record in records.only("email", "email_key").iterator():
        record.save(update_fields=["email_key"])


def _other_keys():
    return Q(work_email_key__regex=TWO_SPELLINGS) | Q(other_email_keys__regex=TWO_SPELLINGS)


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0033_providers_of_every_kind"),
    ]

    operations = [
        migrations.AlterField(
            model_name='connection',
            name='flow',
            field=models.CharField(choices=[('id_token', 'id_token by form_post (needs no client secret)'), ('code', 'code with PKCE')], default='code', max_length=8),
        ),
        migrations.AddField(
            model_name='connection',
            name='acr_values',
            field=models.CharField(blank=True, db_default='', default='', max_length=255, validators=[django.core.validators.RegexValidator('^[\\x21\\x23-\\x5b\\x5d-\\x7e]+( [\\x21\\x23-\\x5b\\x5d-\\x7e]+)*\\Z', 'Expected words, separated by spaces.')]),
        ),
        migrations.AddField(
            model_name='connection',
            name='extra_scopes',
            field=models.CharField(blank=True, db_default='', default='', max_length=255, validators=[django.core.validators.RegexValidator('^[\\x21\\x23-\\x5b\\x5d-\\x7e]+( [\\x21\\x23-\\x5b\\x5d-\\x7e]+)*\\Z', 'Expected words, separated by spaces.')]),
        ),
        migrations.AddField(
            model_name='connection',
            name='max_age',
            field=models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(2592000)]),
        ),
        migrations.AddField(
            model_name='connection',
            name='omit_login_hint',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='connection',
            name='prompt',
            field=models.CharField(blank=True, choices=[('login', 'sign in again'), ('consent', 'consent to the application'), ('select_account', 'choose an account')], db_default='', default='', max_length=20),
        ),
        migrations.AddField(
            model_name='connection',
            name='client_auth',
            field=models.CharField(choices=[('secret', 'client secret'), ('private_key', 'private key of this connection (private_key_jwt)')], db_default='secret', default='secret', max_length=11),
        ),
        migrations.AddField(
            model_name='connection',
            name='next_certificate',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='connection',
            name='next_private_key',
            field=common.encryption.EncryptedTextField(blank=True, db_default='', default=''),
        ),
        migrations.AddConstraint(
            model_name='connection',
            constraint=models.CheckConstraint(condition=models.Q(('client_auth', 'secret'), models.Q(('client_auth', 'private_key'), models.Q(('state', 'draft'), models.Q(('sp_certificate', ''), _negated=True), _connector='OR')), _connector='OR'), name='connection_key_is_there_where_it_is_used'),
        ),
        migrations.AddField(
            model_name='emaildomain',
            name='with_subdomains',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunPython(keep_asking_okta_for_groups, migrations.RunPython.noop),
        migrations.RunPython(keys_in_idna, migrations.RunPython.noop),
    ]

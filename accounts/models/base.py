"""What every table of a tenant shares: a random public id, and its account in front of every key."""

import uuid
from collections.abc import Sequence
from typing import Any, Self, TypeVar

from django.db import models

from common.folding import casefolded, fold


class Origin(models.TextChoices):
    """Who made a membership. An automatic step touches only what an automatic step made (`requirements.md` 1)."""

    MANUAL = "manual", "added by hand"
    IDP = "idp", "from the identity provider"
    DEFAULT = "default", "default of the connection"


M = TypeVar("M", bound=models.Model)


class AccountQuerySet(models.QuerySet[M]):
    def in_account(self, account: "models.Model | uuid.UUID") -> Self:
        """The rows of one account. Every query of an interface starts here."""
        return self.filter(account=account)


class AccountOwned(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE)

    objects = AccountQuerySet.as_manager()

    class Meta:
        abstract = True


class Role(AccountOwned):
    """A named set of permissions. Built-in ones are in every account and never change."""

    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    permissions = models.JSONField(default=list)
    builtin = models.BooleanField(default=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class FoldedField(models.CharField):  # type: ignore[type-arg]  # not subscriptable at run time
    """Keeps the folded spelling of another field, so that unique keys ignore letter case on every database."""

    def __init__(self, source: str = "", **options: Any) -> None:
        self.source = source
        options.setdefault("max_length", 320)
        options.setdefault("editable", False)
        super().__init__(**options)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = fold(getattr(model_instance, self.source) or "")
        setattr(model_instance, self.attname, value)
        return value


class SearchKeyField(models.CharField):  # type: ignore[type-arg]  # not subscriptable at run time
    """Other fields, folded and one after the other: a word is looked for in this one column.

    Cut off where an index entry could grow too long for the database.
    """

    def __init__(self, sources: Sequence[str] = (), **options: Any) -> None:
        self.sources = tuple(sources)
        options.setdefault("max_length", 256)
        options.setdefault("editable", False)
        # A process of the release before, which knows nothing of it, can still write a row.
        options.setdefault("default", "")
        options.setdefault("db_default", "")
        super().__init__(**options)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "sources": list(self.sources)}

    def key_of(self, row: models.Model) -> str:
        texts = [getattr(row, source) or "" for source in self.sources]
        # An e-mail is found by its domain's own spelling and by the one of its key.
        folded = (key for text in texts for key in (casefolded(text), fold(text)))
        return " ".join(dict.fromkeys(filter(None, folded)))[: self.max_length]

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = self.key_of(model_instance)
        setattr(model_instance, self.attname, value)
        return value

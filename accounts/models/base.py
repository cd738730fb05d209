"""What every table of a tenant shares: a random public id, and its account in front of every key."""

import uuid
from typing import Any, Self, TypeVar

from django.db import models

from accounts.folding import fold


class Origin(models.TextChoices):
    """Who made a membership. An automatic step touches only what an automatic step made (`product.md` section 2)."""

    MANUAL = "manual", "added by hand"
    IDP = "idp", "from the identity provider"
    DEFAULT = "default", "default of the connection"


M = TypeVar("M", bound=models.Model)


class AccountQuerySet(models.QuerySet[M]):
    def in_account(self, account: "models.Model | uuid.UUID") -> Self:
        """The rows of one account. Every query of a door starts here."""
        return self.filter(account=account)


class AccountOwned(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE)

    class Meta:
        abstract = True


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

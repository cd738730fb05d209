"""Groups, and who is in them. What a group gives in spaces is `spaces.models.GroupSpaceRole`."""

from typing import Any

from django.db import models
from django.db.models import Q

from accounts.models.base import AccountOwned, Origin
from accounts.models.identity import Connection
from accounts.models.user import AccountRole, User
from common.folding import identifier_key


class IdentifierKeyField(models.CharField):  # type: ignore[type-arg]  # not subscriptable at run time
    """The spelling under which IdP identifiers compare: GUIDs without regard to case, everything else exact."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = identifier_key(getattr(model_instance, "idp_identifier", ""))
        setattr(model_instance, self.attname, value)
        return value


class Group(AccountOwned):
    """Type `Identity Provider` when it has an IdP identifier, else `Torque`."""

    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    idp_identifier = models.CharField(max_length=512, blank=True)
    idp_identifier_key = IdentifierKeyField(max_length=512, blank=True, editable=False)
    account_role = models.ForeignKey(AccountRole, on_delete=models.PROTECT, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    members: Any = models.ManyToManyField(User, through="GroupMembership", related_name="groups")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="group_name_once_per_account"),
            models.UniqueConstraint(
                fields=["account", "idp_identifier_key"],
                condition=~Q(idp_identifier_key=""),
                name="idp_identifier_once_per_account",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="group_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_mapped(self) -> bool:
        return bool(self.idp_identifier_key)


class GroupMembership(AccountOwned):
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="group_memberships")
    origin = models.CharField(max_length=7, choices=Origin.choices)
    # Which connection's login put the person in, when one did.
    connection = models.ForeignKey(Connection, on_delete=models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "user", "group"], name="group_membership_once_per_user"),
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="group_membership_origin_is_known"),
        ]
        indexes = [models.Index(fields=["account", "group"], name="group_members_of_account")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.group_id}"

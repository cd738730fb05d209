"""Spaces, the roles people have in them, and who gave them."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Trim

from accounts.models import AccountOwned, Connection, Group, Origin, Role, User

# Names hold no comma and no blank at either end: IdP attributes are comma-separated (`requirements.md` section 1, K7).
_IS_A_NAME = ~Q(name="") & ~Q(name__contains=",") & Q(name=Trim(F("name")))


class Space(AccountOwned):
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="space_name_once_per_account"),
            models.CheckConstraint(condition=_IS_A_NAME, name="space_name_is_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class SpaceRole(Role):
    """`Space Admin`, `Space Developer`, `Space Member`, or a custom one made from one of them."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="space_role_name_once_per_account"),
            models.CheckConstraint(condition=_IS_A_NAME, name="space_role_name_is_a_name"),
        ]


class SpaceMembership(AccountOwned):
    """A user's own role in a space. What groups add is `GroupSpaceRole`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="space_memberships")
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="memberships")
    role = models.ForeignKey(SpaceRole, on_delete=models.PROTECT)
    origin = models.CharField(max_length=7, choices=Origin.choices)
    connection = models.ForeignKey(Connection, on_delete=models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "user", "space"], name="one_role_per_user_and_space"),
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="space_membership_origin_is_known"),
        ]
        indexes = [models.Index(fields=["account", "space"], name="space_members_of_account")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.space_id}"


class GroupSpaceRole(AccountOwned):
    """Members of the group have this role in this space, beside what they have themselves."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="space_roles")
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="group_roles")
    role = models.ForeignKey(SpaceRole, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "group", "space", "role"], name="group_space_role_once"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.role_id} in {self.space_id}"


class DefaultPlacement(AccountOwned):
    """Where a first login through a connection goes when its attributes name no usable space (K9)."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="default_placement")
    space = models.ForeignKey(Space, on_delete=models.CASCADE)
    role = models.ForeignKey(SpaceRole, on_delete=models.PROTECT)

    def __str__(self) -> str:
        return f"{self.role_id} in {self.space_id}"

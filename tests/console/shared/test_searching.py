"""Filters that lists share."""

import django_filters
import pytest
from django.db.models import Q

from console.shared.searching import choice_filter, search_filter, users_like
from spaces.models import SpaceRole
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


class RoleFilters(django_filters.FilterSet):
    q = search_filter("Name", lambda text: Q(name__icontains=text))
    kind = choice_filter(
        "Kind", {"ours": ("built-in", lambda: Q(builtin=True)), "own": ("own", lambda: ~Q(builtin=True))}
    )


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"q": "DEVELOPER"}, ["Space Developer"]),
        ({"q": "developer", "kind": "own"}, []),
        ({"kind": "nonsense"}, None),
    ],
)
def test_a_text_and_a_choice_filter_by_their_conditions(cast: Cast, given: dict[str, str], found: list[str]) -> None:
    filters = RoleFilters(given, queryset=SpaceRole.objects.in_account(cast.acme))
    assert ([role.name for role in filters.qs] if filters.is_valid() else None) == found


def test_all_words_must_match_whatever_their_case() -> None:
    assert users_like("Petra ACME", "user__") == Q(user__search_key__contains="petra") & Q(
        user__search_key__contains="acme"
    )

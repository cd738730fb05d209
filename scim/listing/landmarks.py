"""Find the n-th user of an account without reading those before.

Users are numbered in the order of their creation, and a number is never given twice. As long as nobody was erased, the
n-th user is number n. After that, every 500th place is noted: once by each process, and again when another user was
erased. A note is kept under the number of erased users, so an outdated one is never used.
"""

from collections import OrderedDict
from threading import Lock
from uuid import UUID

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from accounts.models import Account, User

STEP = 500
_MOST_ACCOUNTS = 200

_lock = Lock()
_noted: OrderedDict[tuple[UUID, int], list[int]] = OrderedDict()


def before(account: Account, place: int) -> tuple[int, int]:
    """A number from which to read, and how many users to skip from there, for a place (from 1)."""
    gone = account.last_user_number - account.user_count
    if not gone:
        return place, 0
    if place <= STEP:
        return 0, place - 1
    numbers = _recall((account.pk, gone))
    if numbers is None or (place - 1) // STEP > len(numbers):  # many came since
        numbers = _survey(account)
        _note((account.pk, gone), numbers)
    if not numbers:
        return 0, place - 1
    nearest = min((place - 1) // STEP, len(numbers) - 1)
    return numbers[nearest], place - 1 - nearest * STEP


def _survey(account: Account) -> list[int]:
    """The numbers of the users at places 1, 501, 1001 and so on."""
    people = User.objects.in_account(account).present()
    placed = people.annotate(place=Window(RowNumber(), order_by=F("number").asc()))
    found = placed.filter(place__gt=0).annotate(step=F("place") % STEP).filter(step=1)
    return list(found.order_by("number").values_list("number", flat=True))


def _recall(key: tuple[UUID, int]) -> list[int] | None:
    with _lock:
        numbers = _noted.get(key)
        if numbers is not None:
            _noted.move_to_end(key)
        return numbers


def _note(key: tuple[UUID, int], numbers: list[int]) -> None:
    with _lock:
        _noted[key] = numbers
        _noted.move_to_end(key)
        while len(_noted) > _MOST_ACCOUNTS:
            _noted.popitem(last=False)

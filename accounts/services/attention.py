"""What of an account waits for one of its admins."""

from dataclasses import dataclass

from accounts.models import Account, Alert, User
from accounts.models.user import UserState
from accounts.models.work import AlertKind
from accounts.services.held_departures import held

ALERTS_SHOWN = 5


@dataclass(frozen=True)
class Attention:
    """`waiting`: people before their first login; `held`: departures that wait for a yes; `alerts`: the newest."""

    waiting: int
    held: int
    alerts: list[Alert]
    more_alerts: int

    def __bool__(self) -> bool:
        return bool(self.waiting or self.held or self.alerts)


def attention_for(account: Account, *, decides: bool) -> Attention:
    """In four queries, whatever there is. `decides`: for an account admin, who answers the requests of others too."""
    pending = User.objects.in_account(account).filter(state=UserState.PENDING, erased_at=None)
    alerts = Alert.objects.in_account(account).filter(resolved_at=None)
    if not decides:
        alerts = alerts.exclude(kind=AlertKind.ADMIN_ASKED)
    shown = list(alerts.order_by("-raised_at")[:ALERTS_SHOWN])
    return Attention(pending.count(), held(account), shown, alerts.count() - len(shown))

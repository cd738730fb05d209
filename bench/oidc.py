"""`python -m bench.oidc`: CPU per ID token, from the posted field to `IdentityClaims`, beside bare `jwt.decode`."""

import os
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "torque_sso.settings")
django.setup()

import jwt  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Connection  # noqa: E402
from accounts.sso.oidc import relying_party  # noqa: E402
from tests.support import oidc_messages as messages  # noqa: E402

ROUNDS = 2000
REPEATS = 5
TENANT = "7a1f9d7e-0c1b-4b5a-9a53-1c2d3e4f5a6b"


def milliseconds(work: Callable[[], object]) -> float:
    """CPU for one call: the best of some repeats, so that other programs on the machine count little."""
    best = float("inf")
    for _ in range(REPEATS):
        started = time.process_time()
        for _ in range(ROUNDS):
            work()
        best = min(best, time.process_time() - started)
    return best * 1000 / ROUNDS


def provider() -> messages.Provider:
    """An Entra connection whose documents are fresh; nothing is stored and nothing is fetched."""
    connection = Connection(
        vendor="entra",
        protocol="oidc",
        issuer=f"https://login.microsoftonline.com/{TENANT}/v2.0",
        tenant_id=TENANT,
        client_id="11111111-2222-3333-4444-555555555555",
        discovered_at=timezone.now(),
        signing_keys={"keys": [messages.jwk(name) for name in ("second", "third", "first")]},
        signing_keys_at=timezone.now(),
    )
    made = messages.Provider(connection, messages.Web(), messages.shape("entra/oidc/member.json"))
    connection.discovery = made.discovery()
    return made


def measure(groups: int) -> None:
    entra = provider()
    claims = {"groups": [f"11111111-aaaa-4aaa-8aaa-{number:012}" for number in range(groups)]}
    now = timezone.now()
    seconds = int(now.timestamp())
    token = entra.token(**claims, iat=seconds, nbf=seconds, exp=seconds + 3600)
    transaction, answer = entra.transaction(), {"id_token": token, "state": "state-1"}
    key = jwt.PyJWK.from_dict(messages.jwk())
    audience, issuer = entra.connection.client_id, entra.connection.issuer
    bare = milliseconds(lambda: jwt.decode(token, key, algorithms=["RS256"], audience=audience, issuer=issuer))
    ours = milliseconds(lambda: relying_party.read_answer(entra.connection, answer, transaction, now=now))
    print(f"{groups:>6} {len(token):>8} {bare:>18.3f} {ours:>14.3f}")


def main() -> None:
    print("ID token verified, ms of CPU each")
    print(f"{'groups':>6} {'bytes':>8} {'jwt.decode alone':>18} {'all of 6.5':>14}")
    for groups in (0, 2, 200):
        measure(groups)


if __name__ == "__main__":
    main()

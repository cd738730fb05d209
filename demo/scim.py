"""`python -m demo.scim okta|entra URL TOKEN`: plays the provider's life cycle of a person against a running server.

URL is the SCIM base, e.g. http://localhost:8000/api/scim. For Entra's newer PATCH dialect give it with the flag, as an
administrator would: http://localhost:8000/api/scim?aadOptscim062020
"""

import argparse
import secrets
import sys
from collections.abc import Callable

from demo import scim_entra, scim_okta
from demo.scim_wire import Surprise, Wire

PLAYS: dict[str, tuple[str, Callable[[Wire, str], None]]] = {
    "okta": (scim_okta.USER_AGENT, scim_okta.play),
    "entra": (scim_entra.USER_AGENT, scim_entra.play),
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.scim", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("provider", choices=PLAYS)
    parser.add_argument("url", help="the SCIM base, e.g. http://localhost:8000/api/scim")
    parser.add_argument("token", help="an API token with the permission Manage Users")
    given = parser.parse_args(arguments)
    user_agent, play = PLAYS[given.provider]
    try:
        play(Wire(given.url, given.token, user_agent), secrets.token_hex(4))
    except Surprise as surprise:
        print(f"\nNot as {given.provider.title()} expects it. {surprise}", file=sys.stderr)
        return 1
    print(f"\n{given.provider.title()} is happy.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m demo.idp`: a stand-in identity provider for trying things out. It signs anyone in; never expose it."""

import argparse
import signal
import socketserver
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import StartResponse, WSGIEnvironment

from django.conf import settings

from demo import id_tokens, oidc_face, saml_face
from demo.company import AZURE_CLIENT_ID, OKTA_CLIENT_ID, TENANT_ID
from demo.faces import OIDC_FACES, OKTA_SAML, SAML_FACES, OidcFace, SamlFace
from demo.stand_in import StandIn
from demo.web import Refused, Request, Response, View, answer, as_json, page

GRAPH_USERS = "/v1.0/users/"
GRAPH_CALLS = {
    "getMemberObjects": oidc_face.member_objects,
    "transitiveMemberOf": oidc_face.transitive_member_of,
}


def home(idp: StandIn, _request: Request) -> Response:
    """My apps: tiles, and the values for setting up a connection by hand."""
    return page(
        "home.html",
        idp=idp,
        applications=idp.applications(),
        tile_path=saml_face.tile_path(OKTA_SAML),
        saml_faces=SAML_FACES,
        oidc_faces=OIDC_FACES,
        tenant_id=TENANT_ID,
        client_ids=(AZURE_CLIENT_ID, OKTA_CLIENT_ID),
    )


def _saml_routes(idp: StandIn, face: SamlFace) -> dict[str, View]:
    return {
        face.metadata_path: partial(saml_face.show_metadata, idp, face),
        face.sso_path: partial(saml_face.single_sign_on, idp, face),
        saml_face.tile_path(face): partial(saml_face.open_tile, idp, face),
    }


def _oidc_routes(idp: StandIn, face: OidcFace) -> dict[str, View]:
    return {
        f"{face.issuer_path}/.well-known/openid-configuration": lambda _request: as_json(
            id_tokens.discovery(face, idp.origin)
        ),
        face.keys_path: lambda _request: as_json(id_tokens.key_set(idp.token_key)),
        face.authorize_path: partial(oidc_face.authorize, idp, face),
        face.token_path: partial(oidc_face.token, idp, face),
        face.logout_path: partial(oidc_face.log_out, idp),
    }


class Application:
    """The WSGI application of one stand-in."""

    def __init__(self, idp: StandIn) -> None:
        self.idp = idp
        self.routes: dict[str, View] = {"/": partial(home, idp)}
        for saml in SAML_FACES:
            self.routes |= _saml_routes(idp, saml)
        for oidc in OIDC_FACES:
            self.routes |= _oidc_routes(idp, oidc)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return answer(self._view, environ, start_response)

    def _view(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD", "POST"):
            raise Refused("This page takes GET and POST.", 405)
        if request.path in self.routes:
            return self.routes[request.path](request)
        object_id, _, call = request.path.removeprefix(GRAPH_USERS).partition("/")
        if request.path.startswith(GRAPH_USERS) and call in GRAPH_CALLS:
            return GRAPH_CALLS[call](self.idp, object_id, request)
        raise Refused("There is no such page.", 404)


class _QuietRequests(WSGIRequestHandler):
    disable_nagle_algorithm = True

    def log_message(self, *_args: object) -> None:
        """Log no requests: addresses hold messages."""


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128

    def server_bind(self) -> None:
        """Without the look-up of the host's own name, which can hang where there is no name server."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]
        self.setup_environ()


def make_server(port: int, product: str, directory: Path) -> WSGIServer:
    """A server bound to the loopback address, not yet serving; port 0 picks a free one."""
    server = _Server(("127.0.0.1", port), _QuietRequests)
    server.set_app(Application(StandIn.at(server.server_port, product, directory)))
    return server


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.idp", description=__doc__)
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--product", default="http://localhost:8000", help="origin of the product")
    parser.add_argument("--state-dir", type=Path, default=Path("var/demo"), help="where keys are kept")
    options = parser.parse_args(arguments)
    if not settings.configured:
        settings.configure(USE_I18N=False)  # the template engine asks
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        server = make_server(options.port, options.product, options.state_dir)
    except OSError as error:
        print(f"Port {options.port} of 127.0.0.1 cannot be used: {error.strerror}.", file=sys.stderr)
        return 1
    print(f"Stand-in identity provider at http://127.0.0.1:{server.server_port}/", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

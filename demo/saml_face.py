"""SAML endpoints of the stand-in."""

import base64

from demo.conversation import Chosen, Question, converse, posted
from demo.faces import SamlFace
from demo.saml_messages import POST, REDIRECT, Answer, SamlRequest, UnreadableRequest, metadata, read_authn_request
from demo.stand_in import StandIn
from demo.web import Refused, Request, Response

FAILED = "AADSTS50105: The signed in user is not assigned to a role for the application."


def show_metadata(idp: StandIn, face: SamlFace, request: Request) -> Response:
    """Metadata. With `?binding=post` as of a provider that accepts requests by POST only."""
    binding = POST if request.fields.get("binding") == "post" else REDIRECT
    return Response(metadata(face, idp.origin, idp.saml_key, binding), content_type="application/samlmetadata+xml")


def single_sign_on(idp: StandIn, face: SamlFace, request: Request) -> Response:
    """Single sign-on endpoint: an AuthnRequest by Redirect or POST."""
    fields = {name: request.fields.get(name, "") for name in ("SAMLRequest", "RelayState")}
    try:
        asked = read_authn_request(fields["SAMLRequest"])
    except UnreadableRequest as problem:
        raise Refused(str(problem)) from None
    return _talk(idp, Question(face, face.sso_path, asked.entity_id, fields, _note(face)), request, asked)


def open_tile(idp: StandIn, face: SamlFace, request: Request) -> Response:
    """IdP-initiated login, from a tile of "My apps": a response without a request."""
    fields = {name: request.fields.get(name, "") for name in ("acs_url", "entity_id", "RelayState")}
    asked = SamlRequest("", fields["entity_id"], fields["acs_url"])
    return _talk(idp, Question(face, tile_path(face), asked.entity_id, fields, _note(face)), request, asked)


def tile_path(face: SamlFace) -> str:
    return f"{face.sso_path}/tile"


def _note(face: SamlFace) -> str:
    instead = "a link" if face.groups_link else f"the first {face.group_limit}"
    return f"Of more than {face.group_limit} groups this vendor sends {instead}."


def _talk(idp: StandIn, question: Question, request: Request, asked: SamlRequest) -> Response:
    face = question.face
    if not isinstance(face, SamlFace):
        raise TypeError("a SAML endpoint needs a SAML face")
    idp.check_target(asked.acs_url)
    answer = Answer(face, idp.origin + face.issuer_path, idp.saml_key, asked)

    def deliver(chosen: Chosen | None) -> Response:
        message = answer.success(chosen.subject, chosen.rows) if chosen else answer.failure(FAILED)
        encoded = base64.b64encode(message).decode()
        return posted(asked.acs_url, {"SAMLResponse": encoded, "RelayState": question.hidden["RelayState"]})

    return converse(question, request, deliver)

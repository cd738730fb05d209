"""Certificates and keys: of the identity provider, and our own for SAML and as an OpenID Connect client."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.connections import unreadable_secrets
from accounts.connections.certificates.certificates import certificate_end, certificate_subject, fingerprint, weakness
from accounts.connections.certificates.changes import (
    add_certificates,
    make_client_key,
    remove_certificate,
    replace_lost_key,
    use_next_client_key,
)
from accounts.connections.changes import kept_certificates
from accounts.connections.drafts import goes_into_a_draft
from accounts.models.identity import ConnectionState, Protocol
from accounts.permissions import Permission
from console.connections.provider.forms import CertificateForm
from console.connections.tabs import address_of, connection_of, edited, posted, shown, where
from console.shared.confirming import Question, ask, is_confirmed
from console.shared.guards import acting, needs
from console.shared.refusals import refusal_as_form_error, refusal_as_message
from console.shared.words import counted


def _line(pem: str) -> dict[str, Any]:
    """`days_left`: whole days; negative: expired. `weakness`: of its key; logins signed with it are refused."""
    ends_at = certificate_end(pem)
    own = {"subject": certificate_subject(pem), "fingerprint": fingerprint(pem), "weakness": weakness(pem)}
    return {**own, "ends_at": ends_at, "days_left": (ends_at - timezone.now()).days}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_SSO)
def certificates(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """The list; a POST adds certificates."""
    connection = edited(request, connection_id, protocol=Protocol.SAML)
    form = CertificateForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusal_as_form_error(form):
            added = add_certificates(connection, form.cleaned_data["text"], acting=acting(request))
            number = counted(len(added.certificates), "certificate", "certificates")
            for sentence in added.left_out:
                messages.warning(request, sentence)
            messages.success(request, f"{number} added{where(connection)}.")
            return redirect("connection-certificates", connection.pk)
    lines = [_line(pem) for pem in kept_certificates(connection.idp_certificates)]
    return shown(
        request,
        connection,
        "connection-certificates",
        "connections/certificates.html",
        edits=True,
        lines=lines,
        may_remove=len(lines) > 1 or connection.state == ConnectionState.DRAFT,
        own=next(map(_line, kept_certificates(connection.sp_certificate)), None),
        unreadable=list(unreadable_secrets.sentences(connection)),
        form=form,
    )


@require_POST
@needs(Permission.MANAGE_SSO)
def remove(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = edited(request, connection_id, protocol=Protocol.SAML)
    chosen = request.POST.get("fingerprint", "")
    back = address_of(connection, "connection-certificates")
    found = [_line(pem) for pem in kept_certificates(connection.idp_certificates) if fingerprint(pem) == chosen]
    if found and not is_confirmed(request):
        when = "once the draft is published" if goes_into_a_draft(connection) else "immediately"
        sentence = f"Logins signed with its key are refused {when}, including logins in progress."
        question = Question(
            title=f"Remove the certificate {found[0]['subject']}?",
            sentences=(sentence,),
            names=[chosen],
            fields=[("fingerprint", chosen)],
            button="Remove",
            cancel_address=back,
        )
        return ask(request, question)
    with refusal_as_message(request):
        remove_certificate(connection, chosen, acting=acting(request))
        messages.success(request, f"Certificate removed{where(connection)}.")
    return redirect(back)


@require_safe
@needs(Permission.MANAGE_SSO)
def own(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Download the service provider certificate."""
    connection = connection_of(request, connection_id, protocol=Protocol.SAML)
    return _download(connection.sp_certificate, "torque-service-provider.pem")


def _download(certificate: str, name: str) -> HttpResponse:
    if not certificate:
        raise Http404
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(certificate, content_type="application/x-pem-file", headers=disposition)


@require_POST
@needs(Permission.MANAGE_SSO)
def replace_own(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Replace the service provider key and certificate when the key cannot be decrypted."""
    connection = connection_of(request, connection_id, protocol=Protocol.SAML)
    back = address_of(connection, "connection-certificates")
    if not is_confirmed(request):
        question = Question(
            title=f"Create a new private key for {connection}?",
            sentences=(
                "It replaces the key that cannot be decrypted. If the encryption key can still be found, ask the"
                " operator to restore it instead: then nothing has to change at the identity provider.",
                "Afterwards, update the service provider metadata at the identity provider. Until then, it rejects"
                " signed requests and encrypts for the old key.",
            ),
            button="Create new key",
            cancel_address=back,
        )
        return ask(request, question)
    with refusal_as_message(request):
        replace_lost_key(connection, acting=acting(request))
        messages.success(request, "New key created. Now update the service provider metadata at the identity provider.")
    return redirect(back)


@require_POST
@needs(Permission.MANAGE_SSO)
def make_key(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id, protocol=Protocol.OIDC)
    with refusal_as_message(request):
        make_client_key(connection, acting=acting(request))
        messages.success(request, "Key created. Now add its certificate or the JWKS URL at the identity provider.")
    return redirect("connection-provider", connection.pk)


@require_POST
@needs(Permission.MANAGE_SSO)
def use_next_key(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id, protocol=Protocol.OIDC)
    if not is_confirmed(request):
        question = Question(
            title=f"Use the next key of {connection}?",
            sentences=(
                "Token requests are then signed with it, and the current key is deleted. Logins fail if the identity"
                " provider does not have the next certificate yet.",
            ),
            button="Use next key",
            cancel_address=address_of(connection, "connection-provider"),
        )
        return ask(request, question)
    with refusal_as_message(request):
        use_next_client_key(connection, acting=acting(request))
        messages.success(request, "The next key is in use. Remove the old certificate at the identity provider.")
    return redirect("connection-provider", connection.pk)


@require_safe
@needs(Permission.MANAGE_SSO)
def client_certificate(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Download the newest client certificate."""
    connection = connection_of(request, connection_id, protocol=Protocol.OIDC)
    return _download(connection.next_certificate or connection.sp_certificate, "torque-client.pem")

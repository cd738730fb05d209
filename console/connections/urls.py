from django.urls import path

from console.connections import connections, domains, moving, overview, rules, set_up
from console.connections.provider import certificates, provider

CONNECTION = "sso/<uuid:connection_id>"

urlpatterns = [
    path("sso", connections.connections, name="connections"),
    path("sso/lifetimes", connections.lifetimes, name="lifetimes"),
    path("sso/new", connections.new_connection, name="new-connection"),
    path(CONNECTION, overview.overview, name="connection"),
    path(f"{CONNECTION}/set-up", set_up.set_up, name="connection-set-up"),
    path(f"{CONNECTION}/enable", overview.enable, name="connection-enable"),
    path(f"{CONNECTION}/ask", overview.ask_admins, name="connection-ask"),
    path(f"{CONNECTION}/allow", rules.allow, name="connection-allow"),
    path(f"{CONNECTION}/disable", overview.disable, name="connection-disable"),
    path(f"{CONNECTION}/delete", overview.delete, name="connection-delete"),
    path(f"{CONNECTION}/metadata/read", provider.read_again, name="connection-read-again"),
    path(f"{CONNECTION}/metadata/approve", provider.approve, name="connection-metadata-approve"),
    path(f"{CONNECTION}/metadata/refuse", provider.refuse, name="connection-metadata-refuse"),
    path(f"{CONNECTION}/draft/publish", overview.publish, name="connection-draft-publish"),
    path(f"{CONNECTION}/draft/throw-away", overview.throw_away, name="connection-draft-throw-away"),
    path(f"{CONNECTION}/general", rules.general, name="connection-general"),
    path(f"{CONNECTION}/people", rules.user_access, name="connection-people"),
    path(f"{CONNECTION}/move", moving.move, name="connection-move"),
    path(f"{CONNECTION}/move/export.csv", moving.export, name="connection-move-export"),
    path(f"{CONNECTION}/move/start", moving.start, name="connection-move-start"),
    path(f"{CONNECTION}/move/<uuid:move_id>/finish", moving.finish, name="connection-move-finish"),
    path(f"{CONNECTION}/move/<uuid:move_id>/back", moving.back, name="connection-move-back"),
    path(f"{CONNECTION}/attributes", rules.attributes, name="connection-attributes"),
    path(f"{CONNECTION}/provider", provider.provider, name="connection-provider"),
    path(f"{CONNECTION}/secret", provider.client_secret, name="connection-secret"),
    path(f"{CONNECTION}/secret/remove", provider.remove_client_secret, name="connection-secret-remove"),
    path(f"{CONNECTION}/client-key", certificates.make_key, name="connection-client-key"),
    path(f"{CONNECTION}/client-key/use", certificates.use_next_key, name="connection-client-key-use"),
    path(f"{CONNECTION}/client-key/certificate", certificates.client_certificate, name="connection-client-certificate"),
    path(f"{CONNECTION}/certificates", certificates.certificates, name="connection-certificates"),
    path(f"{CONNECTION}/certificates/remove", certificates.remove, name="connection-certificate-remove"),
    path(f"{CONNECTION}/certificates/own", certificates.own, name="connection-certificate-own"),
    path(f"{CONNECTION}/certificates/own/replace", certificates.replace_own, name="connection-certificate-own-replace"),
    path(f"{CONNECTION}/domains", domains.domains, name="connection-domains"),
    path(f"{CONNECTION}/domains/<uuid:domain_id>/check", domains.check, name="connection-domain-check"),
    path(f"{CONNECTION}/domains/<uuid:domain_id>/subdomains", domains.subdomains, name="connection-domain-subdomains"),
    path(f"{CONNECTION}/domains/<uuid:domain_id>/remove", domains.remove, name="connection-domain-remove"),
]

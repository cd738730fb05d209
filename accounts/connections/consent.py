"""What somebody with Manage Single Sign-On alone may not decide (`docs/decisions/0020`).

They prepare, test and draft everything. What allows a sign-in that was not possible before, or lets logins give what
they could not give before, needs an account admin. `NEEDS_ADMIN` lists the verbs that ask for one, `FREE` all others of
connections with the reason why they need none; a test keeps both complete.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from accounts.audit.audit import Actor
from accounts.models import Connection
from accounts.models.identity import ConnectionState
from accounts.rights import check_is_account_admin

# verb -> (what begins the sentence, why follows "because")
NEEDS_ADMIN: Mapping[str, tuple[str, str]] = {
    "enable": ("Enabling a connection", "it decides who can sign in"),
    "publish": ("Publishing", "it decides who can sign in"),
    "create_connection": (
        "Creating a connection that is live, or has domains or account roles",
        "it decides who can sign in, and what they may do",
    ),
    "update_connection": ("Changing {fields}", "it decides who can sign in, and what they get"),
    "set_client_secret": (
        "Changing the client secret of a connection that has been enabled without a draft",
        "it decides who can sign in",
    ),
    "change_sign_in_rules": (
        "Changing the default space of a connection that has been enabled",
        "it decides what people get when they sign in",
    ),
    "grant_roles": ("Letting logins give an account role", "it decides who may do what in the account"),
    "allow_permissions": ("Letting logins give account permissions", "it decides who may do what in the account"),
    "claim_domain": ("Adding a domain", "it decides whose addresses a connection speaks for"),
    "claim_verified_domain": ("Adding a domain", "it decides whose addresses a connection speaks for"),
    "verify_domain": ("Verifying a domain", "it decides whose addresses a connection speaks for"),
    "approve_metadata": ("Approving changed metadata", "it decides whose signatures are accepted"),
    "delete_connection": (
        "Deleting a connection that people have signed in through",
        "another connection may find these people by their email from then on",
    ),
    "start_move": ("Starting a move", "people link to another connection by their email while it is on"),
    "finish_move": ("Ending a move", "it decides who can sign in, and whose provisioning may change them"),
    "undo_move": ("Ending a move", "it decides who can sign in, and whose provisioning may change them"),
    "lift_enforcement": ("Stopping to enforce SSO", "it allows passwords again"),
    "dismiss_request": ("Dismissing a request", "it was made to the account admins"),
}
FREE: Mapping[str, str] = {
    "create_draft": "nobody can sign in through a draft connection",
    "enable_as_seen": "it is `enable`",
    "disable": "it closes; people stay linked to it, so no other connection finds them",
    "change_settings": "of a connection that has been enabled it changes the draft only",
    "change_client_secret": "of a connection that has been enabled it changes the draft only",
    "add_certificates": "it is `change_settings`",
    "remove_certificate": "it is `change_settings`",
    "replace_lost_key": "our own key, where nobody can read the present one; nobody signs in by it",
    "make_client_key": "our own key for the token endpoint; nobody signs in by it",
    "use_next_client_key": "our own key for the token endpoint; nobody signs in by it",
    "include_subdomains": "including them asks for the same as `claim_domain`; leaving them out closes",
    "throw_away": "what is live stays as it is",
    "drop_metadata": "what is live stays as it is",
    "remove_domain": "it closes; the domain is given up with its last connection",
    "ask_an_admin": "it only asks",
    "export": "it only reads whom a move is about, and the audit log says so",
    "enforce_sso": "it has a stricter rule of its own: the account role Account Admin (`recovery_codes.check_may_see`)",
    "renew": "it has a stricter rule of its own: the account role Account Admin (`recovery_codes.check_may_see`)",
    "set_session_lifetimes": "a session lives longer or shorter, and nobody gets one who could not",
    "set_login_retention": "it is about records only",
    "set_retention": "it is about records only",
}
# What `update_connection` may change at any time: names, and what only the identity provider looks at.
HARMLESS = frozenset({"name", "button_label", "sign_requests"})


def check_verb(verb: str, account_id: UUID, acting: Actor, **words: str) -> None:
    """Check that the acting person may do what `NEEDS_ADMIN` lists under this name. Raises PermissionsExceeded."""
    what, why = NEEDS_ADMIN[verb]
    check_is_account_admin(acting, account_id, what.format(**words), why)


def check_fields(connection: Connection, changed: Iterable[str], acting: Actor) -> None:
    """Check that these fields of a connection may be changed at once, without a draft. Raises PermissionsExceeded."""
    deciding = sorted(set(changed) - HARMLESS)
    if deciding and was_enabled(connection):
        words = ", ".join(name.replace("_", " ") for name in deciding)
        what = f"{words} of a connection that has been enabled"
        check_verb("update_connection", connection.account_id, acting, fields=what)


def was_enabled(connection: Connection) -> bool:
    """Whether people can sign in through it, or could: no way leads back to a draft connection."""
    return connection.state != ConnectionState.DRAFT

"""PURE. Refusals of every login: the way of the message, the sign-in, and the user it would be."""

from accounts.sso.refusals.row import Part, Row, Side, of

START_AGAIN = "Start again from the sign-in page."
_NO_USER = "You have no user here yet. Please ask your administrator to set one up for you."
_DOMAIN = (
    "Your e-mail address has a user here already, and your company has not set up its e-mail domain for this sign-in."
    " Please ask your administrator."
)

ROWS = of(
    Part.REQUEST,
    Row("initiate-issuer", "Copy the initiate login URI of the right connection into the application.", "initiate"),
    Row(
        "connection-not-live",
        "Enable the connection, or have the user sign in another way.",
        text="Your company has just switched this sign-in off. Please use another way to log in, or ask your"
        " administrator.",
        side=Side.TORQUE,
    ),
    Row(
        "secret-unreadable",
        text="We cannot read a key that your company's sign-in needs. Please tell your administrator.",
        side=Side.TORQUE,
    ),
)

ROWS += of(
    Part.ANSWER,
    Row("unknown-sign-in", START_AGAIN, side=Side.USER),
    Row("sign-in-used", START_AGAIN, side=Side.USER),
    Row("sign-in-expired", START_AGAIN, side=Side.USER),
    Row(
        "other-browser",
        "Start again from the sign-in page, and stay in one browser.",
        text="This sign-in was started in another browser or window. Please start again, and stay in this one.",
        side=Side.USER,
    ),
    Row(
        "cookies-missing",
        "Allow cookies for this site and start again from the sign-in page, in one browser.",
        text="Your browser did not send the cookie that this sign-in needs. Please allow cookies for this site, then"
        " start again and stay in the same browser window: not in a private one, and not inside another app.",
        side=Side.USER,
    ),
    Row(
        "message-too-large", "Send fewer attributes, for example only the groups assigned to the application.", "groups"
    ),
    Row("what-if-unreadable", side=Side.USER),
)

ROWS += of(Part.CONDITIONS, Row("message-replayed", START_AGAIN, side=Side.USER))

ROWS += of(
    Part.PERSON,
    Row("no-email", "Send the attribute, or set on the connection the name under which it is sent.", "attributes"),
    Row(
        "email-taken",
        text="Your e-mail address has a user here already, who signs in another way. Sign in that way, then use"
        " “Log in with SSO” in the same browser to link both. If no other way works, ask your administrator.",
        side=Side.TORQUE,
    ),
    Row("email-not-proved", text=_DOMAIN, side=Side.TORQUE),
    Row(
        "email-not-verified",
        setting="attributes",
        text="Your company's sign-in does not say that your e-mail address is verified, and a user here has that"
        " address already. Please ask your administrator.",
    ),
    Row("domain-not-attached", text=_DOMAIN, side=Side.TORQUE),
    Row(
        "domain-of-another-connection",
        text="Your e-mail address belongs to another sign-in of your company. Please choose that one, or ask your"
        " administrator.",
        side=Side.TORQUE,
    ),
    Row(
        "guest",
        "If the guest is this user, provision the guest with externalId mapped to objectId: then the object ID finds"
        " them. If not, change the e-mail of one of the two.",
        "guest",
        "Your company knows you as a guest, and a guest is not matched to a user here by e-mail. Please ask your"
        " administrator.",
    ),
    Row(
        "two-users-match",
        "Delete the user that does not belong to this login, or correct its e-mail or user name, then log in again.",
        side=Side.TORQUE,
    ),
    Row(
        "deprovisioned",
        "Assign the user to the application again, so that provisioning restores them.",
        "assignment",
        "Your access was ended by your company. If that is wrong, please ask your administrator.",
    ),
    Row(
        "not-announced",
        "Assign the user to the provisioning application there and wait until it has sent them, or have an account"
        " admin let this connection create users at first login (JIT provisioning: on).",
        "assignment",
        _NO_USER,
    ),
    Row(
        "no-new-people",
        "An account admin lets this connection take new users (JIT provisioning: announced or on), or creates them.",
        text=_NO_USER,
        side=Side.TORQUE,
    ),
    Row(
        "conflict",
        "Try again. If it keeps happening, give the reference to the operator of this installation.",
        side=Side.TORQUE,
    ),
    Row("test-of-another", "Sign in as the admin and start the test again.", side=Side.USER),
)

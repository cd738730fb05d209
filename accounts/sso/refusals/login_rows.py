"""PURE. Refusals of every login: the way of the message, the sign-in, and the user it would be."""

from accounts.sso.refusals.row import Part, Row, Side

START_AGAIN = "Start again from the sign-in page."
_NO_USER = "You have no user here yet. Please ask your administrator to set one up for you."
_DOMAIN = (
    "Your e-mail address has a user here already, and your company has not set up its e-mail domain for this sign-in."
    " Please ask your administrator."
)

ROWS = (
    Row(
        "initiate-issuer",
        Part.REQUEST,
        Side.IDENTITY_PROVIDER,
        "Copy the initiate login URI of the right connection into the application.",
        "initiate",
    ),
    Row(
        "connection-not-live",
        Part.REQUEST,
        Side.TORQUE,
        "Enable the connection, or have the user sign in another way.",
        text="Your company has just switched this sign-in off. Please use another way to log in, or ask your"
        " administrator.",
    ),
    Row(
        "secret-unreadable",
        Part.REQUEST,
        Side.TORQUE,
        text="We cannot read a key that your company's sign-in needs. Please tell your administrator.",
    ),
    Row("unknown-sign-in", Part.ANSWER, Side.USER, START_AGAIN),
    Row("sign-in-used", Part.ANSWER, Side.USER, START_AGAIN),
    Row("sign-in-expired", Part.ANSWER, Side.USER, START_AGAIN),
    Row(
        "other-browser",
        Part.ANSWER,
        Side.USER,
        "Start again from the sign-in page, and stay in one browser.",
        text="This sign-in was started in another browser or window. Please start again, and stay in this one.",
    ),
    Row(
        "cookies-missing",
        Part.ANSWER,
        Side.USER,
        "Allow cookies for this site and start again from the sign-in page, in one browser.",
        text="Your browser did not send the cookie that this sign-in needs. Please allow cookies for this site, then"
        " start again and stay in the same browser window: not in a private one, and not inside another app.",
    ),
    Row(
        "message-too-large",
        Part.ANSWER,
        Side.IDENTITY_PROVIDER,
        "Send fewer attributes, for example only the groups assigned to the application.",
        "groups",
    ),
    Row("what-if-unreadable", Part.ANSWER, Side.USER),
    Row("message-replayed", Part.CONDITIONS, Side.USER, START_AGAIN),
    # The user.
    Row(
        "no-email",
        Part.PERSON,
        Side.IDENTITY_PROVIDER,
        "Send the attribute, or set on the connection the name under which it is sent.",
        "attributes",
    ),
    Row(
        "email-taken",
        Part.PERSON,
        Side.TORQUE,
        text="Your e-mail address has a user here already, who signs in another way. Sign in that way, then use"
        " “Log in with SSO” in the same browser to link both. If no other way works, ask your administrator.",
    ),
    Row("email-not-proved", Part.PERSON, Side.TORQUE, text=_DOMAIN),
    Row(
        "email-not-verified",
        Part.PERSON,
        Side.IDENTITY_PROVIDER,
        setting="attributes",
        text="Your company's sign-in does not say that your e-mail address is verified, and a user here has that"
        " address already. Please ask your administrator.",
    ),
    Row("domain-not-attached", Part.PERSON, Side.TORQUE, text=_DOMAIN),
    Row(
        "domain-of-another-connection",
        Part.PERSON,
        Side.TORQUE,
        text="Your e-mail address belongs to another sign-in of your company. Please choose that one, or ask your"
        " administrator.",
    ),
    Row(
        "guest",
        Part.PERSON,
        Side.IDENTITY_PROVIDER,
        "If the guest is this user, provision the guest with externalId mapped to objectId: then the object ID finds"
        " them. If not, change the e-mail of one of the two.",
        "guest",
        "Your company knows you as a guest, and a guest is not matched to a user here by e-mail. Please ask your"
        " administrator.",
    ),
    Row(
        "two-users-match",
        Part.PERSON,
        Side.TORQUE,
        "Delete the user that does not belong to this login, or correct its e-mail or user name, then log in again.",
    ),
    Row(
        "deprovisioned",
        Part.PERSON,
        Side.IDENTITY_PROVIDER,
        "Assign the user to the application again, so that provisioning restores them.",
        "assignment",
        "Your access was ended by your company. If that is wrong, please ask your administrator.",
    ),
    Row(
        "not-announced",
        Part.PERSON,
        Side.IDENTITY_PROVIDER,
        "Assign the user to the provisioning application there and wait until it has sent them, or have an account"
        " admin let this connection create users at first login (JIT provisioning: on).",
        "assignment",
        _NO_USER,
    ),
    Row(
        "no-new-people",
        Part.PERSON,
        Side.TORQUE,
        "An account admin lets this connection take new users (JIT provisioning: announced or on), or creates them.",
        text=_NO_USER,
    ),
    Row(
        "conflict",
        Part.PERSON,
        Side.TORQUE,
        "Try again. If it keeps happening, give the reference to the operator of this installation.",
    ),
    Row("test-of-another", Part.PERSON, Side.USER, "Sign in as the admin and start the test again."),
)

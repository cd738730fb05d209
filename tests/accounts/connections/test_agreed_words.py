"""What a login does not give says who can allow it, and where."""

from accounts.connections.agreed_words import not_allowed


def test_permissions_and_connection_are_named() -> None:
    assert not_allowed("Group 'Admins'", ["Manage Users", "View Audit Log"], "Okta") == (
        "Group 'Admins' gives Manage Users, View Audit Log, which no account admin has allowed for connection 'Okta'."
        " Allow it on the connection's User access page."
    )

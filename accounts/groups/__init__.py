"""Groups, their members and identifiers, and the group sync after a login."""

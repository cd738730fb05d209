"""Creating and changing users as an identity provider says."""

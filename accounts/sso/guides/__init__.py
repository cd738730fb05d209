"""How to set up the vendors' side. Anybody may read these pages; an admin finds the account's own values in them."""

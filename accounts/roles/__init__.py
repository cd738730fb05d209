"""Account roles, those that customers define among them."""

"""The pages that make the identity provider the only way in, and that undo it."""

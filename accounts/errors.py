"""Refusals of the product's verbs. A door shows the sentence to whoever asked; nothing was changed."""


class ActionRefused(Exception):
    """What was asked for cannot be done; the text is one sentence: expected, received, who must change what."""

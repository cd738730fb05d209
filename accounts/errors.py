"""Refusals of the services. Nothing was changed; each interface shows the sentence to its user or client."""


class ActionRefused(Exception):
    """A request that cannot be done.

    `code`: stable and in kebab-case, for programs and operators; `docs/errors.md` lists them all. `sentence`: what was
    expected, what was received, who must change what.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code, sentence)
        self.code = code

    def __str__(self) -> str:
        return str(self.args[1])

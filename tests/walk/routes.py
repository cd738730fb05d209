"""Every address the product answers at, as the resolver knows them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

# Walked elsewhere. Prefix of the pattern -> why.
EXCLUDED = {
    "^api/scim": "one token decides the account there, and ids are only a part: `tests/scim/test_isolation.py`",
}


@dataclass(frozen=True)
class Route:
    """`key`: name of the address, with its namespace; its pattern, where it has no name."""

    key: str
    pattern: str
    kwargs: tuple[str, ...]
    converters: Mapping[str, str]

    def address(self, **kwargs: Any) -> str:
        return f"/{self.pattern}" if self.key == self.pattern else reverse(self.key, kwargs=kwargs)


def every_route() -> list[Route]:
    return list(_routes(get_resolver().url_patterns, "", ""))


def _routes(patterns: "list[URLPattern | URLResolver]", before: str, namespace: str) -> Iterator[Route]:
    for one in patterns:
        pattern = before + str(one.pattern)
        if pattern.startswith(tuple(EXCLUDED)):
            continue
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from _routes(one.url_patterns, pattern, inner)
            continue
        known = {name: type(converter).__name__ for name, converter in one.pattern.converters.items()}
        names = known or dict.fromkeys(one.pattern.regex.groupindex, "pattern")
        yield Route(f"{namespace}{one.name}" if one.name else pattern, pattern, tuple(names), names)

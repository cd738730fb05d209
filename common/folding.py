"""PURE. One spelling for comparison (`docs/architecture.md`), the same on every database."""

import re
import unicodedata
from functools import cache, lru_cache

import idna

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_LONGEST_DOMAIN = 253  # characters, RFC 1035 section 2.3.4


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def casefolded(text: str) -> str:
    """Trimmed, width mapped, letter case ignored, NFC; an e-mail domain stays in the spelling it has.

    As the profile UsernameCaseMapped (RFC 8265 section 3.3), which a Japanese keyboard needs.
    """
    return nfc(nfc(narrowed(text).strip()).casefold())


def fold(text: str) -> str:
    """The key under which two spellings count as one: as `casefolded`, and of an e-mail address (or a user name that
    looks like one) the domain in IDNA: `Ann@bücher.example` and `ann@xn--bcher-kva.example` are one."""
    local, at, domain = nfc(narrowed(text).strip()).rpartition("@")
    if not at or not _has_two_spellings(domain):
        return casefolded(text)
    return f"{casefolded(local)}@{_ascii_or_folded(domain)}"


def ascii_domain(domain: str) -> str:
    """A domain in lower case, in IDNA 2008 with the mapping of UTS 46, as browsers have it. Raises UnicodeError."""
    if len(domain) > _LONGEST_DOMAIN:
        raise UnicodeError("too long for a domain")
    try:
        return idna.encode(domain, uts46=True).decode().lower()
    except UnicodeError:  # what only the older IDNA 2003 knows, such as symbols and underscores
        return domain.encode("idna").decode().lower()


def narrowed(text: str) -> str:
    """Full-width and half-width letters as the ordinary ones (RFC 8264 section 5.2.1)."""
    return text if text.isascii() else text.translate(_ordinary())


@cache
def _ordinary() -> dict[int, str]:
    """Code point -> what Unicode says it is a wide or narrow form of. They are in these blocks alone."""
    forms = (0x3000, *range(0xFF01, 0xFFEF))
    parts = {form: unicodedata.decomposition(chr(form)).split() for form in forms}
    return {form: chr(int(said[1], 16)) for form, said in parts.items() if said[:1] in (["<wide>"], ["<narrow>"])}


def _has_two_spellings(domain: str) -> bool:
    """Whether IDNA could write it in another way. What holds a space is no domain."""
    return bool(domain) and " " not in domain and (not domain.isascii() or "xn--" in domain.lower())


@lru_cache(maxsize=4096)
def _ascii_or_folded(domain: str) -> str:
    try:
        return ascii_domain(domain)
    except UnicodeError:
        return casefolded(domain)


def identifier_key(identifier: str) -> str:
    """The spelling under which identifiers compare: trimmed; GUIDs without regard to letter case, the rest exact."""
    trimmed = nfc(identifier.strip())
    return trimmed.lower() if is_guid(trimmed) else trimmed


def is_guid(identifier: str) -> bool:
    return bool(_GUID.fullmatch(identifier))

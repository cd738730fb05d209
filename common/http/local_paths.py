"""PURE. The address to go to after signing in: a path of this host, never another site (R52)."""

import re
import string
import unicodedata
from urllib.parse import unquote, urlsplit

HOME = "/"
LONGEST = 2048
_PLAIN = frozenset(string.ascii_letters + string.digits + string.punctuation) - {"\\"}
# Parts of the addresses of a sign-in or a logout.
_STEPS = frozenset({"logout", "acs", "slo", "idp-callback"})
# A proxy or a second parser may decode once more than we do.
_DECODINGS = 3


def local_path(text: str) -> str:
    """Return `text` when it is a path of this host outside signing in and out, else the home page.

    Browsers read `//host`, `/\\host` and, since they drop tabs and newlines, `/<tab>/host` as another site. A text that
    could become one of these after decoding, Unicode normalising or resolving dots is not local either.
    """
    if len(text) > LONGEST or not text.startswith("/") or not _PLAIN.issuperset(text):
        return HOME
    spellings = [urlsplit(text).path if not text.startswith("//") else text]
    for _ in range(_DECODINGS):
        spellings.append(unquote(spellings[-1]))
    return text if all(_stays_here(path) and not _signs_in_or_out(path) for path in spellings) else HOME


def _signs_in_or_out(path: str) -> bool:
    """Whether it is an address of the sign-in itself, which would loop, or of the logout."""
    normal = unicodedata.normalize("NFKC", path).casefold()
    parts = [re.split("[;?#]", part)[0].strip() for part in normal.split("/")]
    return parts[1] == "login" or not _STEPS.isdisjoint(parts)


def _stays_here(path: str) -> bool:
    normal = unicodedata.normalize("NFKC", path)
    if "//" in normal or "\\" in normal or not normal.isprintable():
        return False
    return not {".", ".."} & set(normal.split("/"))

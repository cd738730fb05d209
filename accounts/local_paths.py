"""PURE. Where a person may be sent after signing in: a path of this host, never another site (R52)."""

import string
import unicodedata
from urllib.parse import unquote, urlsplit

HOME = "/"
LONGEST = 2048
_PLAIN = frozenset(string.ascii_letters + string.digits + string.punctuation) - {"\\"}
# A proxy or a second parser may decode once more than we do.
_DECODINGS = 3


def local_path(text: str) -> str:
    """`text` when it is a path of this host, else the home page.

    Browsers read `//host`, `/\\host` and, since they drop tabs and newlines, `/<tab>/host` as another site. Whatever
    could become one of these after decoding, Unicode normalising or resolving dots is not local either.
    """
    if len(text) > LONGEST or not text.startswith("/") or not _PLAIN.issuperset(text):
        return HOME
    spellings = [urlsplit(text).path if not text.startswith("//") else text]
    for _ in range(_DECODINGS):
        spellings.append(unquote(spellings[-1]))
    return text if all(_stays_here(path) for path in spellings) else HOME


def _stays_here(path: str) -> bool:
    normal = unicodedata.normalize("NFKC", path)
    if "//" in normal or "\\" in normal or not normal.isprintable():
        return False
    return not {".", ".."} & set(normal.split("/"))

"""Markup that an attacker writes wherever a text may stand, and a look for what a browser would make of it."""

from typing import Any

import lxml.html

HOSTILE = """\"'><x-evil onfocus=alert(1)>{{7*7}}</title></script>"""
ADDRESSES = ("href", "action", "src", "formaction", "data", "srcdoc")


def dangers(content: bytes) -> list[str]:
    """What in a page would run, or lead to an address that runs."""
    if not content.strip():
        return []
    found = []
    for element in lxml.html.fromstring(content).iter():
        if not isinstance(element.tag, str):
            continue
        found += [f"<{element.tag}>"] if element.tag == "x-evil" else []
        found += [f"{name} of <{element.tag}>" for name in element.attrib if name.startswith("on")]
        found += [f"{name}={value[:40]}" for name, value in element.attrib.items() if _runs(name, value)]
        found += ["inline script"] if element.tag == "script" and (element.text or "").strip() else []
    return found


def _runs(name: str, value: str) -> bool:
    scheme = "".join(value.split()).lower()
    return name in ADDRESSES and scheme.startswith(("javascript:", "vbscript:", "data:text"))


def shown(answer: Any) -> bytes:
    """The page; nothing of a file, which is downloaded."""
    is_page = not answer.streaming and answer.headers.get("Content-Type", "").startswith("text/html")
    return answer.content if is_page else b""

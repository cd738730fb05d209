"""The pages between the product's question and the IdP's answer: choose a person, look at the attributes, send.

Nothing is remembered between the pages: the question travels along in hidden fields.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from demo.company import GROUPS, PEOPLE, person_by_key
from demo.faces import Face, Row, rows_for
from demo.web import Refused, Request, Response, page

MAX_ROWS = 60
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Chosen:
    """What the person at the keyboard wants to be sent."""

    subject: str
    rows: list[Row]


@dataclass(frozen=True)
class Question:
    """One request of the product. `hidden`: its fields, to be asked again by the next page."""

    face: Face
    path: str
    audience: str
    hidden: dict[str, str]
    note: str = ""


Deliver = Callable[[Chosen | None], Response]


def converse(question: Question, request: Request, deliver: Deliver) -> Response:
    """The next page, or the answer itself. `deliver` gets None when the login shall fail."""
    fields = request.fields
    step = fields.get("step", "") if request.method == "POST" else ""
    if step == "fail":
        return deliver(None)
    if step == "choose":
        return _first_form(question, fields)
    if step in ("send", "add") or step.startswith("remove-"):
        chosen = _read_form(fields)
        return deliver(chosen) if step == "send" else _form(question, fields, _changed(chosen, step))
    return page("choose.html", question=question, people=PEOPLE)


def _first_form(question: Question, fields: dict[str, str]) -> Response:
    person = person_by_key(fields.get("person", ""))
    if person is None:
        raise Refused("Nobody of that name works at Acme.")
    return _form(question, fields, Chosen(question.face.subject(person), rows_for(question.face, person)))


def _form(question: Question, fields: dict[str, str], chosen: Chosen) -> Response:
    person = person_by_key(fields.get("person", ""))
    rows = [_shown(number, row) for number, row in enumerate(chosen.rows, start=1)]
    return page("attributes.html", question=question, person=person, chosen=chosen, rows=rows, groups=GROUPS.items())


def _shown(number: int, row: Row) -> dict[str, object]:
    """Texts only: the template engine would ask Django's settings how to write a number."""
    height = str(min(max(len(row.values), 1), 8))
    return {"number": str(number), "row": row, "text": "\n".join(row.values), "height": height}


def _read_form(fields: dict[str, str]) -> Chosen:
    numbers = [number for number in range(1, MAX_ROWS + 1) if f"name-{number}" in fields]
    rows = [
        Row(
            _clean(fields[f"name-{number}"]).strip(),
            _lines(fields.get(f"values-{number}", "")),
            f"omit-{number}" in fields,
        )
        for number in numbers
    ]
    return Chosen(_clean(fields.get("subject", "")), rows)


def _lines(text: str) -> tuple[str, ...]:
    """One value a line; an empty box is no value."""
    return tuple(_clean(text).replace("\r\n", "\n").rstrip("\n").split("\n")) if text.strip() else ()


def _clean(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return NOT_IN_XML.sub("", text)


def _changed(chosen: Chosen, step: str) -> Chosen:
    if step == "add":
        return replace(chosen, rows=[*chosen.rows, Row("", ())][:MAX_ROWS])
    gone = step.removeprefix("remove-")
    rows = [row for number, row in enumerate(chosen.rows, start=1) if str(number) != gone]
    return replace(chosen, rows=rows)


def posted(target: str, fields: dict[str, str]) -> Response:
    """A page whose form carries the message to the product: a POST from another site, as real IdPs make it."""
    return page("posting.html", target=target, fields=fields.items())

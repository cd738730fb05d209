"""Every address and method: another account's objects are not there, strangers sign in, others are refused (R46).

Each test asks all addresses and lists the answers that are not as they should be.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import product

from lxml import html

from accounts.permissions import Permission
from console.shared.navigation import SECTIONS
from tests.walk.asking import STRANGERS, World, body
from tests.walk.routes import every_route
from tests.walk.rows import METHODS, PUBLIC, SIGNED_IN, USUAL, Row
from tests.walk.table import TABLE

ROUTES = {route.key: route for route in every_route()}
WALKED = {key: TABLE[key] for key in ROUTES if key in TABLE}
GUARDED = {key: row for key, row in WALKED.items() if isinstance(row.who, tuple)}
EVERYTHING = frozenset(Permission)


def test_every_address_has_a_row() -> None:
    lacking = sorted(ROUTES.keys() - TABLE.keys())
    assert not lacking, (
        f"Expected a row for every address; none for {', '.join(lacking)}. Add to tests/walk/table.py, under the name"
        " of the address: which methods it takes, who may come, and which object each part of it names."
    )


def test_no_row_is_left_of_an_address_that_is_gone() -> None:
    assert sorted(TABLE.keys() - ROUTES.keys()) == []


def test_every_part_of_an_address_names_an_object() -> None:
    named = {key: set(ROUTES[key].kwargs) - set(row.ids) - set(USUAL) for key, row in WALKED.items()}
    assert {key: parts for key, parts in named.items() if parts} == {}


def test_ids_in_addresses_cannot_be_guessed() -> None:
    """R48: a name, a random id, or a secret; never a number."""
    converters = {kind for route in ROUTES.values() for kind in route.converters.values()}
    assert converters <= {"UUIDConverter", "SlugConverter", "StringConverter"}


def test_the_navigation_shows_what_may_be_opened() -> None:
    assert {s.label: TABLE[s.route].who for s in SECTIONS} == {s.label: s.any_of for s in SECTIONS}


def listed(found: list[str]) -> str:
    return "\n".join(["", *found])


def requests(world: World, rows: dict[str, Row]) -> Iterator[tuple[str, str, Row]]:
    """Every allowed method, address with objects of Acme, and row."""
    for key, row in rows.items():
        for method in row.methods:
            yield method, address_in(world, key), row


def address_in(world: World, key: str) -> str:
    route = ROUTES[key]
    return route.address(**TABLE[key].kwargs(route.kwargs, world.ours))


def foreign_addresses(world: World, key: str) -> Iterator[tuple[str, bool]]:
    """With one part or more of Globex; and whether that is all of them."""
    route, row = ROUTES[key], TABLE[key]
    ours, theirs = row.kwargs(route.kwargs, world.ours), row.kwargs(route.kwargs, world.theirs)
    for turns in product((False, True), repeat=len(route.kwargs)):
        if any(turns):
            chosen = zip(route.kwargs, turns, strict=True)
            yield route.address(**{part: (theirs if turned else ours)[part] for part, turned in chosen}), all(turns)


def test_each_does_what_it_is_there_for(world: World) -> None:
    """The rest of the walk would prove nothing with addresses that lead nowhere."""
    found = []
    for method, address, row in requests(world, WALKED):
        answer = world.ask(method, address, row, world.ours.admin, row.fields(world.ours))
        if answer.status_code != row.answer(method):
            found.append(f"{method} {address}: {answer.status_code}, expected {row.answer(method)}")
        if STRANGERS.lower() in body(answer).lower():
            found.append(f"{method} {address} tells of another account")
    assert not found, listed(found)


def test_no_page_has_an_id_twice(world: World) -> None:
    """A label, a heading or a link would lead to the first of the two."""
    found = []
    for key, row in WALKED.items():
        if "GET" not in row.methods or row.is_program or row.is_file:
            continue
        page = world.ask("GET", address_in(world, key), row, world.ours.admin)
        if page.headers.get("Content-Type", "").startswith("text/html") and page.content:
            ids = Counter(html.fromstring(page.content).xpath("//@id"))
            found += [f"{key}: {name}" for name, times in ids.items() if times > 1]
    assert not found, listed(found)


def test_other_methods_are_not_allowed(world: World) -> None:
    found = []
    for key, row in WALKED.items():
        for method in METHODS:
            answer = world.ask(method, address_in(world, key), row, world.ours.admin)
            if (answer.status_code == 405) == (method in row.methods):
                found.append(f"{method} {key}: {answer.status_code}")
    assert not found, listed(found)


def test_what_is_of_another_account_is_not_there(world: World) -> None:
    found = []
    for key, row in WALKED.items():
        for (address, is_theirs), method in product(foreign_addresses(world, key), row.methods):
            if row.who == PUBLIC and is_theirs:  # their own people come there, before anybody knows who they are
                continue
            answer = world.ask(method, address, row, world.ours.admin, row.fields(world.theirs))
            if answer.status_code != 404:
                found.append(f"{method} {address}: {answer.status_code}")
            if STRANGERS.lower() in body(answer).lower().replace(address.lower(), ""):
                found.append(f"{method} {address} tells of another account")
    assert not found, listed(found)


def test_a_stranger_signs_in(world: World) -> None:
    found = []
    for key, row in WALKED.items():
        addresses = [address_in(world, key), *(address for address, _ in foreign_addresses(world, key))]
        for address, method in product(addresses, row.methods):
            answer = world.ask(method, address, row, None, row.fields(world.ours))
            status, place = answer.status_code, answer.headers.get("Location", "")
            if row.who == PUBLIC:
                is_right = status < 500
            elif row.is_program:
                is_right = status == 401
            else:
                is_right = status == 302 and place.startswith("/login?next=")
            if not is_right:
                found.append(f"{method} {address}: {status} {place}")
    assert not found, listed(found)


def test_all_other_permissions_are_not_enough(world: World) -> None:
    """For a member who has none, and for somebody with all but those that are needed."""
    found = []
    for key, row in GUARDED.items():
        theirs = [address for address, _ in foreign_addresses(world, key)]
        for held, method in product(((), EVERYTHING - set(row.who)), row.methods):
            for address in (address_in(world, key), *theirs):
                status = world.ask(method, address, row, world.person(held), row.fields(world.ours)).status_code
                if status != 403 and not (status == 404 and address in theirs):
                    found.append(f"{method} {address} with {', '.join(held) or 'nothing'}: {status}")
    assert not found, listed(found)


def test_one_of_the_permissions_is_enough(world: World) -> None:
    found = []
    for method, address, row in requests(world, GUARDED):
        for permission in row.who:
            status = world.ask(method, address, row, world.person([permission])).status_code
            if status == 403:
                found.append(f"{method} {address} with {permission}")
    assert not found, listed(found)


def test_another_site_cannot_press_a_button(world: World) -> None:
    """R50. What an IdP's page posts needs no cookie, and is bound to the browser in other ways."""
    found = []
    for key, row in WALKED.items():
        if "POST" in row.methods and not row.is_program and not key.startswith("sso:"):
            fields = row.fields(world.ours)
            answer = world.ask("POST", address_in(world, key), row, world.ours.admin, fields, enforce_csrf_checks=True)
            if answer.status_code != 403:
                found.append(f"{key}: {answer.status_code}")
    assert not found, listed(found)


def test_the_walk_sees_what_it_looks_for(world: World) -> None:
    """A person of Globex is shown what nobody of Acme may see."""
    assert STRANGERS in body(world.ask("GET", "/", Row(("GET",), SIGNED_IN), world.theirs.admin))

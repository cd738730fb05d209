"""A name of 200 letters without a blank breaks no page: not its own, and not that of a list that it is in."""

import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import Page

from tests.browser.acme import Acme
from tests.browser.test_every_page import PAGES, ROUTES, Places, assert_it_fits, visit
from tests.browser.test_every_page import places as places

pytestmark = pytest.mark.browser

WIDTHS = (390, 1280)  # pixels: a phone, a laptop
LONG = {  # column -> as many letters as it takes, up to 200
    "accounts_user.first_name": 150,
    "accounts_user.last_name": 150,
    "accounts_user.display_name": 200,
    "accounts_group.name": 200,
    "accounts_group.idp_identifier": 200,
    "accounts_connection.name": 100,
    "accounts_apitoken.name": 100,
    "spaces_space.name": 200,
    "spaces_spacerole.name": 100,
    "accounts_loginrecord.explanation": 200,
}


@pytest.fixture
def long_names(acme: Acme, alice_with_scripts: Page, places: Places) -> Page:
    """Everything has a long name, and the audit log an entry about a group with one. Alice's page."""
    page = alice_with_scripts
    page.goto(f"{acme.product}{ROUTES['new-group'].address()}")
    page.get_by_label("Name", exact=True).fill("W" * 200)
    page.get_by_role("button", name="Save", exact=True).click()
    with closing(sqlite3.connect(acme.database, timeout=20)) as database:
        for column, letters in LONG.items():
            table, _, name = column.partition(".")
            change = f"UPDATE {table} SET {name} = substr(?, 1, ? - length(rowid)) || rowid"  # noqa: S608  names of ours
            database.execute(change, ("M" * 200, letters))
        database.commit()
    return page


def test_long_names_make_no_page_scroll_sideways(acme: Acme, long_names: Page, places: Places) -> None:
    problems = []
    for key in PAGES:
        visit(long_names, acme, places[key])
        for width in WIDTHS:
            try:
                assert_it_fits(long_names, width)
            except pytest.fail.Exception as found:
                problems.append(f"{key}: {found}")
    assert problems == []

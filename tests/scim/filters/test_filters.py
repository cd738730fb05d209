"""Filters find in SQL what they mean in plain Python, and what cannot be searched is refused."""

from typing import Any

import pytest
from django.db.models import Q

from accounts.models import User
from scim.attributes import ATTRIBUTES, CORE, ENTERPRISE
from scim.errors import ScimError
from scim.filters.filters import compile_filter
from tests.scim.population import populate, shown
from tests.scim.reference import found
from tests.support.cast import Cast

FOUND = [
    # What Okta and Entra send.
    ('userName eq "ann@acme.example"', {"Ann@acme.example"}),
    ('username EQ "ANN@ACME.EXAMPLE"', {"Ann@acme.example"}),
    (f'{CORE}:userName eq "ann@acme.example"', {"Ann@acme.example"}),
    ('userName eq "fay@acme.example"', {"Fay@acme.example"}),
    ('externalId eq "00u1abc"', {"Ann@acme.example"}),
    ('emails[type eq "work"].value eq "ANN@acme.example"', {"Ann@acme.example"}),
    ('emails[type eq "work"].value eq "fay@acme.example"', {"Fay@acme.example"}),
    ('emails[type eq "WORK" and value eq "zoe@acme.example"]', {'100%_Real\\"Zoë'}),
    ('emails.value eq "ann@HOME.example"', {"Ann@acme.example"}),
    ('emails.value eq "home.example"', set()),
    ('emails.value eq " "', set()),
    ('emails.value eq "ann@home.example zoe@two.example"', set()),
    ('emails eq "dora@acme.example"', {"dora@acme.example"}),
    ('emails[value eq "bo@acme.example"]', {"bo"}),
    ('userName eq "bo" and active eq true', set()),
    ('userName eq "bo" and active eq "False"', {"bo"}),
    ('id eq "no id of ours" and manager eq "x"', set()),
    # Who has no e-mail of type work is found by the primary one, which stands in for it.
    ('emails[type eq "work"].value eq "bo@acme.example"', {"bo"}),
    # Precedence, brackets, negation.
    ('userName eq "bo" or userName eq "nobody" and active eq false', {"bo"}),
    ('(userName eq "bo" or userName eq "nobody") and active eq true', {"nobody"}),
    ('not (title eq "Engineer") and emails co "acme" and active eq true', {"dora@acme.example", "Fay@acme.example"}),
    # Escapes and wildcards are letters.
    ('userName eq "100%_real\\\\\\"ZOË"', {'100%_Real\\"Zoë'}),
    ('userName sw "100%_"', {'100%_Real\\"Zoë'}),
    ('displayName co "_"', set()),
    ('name.familyName eq "\\u00e9t\\u00e9"', {'100%_Real\\"Zoë'}),
    ('displayName eq "E\\u0301TE\\u0301"', {"nobody"}),
    # The extension, with and without its URN.
    (f'{ENTERPRISE}:department eq "r&d"', {"Ann@acme.example"}),
    ('costCenter pr', {'100%_Real\\"Zoë'}),
    ('manager eq "26118915-6090-4610-87e4-49d8ca9f808d"', {"Ann@acme.example"}),
    ('manager.value sw "26118915-6090-4610-87E4"', set()),
    # Lists: one entry must meet all of it.
    ('phoneNumbers[type eq "work" and value sw "+49"]', {"Ann@acme.example"}),
    ('phoneNumbers[type eq "mobile" and value sw "+49"]', set()),
    ('emails[primary eq true and value eq "ann@home.example"]', set()),
    ('emails[not (type eq "work") and type pr]', {"Ann@acme.example", '100%_Real\\"Zoë'}),
    ('emails.type eq "home"', {"Ann@acme.example", '100%_Real\\"Zoë'}),
    # What follows from something else can be searched as it is shown.
    ('name.formatted eq "ann lee"', {"Ann@acme.example"}),
    ('name.formatted ew "great"', {"bo"}),
    ('meta.resourceType eq "User" and title pr', {"Ann@acme.example", '100%_Real\\"Zoë'}),
    ('locale ne null', {"bo"}),
]  # fmt: skip

REFUSED = [
    "",
    " ",
    "userName",
    "userName eq",
    "userName eq bo",
    "externalId eq jyoung",
    'userName is "bo"',
    'userName eq "bo" and',
    '(userName eq "bo"',
    'userName eq "bo" userName eq "bo"',
    'userName eq "bo\\x"',
    'userName eq "bo\\u0000"',
    'userName eq "\\ud800"',
    "userName eq 12",
    "userName eq true",
    "userName gt null",
    'active gt "true"',
    'active eq "maybe"',
    "active eq 1",
    'shoeSize eq "9"',
    "password pr",
    'groups eq "x"',
    'meta.location eq "x"',
    'name eq "Ann"',
    'name[givenName eq "Ann"]',
    'userName[value eq "x"]',
    'emails[shoeSize eq "9"]',
    'emails[type eq "work"].shoeSize eq "9"',
    'emails[emails.value eq "x"]',
    "emails[primary gt true]",
    "emails[type gt null]",
    "emails.type gt null",
    'emails[type eq "work" and primary eq "maybe"]',
    "phoneNumbers[value eq 49]",
    'id sw "a"',
    'id gt "a"',
    'meta.created eq "yesterday"',
    'meta.created co "2026"',
    'meta.created gt "9999-12-31T23:59:59-14:00"',
    'urn:example:User:userName eq "bo"',
    f'{ENTERPRISE}:userName eq "bo"',
    f'userName eq "{"a" * 4_096}"',
    " or ".join(['userName eq "a"'] * 51),
    "(" * 21 + "title pr" + ")" * 21,
    "not (" * 2_000 + "title pr",
    "meta.created eq 1e400",
    "title eq " + "9" * 4_000,
]


@pytest.fixture
def resources(cast: Cast) -> dict[str, dict[str, Any]]:
    populate(cast.acme)
    return shown(cast.acme)


def _names(cast: Cast, filter_text: str) -> set[str]:
    people = User.objects.in_account(cast.acme).filter(compile_filter(filter_text), erased_at=None)
    return {user.user_name or user.email for user in people}


def _provisioned(names: set[str]) -> set[str]:
    return names - {"alice@acme.example", "bob@acme.example", "petra@acme.example"}


def test_a_filter_finds_whom_it_means(cast: Cast, resources: dict[str, dict[str, Any]]) -> None:
    for filter_text, names in FOUND:
        assert _provisioned(_names(cast, filter_text)) == names, filter_text


def test_the_table_of_filters_says_what_plain_python_says(cast: Cast, resources: dict[str, dict[str, Any]]) -> None:
    stands_in = 'emails[type eq "work"].value eq "bo@acme.example"'
    for filter_text, names in FOUND:
        if filter_text != stands_in:
            assert _provisioned(found(resources, filter_text)) == names, filter_text


def test_an_id_is_found_as_it_is_shown(cast: Cast) -> None:
    assert _names(cast, f'id eq "{cast.bob.pk}"') == {"bob@acme.example"}
    assert _names(cast, f'id eq "{str(cast.bob.pk).upper()}"') == set()
    assert _names(cast, f'id ne "{cast.bob.pk}"') == {"alice@acme.example", "petra@acme.example"}


def test_times_are_compared_as_points_in_time(cast: Cast) -> None:
    then = cast.bob.modified_at
    assert "bob@acme.example" in _names(cast, f'meta.lastModified eq "{then.isoformat().replace("+00:00", "Z")}"')
    assert "bob@acme.example" not in _names(cast, f'meta.lastModified gt "{then.isoformat()}"')
    assert "bob@acme.example" in _names(cast, 'meta.created gt "2020-01-01T00:00:00" and meta.created pr')


@pytest.mark.parametrize("filter_text", REFUSED)
def test_what_cannot_be_searched_is_refused(filter_text: str) -> None:
    with pytest.raises(ScimError) as refusal:
        compile_filter(filter_text)
    assert (refusal.value.status, refusal.value.scim_type) == (400, "invalidFilter")


def test_a_refusal_says_what_was_received() -> None:
    with pytest.raises(ScimError, match="received 'shoeSize'"):
        compile_filter('shoeSize eq "9"')


def test_fifty_terms_and_twenty_brackets_are_allowed() -> None:
    terms = " or ".join(['(userName eq "a (or b)")'] * 50)
    assert isinstance(compile_filter("(" * 19 + terms + ")" * 19), Q)


@pytest.mark.parametrize("path", [row.path for row in ATTRIBUTES if row.filterable])
@pytest.mark.parametrize(
    "value", ["ann@acme.example", "true", "2026-03-01T10:00:00Z", "no id", "\N{LATIN SMALL LETTER E WITH ACUTE}", ""]
)
def test_the_short_road_leads_where_the_parser_does(path: str, value: str) -> None:
    assert _outcome(f'{path} eq "{value}"') == _outcome(f'( {path} eq "{value}" )')


def _outcome(filter_text: str) -> Q | str:
    try:
        return compile_filter(filter_text)
    except ScimError as refusal:
        return refusal.detail


@pytest.mark.parametrize("word", ["and", "or", "not", "true", "null", "pr", "eq"])
def test_words_of_the_grammar_are_no_attributes(word: str) -> None:
    with pytest.raises(ScimError):
        compile_filter(f'{word} eq "x"')

"""Requests that nobody should send: every JSON type everywhere, broken text, bytes, filters out of grammar."""

import json
import string

from hypothesis import strategies as st

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "LINK")
TYPES = ("application/scim+json", "application/json; charset=utf-8", "application/json;charset=utf-16", "text/html", "")
NAMES = (
    "schemas", "id", "userName", "externalId", "name", "givenName", "familyName", "formatted", "displayName", "active",
    "emails", "value", "type", "primary", "Operations", "op", "path", "meta", "timezone", "password", "startIndex",
    "count", "filter", "attributes", "sortBy", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "manager",
)  # fmt: skip
PATHS = (
    "userName", "active", "emails", 'emails[type eq "work"].value', 'emails[type eq "x"]', "name", "name.givenName",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "id", "emails[", "a[b eq", "..", "", "\x00",
    "members",
)  # fmt: skip
ODD = (
    None, True, False, 0, -1, 10**400, 1e308, "", "True", "maybe", "a@x", "\x00", "\ud800", "a\x00b@x", "x" * 5000,
    " ", "e\u0301@x", "Europe/Paris", "W/\"1\"", "%s", "' or 1=1 --",
)  # fmt: skip

scalars = st.sampled_from(ODD) | st.text(max_size=20) | st.integers() | st.floats()
keys = st.sampled_from(NAMES) | st.text(max_size=8)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
)
people = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, values))
operations = st.fixed_dictionaries(
    {"op": st.sampled_from(("add", "Replace", "remove", "move", None)) | values},
    optional={"path": st.sampled_from(PATHS) | values, "value": values | people},
)
patches = st.fixed_dictionaries({"Operations": st.lists(operations, max_size=5) | values})
BYTES = (b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe{}", b"", b"{}", b"nul", b'{"a":1,"a":2}', b"1" * 10_000)
bodies = st.one_of(
    st.builds(lambda value: json.dumps(value).encode(), values | people | patches),
    st.binary(max_size=60),
    st.sampled_from(
        [b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe{}", b"", b"{}", b"nul", b'{"a":1,"a":2}', b"1" * 10_000]
    ),
)
pieces = st.sampled_from(
    ["userName", "externalId", "id", "emails", "emails.value", "active", "meta.created", " eq ", " co ", " gt ",
     " and ", " or ", "not (", ")", "(", "[", "]", '"a"', '"', "\\", "true", "null", "1e999", "\x00", " pr", ".",
     ":", "urn:x:"]
)  # fmt: skip
filters = st.lists(pieces, max_size=12).map("".join) | st.text(max_size=40)
parameters = st.dictionaries(
    st.sampled_from(
        ("filter", "startIndex", "count", "sortBy", "sortOrder", "cursor", "attributes", "excludedAttributes", "zz")
    ),
    filters | st.sampled_from(("0", "-1", "9" * 50, "1e3", "NaN", "\u0663", "1.5", "", "userName", "descending")),
    max_size=4,
)
headers = st.fixed_dictionaries(
    {},
    optional={name: st.text(string.printable.strip(), max_size=20) for name in ("If-Match", "If-None-Match", "Accept")},
)

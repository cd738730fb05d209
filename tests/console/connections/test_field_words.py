"""Each setting that a page or a draft shows has its words."""

from accounts.connections.attribute_names import FIELDS
from accounts.connections.changes import PROVIDER, SAML_OPTIONS
from accounts.models.identity import JustInTime
from console.connections.field_words import FIELD_WORDS, JIT_WORDS, SETTING_WORDS


def test_each_setting_has_its_words() -> None:
    assert {*SETTING_WORDS} == {*PROVIDER, *SAML_OPTIONS} - {"idp_certificates"}
    assert (FIELD_WORDS.keys(), JIT_WORDS.keys()) == ({*FIELDS}, {*JustInTime.values})

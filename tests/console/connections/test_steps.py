"""Which step of the set-up is done, which is next, and what each says. Pure."""

from dataclasses import replace

from accounts.connections.vendors import ENTRA, SET_UPS
from console.connections.steps import Mark, Seen, Step, fields_in, steps_of

NEW = Seen(missing=("a signing certificate",))
GIVEN = Seen()
TESTED = Seen(answered=True, arrived=frozenset({"email"}), tested=True, passed="ABCD")


def found(seen: Seen) -> dict[str, Step]:
    return {step.key: step for step in steps_of(SET_UPS["okta", "saml"], seen)}


def next_of(seen: Seen) -> list[str]:
    return [key for key, step in found(seen).items() if step.mark == Mark.NEXT]


def test_a_new_connection_begins_with_our_values_in_the_vendors_order() -> None:
    assert list(found(NEW)) == ["kind", "ours", "theirs", "attributes", "domains", "test", "enable"]
    assert next_of(NEW) == ["ours"]
    assert "Single sign-on URL, Audience URI" in found(NEW)["ours"].sentence
    assert "a signing certificate" in found(NEW)["theirs"].sentence


def test_what_happens_at_the_provider_is_not_ticked_before_an_answer_came() -> None:
    steps = found(GIVEN)
    assert not steps["ours"].is_done
    assert not steps["attributes"].is_done
    assert steps["theirs"].mark == Mark.DONE
    assert next_of(GIVEN) == ["test"]


def test_a_domain_is_optional_until_it_is_claimed() -> None:
    assert found(GIVEN)["domains"].mark == Mark.OPTIONAL
    assert next_of(replace(GIVEN, verified=("a.example",), unverified=("b.example",))) == ["domains"]
    assert found(replace(GIVEN, verified=("a.example",)))["domains"].mark == Mark.DONE


def test_after_the_test_only_enabling_is_left_and_then_nothing() -> None:
    assert next_of(TESTED) == ["enable"]
    assert next_of(replace(TESTED, is_live=True)) == []


def test_a_test_of_other_settings_does_not_count() -> None:
    changed = replace(TESTED, passed="")
    assert next_of(changed) == ["test"]
    assert "changed after the last successful test" in found(changed)["test"].sentence
    assert "changed" not in found(replace(changed, tested=False))["test"].sentence


def test_a_refused_test_says_so() -> None:
    assert "refused" in found(replace(GIVEN, refused="ABCD"))["test"].sentence


def test_a_test_that_brought_no_email_leads_back_to_the_attributes() -> None:
    poor = replace(TESTED, arrived=frozenset({"groups"}))
    assert next_of(poor) == ["attributes"]
    assert "Received in the last login: Groups. Not received: Email," in found(poor)["attributes"].sentence


def test_what_arrived_is_known_by_the_vendors_names_and_the_connections_own() -> None:
    received = {"mail": ["a@acme.example"], "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname": ["Ek"]}
    names = ENTRA.names("saml", {"timezone": "tz"})
    assert fields_in(received, names, email="") == {"last_name"}
    assert fields_in({"tz": ["UTC"]}, names, email="a@acme.example") == {"email", "timezone"}

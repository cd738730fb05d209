"""Advisories of the field, 2022 to 2026: what went wrong in other products, and the tests that try it here.

A row's own tests are in this folder; their names begin with the row (`test_07_…`). `elsewhere` names tests of other
folders that try the row from outside as well. `docs/security.md` shows this table; `test_table` compares both.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Advisory:
    """`elsewhere`: node ids without parameters."""

    row: int
    names: str
    went_wrong: str
    elsewhere: tuple[str, ...] = ()


_REPEATED = "tests/accounts/sso/test_the_same_answer_twice.py"
_TRANSACTIONS = "tests/accounts/sso/test_transactions.py"
_VIEWS = "tests/accounts/sso/test_views.py"
_WHOLE_OIDC = "tests/accounts/sso/oidc/test_whole_login.py"
_SCIM_ISOLATION = "tests/scim/test_isolation.py"
_WALK = "tests/walk/test_walk.py"

ADVISORIES = (
    Advisory(1, "CVE-2025-41115 (Grafana)", "a SCIM externalId was taken for a user id"),
    Advisory(
        2,
        "CVE-2026-67330 (Better Auth)",
        "SCIM and SSO shared a provider id",
        (f"{_SCIM_ISOLATION}::test_their_ids_are_nobodys", f"{_SCIM_ISOLATION}::test_no_search_finds_them"),
    ),
    Advisory(3, "CVE-2026-110863 (Better Auth)", "an issuer was copied into another account"),
    Advisory(4, "CVE-2026-53513 (Better Auth)", "discovery led to the server's own network"),
    Advisory(5, "GHSA-j8v8-g9cx-5qf4", "a token without an owner was anybody's to rotate or revoke"),
    Advisory(6, "CVE-2025-22146, CVE-2026-27197, CVE-2026-42354 (Sentry)", "a second tenant's IdP took users over"),
    Advisory(7, "CVE-2025-25291, CVE-2025-25292, CVE-2025-66567 (ruby-saml)", "two XML parsers disagreed"),
    Advisory(8, "CVE-2025-66568 (ruby-saml)", "a canonicalization error was taken for an empty document"),
    Advisory(9, "CVE-2025-29774 (xml-crypto)", "several SignedInfo elements were accepted"),
    Advisory(10, "CVE-2025-29775 (xml-crypto)", "a comment in DigestValue was accepted"),
    Advisory(11, "CVE-2025-47949 (samlify)", "signature wrapping"),
    Advisory(12, "CVE-2025-54369 (node-saml)", "the assertion was read from unverified bytes"),
    Advisory(13, "CVE-2026-89042 (passport-saml-encrypted)", "without a certificate nothing was checked"),
    Advisory(14, "CVE-2026-58066 (Rocket.Chat)", "the signature covered nothing that was used"),
    Advisory(15, "CVE-2026-18092 (Net::SAML2)", "the assertion was searched for in the whole document"),
    Advisory(16, "CVE-2026-41577 (authentik), CVE-2026-9093, CVE-2026-9096 (Casdoor)", "conditions were ignored"),
    Advisory(17, "CVE-2026-57580 (authentik)", "a comment cut a NameID short"),
    Advisory(18, "CVE-2026-49448 (authentik)", "an empty POST passed a stage"),
    Advisory(19, "CVE-2026-2603 (Keycloak), CVE-2025-64717 (ZITADEL)", "a disabled IdP still signed people in"),
    Advisory(20, "CVE-2026-2092 (Keycloak)", "an EncryptedAssertion was injected beside the signed one"),
    Advisory(21, "CVE-2026-16443 (Keycloak)", "the `use` of keys in metadata was ignored"),
    Advisory(22, "CVE-2026-92855 (Keycloak)", "a holder-of-key confirmation was taken for a bearer's"),
    Advisory(
        23,
        "CVE-2026-97175 (Keycloak), CVE-2026-15611 (Logto), CVE-2026-9092 (Casdoor)",
        "an unverified e-mail linked accounts",
    ),
    Advisory(
        24,
        "CVE-2026-109372 (ZITADEL)",
        "the IdP of the URL was not that of the transaction",
        (
            f"{_VIEWS}::test_a_response_for_one_account_is_refused_at_the_other_accounts_address",
            f"{_VIEWS}::test_a_connection_is_not_there_under_another_accounts_address",
        ),
    ),
    Advisory(25, "CVE-2026-135175 (ZITADEL)", "the Host header decided where a reset link led"),
    Advisory(26, "CVE-2026-105215 (ZITADEL)", "the client said which external user it was"),
    Advisory(27, "CVE-2026-29191 (ZITADEL)", "script in the SAML form"),
    Advisory(28, "CVE-2026-9090 (Casdoor)", "the certificate was taken from the message"),
    Advisory(
        29,
        "CVE-2026-9098 (Casdoor), CVE-2026-53424, CVE-2026-53425 (Samly)",
        "unsolicited and replayed answers were accepted",
        (
            f"{_REPEATED}::test_another_answer_to_the_same_sign_in_is_refused",
            f"{_REPEATED}::test_another_browser_that_brings_the_same_answer_is_refused",
            f"{_REPEATED}::test_after_a_logout_the_same_answer_signs_nobody_in",
            f"{_VIEWS}::test_an_unsolicited_response_is_used_once",
            f"{_VIEWS}::test_a_login_that_the_identity_provider_starts_is_refused_by_default",
            f"{_TRANSACTIONS}::test_another_browser_cannot_finish_and_does_not_use_the_sign_in_up",
            f"{_WHOLE_OIDC}::test_a_second_answer_is_refused",
            f"{_WHOLE_OIDC}::test_another_browser_cannot_finish",
        ),
    ),
    Advisory(30, "CVE-2025-4210 (Casdoor)", "SCIM answered without a token"),
    Advisory(
        31,
        "CVE-2026-15630 (Casdoor)",
        "the URL was authorized, the body acted on",
        (
            f"{_SCIM_ISOLATION}::test_a_body_chooses_neither_account_nor_id",
            "tests/walk/test_mass_assignment.py::test_more_fields_make_no_difference",
            f"{_WALK}::test_what_is_of_another_account_is_not_there",
        ),
    ),
    Advisory(
        32,
        "CVE-2025-65430 (allauth), CVE-2026-78357 (OTRS)",
        "tokens outlived deactivation (client and refresh tokens: the product issues none)",
    ),
    Advisory(33, "CVE-2026-27982 (allauth)", "RelayState redirected to another site"),
    Advisory(34, "CVE-2026-48523, CVE-2026-32597 (PyJWT)", "key and algorithm did not match; unknown `crit` passed"),
    Advisory(35, "CVE-2026-75509, CVE-2026-102946 (joserfc)", "`iss` as a list and an empty signature passed"),
    Advisory(36, "CVE-2026-56350 (n8n)", "an SSO user lifted the enforcement of SSO"),
    Advisory(37, "CVE-2026-16255 (GitLab)", "a link older than the enforcement still worked"),
    Advisory(38, "CVE-2026-59151 (Prowler), CVE-2026-56223 (Capgo)", "an unverified domain matched users"),
    Advisory(39, "CVE-2022-1680 (GitLab)", "provisioning changed an e-mail, then the password was reset"),
)

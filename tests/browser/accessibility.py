"""What axe-core says of a page."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

SEVERE = {"serious", "critical"}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]  # all that a colour scheme can change


def assert_accessible(page: Page) -> None:
    """No serious violation, in light and in dark. The page needs scripts, because axe is one.

    A test that has just clicked expects the next page first: a click does not wait for it, and axe
    would look at a document that is about to go.
    """
    page.evaluate(AXE_SCRIPT)
    for scheme, rules in ({"light": WCAG, "dark": COLOURS}).items():
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = page.evaluate("options => axe.run(options)", {"runOnly": rules, "resultTypes": ["violations"]})
        assert found["passes"], "axe looked at nothing"
        assert [_sentence(one) for one in found["violations"] if one["impact"] in SEVERE] == [], f"in {scheme}"


def _sentence(violation: dict[str, object]) -> str:
    nodes = violation["nodes"]
    assert isinstance(nodes, list)
    return f"{violation['id']}: {violation['help']}: {[node['html'] for node in nodes][:3]}"

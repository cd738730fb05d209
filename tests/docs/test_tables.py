"""Tables in documents list everything there is: settings, commands, checks, alerts, tasks, folders, decisions."""

import re

from django.conf import settings
from django.core.management import get_commands

from accounts.models.work import AlertKind
from tests.support import product
from tools.setup import ROOT
from torque_sso.configuration import Configuration


def section(document: str, title: str) -> str:
    """The text below a heading, up to the next one of its level."""
    text = (ROOT / "docs" / document).read_text()
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"docs/{document} has no section '{title}'"
    return found[1]


def first_cells(text: str) -> set[str]:
    """What stands in backticks in the first cell of each row."""
    rows = (line.split("|")[1] for line in text.splitlines() if line.startswith("|"))
    return {name for cell in rows for name in re.findall(r"`([^`]+)`", cell)}


def test_every_setting_of_the_environment_is_documented() -> None:
    assert first_cells(section("interface.md", "Environment")) == {name.upper() for name in Configuration.model_fields}


def test_every_command_is_documented() -> None:
    named = {word for cell in first_cells(section("interface.md", "Commands")) for word in cell.split()}
    own = {name for name, app in get_commands().items() if str(app).startswith("console")}
    assert own - named == set()


def test_every_check_of_an_installation_is_documented() -> None:
    source = (ROOT / "accounts/checks.py").read_text()
    ids = set(re.findall(r"torque\.[EW]\d{3}", source))
    assert first_cells(section("operations.md", "Before going live")) >= ids


def test_every_kind_of_alert_is_documented() -> None:
    assert first_cells(section("operations.md", "Alerts")) == set(AlertKind.values)


def test_every_task_that_runs_by_the_clock_is_documented() -> None:
    text = section("operations.md", "Tasks and queues")
    assert [name for name in settings.CELERY_BEAT_SCHEDULE if f"`{name}`" not in text] == []


def test_every_folder_of_the_product_is_on_the_map() -> None:
    """Sections of `console/` by their name alone."""
    named = set(re.findall(r"`([\w/]+?)/?`", section("architecture.md", "Folders")))
    missing = []
    for folder in sorted({path.parent.relative_to(ROOT) for path in product.modules()}):
        in_console = folder.parts[0] == "console" and len(folder.parts) > 1
        if str(folder) not in named and not (in_console and folder.parts[1] in {*named, "management", "operations"}):
            missing.append(str(folder))
    assert missing == []


def test_every_decision_is_in_the_list_of_decisions() -> None:
    folder = ROOT / "docs/decisions"
    listed = re.findall(r"^\| (\d{4}) \|", (folder / "README.md").read_text(), re.MULTILINE)
    assert {path.name[:4] for path in folder.glob("0*.md")} - set(listed) == set()
    assert listed == sorted(set(listed))

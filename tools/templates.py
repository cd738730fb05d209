"""Compile every template, to find mistakes in those that no test renders."""

import os
import sys

import django
from django.template import TemplateSyntaxError
from django.template.loader import get_template

from tools.setup import ROOT


def mistakes() -> list[str]:
    """Return a line for each template that does not compile."""
    found = []
    for path in sorted((ROOT / "templates").rglob("*.*")):
        try:
            get_template(str(path.relative_to(ROOT / "templates")))
        except TemplateSyntaxError as error:
            found.append(f"{path.relative_to(ROOT)}: {error}")
    return found


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "torque_sso.settings")
    django.setup()
    sys.exit("\n".join(mistakes()) or 0)

"""Commands as another program calls them: JSON on standard output, or a refusal."""

import json
from io import StringIO
from typing import Any

from django.core.management import call_command


def run(name: str, *arguments: str) -> dict[str, Any]:
    """The JSON object that the command prints. Raises CommandError when it refuses."""
    output = StringIO()
    call_command(name, *arguments, "--json", stdout=output, stderr=StringIO())
    return json.loads(output.getvalue())

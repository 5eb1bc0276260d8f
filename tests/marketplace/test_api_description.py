"""The API answers as its own description says, whatever it is sent."""

import subprocess
import sys
from pathlib import Path

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
EXAMPLES = "10"
"""Of each address and phase; 200 take minutes and find no more."""


def test_api_agrees_with_its_description(live_server, tea_at_centre, tmp_path):
    command = [SCHEMATHESIS, "run", f"{live_server}/api/openapi.json"]
    options = ["--max-examples", EXAMPLES, "--no-color"]

    run = subprocess.run(
        [*command, *options], cwd=tmp_path, capture_output=True, text=True
    )

    assert run.returncode == 0, run.stdout

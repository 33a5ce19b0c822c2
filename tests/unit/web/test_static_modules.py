# SPDX-License-Identifier: Apache-2.0
"""The tests of the browser modules, run by Node, which set-up provides for the type checker as well."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_browser_modules_keep_their_promises() -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    node = shutil.which("node", path=path)
    assert node is not None, "Node is missing; 'make setup' provides it"
    files = [str(file) for file in sorted((ROOT / "tests" / "js").glob("*.test.js"))]
    assert files
    run = subprocess.run(
        [node, "--test", *files], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr

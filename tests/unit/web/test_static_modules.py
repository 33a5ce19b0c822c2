# SPDX-License-Identifier: Apache-2.0
"""The tests of the browser modules, run by Node, which set-up provides for the type checker as well."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from web import static_files

ROOT = Path(__file__).parents[3]


def node() -> str:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    found = shutil.which("node", path=path)
    assert found is not None, "Node is missing; 'make setup' provides it"
    return found


def run_tests(root: Path) -> None:
    files = [str(file) for file in sorted((root / "tests" / "js").glob("*.test.js"))]
    assert files
    run = subprocess.run(
        [node(), "--test", *files], cwd=root, capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.fixture(scope="module")
def as_served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree with the modules as a browser gets them, and their tests."""
    root = tmp_path_factory.mktemp("served")
    js = root / "web" / "static" / "js"
    js.mkdir(parents=True)
    (root / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    for file in (static_files.OWN / "js").glob("*.js"):
        (js / file.name).write_bytes(static_files.served(file))
    shutil.copytree(ROOT / "tests" / "js", root / "tests" / "js")
    return root


def test_the_browser_modules_keep_their_promises() -> None:
    run_tests(ROOT)


def test_the_modules_keep_their_promises_as_they_are_served(as_served: Path) -> None:
    run_tests(as_served)


def test_every_served_module_still_parses(as_served: Path) -> None:
    files = sorted((as_served / "web" / "static" / "js").glob("*.js"))
    look = (
        "import{readFileSync}from'node:fs';import{SourceTextModule}from'node:vm';"
        "for(const f of process.argv.slice(1))new SourceTextModule(readFileSync(f,'utf8'),{identifier:f})"
    )
    run = subprocess.run(
        [node(), "--experimental-vm-modules", "--input-type=module", "-e", look, "--", *map(str, files)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_no_served_module_uses_a_name_before_it_is_there(as_served: Path) -> None:
    tsc = shutil.which("tsc", path=str(ROOT / "node_modules" / ".bin"))
    assert tsc is not None, "the type checker is missing; 'make setup' provides it"
    flags = "--ignoreConfig --noEmit --allowJs --checkJs --target es2022 --module esnext --lib es2023,dom,dom.iterable"
    files = [file.name for file in (as_served / "web" / "static" / "js").glob("*.js")]
    run = subprocess.run(
        [tsc, *flags.split(), *files],
        cwd=as_served / "web" / "static" / "js",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "TS2339" in run.stdout, "it has looked: without their comments the modules have types no longer"
    moved = [line for line in run.stdout.splitlines() if "TS2448" in line or "TS2454" in line]
    assert moved == []


def test_a_script_that_cannot_be_read_is_refused_in_development_and_sent_as_it_stands_in_production(
    tmp_path: Path,
) -> None:
    file = tmp_path / "broken.js"
    file.write_text("let a = ;", encoding="utf-8")
    with pytest.raises(ValueError, match=r"broken\.js: unexpected"):
        static_files.served(file)
    assert static_files.served(file, strict=False) == b"let a = ;"


def test_serving_takes_comments_and_white_space_out_and_keeps_every_text() -> None:
    clock = static_files.OWN / "js" / "clock.js"
    served = static_files.served(clock).decode()
    assert "/**" not in served
    assert "SPDX" not in served
    assert "export function formatTime" in served
    css = static_files.served(static_files.OWN / "css" / "kasauti.css").decode()
    assert "@layer reset,tokens" in css
    assert "/*" not in css

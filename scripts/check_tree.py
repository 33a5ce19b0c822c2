# SPDX-License-Identifier: Apache-2.0
"""What holds for every file: a licence line, no download address in a lock, no path of one machine."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

CODE = {".css", ".html", ".js", ".mako", ".mjs", ".po", ".pot", ".py", ".pyi", ".sh", ".ts"}
TEXT = {".cfg", ".ini", ".md", ".toml", ".yaml", ".yml"}
LICENCE = "SPDX-License-Identifier: Apache-2.0"
LARGEST = 1_000_000
"""Bytes; weights, fonts and pictures come from packages at set-up."""
LARGEST_CATALOGUE = 2_500_000
"""Bytes of a catalogue of translations: seven thousand texts, written by us, in one file that translators' tools open whole."""

ADDRESS = re.compile(
    r'"resolved":\s*"\w|--(?:extra-)?index-url|--find-links|https?://\S+\.(?:whl|tgz|tar\.gz|zip)'
)
MACHINE_PATH = re.compile(r"(?<![\w.-])/(?:home|Users|work/(?:main|shared|steering))/\w|(?<![\w.-])/root/\w")


def tree(root: Path) -> Iterator[Path]:
    """Files that are tracked or would be; where git is absent, all but what set-up makes."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, capture_output=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        names = {name for name in listed.stdout.decode().split("\0") if name}
        yield from (root / name for name in sorted(names) if (root / name).is_file())
        return
    made = {".venv", "node_modules", "var", "build", "dist", "__pycache__", ".git"}
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if (
            path.is_file()
            and not made & set(parts)
            and not any(p.endswith(("_cache", ".egg-info")) for p in parts)
        ):
            yield path


def carries_licence(path: Path, lines: list[str]) -> bool:
    """Whether the licence line is the first (the second, after a line that names an interpreter)."""
    started = bool(lines) and lines[0].startswith("#!")
    if path.suffix not in CODE | TEXT and not started and path.name != "Makefile":
        return True
    return any(LICENCE in line for line in lines[: 2 if started else 1])


def complaints(root: Path) -> Iterator[str]:
    """Each broken rule as `file: what is wrong`."""
    for path in tree(root):
        name = path.relative_to(root).as_posix()
        data = path.read_bytes()
        most = LARGEST_CATALOGUE if path.suffix == ".po" else LARGEST
        if len(data) > most:
            yield f"{name}: {len(data)} bytes; at most {most}"
        try:
            text = data.decode()
        except UnicodeDecodeError:
            continue
        if not carries_licence(path, text.splitlines()[:2]):
            yield f"{name}: does not begin with its line '{LICENCE}'"
        if "lock" in path.name or path.parent.name == "requirements":
            yield from (f"{name}:{at}: a download address" for at in found(ADDRESS, text))
        yield from (f"{name}:{at}: a path of one machine" for at in found(MACHINE_PATH, text))


def found(pattern: re.Pattern[str], text: str) -> Iterator[int]:
    """Numbers of the lines where the pattern occurs."""
    return (at for at, line in enumerate(text.splitlines(), start=1) if pattern.search(line))


def main() -> int:
    """Print what is wrong; the exit code."""
    wrong = list(complaints(Path(__file__).resolve().parents[1]))
    print("\n".join(wrong) if wrong else "the tree is in order")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

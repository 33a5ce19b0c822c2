# SPDX-License-Identifier: Apache-2.0
"""What the kernel saw of a server: strace's account of writes, flushes and answers, read line by line."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CALLS = "pwrite64,write,pwritev,fdatasync,fsync,sendto,sendmsg"
_LINE = re.compile(r"(\d+) +(\w+)\((\d+)<([^>]*)>(.*)")
_RESUMED = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>(.*)")


@dataclass(frozen=True, slots=True)
class Call:
    """One system call of interest, in the order in which the calls ended (writes: began)."""

    name: str
    path: str
    said: str


def command(report: Path) -> tuple[str, ...] | None:
    """What to put before a program to have it traced; None where there is no strace or nothing may be traced."""
    strace = shutil.which("strace")
    if strace is None:
        return None
    tried = subprocess.run([strace, "-f", "-o", "/dev/null", "true"], capture_output=True, check=False)
    if tried.returncode != 0:
        return None
    # -y names the files behind descriptors; a page of the log is 4 KiB and shown whole; --seccomp-bpf leaves other calls alone.
    shown = ("-f", "-y", "-s", "9000", "--seccomp-bpf", "-e", f"trace={CALLS}", "-o", str(report))
    return strace, *shown


def calls(report: Path) -> Iterator[Call]:
    """The calls of a report: answers and writes when they were begun, flushes only when they had succeeded."""
    flushing: dict[str, str] = {}
    for line in report.read_text(encoding="utf-8", errors="replace").splitlines():
        if begun := _LINE.match(line):
            pid, name, _, path, rest = begun.groups()
            if name not in ("fdatasync", "fsync"):
                yield Call(name, path, rest)
            elif rest.endswith("= 0"):
                yield Call(name, path, "")
            elif "unfinished" in rest:
                flushing[pid] = path
        elif (resumed := _RESUMED.match(line)) and resumed.group(2) in ("fdatasync", "fsync"):
            pid, name, rest = resumed.groups()
            if rest.endswith("= 0") and pid in flushing:
                yield Call(name, flushing.pop(pid), "")

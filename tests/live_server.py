# SPDX-License-Identifier: Apache-2.0
"""The real server in a process of its own, on loopback, with a folder of its own: for browser and chaos tests."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STARTUP_SECONDS = 120


def free_port() -> int:
    """A port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class LiveServer:
    """`kasauti demo` under `var`; `sample` has its sign-ins as printed by `kasauti demo --json`."""

    var: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    program: tuple[str, ...] = (sys.executable, "-m", "web")
    process: subprocess.Popen[bytes] | None = None
    _sample: dict[str, Any] | None = None
    _was_up: bool = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KASAUTI_")}
        return {**kept, "KASAUTI_VAR": str(self.var), "KASAUTI_PORT": str(self.port), **self.settings}

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another `kasauti` command on the same data."""
        return subprocess.run(
            [sys.executable, "-m", "web", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def start(self) -> None:
        """Start and wait until it answers; at another port where somebody was quicker before the first start."""
        for _ in range(3):
            if self._comes_up():
                self._was_up = True
                return
            if self._was_up or "in use by another program" not in self.log():
                break
            self.port = free_port()
        raise RuntimeError(f"the server did not start:\n{self.log()[-4000:]}")

    def _comes_up(self) -> bool:
        self.var.mkdir(parents=True, exist_ok=True)
        with (self.var / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self.program, "demo"], env=self.environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + STARTUP_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                    if answer.status == 200:
                        return True
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        if self.process.poll() is None:
            self.kill()
        return False

    def sample(self) -> dict[str, Any]:
        """The sample sign-ins, codes and addresses; they stay the same, so they are asked for once."""
        if self._sample is None:
            printed = self.command("sample", "--json")
            assert printed.returncode == 0, printed.stderr
            self._sample = json.loads(printed.stdout)
        return self._sample

    def kill(self) -> None:
        """SIGKILL the whole server (the parent and its worker): no warning, no clean-up."""
        assert self.process is not None
        for pid in [*children_of(self.process.pid), self.process.pid]:
            os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """End it as Ctrl-C does, and return its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()
        return int(self.process.returncode)

    def log(self) -> str:
        """What the server printed."""
        return (self.var / "server.log").read_text(errors="replace")


def children_of(pid: int) -> list[int]:
    """The direct children of a process."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

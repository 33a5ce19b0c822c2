# SPDX-License-Identifier: Apache-2.0
"""``kasauti bench NAME``: measured figures, printed with the machine's own speed so that different days can be compared."""

from __future__ import annotations

import json
import os
import platform
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from core.clock import SystemClock
from web import static_files
from web.cli.bench_children import started
from web.cli.bench_rows import rows
from web.wiring import read_config

START_SECONDS = 60.0
WEB = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; without a goal it is met by definition."""

    name: str
    value: float
    unit: str
    goal: float | None
    met: bool
    note: str
    at_least: bool = False


def figure(
    name: str, value: float, unit: str, *, goal: float | None = None, at_least: bool = False, note: str = ""
) -> Figure:
    """A figure whose goal is an upper bound or, with ``at_least``, a lower one."""
    met = goal is None or (value >= goal if at_least else value <= goal)
    return Figure(name, round(value, 3), unit, goal, met, note, at_least)


@click.command()
@click.argument("name", type=click.Choice(["delivery", "items", "proctor", "scoring", "system"]))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def bench(name: str, *, as_json: bool) -> None:
    """Measure NAME and print the figures, as rows of docs/figures.md.

    delivery: learners against the production server, on a real disk: CPU and times of saves, starts and hand-ins (minutes).
    proctor: learners who stream pictures: CPU of each stage, learners per core, delay of alerts and answers (six minutes).
    items: bringing in 50,000 items, searching them, near-duplicates, drawing papers (some minutes).
    scoring: a million responses by a pass rule, models of ability and diagnosis, all pairs; mirt, girth beside (two minutes).
    system: how long a second start takes, what the test room costs a learner's line, what one frame costs.
    """
    began, before = time.monotonic(), loop_ms()
    figures = BENCHES[name]()
    speed = round(statistics.median([before, loop_ms()]), 1)
    report = {
        "machine": machine(),
        "loop_ms": speed,
        "figures": [_told(one) for one in figures],
    }
    if as_json:
        click.echo(json.dumps(report))
        return
    click.echo(f"{report['machine']}  loop_ms {speed}  {time.monotonic() - began:.0f} s\n")
    told = [asdict(one) for one in figures]
    for row in rows(told, loop_ms=speed, on=SystemClock().now().date()):
        click.echo(row)


def _told(one: Figure) -> dict[str, Any]:
    """As the contract of the command names it."""
    return {name: value for name, value in asdict(one).items() if name != "at_least"}


def loop_ms() -> float:
    """CPU-milliseconds of a fixed loop, median of five: the machine's speed just now."""
    return statistics.median(_loop() for _ in range(5))


def machine() -> dict[str, Any]:
    """What this was measured on."""
    return {"cpus": os.cpu_count(), "architecture": platform.machine(), "python": platform.python_version()}


def system() -> list[Figure]:
    """The figures that the first slice promises."""
    with tempfile.TemporaryDirectory(prefix="kasauti-bench-") as folder:
        first = start_seconds(Path(folder))
        later = [start_seconds(Path(folder)) for _ in range(3)]
    own, total = room_bytes()
    decode, faces = frame_ms()
    return [
        figure(
            "first_start_with_sample_data",
            first,
            "s",
            note="migrations, 84 items, a batch; set-up not counted",
        ),
        figure(
            "second_start",
            statistics.median(later),
            "s",
            goal=5,
            note="median of 3, process start to /healthz",
        ),
        figure(
            "room_scripts_and_css_gzip",
            total / 1024,
            "KB",
            goal=60,
            note=f"{own / 1024:.1f} KB of them our own",
        ),
        figure("frame_decode", decode, "CPU-ms", note="320x240 JPEG, median of 50"),
        figure("frame_faces", faces, "CPU-ms", note="BlazeFace full-range, one thread, median of 50"),
    ]


def items() -> list[Figure]:
    """The figures that the item bank promises."""
    from web.cli.bench_items import item_figures

    return item_figures()


def delivery() -> list[Figure]:
    """The figures that delivery promises."""
    from web.cli.bench_delivery import delivery_figures

    return delivery_figures()


def proctor() -> list[Figure]:
    """The figures that proctoring promises."""
    from web.cli.bench_proctor import proctor_figures

    return proctor_figures()


def scoring() -> list[Figure]:
    """The figures that scoring promises."""
    from web.cli.bench_scoring import scoring_figures

    return scoring_figures()


BENCHES: dict[str, Callable[[], list[Figure]]] = {
    "delivery": delivery,
    "items": items,
    "proctor": proctor,
    "scoring": scoring,
    "system": system,
}


def start_seconds(var: Path) -> float:
    """From starting the process to its first answer; then it is ended."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "KASAUTI_VAR": str(var), "KASAUTI_PORT": str(port)}
    command = [sys.executable, "-m", "web", "demo"]
    began = time.monotonic()
    with started(command, settings=environment, log=subprocess.DEVNULL) as server:
        try:
            while not _answers(port):
                if server.poll() is not None or time.monotonic() - began > START_SECONDS:
                    raise click.ClickException("the server did not start; try `kasauti demo` to see why")
                time.sleep(0.01)
            return time.monotonic() - began
        finally:
            server.terminate()
            server.wait(20)


def room_bytes() -> tuple[int, int]:
    """Gzipped bytes of all scripts and styles that a candidate's pages can load, as sent: our own, and with others'."""
    own = sum(_packed(static_files.served(file)) for file in room_files())
    return own, own + _packed((read_config().browser / "socket.io.esm.min.js").read_bytes())


def room_files() -> set[Path]:
    """Our own files among them: named by the gate, the room or the worker, imported at once or later."""
    learner = WEB / "templates" / "learner"
    base = (WEB / "templates" / "base.html").read_text(encoding="utf-8")
    texts = [re.sub(r"\{% block pages_style %\}.*?\{% endblock %\}", "", base)] + [
        page.read_text(encoding="utf-8")
        for page in [learner / "gate.html", learner / "room.html", *(learner / "parts").glob("*.html")]
    ]
    named = {
        static_files.OWN / name
        for text in texts
        for name in re.findall(r"filename=['\"]((?:js|css)/[\w-]+\.\w+)", text)
    }
    workers = set((static_files.OWN / "js").glob("*worker*.js"))
    return {file for entry in named | workers for file in _reached(entry)}


def frame_ms() -> tuple[float, float]:
    """CPU-milliseconds to decode a frame and to look for faces in it."""
    import cv2
    import numpy as np

    from core.clock import SystemClock
    from proctor import api as proctor
    from web.wiring import load_detector

    noise = np.random.default_rng(1).integers(90, 160, (240, 320, 3), dtype=np.uint8)
    jpeg = cv2.imencode(".jpg", cv2.GaussianBlur(noise, (9, 9), 3))[1].tobytes()
    detector, at = load_detector(read_config()), SystemClock().now()
    pixels = proctor.decode_jpeg(jpeg)
    return (
        _cpu_ms(lambda: proctor.decode_jpeg(jpeg)),
        _cpu_ms(lambda: detector.observe(pixels, at, 1)),
    )


def _loop() -> float:
    began = time.process_time()
    x = 0
    for i in range(2_000_000):
        x += i * i % 7
    return (time.process_time() - began) * 1000


def _cpu_ms(work: Callable[[], object]) -> float:
    spent = []
    for _ in range(50):
        began = time.process_time()
        work()
        spent.append((time.process_time() - began) * 1000)
    return statistics.median(spent)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _reached(entry: Path) -> set[Path]:
    """A module of ours and every module of ours that it imports, at once or later."""
    found: set[Path] = set()
    waiting = {entry}
    while waiting:
        file = waiting.pop()
        found.add(file)
        sent = static_files.served(file).decode()  # without comments, and so without imports of types alone
        names = (
            re.findall(r'\b(?:from|import)\s*\(?\s*"(\./[^"]+\.js)"', sent) if file.suffix == ".js" else []
        )
        waiting |= {(file.parent / name).resolve() for name in names} - found
    return found


def _packed(data: bytes) -> int:
    return len(static_files.gzipped(data))

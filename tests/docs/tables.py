# SPDX-License-Identifier: Apache-2.0
"""The parts of the documents that are written from the source: the table of events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path

from core.events import Event
from web.sockets.live import HEARD

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "docs" / "events.md"
BEGIN, END = "<!-- begin: written by scripts/docs -->", "<!-- end -->"
COMMON = {"organisation_id", "subject_id"}
PACKAGES = ("core", "item_bank", "assessor", "proctor", "web")


def events() -> dict[str, type[Event]]:
    """Every event of ours by its name. The packages that define them must have been imported."""
    found: dict[str, type[Event]] = {}
    for event in _below(Event):
        if event.__module__.partition(".")[0] in PACKAGES:
            # A slotted dataclass leaves an unslotted twin behind; both say the same.
            twin = found.setdefault(event.name, event)
            if (twin.__module__, twin.__qualname__) != (event.__module__, event.__qualname__):
                raise ValueError(f"two events are called {event.name}")
    return found


def effects() -> Mapping[str, str]:
    """What leaves the database after an event, in words; a test compares it with the handlers."""
    told = dict.fromkeys(HEARD, "browsers that show it refetch")
    return told | {
        "attempt_submitted": "the watching ends; browsers that show it refetch",
        "incident_decided": "browsers that show it refetch; the learner gets a notice",
        "appeal_decided": "the learner gets a notice",
        "result_declared": "the learner gets a notice",
        "late_answer_decided": "the learner gets a notice, one for all within an hour",
        "reassessment_granted": "the learner gets a notice",
        "notice_queued": "it is handed to its channel",
        "password_forgotten": "a link is sent, if there is such an account",
        "score_queued": "the learning platform gets the percentage",
        "key_correction_approved": "results are computed again, in portions",
        "key_correction_advanced": "the next portion of results is computed again",
        "result_corrected": "the learner gets a notice where the result before was declared",
    }


def events_table() -> str:
    """The table of docs/events.md, by package and slice."""
    lines = []
    slice_of = {name: event.__module__.removesuffix(".events") for name, event in events().items()}
    for place in sorted(
        set(slice_of.values()), key=lambda place: (PACKAGES.index(place.partition(".")[0]), place)
    ):
        lines += [f"### `{place}`", "", "| Event | About | Carries | Effect |", "|---|---|---|---|"]
        lines += [_row(event) for name, event in sorted(events().items()) if slice_of[name] == place]
        lines.append("")
    return "\n".join(lines)


def with_table(document: str) -> str:
    """The document with its written part renewed."""
    head, _, rest = document.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n\n{events_table()}\n{END}{tail}"


def _row(event: type[Event]) -> str:
    says = (event.__doc__ or "").split("\n\n")[0].replace("\n", " ").replace("``", "`").replace("|", "\\|")
    own = ", ".join(f"`{part.name}`" for part in fields(event) if part.name not in COMMON)
    version = "" if event.version == 1 else f" (version {event.version})"
    return f"| `{event.name}`{version} | {' '.join(says.split())} | {own} | {effects().get(event.name, '')} |"


def _below(kind: type[Event]) -> Iterator[type[Event]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)

# SPDX-License-Identifier: Apache-2.0
"""The time axis of a watched attempt with its lanes: places in per cent of the whole, and the words of every mark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from assessor import api as assessor
from proctor import api as proctor
from web.presenters.attempts import duration
from web.presenters.hints import hint_label
from web.presenters.telemetry import kind_label
from web.words import _

NARROWEST = 0.7
"""The least width of a mark in per cent: what lasted a second is still to be seen and pointed at."""
GAP = timedelta(minutes=2, seconds=30)
"""Two pictures that are one a minute lie no further apart than this, else there is a hole."""
_STEPS = (60, 120, 300, 600, 900, 1800, 3600, 7200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """From when to when."""

    start: datetime
    end: datetime

    def mark(
        self, began: datetime, ended: datetime | None, *, words: str, tone: str, href: str = ""
    ) -> dict[str, Any]:
        """A mark on a lane; a moment where `ended` is None or the same."""
        whole = max((self.end - self.start).total_seconds(), 1.0)
        x = min(max((began - self.start).total_seconds() / whole * 100, 0.0), 100.0 - NARROWEST)
        length = max(((ended or began) - began).total_seconds(), 0.0) / whole * 100
        return {
            "at": began,
            "x": round(x, 2),
            "width": round(min(max(length, NARROWEST), 100.0 - x), 2),
            "words": words,
            "tone": tone,
            "href": href,
        }

    def ticks(self) -> list[dict[str, Any]]:
        """At most seven instants to print below, evenly apart."""
        whole = max((self.end - self.start).total_seconds(), 1.0)
        step = next((one for one in _STEPS if whole / one <= 6), _STEPS[-1])
        return [
            {"x": round(second / whole * 100, 2), "minutes": second // 60}
            for second in range(0, int(whole) + 1, step)
        ]


def axis_of(
    session: proctor.SessionSummary, record: assessor.AttemptRecord, events: Sequence[dict[str, Any]]
) -> Axis:
    """The whole test: from its start (or the watching's) to its end, widened by what lies outside."""
    starts = [record.started_at or session.activated_at or session.created_at]
    ends = [record.line.attempt.ended_at or session.ended_at or record.ends_at or starts[0]]
    starts += [event["started_at"] for event in events]
    ends += [event["ended_at"] or event["started_at"] for event in events]
    start = min(starts)
    return Axis(start=start, end=max([*ends, start + timedelta(minutes=1)]))


def lanes_of(
    axis: Axis,
    events: Sequence[dict[str, Any]],
    record: assessor.AttemptRecord,
    *,
    telemetry: proctor.Telemetry,
    messages: Iterable[proctor.Message],
    pictures: Sequence[proctor.EvidenceSummary],
) -> list[dict[str, Any]]:
    """The lanes in a fixed order; an empty one stays, because that nothing was there is worth seeing."""
    incidents = [_event_mark(axis, event) for event in events if event["kind"] == "incident"]
    notes = [_event_mark(axis, event) for event in events if event["kind"] == "note"]
    return [
        {"name": "incidents", "label": _("Incidents"), "marks": incidents},
        {"name": "notes", "label": _("Notes of rules"), "marks": notes},
        {"name": "line", "label": _("Camera and line"), "marks": _line_marks(axis, record, pictures)},
        {"name": "pauses", "label": _("Pauses"), "marks": _pause_marks(axis, record)},
        {"name": "browser", "label": _("Browser"), "marks": _browser_marks(axis, telemetry)},
        {
            "name": "messages",
            "label": _("Messages"),
            "marks": [
                axis.mark(one.sent_at, None, words=_message_words(one), tone="info") for one in messages
            ],
        },
    ]


def _message_words(one: proctor.Message) -> str:
    said = one.text or (hint_label(one.hint) if one.hint is not None else "")
    if one.direction is proctor.Direction.TO_LEARNER:
        return _("To the learner: %(words)s", words=said)
    return _("From the learner: %(words)s", words=said)


def _event_mark(axis: Axis, event: dict[str, Any]) -> dict[str, Any]:
    tone = {"open": "warning", "proposed": "warning", "upheld": "danger", "dismissed": "success"}
    words = f"{event['place']}. {event['words']}"
    return axis.mark(
        event["started_at"],
        event["ended_at"],
        words=words,
        tone=tone.get(event["state"], "info"),
        href=f"#event-{event['id']}",
    )


def _line_marks(
    axis: Axis, record: assessor.AttemptRecord, pictures: Sequence[proctor.EvidenceSummary]
) -> list[dict[str, Any]]:
    marks = [
        axis.mark(
            one.lost_at,
            one.back_at,
            words=_(
                "Nothing was heard of the device for %(time)s",
                time=duration(int((one.back_at - one.lost_at).total_seconds())),
            ),
            tone="neutral",
        )
        for one in record.outages
    ]
    samples = [one.captured_at for one in pictures if one.kind is proctor.EvidenceKind.SAMPLE]
    for before, after in pairwise(samples):
        if after - before > GAP:
            gap = duration(int((after - before).total_seconds()))
            marks.append(
                axis.mark(before, after, words=_("No pictures for %(time)s", time=gap), tone="warning")
            )
    return marks


def _pause_marks(axis: Axis, record: assessor.AttemptRecord) -> list[dict[str, Any]]:
    return [
        axis.mark(one.paused_at, one.resumed_at or axis.end, words=_("The test was paused"), tone="neutral")
        for one in record.pauses
    ]


def _browser_marks(axis: Axis, telemetry: proctor.Telemetry) -> list[dict[str, Any]]:
    return [
        axis.mark(
            note.occurred_at,
            note.occurred_at + note.lasted if note.lasted is not None else None,
            words=kind_label(note.kind),
            tone="neutral",
        )
        for note in telemetry.notes
    ]

# SPDX-License-Identifier: Apache-2.0
"""What the page of moving candidates to another sitting shows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from assessor import api as assessor
from web.forms.reading import sentence
from web.i18n import show_instant
from web.presenters.scheduling import finding_rows, refused_words

WARNED = "enrolment_warned"


def sitting_choices(
    sittings: Iterable[assessor.Sitting], of: assessor.Sitting, *, now: datetime
) -> list[tuple[str, str]]:
    """The other sittings of the batch that take place and are not over, for a select."""
    return [
        (one.id, f"{one.place}: {show_instant(one.opens_at, one.time_zone)}")
        for one in sittings
        if one.id != of.id and one.state is assessor.SittingState.PLANNED and one.closes_at > now
    ]


def move_rows(
    lines: Sequence[assessor.BatchLine],
    previews: Mapping[str, assessor.MoveLine],
    *,
    chosen: Collection[str] | None,
    everybody: bool,
    most: int,
) -> list[dict[str, Any]]:
    """The candidates of a sitting; `chosen` None: nobody chose yet, and `everybody` says whether all are, up to `most`."""
    rows: list[dict[str, Any]] = []
    for line in lines:
        entry, shown = line.entry, previews.get(line.entry.id)
        begun = line.attempt.state is not assessor.AttemptState.CREATED
        may = entry.state is assessor.EntryState.ENROLLED and not begun
        refusal = shown.refusal if shown else None
        ticked = sum(row["chosen"] for row in rows)
        rows.append(
            {
                "id": entry.id,
                "name": entry.candidate_name,
                "number": entry.agency_number,
                "extra_minutes": entry.extra_minutes,
                "state": "begun" if begun else entry.state.value,
                "may": may,
                "chosen": may
                and ticked < most
                and (everybody if chosen is None else entry.id in chosen)
                and (refusal is None or refusal.code == WARNED),
                "opens_at": shown.times.opens_at if shown else None,
                "closes_at": shown.times.closes_at if shown else None,
                "minutes": shown.times.seconds // 60 if shown else None,
                "problem": _words(refusal) if refusal and refusal.code != WARNED else "",
            }
        )
    return rows


def move_findings(previews: Iterable[assessor.MoveLine]) -> list[dict[str, Any]]:
    """The rules that ask for a reason, each once."""
    found: dict[str, dict[str, Any]] = {}
    for one in previews:
        facts = one.refusal.facts.get("findings") if one.refusal and one.refusal.code == WARNED else None
        for finding in finding_rows(facts) if isinstance(facts, list) else ():
            found.setdefault(finding["rule"], finding)
    return list(found.values())


def _words(refusal: Any) -> str:
    return refused_words(refusal) if "findings" in refusal.facts else sentence(refusal)

# SPDX-License-Identifier: Apache-2.0
"""The live wall's tiles: who needs an eye, why, and in which order. A machine's alert is a reason to look, never a verdict."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask import url_for

from assessor import api as assessor
from core.uow import UnitOfWork
from proctor import api as proctor
from web.presenters.rules import rule_label
from web.presenters.telemetry import with_noted
from web.presenters.wall_line import left_out, line_lines
from web.presenters.whereabouts import with_sections
from web.words import _, ngettext

# Why a tile stands where it stands, most urgent first. The first four want a person, the fifth a helping hand.
_RANKS = ("incident", "note", "hand", "wrote", "lost", "calm", "waiting", "over")
_NEEDS = {"incident": "look", "note": "look", "hand": "look", "wrote": "look", "lost": "lost", "over": "over"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WallFacts:
    """What of one sitting the tiles need beside the roster, by attempt."""

    watched: Mapping[str, proctor.WallTile] = field(default_factory=dict)
    notes: Mapping[str, Sequence[proctor.AlertRecord]] = field(default_factory=dict)
    calls: Mapping[str, proctor.Call] = field(default_factory=dict)
    hints: Mapping[str, int] = field(default_factory=dict)
    shares: Mapping[str, str] = field(default_factory=dict)


def wall_facts(
    uow: UnitOfWork, sitting_id: str, attempt_ids: Collection[str], *, organisation_id: str, live: Any
) -> WallFacts:
    """Read them, in as many queries for fifty learners as for one."""
    found = proctor.wall_tiles(uow, sitting_id, organisation_id=organisation_id, live=live)
    seen = proctor.seen_notes(uow, attempt_ids)
    notes: dict[str, list[proctor.AlertRecord]] = {}
    for note in proctor.alerts_of_sitting(uow, sitting_id):
        if note.id not in seen and note.incident_id is None and note.rule is not proctor.RuleName.HAND_RAISED:
            notes.setdefault(note.attempt_id, []).append(note)
    return WallFacts(
        watched={one.session.attempt_id: one for one in found},
        notes=notes,
        calls=proctor.calls(uow, attempt_ids),
        hints=proctor.hint_counts(uow, attempt_ids),
        shares=proctor.shares_of_sitting(uow, sitting_id),
    )


def tiles_of(
    uow: UnitOfWork,
    lines: Sequence[assessor.RosterLine],
    facts: WallFacts,
    *,
    me: str,
    names: Mapping[str, str],
    version: int,
) -> list[dict[str, Any]]:
    """The tiles of these learners, who needs an eye first, then by name."""
    tiles = [_tile(line, facts, me=me, names=names, version=version, now=uow.now) for line in lines]
    return sorted(
        with_sections(uow, with_noted(uow, tiles)),
        key=lambda tile: (tile["rank"], tile["since"] or "", tile["name"], tile["attempt_id"]),
    )


def sitting_part(sitting: assessor.Sitting) -> dict[str, Any]:
    """What the wall says of its sitting."""
    return {
        "id": sitting.id,
        "place": sitting.place,
        "batch_name": sitting.batch_name,
        "opens_at": sitting.opens_at,
        "closes_at": sitting.closes_at,
        "zone": sitting.time_zone,
    }


def needing(tiles: Sequence[Mapping[str, Any]]) -> int:
    """How many learners want a person now."""
    return sum(tile["need"] == "look" for tile in tiles)


def plain_tile(line: assessor.RosterLine) -> dict[str, Any]:
    """What is known of a learner without any camera."""
    attempt = line.attempt
    return {
        "attempt_id": attempt.id,
        "name": line.entry.candidate_name,
        "attempt_state": "not_started"
        if attempt.state is assessor.AttemptState.CREATED
        else attempt.state.value,
        "paused": attempt.paused,
        "camera": line.entry.sitting.proctored,
        "remaining_ms": attempt.remaining_ms if attempt.state is assessor.AttemptState.RUNNING else None,
        "answered": attempt.answered,
        "items": attempt.items,
    }


def _tile(
    line: assessor.RosterLine,
    facts: WallFacts,
    *,
    me: str,
    names: Mapping[str, str],
    version: int,
    now: datetime,
) -> dict[str, Any]:
    attempt_id = line.attempt.id
    watched, call = facts.watched.get(attempt_id), facts.calls.get(attempt_id, proctor.Call())
    alerts = [] if watched is None else [_alert(one, now) for one in watched.open_alerts]
    notes = [_note(one, now) for one in facts.notes.get(attempt_id, ())]
    state = _watch_state(line, watched)
    kind, since = _need(line, state, watched, alerts=alerts, notes=notes, call=call)
    share = facts.shares.get(attempt_id)
    return {
        **plain_tile(line),
        **({"camera": False, "unwatched": True} if watched is not None and watched.session.withdrawn else {}),
        "session_id": None if watched is None else watched.session.id,
        "state": state,
        "last_frame_at": None if watched is None else watched.last_frame_at,
        "picture_url": _picture(watched, version),
        "alerts": alerts,
        "notes": notes,
        "hand_at": call.hand_at,
        "waiting": call.waiting,
        "waiting_at": call.waiting_at,
        "hints": facts.hints.get(attempt_id, 0),
        "incidents": 0 if watched is None else len(watched.incidents),
        "fewer": looked_at_fewer(watched.live if watched is not None else None),
        "mine": share == me,
        "whose": names.get(share, "") if share is not None and share != me else "",
        "kind": kind,
        "need": _NEEDS.get(kind, "calm"),
        "rank": _RANKS.index(kind),
        "since": None if since is None else since.isoformat(),
        "matter": _matter(kind, alerts, notes, call),
        "version": version,
    }


def _need(
    line: assessor.RosterLine,
    state: str,
    watched: proctor.WallTile | None,
    *,
    alerts: Sequence[Mapping[str, Any]],
    notes: Sequence[Mapping[str, Any]],
    call: proctor.Call,
) -> tuple[str, datetime | None]:
    """Why the tile stands where it stands, and since when; the most urgent reason decides."""
    if state == "ended":
        return "over", None
    if alerts:
        return "incident", alerts[0]["since"]
    if notes:
        return "note", notes[0]["since"]
    if call.hand_at is not None:
        return "hand", call.hand_at
    if call.waiting:
        return "wrote", call.waiting_at
    if state in ("connection_lost", "camera_off"):
        return "lost", None if watched is None else watched.last_frame_at
    return ("calm" if line.attempt.state is assessor.AttemptState.RUNNING else "waiting"), None


def _matter(
    kind: str, alerts: Sequence[Mapping[str, Any]], notes: Sequence[Mapping[str, Any]], call: proctor.Call
) -> str:
    """What a screen reader is told when it is new."""
    match kind:
        case "incident":
            return str(alerts[-1]["label"])
        case "note":
            return str(notes[-1]["label"])
        case "hand":
            return _("The hand is up")
        case "wrote":
            return ngettext(
                "%(num)s message waits for an answer", "%(num)s messages wait for an answer", call.waiting
            )
        case _:
            return ""


def looked_at_fewer(live: proctor.LiveView | None) -> int:
    """The share in percent of the arrived pictures that the server leaves out now; 0 below five percent."""
    return 0 if live is None else left_out(live.looked_share)


def rules_part(live: proctor.LiveView | None) -> dict[str, list[str]]:
    """Which rules do not work for a learner now, which are exempted, and which were never validated on people: by label."""
    if live is None:
        return {"not_available": [], "exempted": [], "unproven": []}
    watching = replace(live.watching, missing=live.watching.missing | live.unavailable)
    standing = proctor.availability(watching)
    works = [rule for rule, how in standing.items() if how is proctor.Availability.AVAILABLE]
    return {
        "not_available": _labels(standing, proctor.Availability.NOT_AVAILABLE),
        "exempted": _labels(standing, proctor.Availability.EXEMPTED),
        "unproven": [rule_label(rule) for rule in works if not proctor.is_validated(rule)],
    }


def _labels(
    standing: Mapping[proctor.RuleName, proctor.Availability], how: proctor.Availability
) -> list[str]:
    return [rule_label(rule) for rule, stands in standing.items() if stands is how]


def _alert(incident: proctor.IncidentSummary, now: datetime) -> dict[str, Any]:
    return {
        "rule": incident.rule.value if incident.rule is not None else "",
        "label": rule_label(incident.rule),
        "since": incident.onset_at,
        "seconds": int((now - incident.onset_at).total_seconds()),
        "validated": incident.validated,
    }


def _note(note: proctor.AlertRecord, now: datetime) -> dict[str, Any]:
    ended = note.ended_at or now
    return {
        "id": note.id,
        "rule": note.rule.value,
        "label": rule_label(note.rule),
        "since": note.onset_at,
        "seconds": int((ended - note.onset_at).total_seconds()),
        "over": note.ended_at is not None,
        "validated": note.validated,
    }


def _picture(watched: proctor.WallTile | None, version: int) -> str | None:
    if watched is None or watched.last_frame_at is None:
        return None
    return url_for("proctor.latest_frame", session_id=watched.session.id, v=version)


def _watch_state(line: assessor.RosterLine, watched: proctor.WallTile | None) -> str:
    """waiting, watching, camera_off, connection_lost or ended."""
    if line.attempt.state is assessor.AttemptState.SUBMITTED:
        return "ended"
    if watched is None or watched.live is None or watched.live.link is proctor.Link.WAITING:
        return "waiting"
    if watched.session.state is proctor.SessionState.ENDED:
        return "ended"
    if watched.live.link is proctor.Link.LOST:
        return "connection_lost"
    off = watched.live.camera in (proctor.CameraState.ENDED, proctor.CameraState.DENIED)
    return "camera_off" if off else "watching"


def learner_page(
    line: assessor.RosterLine,
    facts: WallFacts,
    messages: Sequence[proctor.Message],
    names: Mapping[str, str],
    *,
    now: datetime,
    check_in: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """One learner with what the proctor may do, and what was written so far, newest first.

    `check_in`: what `check_in_found` says, None where nobody watches by camera.
    """
    attempt = line.attempt
    call, watched = facts.calls.get(attempt.id, proctor.Call()), facts.watched.get(attempt.id)
    return {
        **plain_tile(line),
        "ended_by": attempt.ended_by.value if attempt.ended_by else None,
        "ended_reason": attempt.ended_reason,
        "running": attempt.state is assessor.AttemptState.RUNNING,
        "zone": line.entry.sitting.time_zone,
        "hand_at": call.hand_at,
        "waiting": call.waiting,
        "notes": [_note(one, now) for one in facts.notes.get(attempt.id, ())],
        "watched": watched is not None,
        "check_in": check_in,
        "picture_url": _picture(watched, int(now.timestamp())),
        "rules": rules_part(watched.live if watched is not None else None),
        "fewer": looked_at_fewer(watched.live if watched is not None else None),
        "line": line_lines(watched.live if watched is not None else None),
        "messages": [_message(one, line, names) for one in reversed(messages)],
    }


def _message(one: proctor.Message, line: assessor.RosterLine, names: Mapping[str, str]) -> dict[str, Any]:
    by = names.get(one.sent_by) or (_("the machine") if one.hint is not None else "–")
    from_learner = one.direction is proctor.Direction.FROM_LEARNER
    return {
        "text": one.text,
        "at": one.sent_at,
        "by": line.entry.candidate_name if from_learner else by,
        "from_learner": from_learner,
        "hint": one.hint is not None,
        "to_everybody": one.to_everybody,
    }

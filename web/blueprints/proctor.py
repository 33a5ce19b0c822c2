# SPDX-License-Identifier: Apache-2.0
"""Pages of proctors: their sittings, the live wall, one tile, the newest picture. They see no answer and no score."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, jsonify, render_template, request, url_for

from assessor import api as assessor
from core.errors import Conflict, NotFound
from core.identity import queries as identity
from core.identity.model import Role
from core.uow import UnitOfWork
from proctor import api as proctor
from web import talking
from web.access import actor, organisation_id, services, staff
from web.answers import go, go_to
from web.close_ups import look_closer
from web.errors import wants_json
from web.input_texts import require_minutes
from web.presenters.browser import browser_part
from web.presenters.check_in_found import ENTRY_KINDS, check_in_found
from web.presenters.common import csv_response
from web.presenters.hints import BUTTONS, hint_label
from web.presenters.proctor import sitting_rows
from web.presenters.wall import WallFacts, learner_page, needing, sitting_part, tiles_of, wall_facts
from web.presenters.wall_line import left_out
from web.presenters.watching import plan_lines
from web.presenters.whereabouts import section_part
from web.sockets.wall import tile_version
from web.wiring import broadcast_message, send_message
from web.words import _, ngettext

blueprint = Blueprint("proctor", __name__, url_prefix="/proctor")
MOST_TILES = 200
_SEVERAL = 2


@blueprint.get("/sittings")
@staff(Role.PROCTOR)
def sittings() -> Response | str:
    """The sittings to which this proctor is assigned."""
    parts = services()
    with parts.store.read(actor()) as uow:
        found = assessor.proctor_sittings(uow, actor().id, organisation_id=organisation_id())
        rosters = {
            sitting.id: assessor.proctor_roster(
                uow, sitting.id, person_id=actor().id, organisation_id=organisation_id()
            )
            for sitting in found
        }
        tiles = {
            sitting.id: proctor.wall_tiles(
                uow, sitting.id, organisation_id=organisation_id(), live=parts.pipeline.view
            )
            for sitting in found
        }
        rows = sitting_rows(found, rosters, tiles, now=uow.now)
    if request.args.get("format") == "csv":
        columns = (
            "place",
            "batch_name",
            "state",
            "opens_at",
            "closes_at",
            "learners",
            "watching",
            "open_alerts",
        )
        return csv_response("sittings.csv", columns, [[row[name] for name in columns] for row in rows])
    return render_template("proctor/sittings.html", sittings=rows)


@blueprint.get("/sittings/<sitting_id>")
@staff(Role.PROCTOR)
def wall(sitting_id: str) -> str:
    """The live wall. Opening it is remembered: who watched live does not decide about incidents."""
    with services().store.write(actor()) as uow:
        roster, tiles = _tiles(uow, sitting_id)
        proctor.note_watching(uow, sitting_id, organisation_id=organisation_id(), proctor_id=actor().id)
        browser = assessor.browser_rules(uow, sitting_id)
        offers = [one for one in proctor.hand_overs_of_sitting(uow, sitting_id) if _is_offer_to_me(one)]
        crew = talking.crew_of(uow, sitting_id, organisation_id=organisation_id())
        plan = proctor.plan_of(uow, sitting_id)
    return render_template(
        "proctor/wall.html",
        plan=plan_lines(plan) if roster.sitting.proctored else [],
        sitting=sitting_part(roster.sitting),
        tiles=tiles,
        need=needing(tiles),
        busy=left_out(services().pipeline.load().looked_share),
        browser=browser,
        offers=[{"id": one.id, "by": crew.get(one.from_id, "–")} for one in offers],
        alone=len(crew) < _SEVERAL,
    )


@blueprint.get("/sittings/<sitting_id>/tiles")
@staff(Role.PROCTOR)
def tiles(sitting_id: str) -> str:
    """The tiles of the named learners, or of all, fetched when they changed; who is not of this sitting is left out."""
    asked = frozenset(request.args.getlist("attempt")[:MOST_TILES]) or None
    with services().store.read(actor()) as uow:
        roster, found = _tiles(uow, sitting_id, only=asked)
        noted = proctor.is_noted_watching(uow, sitting_id, proctor_id=actor().id)
    _note_watching(sitting_id, noted=noted)
    return render_template("proctor/tiles.html", tiles=found, sitting_id=roster.sitting.id)


@blueprint.get("/sittings/<sitting_id>/attempts/<attempt_id>")
@staff(Role.PROCTOR)
def learner(sitting_id: str, attempt_id: str) -> str:
    """One learner: messages, hints, notes, pause, more time, an incident, the end of the test. Whoever opens it watches."""
    with services().store.write(actor()) as uow:
        line = line_of(uow, sitting_id, attempt_id)
        proctor.note_watching(uow, sitting_id, organisation_id=organisation_id(), proctor_id=actor().id)
        messages = proctor.messages_of_attempt(uow, attempt_id)
        names = identity.names(uow, {one.sent_by for one in messages})
        browser = {**browser_part(uow, line), **section_part(uow, attempt_id)}
        asked = assessor.browser_rules(uow, sitting_id)
        facts = _facts(uow, sitting_id, [attempt_id])
        watched = facts.watched.get(attempt_id)
        found = _check_in(uow, sitting_id, watched)
        shown = learner_page(line, facts, messages, names, now=uow.now, check_in=found)
    if watched is not None:
        look_closer(services(), watched.session.id)
    return render_template(
        "proctor/learner.html",
        learner={**shown, **browser},
        hints=[(one.value, hint_label(one)) for one in BUTTONS],
        sitting=line.entry.sitting,
        browser=asked,
    )


@blueprint.get("/sittings/<sitting_id>/attempts/<attempt_id>/pictures/<evidence_id>.jpg")
@staff(Role.PROCTOR)
def entry_picture(sitting_id: str, attempt_id: str, evidence_id: str) -> Response:
    """A picture of the start: card, face, or a task that was not seen. This view is written to the audit log."""
    parts = services()
    with parts.store.write(actor()) as uow:
        line_of(uow, sitting_id, attempt_id)
        kept = proctor.evidence(uow, evidence_id, organisation_id=organisation_id())
        if kept.attempt_id != attempt_id or kept.kind not in ENTRY_KINDS:
            raise NotFound("evidence_unknown")
        file = proctor.view_evidence(uow, evidence_id, organisation_id=organisation_id(), blobs=parts.blobs)
    return Response(file.data, mimetype=file.media_type)


@blueprint.post("/sittings/<sitting_id>/attempts/<attempt_id>/message")
@staff(Role.PROCTOR)
def message(sitting_id: str, attempt_id: str) -> Response:
    """Write to one learner."""
    with services().store.write(actor()) as uow:
        require_running(line_of(uow, sitting_id, attempt_id))
        send_message(uow, attempt_id, organisation_id=organisation_id(), text=request.form.get("text", ""))
    return back_to(sitting_id, attempt_id, _("Your message was sent."))


@blueprint.post("/sittings/<sitting_id>/attempts/<attempt_id>/pause")
@staff(Role.PROCTOR)
def pause(sitting_id: str, attempt_id: str) -> Response:
    """Let one learner's time stand still."""
    _steer(sitting_id, attempt_id, partial(talking.pause_one, words=request.form.get("reason", "")))
    return back_to(sitting_id, attempt_id, _("The test is paused. The time stands still."))


@blueprint.post("/sittings/<sitting_id>/attempts/<attempt_id>/resume")
@staff(Role.PROCTOR)
def resume(sitting_id: str, attempt_id: str) -> Response:
    """Let one learner's time run on."""
    _steer(sitting_id, attempt_id, assessor.resume_attempt)
    return back_to(sitting_id, attempt_id, _("The test goes on."))


@blueprint.post("/sittings/<sitting_id>/attempts/<attempt_id>/extend")
@staff(Role.PROCTOR)
def extend(sitting_id: str, attempt_id: str) -> Response:
    """Give one learner minutes back, with a reason."""
    minutes = require_minutes(request.form.get("minutes", ""))
    reason = request.form.get("reason", "")
    _steer(sitting_id, attempt_id, partial(assessor.extend_attempt, minutes=minutes, reason=reason))
    told = ngettext("%(num)s minute was given back.", "%(num)s minutes were given back.", minutes)
    return back_to(sitting_id, attempt_id, told)


@blueprint.post("/sittings/<sitting_id>/attempts/<attempt_id>/end")
@staff(Role.PROCTOR)
def end(sitting_id: str, attempt_id: str) -> Response:
    """End one learner's test, with a reason that the learner reads too."""
    reason, grace = request.form.get("reason", ""), services().config.grace_seconds
    _steer(sitting_id, attempt_id, partial(assessor.end_attempt, reason=reason, grace_seconds=grace))
    return back_to(sitting_id, attempt_id, _("The test was ended. Everything that was saved is kept."))


@blueprint.post("/sittings/<sitting_id>/message")
@staff(Role.PROCTOR)
def message_all(sitting_id: str) -> Response:
    """Write to everybody whose test runs."""
    with services().store.write(actor()) as uow:
        reached = broadcast_message(
            uow, sitting_id, organisation_id=organisation_id(), text=request.form.get("text", "")
        )
    told = ngettext("The message went to %(num)s learner.", "The message went to %(num)s learners.", reached)
    return go("proctor.wall", sitting_id=sitting_id, message=told)


@blueprint.post("/sittings/<sitting_id>/pause")
@staff(Role.PROCTOR)
def pause_all(sitting_id: str) -> Response:
    """Let everybody's time stand still, with a reason that they all read."""
    reason = request.form.get("reason", "")
    with services().store.write(actor()) as uow:
        paused = talking.pause_everybody(uow, sitting_id, organisation_id=organisation_id(), reason=reason)
    told = ngettext("%(num)s test is paused now.", "%(num)s tests are paused now.", paused)
    return go("proctor.wall", sitting_id=sitting_id, message=told)


@blueprint.post("/sittings/<sitting_id>/resume")
@staff(Role.PROCTOR)
def resume_all(sitting_id: str) -> Response:
    """Let everybody's time run on, with words to them where there are any."""
    words = request.form.get("reason", "")
    with services().store.write(actor()) as uow:
        resumed = talking.resume_everybody(uow, sitting_id, organisation_id=organisation_id(), words=words)
    told = ngettext("%(num)s test goes on.", "%(num)s tests go on.", resumed)
    return go("proctor.wall", sitting_id=sitting_id, message=told)


@blueprint.get("/sessions/<session_id>/latest.jpg")
@staff(Role.PROCTOR)
def latest_frame(session_id: str) -> Response:
    """The newest picture of a learner whose sitting this proctor watches. It is never stored by the browser."""
    parts = services()
    with parts.store.read(actor()) as uow:
        session = proctor.session(uow, session_id, organisation_id=organisation_id())
        assessor.proctor_attempt(
            uow, session.attempt_id, person_id=actor().id, organisation_id=organisation_id()
        )
        noted = proctor.is_noted_watching(uow, session.sitting_id, proctor_id=actor().id)
    _note_watching(session.sitting_id, noted=noted)
    frame = parts.pipeline.latest_frame(session_id)
    if frame is None:
        raise NotFound("frame_unknown")
    return Response(frame.jpeg, mimetype="image/jpeg")


def _note_watching(sitting_id: str, *, noted: bool) -> None:
    """Whoever sees what runs now is written down as watching, once a minute however much is fetched."""
    if not noted:
        with services().store.write(actor()) as uow:
            proctor.note_watching(uow, sitting_id, organisation_id=organisation_id(), proctor_id=actor().id)


def _tiles(
    uow: UnitOfWork, sitting_id: str, *, only: frozenset[str] | None = None
) -> tuple[assessor.Roster, list[dict[str, Any]]]:
    """The roster of a sitting of this proctor, and the tiles of all of it or of `only` these attempts."""
    roster = assessor.proctor_roster(uow, sitting_id, person_id=actor().id, organisation_id=organisation_id())
    lines = [line for line in roster.lines if only is None or line.attempt.id in only]
    facts = _facts(uow, sitting_id, [line.attempt.id for line in lines])
    names = identity.names(uow, set(facts.shares.values()))
    version = tile_version(services())
    return roster, tiles_of(uow, lines, facts, me=actor().id, names=names, version=version)


def _facts(uow: UnitOfWork, sitting_id: str, attempt_ids: list[str]) -> WallFacts:
    live = services().pipeline.view
    return wall_facts(uow, sitting_id, attempt_ids, organisation_id=organisation_id(), live=live)


def _check_in(uow: UnitOfWork, sitting_id: str, watched: proctor.WallTile | None) -> dict[str, Any] | None:
    """What is known of how a watched learner came in."""
    if watched is None:
        return None
    session = watched.session
    picture_url = partial(_entry_picture_url, sitting_id, session.attempt_id)
    pictures = proctor.evidence_of_attempt(uow, session.attempt_id)
    return check_in_found(uow, session, pictures, picture_url=picture_url)


def _entry_picture_url(sitting_id: str, attempt_id: str, evidence_id: str) -> str:
    return url_for(
        "proctor.entry_picture", sitting_id=sitting_id, attempt_id=attempt_id, evidence_id=evidence_id
    )


def _is_offer_to_me(one: proctor.HandOver) -> bool:
    return one.to_id == actor().id and one.state is proctor.HandOverState.OFFERED


def _steer(sitting_id: str, attempt_id: str, act: Callable[..., object]) -> None:
    """Act on one learner of this sitting: ``act(uow, attempt_id, organisation_id=…)``. NotFound(``attempt_unknown``)."""
    with services().store.write(actor()) as uow:
        line_of(uow, sitting_id, attempt_id)
        act(uow, attempt_id, organisation_id=organisation_id())


def line_of(uow: UnitOfWork, sitting_id: str, attempt_id: str) -> assessor.RosterLine:
    """A learner of this sitting, for its proctor. NotFound(``attempt_unknown``)."""
    line = assessor.proctor_attempt(uow, attempt_id, person_id=actor().id, organisation_id=organisation_id())
    if line.entry.sitting.id != sitting_id:
        raise NotFound("attempt_unknown")
    return line


def require_running(line: assessor.RosterLine) -> None:
    """Nobody reads a message before or after the test. Conflict(``attempt_not_running``)."""
    if line.attempt.state is not assessor.AttemptState.RUNNING:
        raise Conflict("attempt_not_running")


def back_to(sitting_id: str, attempt_id: str, told: str) -> Response:
    """To the wall, at the learner's own tile; a script that stays on the wall gets the words alone."""
    if wants_json():
        return jsonify(told=told)
    flash(told, "success")
    return go_to(url_for("proctor.wall", sitting_id=sitting_id) + f"#tile-{attempt_id}")

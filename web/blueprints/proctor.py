# SPDX-License-Identifier: Apache-2.0
"""Pages of proctors: their sittings, the live wall, one tile, the newest picture. They see no answer and no score."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response, flash, render_template, request, url_for

from assessor import api as assessor
from core.errors import Conflict, NotFound
from core.identity import queries as identity
from core.identity.model import Role
from core.uow import UnitOfWork
from proctor import api as proctor
from web.access import actor, organisation_id, services, staff
from web.answers import go, go_to
from web.input_texts import require_minutes
from web.presenters.browser import browser_part
from web.presenters.common import csv_response
from web.presenters.proctor import learner_page, plain_tile, sitting_rows, sorted_by_need, tile_of
from web.presenters.telemetry import with_noted
from web.presenters.whereabouts import section_part, with_sections
from web.sockets.wall import tile_version
from web.wiring import broadcast_message, send_message
from web.words import _, ngettext

blueprint = Blueprint("proctor", __name__, url_prefix="/proctor")


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
    parts = services()
    with parts.store.write(actor()) as uow:
        roster = assessor.proctor_roster(
            uow, sitting_id, person_id=actor().id, organisation_id=organisation_id()
        )
        proctor.record_watch(uow, sitting_id, organisation_id=organisation_id(), proctor_id=actor().id)
        seen = {
            tile.session.attempt_id: tile
            for tile in proctor.wall_tiles(
                uow, sitting_id, organisation_id=organisation_id(), live=parts.pipeline.view
            )
        }
        version = tile_version(parts)
        tiles = [
            tile_of(line, seen[line.attempt.id], version=version, now=uow.now)
            if line.attempt.id in seen
            else plain_tile(line, version=version)
            for line in roster.lines
        ]
        tiles = with_sections(uow, with_noted(uow, tiles))
        browser = assessor.browser_rules(uow, sitting_id)
    sitting = roster.sitting
    return render_template(
        "proctor/wall.html",
        sitting={
            "id": sitting.id,
            "place": sitting.place,
            "batch_name": sitting.batch_name,
            "opens_at": sitting.opens_at,
            "closes_at": sitting.closes_at,
        },
        tiles=sorted_by_need(tiles),
        browser=browser,
    )


@blueprint.get("/sittings/<sitting_id>/tiles/<attempt_id>")
@staff(Role.PROCTOR)
def tile(sitting_id: str, attempt_id: str) -> str:
    """One tile, fetched when it changed."""
    parts = services()
    version = tile_version(parts)
    with parts.store.read(actor()) as uow:
        line = _line(uow, sitting_id, attempt_id)
        if proctor.session_of_attempt(uow, attempt_id) is None:
            shown = plain_tile(line, version=version)
        else:
            seen = proctor.wall_tile(
                uow, attempt_id, organisation_id=organisation_id(), live=parts.pipeline.view
            )
            shown = tile_of(line, seen, version=version, now=uow.now)
        (shown,) = with_sections(uow, with_noted(uow, [shown]))
    return render_template("proctor/tile.html", tile=shown, sitting_id=sitting_id)


@blueprint.get("/sittings/<sitting_id>/attempts/<attempt_id>")
@staff(Role.PROCTOR)
def learner(sitting_id: str, attempt_id: str) -> str:
    """One learner: messages, pause, more time, the end of the test."""
    with services().store.read(actor()) as uow:
        line = _line(uow, sitting_id, attempt_id)
        messages = proctor.messages_of_attempt(uow, attempt_id)
        names = identity.names(uow, {one.sent_by for one in messages})
        browser = {**browser_part(uow, line), **section_part(uow, attempt_id)}
        asked = assessor.browser_rules(uow, sitting_id)
    shown = learner_page(line, messages, names)
    return render_template(
        "proctor/learner.html", learner={**shown, **browser}, sitting=line.entry.sitting, browser=asked
    )


@blueprint.post("/sittings/<sitting_id>/attempts/<attempt_id>/message")
@staff(Role.PROCTOR)
def message(sitting_id: str, attempt_id: str) -> Response:
    """Write to one learner."""
    with services().store.write(actor()) as uow:
        _running(_line(uow, sitting_id, attempt_id))
        send_message(uow, attempt_id, organisation_id=organisation_id(), text=request.form.get("text", ""))
    return _back(sitting_id, attempt_id, _("Your message was sent."))


@blueprint.post("/sittings/<sitting_id>/attempts/<attempt_id>/pause")
@staff(Role.PROCTOR)
def pause(sitting_id: str, attempt_id: str) -> Response:
    """Let one learner's time stand still."""
    _steer(sitting_id, attempt_id, assessor.pause_attempt)
    return _back(sitting_id, attempt_id, _("The test is paused. The time stands still."))


@blueprint.post("/sittings/<sitting_id>/attempts/<attempt_id>/resume")
@staff(Role.PROCTOR)
def resume(sitting_id: str, attempt_id: str) -> Response:
    """Let one learner's time run on."""
    _steer(sitting_id, attempt_id, assessor.resume_attempt)
    return _back(sitting_id, attempt_id, _("The test goes on."))


@blueprint.post("/sittings/<sitting_id>/attempts/<attempt_id>/extend")
@staff(Role.PROCTOR)
def extend(sitting_id: str, attempt_id: str) -> Response:
    """Give one learner minutes back, with a reason."""
    minutes = require_minutes(request.form.get("minutes", ""))
    reason = request.form.get("reason", "")
    _steer(sitting_id, attempt_id, partial(assessor.extend_attempt, minutes=minutes, reason=reason))
    told = ngettext("%(num)s minute was given back.", "%(num)s minutes were given back.", minutes)
    return _back(sitting_id, attempt_id, told)


@blueprint.post("/sittings/<sitting_id>/attempts/<attempt_id>/end")
@staff(Role.PROCTOR)
def end(sitting_id: str, attempt_id: str) -> Response:
    """End one learner's test, with a reason that the learner reads too."""
    reason, grace = request.form.get("reason", ""), services().config.grace_seconds
    _steer(sitting_id, attempt_id, partial(assessor.end_attempt, reason=reason, grace_seconds=grace))
    return _back(sitting_id, attempt_id, _("The test was ended. Everything that was saved is kept."))


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
    """Let everybody's time stand still."""
    with services().store.write(actor()) as uow:
        paused = assessor.pause_sitting(uow, sitting_id, organisation_id=organisation_id())
    told = ngettext("%(num)s test is paused now.", "%(num)s tests are paused now.", paused)
    return go("proctor.wall", sitting_id=sitting_id, message=told)


@blueprint.post("/sittings/<sitting_id>/resume")
@staff(Role.PROCTOR)
def resume_all(sitting_id: str) -> Response:
    """Let everybody's time run on."""
    with services().store.write(actor()) as uow:
        resumed = assessor.resume_sitting(uow, sitting_id, organisation_id=organisation_id())
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
    frame = parts.pipeline.latest_frame(session_id)
    if frame is None:
        raise NotFound("frame_unknown")
    return Response(frame.jpeg, mimetype="image/jpeg")


def _steer(sitting_id: str, attempt_id: str, act: Callable[..., object]) -> None:
    """Act on one learner of this sitting: ``act(uow, attempt_id, organisation_id=…)``. NotFound(``attempt_unknown``)."""
    with services().store.write(actor()) as uow:
        _line(uow, sitting_id, attempt_id)
        act(uow, attempt_id, organisation_id=organisation_id())


def _line(uow: UnitOfWork, sitting_id: str, attempt_id: str) -> assessor.RosterLine:
    """A learner of this sitting, for its proctor. NotFound(``attempt_unknown``)."""
    line = assessor.proctor_attempt(uow, attempt_id, person_id=actor().id, organisation_id=organisation_id())
    if line.entry.sitting.id != sitting_id:
        raise NotFound("attempt_unknown")
    return line


def _running(line: assessor.RosterLine) -> None:
    """Nobody reads a message before or after the test. Conflict(``attempt_not_running``)."""
    if line.attempt.state is not assessor.AttemptState.RUNNING:
        raise Conflict("attempt_not_running")


def _back(sitting_id: str, attempt_id: str, told: str) -> Response:
    """To the wall, at the learner's own tile."""
    flash(told, "success")
    return go_to(url_for("proctor.wall", sitting_id=sitting_id) + f"#tile-{attempt_id}")

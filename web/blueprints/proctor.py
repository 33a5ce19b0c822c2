# SPDX-License-Identifier: Apache-2.0
"""Pages of proctors: their sittings, the live wall, one tile, the newest picture. They see no answer and no score."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from assessor import api as assessor
from core.errors import NotFound
from core.identity.model import Role
from proctor import api as proctor
from web.access import actor, organisation_id, services, staff
from web.presenters.common import csv_response
from web.presenters.proctor import plain_tile, sitting_rows, sorted_by_need, tile_of
from web.sockets.wall import tile_version

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
    )


@blueprint.get("/sittings/<sitting_id>/tiles/<attempt_id>")
@staff(Role.PROCTOR)
def tile(sitting_id: str, attempt_id: str) -> str:
    """One tile, fetched when it changed."""
    parts = services()
    version = tile_version(parts)
    with parts.store.read(actor()) as uow:
        line = assessor.proctor_attempt(
            uow, attempt_id, person_id=actor().id, organisation_id=organisation_id()
        )
        if line.entry.sitting.id != sitting_id:
            raise NotFound("attempt_unknown")
        seen = proctor.wall_tile(uow, attempt_id, organisation_id=organisation_id(), live=parts.pipeline.view)
        shown = tile_of(line, seen, version=version, now=uow.now)
    return render_template("proctor/tile.html", tile=shown, sitting_id=sitting_id)


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

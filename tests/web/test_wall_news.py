# SPDX-License-Identifier: Apache-2.0
"""How often a wall hears of a learner: of pictures now and then, of what changes at once."""

from __future__ import annotations

from typing import Any

from core.uow import Actor
from proctor import api as proctor
from tests import clips
from tests.web import sitting
from tests.web.site import Site
from web.sockets.wall import PICTURE_SECONDS, WallNews, wall_room

LEARNER = "Ravi Kumar"


def test_pictures_are_hinted_at_every_two_seconds_and_a_lost_line_at_once(site: Site) -> None:
    visitor = site.learner(LEARNER)
    sitting.begin(visitor, proctored=True)
    attempt = site.attempt_of(visitor)
    with site.parts.store.read(Actor.system()) as uow:
        session = proctor.session_of_attempt(uow, attempt)
    assert session is not None
    pipeline = site.parts.pipeline
    pipeline.begin(session)
    connection = pipeline.connected(session.id, at=site.clock.now())
    hints: list[tuple[str, str]] = []

    def emit(_event: str, hint: dict[str, Any], *, namespace: str, to: str) -> None:
        assert (namespace, to) == ("/wall", wall_room(session.sitting_id))
        hints.append((hint["attempt_id"], to))

    news = WallNews(site.parts, emit)
    pipeline.offer(
        session.id, 1, clips.to_jpeg(clips.picture("present")), site.clock.now(), connection=connection
    )
    news.seen(session.id, site.parts.pipeline.view(session.id))
    news.seen(session.id, site.parts.pipeline.view(session.id))
    assert len(hints) == 1, "a second picture within two seconds is not worth a request"
    pipeline.camera(session.id, proctor.CameraState.DENIED, at=site.clock.now())
    news.seen(session.id, site.parts.pipeline.view(session.id))
    assert len(hints) == 2, "a camera that was denied is"
    site.clock.advance(PICTURE_SECONDS)
    news.seen(session.id, site.parts.pipeline.view(session.id))
    assert len(hints) == 3
    news.seen("nobody watches this", None)
    assert len(hints) == 3

# SPDX-License-Identifier: Apache-2.0
"""Set-up of Socket.IO, and the handlers that turn committed events into "this changed, refetch"."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from flask_socketio import SocketIO

from core.outbox import Handler, OutboxMessage
from core.uow import Actor
from web.close_ups import look_at_what_begins
from web.resting import tell_pauses
from web.sockets.channel import read_in_handlers
from web.sockets.frames import Frames
from web.sockets.nudges import Nudges
from web.sockets.rooms import Rooms
from web.sockets.wall import Wall, WallNews
from web.wiring import Services, stop_watching

MAXIMUM_MESSAGE = 320 * 1024
# Events of which walls and the learner's own page hear at once. All carry attempt_id, or are about the attempt itself.
HEARD = (
    "attempt_started",
    "attempt_submitted",
    "lease_taken",
    "time_granted",
    "attempt_paused",
    "attempt_resumed",
    "proctor_message_sent",
    "learner_message_sent",
    "hand_moved",
    "learner_call_settled",
    "note_seen",
    "alert_noted",
    "noted_alert_ended",
    "late_answer_decided",
    "proctoring_session_activated",
    "proctoring_session_ended",
    "proctoring_session_consent_withdrawn",
    "proctoring_session_consent_narrowed",
    "incident_raised",
    "incident_alert_ended",
    "incident_decided",
)


def install(app: Flask) -> SocketIO:
    """Mount the channel at ``/live``: WebSocket only, same origin only, one event of a connection at a time."""
    parts = app.extensions["kasauti"]
    socketio = SocketIO(
        app,
        async_mode="threading",
        async_handlers=False,
        path="live",
        transports=["websocket"],
        namespaces=["/wall", "/frames", "/room"],  # and not "/", which would take anybody in
        max_http_buffer_size=MAXIMUM_MESSAGE,
        manage_session=False,
        ping_interval=15,
        ping_timeout=20,
    )
    read_in_handlers(socketio.server.eio)
    socketio.on_namespace(Wall("/wall"))
    socketio.on_namespace(Frames("/frames"))
    socketio.on_namespace(Rooms("/room"))
    news = WallNews(parts, socketio.emit)
    nudges = Nudges(app, parts)

    def frame_seen(session_id: str) -> None:
        view = parts.pipeline.view(session_id)
        news.seen(session_id, view)
        nudges.look(session_id, view)
        look_at_what_begins(parts, view)

    parts.on_frame = frame_seen
    app.extensions["kasauti-news"] = news
    return socketio


def handlers(app: Flask) -> Mapping[str, Handler]:
    """What leaves the database: a hint to the browsers that show the changed thing."""
    socketio: SocketIO = app.extensions["socketio"]
    news: WallNews = app.extensions["kasauti-news"]
    parts: Services = app.extensions["kasauti"]

    def tell(message: OutboxMessage) -> None:
        attempt_id = str(message.payload.get("attempt_id") or message.subject_id)
        news.changed(attempt_id)
        for namespace in ("/frames", "/room"):
            socketio.emit("changed", {}, namespace=namespace, to=attempt_id)

    def over(message: OutboxMessage) -> None:
        # However an attempt ended (hand-in, deadline, proctor, withdrawal), the watching ends with it.
        with parts.store.write(Actor.system()) as uow:
            session_id = stop_watching(uow, message.subject_id)
        if session_id is not None:
            parts.pipeline.finish(session_id)
        tell(message)

    def paused(message: OutboxMessage) -> None:
        # What is seen in a pause is held against nobody.
        tell_pauses(parts, message.subject_id)
        tell(message)

    pauses = dict.fromkeys(("attempt_paused", "attempt_resumed"), paused)
    return {**dict.fromkeys(HEARD, tell), **pauses, "attempt_submitted": over}
